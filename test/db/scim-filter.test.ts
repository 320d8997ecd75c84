import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoundFilter, bindFilter } from '#protocols/scim/bind.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { parseFilter, printFilter } from '#protocols/scim/filter.ts'
import { isObject, type Json, type JsonObject } from '#protocols/scim/json.ts'
import { matches } from '#protocols/scim/match.ts'
import { userType } from '#protocols/scim/schema.ts'
import { compareBy, parseSort } from '#protocols/scim/sort.ts'
import { orderBy, sortKey } from '#protocols/scim/sort-sql.ts'
import { filterToSql, rowFilterToSql, type Rows, type Storage } from '#protocols/scim/sql.ts'
import { randomFilter } from '#protocols/scim/testdata/random-filter.ts'
import { randomUser } from '#protocols/scim/testdata/random-resource.ts'
import { Random } from '#protocols/scim/testdata/random.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
const random = new Random(20260131)
const users = Array.from({ length: 120 }, (_, i) => randomUser(random, `u${i}`))

beforeAll(async () => {
  database = await createTestDatabase(2)
  await database.pool.query(`
    create table scim_users (
      id text primary key, user_name_key text, external_id text, display_name text, active boolean,
      created timestamptz, last_modified timestamptz, emails_key text[], department text, resource jsonb
    );
    create table scim_groups_of_users (user_id text, group_id text, name text)`)
  for (const user of users) await insertUser(user)
})

afterAll(async () => {
  await database.drop()
})

async function insertUser(user: JsonObject): Promise<void> {
  const meta = at(user, 'meta')
  await database.pool.query('insert into scim_users values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
    user['id'],
    foldCase(textOf(user['userName'])),
    user['externalId'] ?? null,
    user['displayName'] ?? null,
    user['active'] ?? null,
    at(meta, 'created'),
    at(meta, 'lastModified'),
    elementsOf(user, 'emails').flatMap((email) =>
      email['value'] === undefined ? [] : [foldCase(textOf(email['value']))],
    ),
    at(at(user, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'), 'department') ?? null,
    JSON.stringify({ ...user, groups: undefined }),
  ])
  for (const group of elementsOf(user, 'groups')) {
    const row = [user['id'], group['value'], group['display']]
    await database.pool.query('insert into scim_groups_of_users values ($1, $2, $3)', row)
  }
}

function at(value: Json | undefined, name: string): Json | undefined {
  return value !== undefined && isObject(value) ? value[name] : undefined
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('not a text')
  return value
}

function elementsOf(user: JsonObject, name: string): JsonObject[] {
  const value = user[name]
  return Array.isArray(value) ? (value as JsonObject[]) : [] // The generator makes nothing but objects there.
}

const onlyJson: Storage = { resource: 'u.resource', columnOf: () => undefined }

const groups: Rows = {
  kind: 'rows',
  from: 'scim_groups_of_users g',
  where: 'g.user_id = u.id',
  columns: { value: { kind: 'column', sql: 'g.group_id' }, display: { kind: 'column', sql: 'g.name' } },
}

const columns: Record<string, ReturnType<Storage['columnOf']>> = {
  id: { kind: 'column', sql: 'u.id' },
  userName: { kind: 'column', sql: 'u.user_name_key', folded: true },
  externalId: { kind: 'column', sql: 'u.external_id' },
  displayName: { kind: 'column', sql: 'u.display_name' },
  active: { kind: 'column', sql: 'u.active' },
  'meta.created': { kind: 'column', sql: 'u.created' },
  'meta.lastModified': { kind: 'column', sql: 'u.last_modified' },
  'emails.value': { kind: 'array', sql: 'u.emails_key', folded: true },
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department': { kind: 'column', sql: 'u.department' },
  groups,
}
const promoted: Storage = { resource: 'u.resource', columnOf: (path) => columns[path] }

function bound(text: string): BoundFilter {
  const parsed = parseFilter(text)
  const result = parsed.ok ? bindFilter(parsed.value, userType) : parsed
  if (!result.ok) throw new Error(`${text}: ${result.error.detail}`)
  return result.value
}

async function selectBySql(filter: BoundFilter, storage: Storage): Promise<string[]> {
  const { text, values } = filterToSql(filter, storage, 1)
  const { rows } = await database.pool.query<{ id: string }>(
    `select u.id from scim_users u where u.id <> $1 and ${text} order by u.id`,
    ['nobody', ...values],
  )
  return rows.map(({ id }) => id)
}

function selectInMemory(filter: BoundFilter, from: readonly JsonObject[]): string[] {
  return from
    .filter((user) => matches(filter, user))
    .map(({ id }) => textOf(id))
    .toSorted()
}

describe('RFC 7644 §3.4.2.2 in SQL', () => {
  test.each([
    ['resources as JSON alone', onlyJson],
    ['columns, an array and rows beside the JSON', promoted],
  ])('selects what the matcher selects, from %s', async (_storage, storage) => {
    const filters = new Random(7)
    // The groups are not in the JSON: the server answers them from rows.
    const stored = storage === onlyJson ? users.map(({ groups: _groups, ...user }) => user) : users
    let selected = 0
    for (let i = 0; i < 400; i++) {
      const text = printFilter(randomFilter(filters))
      const filter = bound(text)
      const expected = selectInMemory(filter, stored)
      selected += expected.length
      expect({ text, ids: await selectBySql(filter, storage) }).toEqual({ text, ids: expected })
    }
    // Filters that select nothing or everything would prove nothing.
    expect(selected / (400 * users.length)).toBeGreaterThan(0.2)
    expect(selected / (400 * users.length)).toBeLessThan(0.8)
  })

  test.each([
    ['a quotation mark', `userName eq "'; drop table scim_users; --"`],
    ['a percent sign is not a wildcard', 'displayName co "%"'],
    ['a name of Object.prototype', 'constructor.prototype eq "x"'],
    ['an extension that closes its quotes', `urn:x':y:costCode eq "1"`],
  ])('takes %s for what it is', async (_claim, text) => {
    const filter = bound(text)
    expect(await selectBySql(filter, onlyJson)).toEqual(selectInMemory(filter, users))
  })

  test('finds a work email through the index on all emails', async () => {
    const { text } = filterToSql(bound('emails[type eq "work"].value eq "Ann"'), promoted)
    expect(text).toMatch(/^\(\(u\.emails_key @> array\[\$1::text\]\) and exists/)
  })

  test('a filter on elements becomes a condition on their rows', async () => {
    const inner = bound('groups[display sw "a" and not (value eq "ann")]')
    if (inner.kind !== 'elements') throw new Error('not a filter on elements')
    const { text, values } = rowFilterToSql(inner.filter, groups.columns)
    const { rows } = await database.pool.query(`select g.group_id, g.name from scim_groups_of_users g where ${text}`, [
      ...values,
    ])
    const expected = users
      .flatMap((user) => elementsOf(user, 'groups'))
      .filter((group) => foldCase(textOf(group['display'])).startsWith('a') && group['value'] !== 'ann')
    expect(rows).toHaveLength(expected.length)
    expect(expected.length).toBeGreaterThan(0)
  })
})

describe('RFC 7644 §3.4.2.3 in SQL', () => {
  test.each([
    ['userName', 'ascending'],
    ['userName', 'descending'],
    ['displayName', 'ascending'],
    ['displayName', 'descending'],
    ['externalId', 'ascending'],
    ['active', 'ascending'],
    ['meta.lastModified', 'descending'],
    ['emails', 'ascending'],
    ['name.familyName', 'descending'],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', 'ascending'],
  ])('%s %s', async (sortBy, sortOrder) => {
    const sort = parseSort(sortBy, sortOrder, userType)
    if (!sort.ok || !sort.value) throw new Error('no order')
    const compare = compareBy(sort.value)
    const expected = users.toSorted((a, b) => compare(a, b) || (textOf(a['id']) < textOf(b['id']) ? -1 : 1))
    for (const storage of [onlyJson, promoted]) {
      const { rows } = await database.pool.query<{ id: string }>(
        `select u.id from scim_users u order by ${orderBy(sortKey(sort.value, storage))}, u.id collate "C"`,
      )
      expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    }
  })
})
