import { beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let api: TestEnvironment['api']
/** Ids in the order they were made: o[0] is the oldest of seven. */
let o: string[]

beforeAll(async () => {
  ;({ api } = await server.environment())
  o = []
  for (let index = 0; index < 7; index++)
    o.push((await api<Organization>('POST', '/organizations', { body: { name: `${index}` } })).body.id)
})

/** The page as positions in `o`, and where its cursors point. */
async function page(query: string) {
  const { status, body } = await api<Page<Organization>>('GET', `/organizations?${query}`)
  expect(status).toBe(200)
  const place = (id: string | null) => (id === null ? null : o.indexOf(id))
  const { before, after } = body.list_metadata
  return { shown: body.data.map(({ id }) => o.indexOf(id)), before: place(before), after: place(after) }
}

const at = (index: number) => o[index] ?? ''

describe('order=desc, as SDKs ask: newest first, after goes to older ones', () => {
  test.each([
    ['the first page has nothing before it', () => 'limit=3', { shown: [6, 5, 4], before: null, after: 4 }],
    ['a middle page has both cursors', () => `limit=2&after=${at(4)}`, { shown: [3, 2], before: 3, after: 2 }],
    ['the last page has nothing after it', () => `limit=2&after=${at(2)}`, { shown: [1, 0], before: 1, after: null }],
    ['past the end there is nothing', () => `limit=2&after=${at(0)}`, { shown: [], before: null, after: null }],
    ['before shows the newer neighbours', () => `limit=2&before=${at(2)}`, { shown: [4, 3], before: 4, after: 3 }],
    [
      'before at the start has nothing before it',
      () => `limit=2&before=${at(4)}`,
      { shown: [6, 5], before: null, after: 5 },
    ],
    [
      'before and after together cut a piece out',
      () => `after=${at(5)}&before=${at(1)}`,
      { shown: [4, 3, 2], before: 4, after: null },
    ],
    ['everything fits', () => 'limit=7', { shown: [6, 5, 4, 3, 2, 1, 0], before: null, after: null }],
  ])('%s', async (_claim, query, expected) => {
    expect(await page(`order=desc&${query()}`)).toEqual(expected)
  })
})

describe('order=asc: oldest first', () => {
  test.each([
    ['the first page', () => 'limit=3', { shown: [0, 1, 2], before: null, after: 2 }],
    ['the next page', () => `limit=3&after=${at(2)}`, { shown: [3, 4, 5], before: 3, after: 5 }],
    ['the last page', () => `limit=3&after=${at(5)}`, { shown: [6], before: 6, after: null }],
    ['back from the last page', () => `limit=3&before=${at(6)}`, { shown: [3, 4, 5], before: 3, after: 5 }],
    ['back to the start', () => `limit=3&before=${at(2)}`, { shown: [0, 1], before: null, after: 1 }],
  ])('%s', async (_claim, query, expected) => {
    expect(await page(`order=asc&${query()}`)).toEqual(expected)
  })
})

describe.each(['', 'order=normal&'])('without order, or %j: newest first with mirrored cursors', (order) => {
  test.each([
    ['the first page points to older ones with before', () => 'limit=3', { shown: [6, 5, 4], before: 4, after: null }],
    ['before goes to older ones', () => `limit=3&before=${at(4)}`, { shown: [3, 2, 1], before: 1, after: 3 }],
    ['the oldest page', () => `limit=3&before=${at(1)}`, { shown: [0], before: null, after: 0 }],
    ['after goes back to newer ones', () => `limit=3&after=${at(3)}`, { shown: [6, 5, 4], before: 4, after: null }],
  ])('%s', async (_claim, query, expected) => {
    expect(await page(order + query())).toEqual(expected)
  })
})

test('following after walks through everything once, in either order', async () => {
  for (const order of ['asc', 'desc']) {
    const seen: number[] = []
    let cursor: number | null | undefined
    while (cursor !== null) {
      const query: string = cursor === undefined ? '' : `&after=${at(cursor)}`
      const { shown, after } = await page(`order=${order}&limit=2${query}`)
      seen.push(...shown)
      cursor = after
    }
    expect(seen).toEqual(order === 'asc' ? [0, 1, 2, 3, 4, 5, 6] : [6, 5, 4, 3, 2, 1, 0])
  }
})

test('ten are shown unless asked otherwise', async () => {
  const { api: own } = await server.environment()
  for (let index = 0; index < 11; index++) await own('POST', '/organizations', { body: { name: `${index}` } })
  const { body } = await own<Page<Organization>>('GET', '/organizations?order=desc')
  expect(body.data).toHaveLength(10)
  expect(body.list_metadata.after).toBe(body.data.at(-1)?.id)
})

test('a cursor whose row is gone still works', async () => {
  const { api: own } = await server.environment()
  const made: string[] = []
  for (const name of ['a', 'b', 'c'])
    made.push((await own<Organization>('POST', '/organizations', { body: { name } })).body.id)
  await own('DELETE', `/organizations/${made[1]}`)
  const { body } = await own<Page<Organization>>('GET', `/organizations?order=asc&after=${made[1]}`)
  expect(body.data.map(({ name }) => name)).toEqual(['c'])
})

test.each([
  ['an id of another kind', 'conn_01HXYZ'],
  ['a word', 'xyz'],
  ['text in another script', '%F0%9F%8E%89'],
  ['a quote', "'"],
  ['something long', 'x'.repeat(5000)],
])('any text is a cursor: %s', async (_claim, cursor) => {
  const { status } = await api('GET', `/organizations?order=desc&after=${cursor}`)
  expect(status).toBe(200)
})

test.each([
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=ten', 'limit'],
  ['limit=1e2', 'limit'],
  ['limit=99999999999999999999', 'limit'],
  ['limit=%2010', 'limit'],
  ['order=sideways', 'order'],
  ['order=ASC', 'order'],
  ['after=a%00b', 'after'],
  ['before=%ED%A0%80%00', 'before'],
])('%s is refused, naming the parameter', async (query, field) => {
  const { status, body } = await api('GET', `/organizations?${query}`)
  expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]])
})

test.each([
  'limit=1',
  'limit=100',
  'limit=',
  'limit=null',
  'after=null',
  'before=&after=',
  'order=null',
  'nonsense=1',
  'limit=5&limit=7',
])('%s is taken', async (query) => {
  expect((await api('GET', `/organizations?${query}`)).status).toBe(200)
})

test.each([
  '/user_management/redirect_uris',
  '/user_management/logout_uris',
  '/user_management/cors_origins',
  '/organizations',
])('%s is a list of nothing before there is anything', async (path) => {
  const { api: own } = await server.environment()
  expect((await own('GET', path)).body).toEqual({
    object: 'list',
    data: [],
    list_metadata: { before: null, after: null },
  })
})
