import { describe, expect, test } from 'vitest'
import { signElement } from '../xmldsig/sign.ts'
import { type AuthnRequestOptions, authnRequest, readAuthnRequest } from './authn-request.ts'
import { edit, idp, now } from './testdata/messages.ts'

const options: AuthnRequestOptions = {
  id: '_request',
  issueInstant: now,
  destination: 'https://idp.example/sso?a=b&c=d',
  acsUrl: 'https://gatehouse.example/acs',
  spEntityId: 'https://gatehouse.example/sp?x="<>"',
  forceAuthn: false,
}
const read = {
  id: '_request',
  issuer: 'https://gatehouse.example/sp?x="<>"',
  acsUrl: 'https://gatehouse.example/acs',
  destination: 'https://idp.example/sso?a=b&c=d',
  forceAuthn: false,
  loginHint: null,
  signed: false,
}

test('a request asks for nothing that an identity provider might not have', () => {
  expect(authnRequest({ ...options, spEntityId: 'sp' })).toBe(
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_request" Version="2.0" IssueInstant="2026-01-31T12:00:00Z" Destination="https://idp.example/sso?a=b&amp;c=d" AssertionConsumerServiceURL="https://gatehouse.example/acs" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">sp</saml:Issuer><samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified" AllowCreate="true"/></samlp:AuthnRequest>',
  )
})

describe('reading a request', () => {
  test.each<[string, Partial<AuthnRequestOptions>, object]>([
    ['as it was made', {}, {}],
    ['that asks to sign in again', { forceAuthn: true }, { forceAuthn: true }],
    ['with a hint', { loginHint: 'ada@example.com' }, { loginHint: 'ada@example.com' }],
    ['with a hint that XML cannot carry', { loginHint: 'a\0<b>' }, { loginHint: 'a\ufffd<b>' }],
  ])('%s', (_title, changes, wanted) => {
    expect(readAuthnRequest(authnRequest({ ...options, ...changes }))).toEqual({
      ok: true,
      value: { ...read, ...wanted },
    })
  })

  test('a signed one says so, and keeps the order of the schema', () => {
    const xml = signElement(authnRequest(options), { id: '_request', key: idp.privateKey })
    expect(readAuthnRequest(xml)).toEqual({ ok: true, value: { ...read, signed: true } })
    expect(xml).toMatch(/<\/saml:Issuer><ds:Signature .*<\/ds:Signature><samlp:NameIDPolicy/)
  })

  const xml = authnRequest(options)
  test.each([
    [
      'text',
      'x',
      {
        code: 'not_xml',
        problem: { code: 'text_outside_root', detail: 'Text before the root element', line: 1, column: 1 },
      },
    ],
    [
      'another message',
      edit(xml, /AuthnRequest/g, 'LogoutRequest'),
      { code: 'not_an_authn_request', received: 'samlp:LogoutRequest' },
    ],
    [
      'another namespace',
      edit(xml, 'SAML:2.0:protocol', 'SAML:1.0:protocol'),
      { code: 'not_an_authn_request', received: 'samlp:AuthnRequest' },
    ],
    ['another version', edit(xml, 'Version="2.0"', 'Version="1.1"'), { code: 'wrong_version', received: '1.1' }],
    ['no ID', edit(xml, ' ID="_request"', ''), { code: 'no_id' }],
    ['an empty ID', edit(xml, 'ID="_request"', 'ID=""'), { code: 'no_id' }],
    ['no issuer', edit(xml, /<saml:Issuer .*<\/saml:Issuer>/, ''), { code: 'no_issuer' }],
    ['an issuer of two parts', edit(xml, '</saml:Issuer>', '<b/>x</saml:Issuer>'), { code: 'no_issuer' }],
  ])('%s is refused', (_title, text, error) => {
    expect(readAuthnRequest(text)).toEqual({ ok: false, error })
  })

  test.each([
    ['1', true],
    ['true', true],
    ['false', false],
    ['yes', false],
  ])('ForceAuthn="%s" means %s', (value, forceAuthn) => {
    const text = edit(xml, ' Version', ` ForceAuthn="${value}" Version`)
    expect(readAuthnRequest(text)).toEqual({ ok: true, value: { ...read, forceAuthn } })
  })
})
