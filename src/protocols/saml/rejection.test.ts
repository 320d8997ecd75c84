import { describe, expect, test } from 'vitest'
import { explain } from './rejection.ts'
import { edit, expected, seconds, signAs, unsigned, verifyMessage } from './testdata/messages.ts'

describe('an explanation', () => {
  test('names what was found and what was wanted', () => {
    const sentence = explain({
      code: 'wrong_audience',
      received: ['https://gatehouse.example/sp/'],
      expected: expected.spEntityId,
    })
    expect(sentence).toBe(
      'The assertion is for the audience "https://gatehouse.example/sp/"; this connection is "https://gatehouse.example/sp". Copy that entity ID into the identity provider\'s audience field.',
    )
  })

  test('shows white space that makes two values differ', () => {
    const sentence = explain({ code: 'wrong_issuer', received: 'idp\n ', expected: 'idp' })
    expect(sentence).toContain('"idp\n "')
  })

  test('says the time here beside the time there', () => {
    const sentence = explain({ code: 'expired', notOnOrAfter: '2026-01-31T11:00:00Z', now: seconds(0) })
    expect(sentence).toContain('valid until "2026-01-31T11:00:00Z"; it is 2026-01-31T12:00:00.000Z here')
  })

  const status = (code: string, statusMessage: string | null = null) =>
    explain({
      code: 'idp_status',
      statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
      subStatusCode: code === '' ? null : `urn:oasis:names:tc:SAML:2.0:status:${code}`,
      statusMessage,
    })
  test.each([
    ['AuthnFailed', 'sign-in log'],
    ['RequestDenied', 'assigned to the application'],
    ['InvalidNameIDPolicy', 'NameID format'],
    ['NoPassive', 'visibly'],
    ['Requester', 'does not accept our request'],
    ['UnknownPrincipal', 'sign-in log for the reason'],
    ['', 'Responder'],
  ])('of the status %s says what to do', (code, words) => {
    expect(status(code)).toContain(words)
  })

  test('repeats what the identity provider said', () => {
    expect(status('RequestDenied', 'AADSTS50105')).toContain('RequestDenied and says "AADSTS50105"')
  })
})

test('facts are kept to a length that can be stored', () => {
  const long = 'x'.repeat(100_000)
  const outcome = verifyMessage(signAs(unsigned({ issuer: long }), 'both'))
  expect(outcome).toEqual({
    refused: { code: 'wrong_response_issuer', received: `${'x'.repeat(500)}…`, expected: expected.idpEntityId },
  })
  const audiences =
    `<saml2:Audience>${long}</saml2:Audience>`.repeat(3) + '<saml2:Audience>y</saml2:Audience>'.repeat(1000)
  const many = edit(unsigned(), /<saml2:Audience>.*<\/saml2:Audience>/, audiences)
  const refused = verifyMessage(signAs(many, 'both'))
  expect(JSON.stringify(refused).length).toBeLessThan(3000)
  const named = verifyMessage(`<${long}:a/>`)
  expect(JSON.stringify(named).length).toBeLessThan(500)
})
