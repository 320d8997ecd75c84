import { describe, expect, test } from 'vitest'
import { bulkRequestUrn, parseBulkRequest } from './bulk.ts'
import { canonicalJson } from './json.ts'
import { applyPatch } from './patch.ts'
import { parsePatchRequest, patchOpUrn } from './patch-request.ts'
import { parseQuery, parseSearchRequest, searchRequestUrn } from './query.ts'
import { readResource } from './resource.ts'
import { groupType, userType } from './schema.ts'
import { Random } from './testdata/random.ts'

const limits = { defaultPageSize: 100, maxPageSize: 200 }
interface Reader {
  read(body: unknown): unknown
  /** A good body with a value in it that nobody has to understand. */
  around(value: unknown): unknown
}

const readers: Record<string, Reader> = {
  'a POST of a user': {
    read: (body) => readResource(body, userType),
    around: (extra) => ({ schemas: [userType.schema.id], userName: 'x', extra }),
  },
  'a POST of a group': {
    read: (body) => readResource(body, groupType),
    around: (extra) => ({ schemas: [groupType.schema.id], displayName: 'x', extra }),
  },
  'a PATCH': {
    read: (body) => parsePatchRequest(body, userType),
    around: (value) => ({ schemas: [patchOpUrn], Operations: [{ op: 'add', path: 'extra', value }] }),
  },
  'a search': {
    read: (body) => parseSearchRequest(body, userType, limits),
    around: (extra) => ({ schemas: [searchRequestUrn], extra }),
  },
  'a bulk request': {
    read: (body) => parseBulkRequest(body, { maxOperations: 10 }),
    around: (extra) => ({ schemas: [bulkRequestUrn], Operations: [], extra }),
  },
}

const noBodies: Record<string, unknown> = { nothing: undefined, null: null, text: 'x', 'a number': 5, 'an array': [] }

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
const values: Record<string, unknown> = {
  '100,000 levels': nested(100_000),
  'more levels than allowed': nested(40),
  'a member named __proto__': JSON.parse('{"__proto__":{"admin":true}}'),
  'one further in': JSON.parse('[{"a":{"__proto__":{"admin":true}}}]'),
  'a NUL': 'a\u0000b',
  'half a surrogate pair': '\ud800',
  'a NUL in a name': { 'a\u0000': 1 },
  'a very long name': { ['x'.repeat(100_000)]: 1 },
  'a very long text': 'x'.repeat(1_000_000),
}

function each<T>(table: Record<string, T>): [string, string, T, Reader][] {
  return Object.entries(table).flatMap(([name, value]) =>
    Object.entries(readers).map(([reader, how]): [string, string, T, Reader] => [name, reader, value, how]),
  )
}

const invalidSyntax = { ok: false, error: { status: '400', scimType: 'invalidSyntax' } }

describe('hostile bodies', () => {
  test.each(each(noBodies))('%s as %s is refused', (_name, _reader, body, { read }) => {
    expect(read(body)).toMatchObject(invalidSyntax)
  })

  test.each(each(values))('%s in %s is refused', (_name, _reader, value, { read, around }) => {
    expect(read(around(value))).toMatchObject(invalidSyntax)
  })

  test.each(Object.entries(readers))('what is harmless in %s is accepted', (_reader, { read, around }) => {
    expect(read(around({ deep: [[['ä😀']]], constructor: null }))).toMatchObject({ ok: true })
  })

  test('no reading changes Object.prototype', () => {
    const body = JSON.parse(
      `{"schemas":["${userType.schema.id}"],"userName":"x","constructor":{"prototype":{"admin":true}}}`,
    )
    expect(readResource(body, userType)).toMatchObject({
      ok: true,
      value: { constructor: { prototype: { admin: true } } },
    })
    const patch = { Operations: [{ op: 'add', path: 'constructor.prototype', value: { admin: true } }] }
    const parsed = parsePatchRequest(patch, userType)
    if (!parsed.ok) throw new Error(parsed.error.detail)
    expect(applyPatch({ userName: 'x' }, parsed.value, userType)).toMatchObject({
      ok: true,
      value: { resource: { constructor: { prototype: { admin: true } } } },
    })
    expect({}).not.toHaveProperty('admin')
  })
})

describe('random bodies', () => {
  const names = [
    'schemas',
    'userName',
    'emails',
    'name',
    'value',
    'type',
    'primary',
    'active',
    'Operations',
    'op',
    'path',
    'members',
    'urn:x:1.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'manager',
    '',
    'a b',
    'constructor',
  ] as const
  const leaves = [
    'x',
    '',
    'True',
    5,
    true,
    null,
    'add',
    'emails[type eq "work"].value',
    userType.schema.id,
    patchOpUrn,
  ] as const

  function randomJson(random: Random, depth: number): unknown {
    if (depth === 0 || random.chance(0.4)) return random.pick<unknown>(leaves)
    if (random.chance(0.4)) return random.list(3, () => randomJson(random, depth - 1))
    return Object.fromEntries(random.list(4, () => [random.pick(names), randomJson(random, depth - 1)]))
  }

  test('are read or refused, never an exception, and not changed', () => {
    const random = new Random(8)
    for (let i = 0; i < 5_000; i++) {
      const body = randomJson(random, 4)
      const before = JSON.stringify(body)
      for (const { read } of Object.values(readers)) expect(read(body)).toHaveProperty('ok')
      expect(JSON.stringify(body)).toBe(before)
    }
  })

  test('as users are read the same a second time', () => {
    const random = new Random(9)
    let accepted = 0
    for (let i = 0; i < 5_000; i++) {
      const body = { ...(randomJson(random, 4) as object), schemas: [userType.schema.id], userName: 'x' } // Spreading anything is an object.
      const first = readResource(body, userType)
      if (!first.ok) continue
      accepted++
      expect(readResource(first.value, userType)).toEqual(first)
    }
    expect(accepted).toBeGreaterThan(500)
  })

  test('as PATCHes are applied or refused', () => {
    const random = new Random(10)
    const ops = ['add', 'Replace', 'remove'] as const
    let applied = 0
    for (let i = 0; i < 5_000; i++) {
      const operations = random.list(4, () => ({
        op: random.pick(ops),
        path: random.pick<unknown>([
          'emails',
          'name',
          'active',
          'emails[type eq "work"]',
          'emails[type eq "work"].value',
          'urn:x:1.0:User',
          'constructor',
          undefined,
        ]),
        value: randomJson(random, 3),
      }))
      const parsed = parsePatchRequest({ Operations: operations }, userType)
      if (!parsed.ok) continue
      const result = applyPatch({ userName: 'x', emails: [{ value: 'a', type: 'work' }] }, parsed.value, userType)
      if (!result.ok) continue
      applied++
      // What a PATCH leaves is what a body may hold.
      const again = readResource({ ...result.value.resource, schemas: [userType.schema.id] }, userType)
      expect(again.ok && canonicalJson({ ...again.value, schemas: [] })).toBe(
        canonicalJson({ ...result.value.resource, schemas: [] }),
      )
    }
    expect(applied).toBeGreaterThan(300)
  })

  test('as queries are accepted or refused', () => {
    const random = new Random(11)
    for (let i = 0; i < 2_000; i++) {
      const parameters = {
        filter: randomJson(random, 2),
        sortBy: randomJson(random, 1),
        attributes: randomJson(random, 2),
        count: randomJson(random, 1),
        cursor: randomJson(random, 1),
      }
      expect(parseQuery(parameters, userType, limits)).toHaveProperty('ok')
    }
  })
})
