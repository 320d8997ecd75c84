import { describe, expect, test } from 'vitest'
import { completeResource, readResource } from './resource.ts'
import { groupType, userType } from './schema.ts'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const minimal = { schemas: [core], userName: 'ann' }

/** The resource without its schemas and userName, or the keyword and sentence of the error. */
function outcome(body: unknown): unknown {
  const read = readResource(body, userType)
  if (!read.ok) return `${read.error.scimType}: ${read.error.detail}`
  const { schemas: _schemas, userName: _userName, ...rest } = read.value
  return rest
}

describe('RFC 7644 §3.3 the body of a POST or PUT', () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    [
      'names in any case are stored as declared',
      { DISPLAYNAME: 'x', Name: { GIVENNAME: 'y' } },
      { displayName: 'x', name: { givenName: 'y' } },
    ],
    ['read-only attributes are ignored', { id: 'x', meta: { version: 'x' }, groups: [{ value: 'g' }] }, {}],
    ['also of a wrong type', { id: 5, groups: 'x' }, {}],
    ['a password is dropped', { password: 'secret' }, {}],
    ['null is unassigned', { title: null, emails: null, name: null, [enterprise]: null }, {}],
    ['an empty list is unassigned', { emails: [], roles: [null] }, {}],
    ['an object of nothing is unassigned', { name: {}, [enterprise]: { manager: {} }, emails: [{}] }, {}],
    [
      'undeclared attributes are kept',
      { favourite: { colour: ['red', null] } },
      { favourite: { colour: ['red', null] } },
    ],
    [
      'undeclared parts are kept',
      { emails: [{ value: 'a', verified: true }] },
      { emails: [{ value: 'a', verified: true }] },
    ],
    ['names no path could have are ignored', { '@type': 'x', 'a b': 1, _x: 2 }, {}],
    ['undeclared extensions are kept', { 'urn:x:2.0:User': { a: [1] } }, { 'urn:x:2.0:User': { a: [1] } }],
    [
      'the URN of a declared one may come in any case',
      { [enterprise.toUpperCase()]: { DEPARTMENT: 'x' } },
      { [enterprise]: { department: 'x' } },
    ],
    [
      'duplicates are joined',
      {
        emails: [
          { value: 'a@b', type: 'work' },
          { value: 'A@B', type: 'WORK', primary: true },
        ],
      },
      { emails: [{ value: 'A@B', type: 'WORK', primary: true }] },
    ],
    [
      'certificates are base64',
      { x509Certificates: [{ value: 'MIIDQzCC+/==' }] },
      { x509Certificates: [{ value: 'MIIDQzCC+/==' }] },
    ],
    ['names every object has are names', { constructor: 'x', toString: 'y' }, { constructor: 'x', toString: 'y' }],
  ])('%s', (_claim, attributes, expected) => {
    expect(outcome({ ...minimal, ...attributes })).toEqual(expected)
  })

  test.each<[string, unknown, string]>([
    ['no object', null, 'invalidSyntax: The body must be a JSON object, not null.'],
    ['an array', [], 'invalidSyntax: The body must be a JSON object, not an array.'],
    ['no schemas', { userName: 'x' }, `invalidSyntax: schemas is required, with ${core}.`],
    ['other schemas', { schemas: [enterprise], userName: 'x' }, `invalidSyntax: schemas must contain ${core}.`],
    ['schemas of nothing', { schemas: [], userName: 'x' }, `invalidSyntax: schemas must contain ${core}.`],
    ['no userName', { schemas: [core] }, 'invalidValue: userName is required.'],
    ['null for userName', { schemas: [core], userName: null }, 'invalidValue: userName is required.'],
    ['an empty userName', { schemas: [core], userName: '' }, 'invalidValue: userName is required.'],
    ['an object for a text', { ...minimal, title: {} }, 'invalidValue: title must be text, not an object.'],
    ['text for a boolean', { ...minimal, active: 'yes' }, 'invalidValue: active must be a boolean, not text.'],
    ['a number for a list', { ...minimal, emails: 5 }, 'invalidValue: emails[0] must be an object, not a number.'],
    [
      'a number in a list',
      { ...minimal, emails: [{ value: 'x' }, 1] },
      'invalidValue: emails[1] must be an object, not a number.',
    ],
    [
      'a boolean in an element',
      { ...minimal, emails: [{ value: true }] },
      'invalidValue: emails[0].value must be text, not a boolean.',
    ],
    [
      'text for an extension',
      { ...minimal, [enterprise]: 'x' },
      `invalidValue: ${enterprise} must be an object, not text.`,
    ],
    [
      'a wrong type in an extension',
      { ...minimal, [enterprise]: { department: true } },
      `invalidValue: ${enterprise}:department must be text, not a boolean.`,
    ],
    [
      'two primary emails',
      {
        ...minimal,
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue: emails has more than one value that is primary.',
    ],
    ['a name twice', { ...minimal, title: 'a', TITLE: 'b' }, 'invalidSyntax: TITLE is given twice.'],
    [
      'an extension twice',
      {
        ...minimal,
        [enterprise]: {},
        [enterprise.toUpperCase()]: { department: 'x' },
        [enterprise.toLowerCase()]: { department: 'y' },
      },
      `invalidSyntax: "${enterprise.toLowerCase()}" is given twice.`,
    ],
    [
      'what is no base64',
      { ...minimal, x509Certificates: [{ value: '<pem>' }] },
      'invalidValue: x509Certificates[0].value must be base64.',
    ],
    [
      'a long userName',
      { ...minimal, userName: 'x'.repeat(513) },
      'invalidValue: userName is 513 characters long, more than 512.',
    ],
    [
      'a long text',
      { ...minimal, title: 'x'.repeat(4_097) },
      'invalidValue: title is 4097 characters long, more than 4096.',
    ],
    [
      'many emails',
      { ...minimal, emails: Array.from({ length: 1_001 }, (_, i) => ({ value: `${i}` })) },
      'invalidValue: emails would have 1001 values, more than 1000.',
    ],
  ])('%s is refused', (_claim, body, sentence) => {
    expect(outcome(body)).toBe(sentence)
  })

  test('a photo may be long, as a data: URL is', () => {
    expect(outcome({ ...minimal, photos: [{ value: `data:image/png;base64,${'A'.repeat(50_000)}` }] })).toHaveProperty(
      'photos',
    )
  })

  test('a group may have more members than anything else has values', () => {
    const members = Array.from({ length: 20_000 }, (_, i) => ({ value: `u${i}` }))
    const read = readResource({ schemas: [groupType.schema.id], displayName: 'G', members }, groupType)
    expect(read).toMatchObject({ ok: true, value: { members: { length: 20_000 } } })
  })

  test('schemas are those there is data of', () => {
    const read = readResource(
      { schemas: [core, enterprise, 'urn:unused'], userName: 'x', 'urn:x:1.0:User': { a: 1 } },
      userType,
    )
    expect(read).toMatchObject({ ok: true, value: { schemas: [core, 'urn:x:1.0:User'] } })
  })
})

describe('RFC 7643 §3.1 the whole resource', () => {
  test('has id and meta, and begins with schemas', () => {
    const whole = completeResource(
      { schemas: ['stale'], userName: 'ann', [enterprise]: { department: 'x' } },
      userType,
      {
        id: 'u1',
        created: new Date(0),
        lastModified: new Date(1),
        location: 'https://scim.example/Users/u1',
        version: 'W/"1"',
      },
    )
    expect(JSON.stringify(whole)).toBe(
      JSON.stringify({
        schemas: [core, enterprise],
        id: 'u1',
        userName: 'ann',
        [enterprise]: { department: 'x' },
        meta: {
          resourceType: 'User',
          created: '1970-01-01T00:00:00.000Z',
          lastModified: '1970-01-01T00:00:00.001Z',
          location: 'https://scim.example/Users/u1',
          version: 'W/"1"',
        },
      }),
    )
  })
})
