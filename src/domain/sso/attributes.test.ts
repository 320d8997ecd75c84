import { describe, expect, test } from 'vitest'
import type { VerifiedAssertion } from '#protocols/saml/response.ts'
import { domainOf, readPerson } from './attributes.ts'

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims'

function assertion(attributes: Record<string, string[]>, nameId = 'opaque-name-id'): VerifiedAssertion {
  return {
    responseId: '_r',
    assertionId: '_a',
    issuer: 'https://idp.test',
    nameId,
    nameIdFormat: null,
    sessionIndex: null,
    attributes: new Map(Object.entries(attributes)),
    replayableUntil: new Date(0),
    keyFingerprint: '00',
  }
}

describe('attributes accepted without a mapping', () => {
  test.each([
    [
      "Okta's, as the setup guide names them",
      { id: ['00u1'], email: ['Todd@Example.com'], firstName: ['Todd'], lastName: ['Rundgren'], groups: ['a', 'b'] },
      { idpId: '00u1', email: 'todd@example.com', firstName: 'Todd', lastName: 'Rundgren', groups: ['a', 'b'] },
    ],
    [
      "Entra's claim URIs",
      {
        'http://schemas.microsoft.com/identity/claims/objectidentifier': ['oid-1'],
        [`${claims}/emailaddress`]: ['ada@example.com'],
        [`${claims}/givenname`]: ['Ada'],
        [`${claims}/surname`]: ['Lovelace'],
        'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups': ['g1'],
      },
      { idpId: 'oid-1', email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace', groups: ['g1'] },
    ],
    [
      'OIDs, as Shibboleth sends them',
      {
        'urn:oid:0.9.2342.19200300.100.1.3': ['ada@example.com'],
        'urn:oid:2.5.4.42': ['Ada'],
        'urn:oid:2.5.4.4': ['L'],
      },
      { idpId: 'opaque-name-id', email: 'ada@example.com', firstName: 'Ada', lastName: 'L', groups: [] },
    ],
    [
      'blank values count as absent',
      { email: ['  ', 'ada@example.com'], firstName: [''], lastName: [], groups: [' '] },
      { idpId: 'opaque-name-id', email: 'ada@example.com', firstName: null, lastName: null, groups: [] },
    ],
  ])('%s', (_claim, attributes, person) => {
    expect(readPerson(assertion(attributes as Record<string, string[]>), {})).toEqual({
      ok: true,
      value: { customAttributes: {}, ...person },
    })
  })

  test('the NameID stands in for a missing id and, when it is an address, for a missing e-mail', () => {
    expect(readPerson(assertion({}, 'ada@example.com'), {})).toMatchObject({
      ok: true,
      value: { idpId: 'ada@example.com', email: 'ada@example.com' },
    })
  })
})

describe('a mapping', () => {
  test('names the one attribute to read: defaults are not tried behind its back', () => {
    const result = readPerson(assertion({ email: ['other@example.com'] }), { email: 'corporateMail' })
    expect(result).toMatchObject({ ok: false, error: { code: 'email_missing' } })
  })

  test('fills custom attributes, one value as text and several as a list, absent as null', () => {
    const result = readPerson(assertion({ email: ['a@b.co'], dept: ['IT'], sites: ['x', 'y'] }), {
      custom_attributes: { department: 'dept', sites: 'sites', manager: 'mgr' },
    })
    expect(result).toMatchObject({
      ok: true,
      value: { customAttributes: { department: 'IT', sites: ['x', 'y'], manager: null } },
    })
  })

  test('a custom attribute called __proto__ is data', () => {
    const map = JSON.parse('{"custom_attributes":{"__proto__":"dept"}}')
    const result = readPerson(assertion({ email: ['a@b.co'], dept: ['IT'] }), map)
    expect(result.ok && Object.entries(result.value.customAttributes)).toEqual([['__proto__', 'IT']])
    expect(({} as Record<string, unknown>)['0']).toBeUndefined()
  })
})

describe('an address somebody could read another domain out of is refused', () => {
  test.each([
    'a@evil.test@example.com',
    '"a@evil.test"@example.com',
    'a@evil.test,b@example.com',
    'a (x@example.com)@evil.test',
    '<a@example.com>',
    'a b@example.com',
    'a@example.com\n',
    'a@exam\u200Bple.com',
    'a@[127.0.0.1]',
    'a@localhost',
    `${'a'.repeat(250)}@example.com`,
  ])('%j', (email) => {
    expect(readPerson(assertion({ email: [email] }, 'x'), {})).toMatchObject(
      email.trim() === email
        ? { ok: false, error: { code: 'email_invalid' } }
        : { ok: true, value: { email: email.trim() } },
    )
  })
})

test('the domain of an address is what follows its @', () => {
  expect(domainOf('a@sub.example.com')).toBe('sub.example.com')
})
