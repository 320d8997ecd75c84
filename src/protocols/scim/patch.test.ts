import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from './json.ts'
import { applyPatch } from './patch.ts'
import { parsePath, type PatchOperation } from './path.ts'
import { groupType, userType } from './schema.ts'
import { Random } from './testdata/random.ts'
import { randomUser } from './testdata/random-resource.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const custom = 'urn:example:scim:2.0:User'

const work = { value: 'ann@corp.example', type: 'work', primary: true }
const home = { value: 'ann@home.example', type: 'home' }

const user: JsonObject = {
  schemas: [core, enterprise, custom],
  id: 'directory_user_01',
  userName: 'ann@corp.example',
  name: { givenName: 'Ann', familyName: 'Lee' },
  active: true,
  emails: [work, home],
  groups: [{ value: 'directory_group_01' }],
  [enterprise]: { department: 'Ops', manager: { value: 'boss', $ref: '../Users/boss' } },
  [custom]: { costCode: 'X', nested: { a: 1, b: 2 } },
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '2026-01-01T00:00:00.000Z' },
}

interface Written {
  readonly op: PatchOperation['op']
  readonly path?: string
  readonly value?: unknown
}

function read({ op, path, value }: Written): PatchOperation {
  const given = value === undefined ? {} : { value }
  if (path === undefined) return { op, ...given }
  const parsed = parsePath(path)
  if (!parsed.ok) throw new Error(parsed.error.detail)
  return { op, path: parsed.value, ...given }
}

/** The attributes that differ afterwards (null: gone), 'unchanged', or the keyword of the error. */
function outcome(resource: JsonObject, ...operations: Written[]): Record<string, Json | undefined> | string {
  const result = applyPatch(resource, operations.map(read), userType)
  if (!result.ok) return result.error.scimType ?? result.error.status
  if (!result.value.changed) {
    expect(result.value.resource).toBe(resource)
    return 'unchanged'
  }
  const after = result.value.resource
  const names = new Set([...Object.keys(resource), ...Object.keys(after)])
  const differing = [...names].filter((name) => JSON.stringify(resource[name]) !== JSON.stringify(after[name]))
  return Object.fromEntries(differing.map((name) => [name, after[name] ?? null]))
}

describe('RFC 7644 §3.5.2.1 add', () => {
  test.each<[string, Written, unknown]>([
    ['a new attribute is set', { op: 'add', path: 'title', value: 'Boss' }, { title: 'Boss' }],
    ['a single value is replaced', { op: 'add', path: 'userName', value: 'b@x' }, { userName: 'b@x' }],
    ['the value that is there changes nothing', { op: 'add', path: 'active', value: true }, 'unchanged'],
    ['names ignore case and are stored as declared', { op: 'add', path: 'USERNAME', value: 'b' }, { userName: 'b' }],
    ['the URN of the schema may stand in front', { op: 'add', path: `${core}:title`, value: 'x' }, { title: 'x' }],
    [
      'a sub-attribute leaves its siblings',
      { op: 'add', path: 'name.middleName', value: 'B' },
      { name: { givenName: 'Ann', familyName: 'Lee', middleName: 'B' } },
    ],
    [
      'sub-attributes are added to a complex value',
      { op: 'add', path: 'name', value: { middleName: 'B' } },
      { name: { givenName: 'Ann', familyName: 'Lee', middleName: 'B' } },
    ],
    [
      'values are added to several',
      { op: 'add', path: 'emails', value: [{ value: 'x@y', type: 'other' }] },
      { emails: [work, home, { value: 'x@y', type: 'other' }] },
    ],
    ['a value that is there is not added again', { op: 'add', path: 'emails', value: [work, home] }, 'unchanged'],
    [
      'nor in another case, where case does not matter',
      { op: 'add', path: 'emails', value: [{ value: 'ANN@home.example', type: 'HOME' }] },
      { emails: [work, { value: 'ANN@home.example', type: 'HOME' }] },
    ],
    ['nor without its type', { op: 'add', path: 'emails', value: [{ value: 'ann@home.example' }] }, 'unchanged'],
    [
      'the same value of another type is another value',
      { op: 'add', path: 'emails', value: [{ value: 'ann@corp.example', type: 'home' }] },
      { emails: [work, home, { value: 'ann@corp.example', type: 'home' }] },
    ],
    [
      'what is new about a value that is there is added to it',
      { op: 'add', path: 'emails', value: [{ ...home, display: 'At home' }] },
      { emails: [work, { ...home, display: 'At home' }] },
    ],
    ['an empty list adds nothing', { op: 'add', path: 'emails', value: [] }, 'unchanged'],
    [
      'without a path the value holds the attributes',
      { op: 'add', value: { title: 'x', emails: [{ value: 'x@y' }], name: { middleName: 'B' } } },
      {
        title: 'x',
        emails: [work, home, { value: 'x@y' }],
        name: { givenName: 'Ann', familyName: 'Lee', middleName: 'B' },
      },
    ],
    [
      'to the selected value',
      { op: 'add', path: 'emails[type eq "home"]', value: { display: 'x' } },
      { emails: [work, { ...home, display: 'x' }] },
    ],
    [
      'to a part of the selected value',
      { op: 'add', path: 'emails[type eq "home"].display', value: 'x' },
      { emails: [work, { ...home, display: 'x' }] },
    ],
    [
      'a filter that selects nothing is noTarget',
      { op: 'add', path: 'emails[type eq "fax"].value', value: 'x' },
      'noTarget',
    ],
    [
      'an attribute of an extension',
      { op: 'add', path: `${enterprise}:costCenter`, value: '7' },
      { [enterprise]: { department: 'Ops', manager: { value: 'boss', $ref: '../Users/boss' }, costCenter: '7' } },
    ],
    [
      'a whole extension is added to',
      { op: 'add', path: enterprise, value: { costCenter: '7' } },
      { [enterprise]: { department: 'Ops', manager: { value: 'boss', $ref: '../Users/boss' }, costCenter: '7' } },
    ],
    [
      'an extension nobody declared is kept as it comes',
      { op: 'add', value: { 'urn:other:1.0:User': { a: [1, { b: null }] } } },
      { 'urn:other:1.0:User': { a: [1, { b: null }] }, schemas: [core, enterprise, custom, 'urn:other:1.0:User'] },
    ],
    [
      'an attribute nobody declared is kept as it comes',
      { op: 'add', path: 'favouriteColour', value: { name: 'red' } },
      { favouriteColour: { name: 'red' } },
    ],
    [
      'undeclared names keep the case they have',
      { op: 'add', path: `${custom.toUpperCase()}:COSTCODE`, value: 'Y' },
      { [custom]: { costCode: 'Y', nested: { a: 1, b: 2 } } },
    ],
  ])('%s', (_claim, operation, expected) => {
    expect(outcome(user, operation)).toEqual(expected)
  })

  test('the first extension data adds its URN to schemas', () => {
    const { [enterprise]: _, [custom]: __, ...plain } = user
    expect(outcome({ ...plain, schemas: [core] }, { op: 'add', path: `${enterprise}:department`, value: 'x' })).toEqual(
      {
        [enterprise]: { department: 'x' },
        schemas: [core, enterprise],
      },
    )
  })
})

describe('RFC 7644 §3.5.2.2 remove', () => {
  test.each<[string, Written, unknown]>([
    ['a single value', { op: 'remove', path: 'active' }, { active: null }],
    ['all of several values', { op: 'remove', path: 'emails' }, { emails: null }],
    ['a value-path removes only what it selects', { op: 'remove', path: 'emails[type eq "work"]' }, { emails: [home] }],
    ['names in the filter ignore case', { op: 'remove', path: 'Emails[TYPE eq "WORK"]' }, { emails: [home] }],
    ['an unmatched filter changes nothing', { op: 'remove', path: 'emails[type eq "fax"]' }, 'unchanged'],
    ['when no value is left the attribute is gone', { op: 'remove', path: 'emails[value pr]' }, { emails: null }],
    [
      'a part of the selected values',
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      { emails: [{ value: 'ann@corp.example', type: 'work' }, home] },
    ],
    [
      'a part of all values',
      { op: 'remove', path: 'emails.type' },
      { emails: [{ value: 'ann@corp.example', primary: true }, { value: 'ann@home.example' }] },
    ],
    ['a sub-attribute', { op: 'remove', path: 'name.givenName' }, { name: { familyName: 'Lee' } }],
    ['what is not there', { op: 'remove', path: 'title' }, 'unchanged'],
    ['an attribute nobody knows', { op: 'remove', path: 'foo.bar' }, 'unchanged'],
    ['a missing path is noTarget', { op: 'remove' }, 'noTarget'],
    ['a required attribute is mutability', { op: 'remove', path: 'userName' }, 'mutability'],
    ['a read-only attribute is mutability', { op: 'remove', path: 'groups' }, 'mutability'],
    ['also one that is not there', { op: 'remove', path: 'meta.version' }, 'mutability'],
    [
      'an attribute of an extension',
      { op: 'remove', path: `${enterprise}:department` },
      { [enterprise]: { manager: { value: 'boss', $ref: '../Users/boss' } } },
    ],
    [
      'a whole extension, with its URN in schemas',
      { op: 'remove', path: enterprise },
      { [enterprise]: null, schemas: [core, custom] },
    ],
    ['an undeclared extension', { op: 'remove', path: custom }, { [custom]: null, schemas: [core, enterprise] }],
    [
      'a part of undeclared data',
      { op: 'remove', path: `${custom}:nested.a` },
      { [custom]: { costCode: 'X', nested: { b: 2 } } },
    ],
  ])('%s', (_claim, operation, expected) => {
    expect(outcome(user, operation)).toEqual(expected)
  })

  test('the last part takes the complex value along', () => {
    expect(outcome({ ...user, name: { givenName: 'Ann' } }, { op: 'remove', path: 'name.givenName' })).toEqual({
      name: null,
    })
  })

  test('the last data of an extension takes the extension along', () => {
    const only = { ...user, [enterprise]: { department: 'Ops' } }
    expect(outcome(only, { op: 'remove', path: `${enterprise}:department` })).toEqual({
      [enterprise]: null,
      schemas: [core, custom],
    })
  })
})

describe('RFC 7644 §3.5.2.3 replace', () => {
  test.each<[string, Written, unknown]>([
    ['a single value', { op: 'replace', path: 'active', value: false }, { active: false }],
    ['the same value changes nothing', { op: 'replace', path: 'active', value: true }, 'unchanged'],
    ['what is not there is added', { op: 'replace', path: 'title', value: 'x' }, { title: 'x' }],
    ['all of several values', { op: 'replace', path: 'emails', value: [home] }, { emails: [home] }],
    ['the same values change nothing', { op: 'replace', path: 'emails', value: [work, home] }, 'unchanged'],
    ['an empty list unassigns', { op: 'replace', path: 'emails', value: [] }, { emails: null }],
    ['null unassigns', { op: 'replace', path: 'emails', value: null }, { emails: null }],
    [
      'a complex value keeps the sub-attributes not named',
      { op: 'replace', path: 'name', value: { givenName: 'Bea' } },
      { name: { givenName: 'Bea', familyName: 'Lee' } },
    ],
    [
      'a null among them unassigns that one',
      { op: 'replace', path: 'name', value: { givenName: null } },
      { name: { familyName: 'Lee' } },
    ],
    [
      'a selected value is replaced whole',
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'x@y', type: 'other' } },
      { emails: [{ value: 'x@y', type: 'other' }, home] },
    ],
    [
      'a part of the selected value',
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'x@y' },
      { emails: [{ value: 'x@y', type: 'work', primary: true }, home] },
    ],
    [
      'a filter that selects nothing is noTarget',
      { op: 'replace', path: 'emails[type eq "fax"]', value: { value: 'x' } },
      'noTarget',
    ],
    [
      'without a path only what is named',
      { op: 'replace', value: { active: false, name: { givenName: 'Bea' } } },
      { active: false, name: { givenName: 'Bea', familyName: 'Lee' } },
    ],
    [
      'without a path several values are replaced, not added to',
      { op: 'replace', value: { emails: [home] } },
      { emails: [home] },
    ],
    [
      'a manager takes the address of the former along',
      { op: 'replace', path: `${enterprise}:manager`, value: { value: 'chief' } },
      { [enterprise]: { department: 'Ops', manager: { value: 'chief' } } },
    ],
    [
      'a manager with an address keeps that',
      { op: 'replace', path: `${enterprise}:manager`, value: { $ref: '../Users/chief', value: 'chief' } },
      { [enterprise]: { department: 'Ops', manager: { value: 'chief', $ref: '../Users/chief' } } },
    ],
    ['a required attribute by null is invalidValue', { op: 'replace', path: 'userName', value: null }, 'invalidValue'],
    ['null for a complex value unassigns', { op: 'replace', path: 'name', value: null }, { name: null }],
    ['a wrong type of a part is invalidValue', { op: 'replace', path: 'name.givenName', value: 5 }, 'invalidValue'],
    ['or of a part in an object', { op: 'replace', path: 'name', value: { givenName: 5 } }, 'invalidValue'],
    ['or in a value without a path', { op: 'replace', value: { title: 'x', active: 'no' } }, 'invalidValue'],
    ['or in an extension', { op: 'replace', path: enterprise, value: { department: 5 } }, 'invalidValue'],
    ['a wrong type is invalidValue', { op: 'replace', path: 'active', value: 'yes' }, 'invalidValue'],
    ['a wrong type inside is invalidValue', { op: 'replace', path: 'emails', value: [{ value: 5 }] }, 'invalidValue'],
    ['text for a complex value is invalidValue', { op: 'replace', path: 'name', value: 'Ann' }, 'invalidValue'],
    ['a value without a path must be an object', { op: 'replace', value: 'x' }, 'invalidValue'],
  ])('%s', (_claim, operation, expected) => {
    expect(outcome(user, operation)).toEqual(expected)
  })
})

describe('RFC 7644 §3.5.2 what may be changed', () => {
  test.each<[string, Written, unknown]>([
    ['id is read-only', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    ['its own id is no change', { op: 'replace', path: 'id', value: 'directory_user_01' }, 'unchanged'],
    [
      'its own id among others',
      { op: 'replace', value: { id: 'directory_user_01', active: false } },
      { active: false },
    ],
    ['meta is read-only', { op: 'add', path: 'meta.version', value: 'x' }, 'mutability'],
    ['groups are read-only', { op: 'add', path: 'groups', value: [{ value: 'g' }] }, 'mutability'],
    ['schemas are read-only', { op: 'add', path: 'schemas', value: ['x'] }, 'mutability'],
    ['a read-only part', { op: 'replace', path: `${enterprise}:manager.displayName`, value: 'x' }, 'mutability'],
    [
      'a read-only part along with others is ignored',
      { op: 'replace', path: `${enterprise}:manager`, value: { value: 'boss', displayName: 'x' } },
      'unchanged',
    ],
    ['a password is taken and not kept', { op: 'replace', path: 'password', value: 'secret' }, 'unchanged'],
    ['a password has to be text', { op: 'replace', path: 'password', value: 5 }, 'invalidValue'],
    ['a part a simple attribute cannot have', { op: 'add', path: 'userName.foo', value: 'x' }, 'invalidPath'],
    ['a filter on a single value', { op: 'add', path: 'name[givenName pr].givenName', value: 'x' }, 'invalidPath'],
    ['a filter on an extension', { op: 'remove', path: `${enterprise}[a pr]` }, 'invalidPath'],
    ['a filter on the resource', { op: 'replace', path: `${core}[a pr]`, value: {} }, 'invalidPath'],
    [
      'an attribute of another type of resource',
      { op: 'add', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:displayName', value: 'x' },
      'invalidPath',
    ],
    ['a name that is none', { op: 'add', value: { 'a b': 1 } }, 'invalidPath'],
    ['a name that is none, in an extension', { op: 'add', path: enterprise, value: { 'a b': 1 } }, 'invalidPath'],
    ['an extension that is no object', { op: 'add', path: enterprise, value: 'x' }, 'invalidValue'],
    ['a filter that compares nonsense', { op: 'remove', path: 'emails[primary gt true]' }, 'invalidFilter'],
    [
      'a longer text than an index can hold',
      { op: 'replace', path: 'userName', value: 'x'.repeat(513) },
      'invalidValue',
    ],
    [
      'more values than anybody has',
      { op: 'add', path: 'emails', value: Array.from({ length: 999 }, (_, i) => ({ value: `${i}@x` })) },
      'invalidValue',
    ],
  ])('%s', (_claim, operation, expected) => {
    expect(outcome(user, operation)).toEqual(expected)
  })

  test('an immutable part can be set once', () => {
    const group = { displayName: 'G', members: [{ type: 'User' }, { value: 'u2' }] }
    const patch = (path: string, value: string) => applyPatch(group, [read({ op: 'replace', path, value })], groupType)
    expect(patch('members[type eq "User"].value', 'u1')).toMatchObject({
      ok: true,
      value: { resource: { members: [{ type: 'User', value: 'u1' }, { value: 'u2' }] } },
    })
    expect(patch('members[value eq "u2"].value', 'u3')).toMatchObject({ ok: false, error: { scimType: 'mutability' } })
    expect(patch('members[value eq "u2"].value', 'u2')).toMatchObject({ ok: true, value: { changed: false } })
  })
})

describe('RFC 7644 §3.5.2 primary', () => {
  test.each<[string, Written, unknown]>([
    [
      'a new primary value demotes the old',
      { op: 'add', path: 'emails', value: [{ value: 'x@y', primary: true }] },
      [{ ...work, primary: false }, home, { value: 'x@y', primary: true }],
    ],
    [
      'so does a value made primary',
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
      [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    ],
    [
      'and one that was there and is added again as primary',
      { op: 'add', path: 'emails', value: [{ ...home, primary: true }] },
      [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    ],
    [
      'a change to the primary value leaves it so',
      { op: 'replace', path: 'emails[primary eq true].value', value: 'x' },
      [{ ...work, value: 'x' }, home],
    ],
  ])('%s', (_claim, operation, emails) => {
    expect(outcome(user, operation)).toEqual({ emails })
  })

  test.each<[string, Written]>([
    ['two in one list', { op: 'replace', path: 'emails', value: [work, { ...home, primary: true }] }],
    ['all at once', { op: 'replace', path: 'emails[value pr].primary', value: true }],
  ])('%s are refused', (_claim, operation) => {
    expect(outcome({ ...user, emails: [home, { value: 'x@y' }] }, operation)).toBe('invalidValue')
  })
})

describe('RFC 7644 §3.5.2 operations together', () => {
  test('each sees what those before it did', () => {
    expect(
      outcome(
        user,
        { op: 'remove', path: 'emails' },
        { op: 'add', path: 'emails', value: [home] },
        { op: 'replace', path: 'emails[type eq "home"].value', value: 'new@home.example' },
      ),
    ).toEqual({ emails: [{ value: 'new@home.example', type: 'home' }] })
  })

  test('all are applied or none', () => {
    expect(outcome(user, { op: 'remove', path: 'active' }, { op: 'remove', path: 'id' })).toBe('mutability')
  })

  test('with more comparisons than any client needs are refused', () => {
    const path = `emails[${Array.from({ length: 250 }, () => 'value eq "x"').join(' or ')}]`
    const removals = (count: number) => Array.from({ length: count }, () => ({ op: 'remove', path }) as const)
    expect(outcome(user, ...removals(20))).toBe('unchanged')
    expect(outcome(user, ...removals(21))).toBe('413')
  })

  test('what cancels out is no change', () => {
    expect(
      outcome(user, { op: 'replace', path: 'active', value: false }, { op: 'replace', path: 'active', value: true }),
    ).toBe('unchanged')
  })
})

describe('any PATCH', () => {
  const paths = [
    'title',
    'name',
    'name.givenName',
    'emails',
    'emails[type eq "work"]',
    'emails[type eq "home"].value',
    'emails.display',
    'roles',
    enterprise,
    `${enterprise}:manager`,
    `${enterprise}:department`,
    'favourite',
    'favourite[a eq 1].b',
    'favourite.deep',
    custom,
    'id',
    'userName',
  ] as const
  const values = [
    'x',
    '',
    true,
    7,
    null,
    [],
    {},
    ['x'],
    [{ value: 'x', type: 'work', primary: true }],
    { value: 'x' },
    { givenName: 'x' },
    { department: 'y' },
  ] as const

  test('leaves its input alone, and says rightly whether anything changed', () => {
    const random = new Random(4)
    let applied = 0
    for (let i = 0; i < 4_000; i++) {
      const resource = deepFreeze(randomUser(random, 'u'))
      const operations = random.list(4, () =>
        read({
          op: random.pick(['add', 'replace', 'remove']),
          path: random.pick(paths),
          value: deepFreeze(random.pick<unknown>(values)),
        }),
      )
      const result = applyPatch(resource, operations, userType)
      if (!result.ok) continue
      applied++
      const { resource: after, changed } = result.value
      const apart = ({ schemas: _schemas, ...rest }: JsonObject) => rest
      if (changed) expect(apart(after)).not.toEqual(apart(resource))
      else expect(after).toBe(resource)
    }
    expect(applied).toBeGreaterThan(500)
  })

  test('that adds a value and removes it again gives back what was there', () => {
    const random = new Random(5)
    for (let i = 0; i < 500; i++) {
      const resource = randomUser(random, 'u')
      const value = `added${i}@corp.example`
      const added = applyPatch(resource, [read({ op: 'add', path: 'emails', value: [{ value }] })], userType)
      if (!added.ok) throw new Error(added.error.detail)
      const removed = applyPatch(
        added.value.resource,
        [read({ op: 'remove', path: `emails[value eq "${value}"]` })],
        userType,
      )
      if (!removed.ok) throw new Error(removed.error.detail)
      const { emails: before, ...rest } = resource
      const expected = Array.isArray(before) && before.length > 0 ? resource : rest
      expect({ ...removed.value.resource, schemas: [] }).toEqual({ ...expected, schemas: [] })
    }
  })
})

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
