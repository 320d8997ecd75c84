import { describe, expect, test } from 'vitest'
import { samlGuides, scimGuides } from '#contracts/guides/find-guide.ts'
import { samlProviders, scimProviders } from '#contracts/guides/providers.ts'
import { samlConnectionTypes } from '#contracts/connections.ts'
import { checkOf, type Rejection } from '#protocols/saml/rejection.ts'
import type { VerifiedAssertion } from '#protocols/saml/response.ts'
import { readPerson } from './attributes.ts'

const fieldOf = { idp_id: 'idpId', email: 'email', first_name: 'firstName', last_name: 'lastName', groups: 'groups' }

/** Verdicts that are reached after the checks of the response. */
const later = new Set(['email_missing', 'email_invalid', 'idp_id_missing'])

describe.each(samlGuides)('the guide to $provider by SAML', ({ attributes, fixes, steps }) => {
  test('names attributes that are read without any mapping', () => {
    const sent = attributes.map(({ name, reads }): [string, string[]] => [
      name,
      [reads === 'email' ? 'a@acme.test' : `the ${reads}`],
    ])
    const assertion: VerifiedAssertion = {
      responseId: '_r',
      assertionId: '_a',
      issuer: 'https://idp.test',
      nameId: 'the name id',
      nameIdFormat: null,
      sessionIndex: null,
      attributes: new Map(sent),
      replayableUntil: new Date(0),
      keyFingerprint: '00',
    }
    const person = readPerson(assertion, {})
    const expected = attributes.map(({ reads }) => {
      const value = reads === 'email' ? 'a@acme.test' : `the ${reads}`
      return [fieldOf[reads as keyof typeof fieldOf], reads === 'groups' ? [value] : value] // a field of a profile
    })
    expect(person).toMatchObject({ ok: true, value: Object.fromEntries(expected) })
  })

  test('mends only what a sign-in can fail by', () => {
    // A code that is none of a rejection's has no check.
    const unknown = Object.keys(fixes).filter((code) => !later.has(code) && !checkOf({ code } as Rejection))
    expect(unknown).toEqual([])
  })

  test('hands over both values of ours', () => {
    const values = steps.flatMap(({ fields = [] }) => fields.map(({ value }) => value))
    expect(values.toSorted()).toEqual(['acs_url', 'sp_entity_id'])
  })
})

test.each(scimGuides)('the guide to $provider by SCIM hands over endpoint and token', ({ steps }) => {
  const values = steps.flatMap(({ fields = [] }) => fields.map(({ value }) => value))
  expect(values.toSorted()).toEqual(['bearer_token', 'endpoint'])
})

test('every type that can be created is in the list people choose from, once', () => {
  const types = samlProviders.map(({ type }) => type)
  expect(types.toSorted()).toEqual(samlConnectionTypes.filter((type) => type !== 'TestIdp').toSorted())
  expect(new Set(scimProviders.map(({ type }) => type)).size).toBe(scimProviders.length)
})
