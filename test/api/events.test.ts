import { beforeAll, describe, expect, test } from 'vitest'
import { eventNames } from '#contracts/event-names.ts'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { readEvents } from '#domain/events/read.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let api: TestEnvironment['api']
/** The log of one environment: six organizations made a minute apart, then the third updated. */
let log: Event[]
let organizations: string[]

beforeAll(async () => {
  ;({ api } = await server.environment())
  organizations = []
  for (let index = 0; index < 6; index++) {
    server.clock.advance(60_000)
    organizations.push((await api<Organization>('POST', '/organizations', { body: { name: `${index}` } })).body.id)
  }
  server.clock.advance(60_000)
  await api('PUT', `/organizations/${organizations[2]}`, { body: { name: 'new' } })
  log = (await read('limit=100')).data
})

const both = 'events=organization.created,organization.updated'

async function read(query: string): Promise<Page<Event>> {
  const answer = await api<Page<Event>>('GET', `/events?${both}&${query}`)
  expect(answer.status).toBe(200)
  return answer.body
}

/** A page as positions in the log, and where its cursors point. */
async function page(query: string) {
  const { data, list_metadata } = await read(query)
  const place = (id: string | null) => (id === null ? null : log.findIndex((event) => event.id === id))
  return {
    shown: data.map(({ id }) => place(id)),
    before: place(list_metadata.before),
    after: place(list_metadata.after),
  }
}

const at = (index: number) => log[index]?.id ?? ''

test('an event is what happened, as the API shows it, and when', async () => {
  expect(log[0]).toEqual({
    object: 'event',
    id: expect.stringMatching(/^event_[0-9A-HJKMNP-TV-Z]{26}$/),
    event: 'organization.created',
    data: {
      object: 'organization',
      id: organizations[0],
      name: '0',
      domains: [],
      external_id: null,
      metadata: {},
      created_at: log[0]?.created_at,
      updated_at: log[0]?.created_at,
    },
    created_at: expect.any(String),
  })
})

describe('paging with order=desc: newest first, after goes to older ones', () => {
  test.each([
    ['the first page', () => 'limit=3', { shown: [6, 5, 4], before: null, after: 4 }],
    ['the page after it', () => `limit=3&after=${at(4)}`, { shown: [3, 2, 1], before: 3, after: 1 }],
    ['after is null on the last page', () => `limit=3&after=${at(1)}`, { shown: [0], before: 0, after: null }],
    ['past the start there is nothing', () => `limit=3&after=${at(0)}`, { shown: [], before: null, after: null }],
    ['before shows newer neighbours', () => `limit=2&before=${at(3)}`, { shown: [5, 4], before: 5, after: 4 }],
    ['before at the end', () => `limit=3&before=${at(5)}`, { shown: [6], before: null, after: 6 }],
    [
      'after and before cut a piece out',
      () => `after=${at(5)}&before=${at(2)}`,
      { shown: [4, 3], before: 4, after: null },
    ],
  ])('%s', async (_claim, query, expected) => {
    expect(await page(`order=desc&${query()}`)).toEqual(expected)
  })

  test('filters and ranges hold as well', async () => {
    const time = (index: number) => encodeURIComponent(log[index]?.created_at ?? '')
    expect((await page(`order=desc&organization_id=${organizations[2]}`)).shown).toEqual([6, 2])
    expect((await page(`order=desc&limit=2&range_start=${time(1)}&range_end=${time(4)}`)).shown).toEqual([4, 3])
  })
})

describe('paging: oldest first, after exclusive', () => {
  test.each([
    ['the first page', () => 'limit=3', { shown: [0, 1, 2], before: null, after: 2 }],
    ['the page after it', () => `limit=3&after=${at(2)}`, { shown: [3, 4, 5], before: 3, after: 5 }],
    ['after is null on the last page', () => `limit=3&after=${at(5)}`, { shown: [6], before: 6, after: null }],
    [
      'and on a page that ends exactly with the log',
      () => `limit=2&after=${at(4)}`,
      { shown: [5, 6], before: 5, after: null },
    ],
    ['past the end there is nothing', () => `limit=3&after=${at(6)}`, { shown: [], before: null, after: null }],
    [
      'before shows the neighbours in front, still oldest first',
      () => `limit=2&before=${at(4)}`,
      { shown: [2, 3], before: 2, after: 3 },
    ],
    ['before at the start', () => `limit=3&before=${at(1)}`, { shown: [0], before: null, after: 0 }],
    [
      'after and before cut a piece out',
      () => `after=${at(1)}&before=${at(4)}`,
      { shown: [2, 3], before: 2, after: null },
    ],
    ['order=asc says the same', () => 'limit=3&order=asc', { shown: [0, 1, 2], before: null, after: 2 }],
    ['and so does order=normal', () => 'limit=3&order=normal', { shown: [0, 1, 2], before: null, after: 2 }],
    ['ten unless asked otherwise', () => '', { shown: [0, 1, 2, 3, 4, 5, 6], before: null, after: null }],
  ])('%s', async (_claim, query, expected) => {
    expect(await page(query())).toEqual(expected)
  })

  test('following after from the start shows every event once, and new ones later', async () => {
    const seen: string[] = []
    const follow = async () => {
      for (;;) {
        const { data, list_metadata } = await read(`limit=2${seen.length > 0 ? `&after=${seen.at(-1)}` : ''}`)
        seen.push(...data.map(({ id }) => id))
        if (list_metadata.after === null) return
      }
    }
    await follow()
    expect(seen).toEqual(log.map(({ id }) => id))
    const { body } = await api<Organization>('POST', '/organizations', { body: { name: 'late' } })
    await follow()
    expect(seen).toHaveLength(log.length + 1)
    await api('DELETE', `/organizations/${body.id}`)
    log = (await read('limit=100')).data
  })

  test('events made at the same moment keep the order they were committed in, for every reader', async () => {
    const { api: own } = await server.environment()
    await Promise.all(Array.from({ length: 12 }, (_, i) => own('POST', '/organizations', { body: { name: `${i}` } })))
    const all = (await own<Page<Event>>('GET', '/events?events=organization.created&limit=100')).body.data
    expect(all).toHaveLength(12)
    const pieces: string[] = []
    for (let cursor = ''; ;) {
      const { data, list_metadata } = (
        await own<Page<Event>>('GET', `/events?events=organization.created&limit=5${cursor && `&after=${cursor}`}`)
      ).body
      pieces.push(...data.map(({ id }) => id))
      if (list_metadata.after === null) break
      cursor = list_metadata.after
    }
    expect(pieces).toEqual(all.map(({ id }) => id))
  })
})

describe('events that have no place in the log until somebody reads', () => {
  /** An environment whose events are known by their number, and come about without anybody reading them. */
  async function unread(count: number) {
    const { api: own, id } = await server.environment()
    const ids: string[] = []
    const add = async () => {
      await own('POST', '/organizations', { body: { name: `${ids.length}` } })
      const newest = 'select id from events where environment_id = $1 order by seq desc limit 1'
      ids.push((await server.db.pool.query<{ id: string }>(newest, [id])).rows[0]?.id ?? '')
    }
    for (let n = 0; n < count; n++) await add()
    const ask = async (query: string) =>
      (await own<Page<Event>>('GET', `/events?events=organization.created&${query}`)).body.data.map((event) =>
        ids.indexOf(event.id),
      )
    return { ids, ask, add }
  }

  test.each([
    ['the first page', () => 'limit=10', [0, 1, 2]],
    ['a page they only fill in part', () => 'limit=2', [0, 1]],
    ['a page after one of them', ([one]: string[]) => `after=${one}`, [1, 2]],
    ['a page before one of them', ([, , three]: string[]) => `before=${three}`, [0, 1]],
    ['a page between two of them', ([one, , three]: string[]) => `after=${one}&before=${three}`, [1]],
    ['the newest page', () => 'order=desc&limit=2', [2, 1]],
    ['a page older than one of them', ([, , three]: string[]) => `order=desc&after=${three}`, [1, 0]],
    ['a page newer than one of them', ([one]: string[]) => `order=desc&before=${one}`, [2, 1]],
  ])('are in %s', async (_claim, query, expected) => {
    const { ids, ask } = await unread(3)
    expect(await ask(query(ids))).toEqual(expected)
  })

  test.each([
    ['oldest first', 'limit=10', [0, 1], [0, 1, 2]],
    ['newest first', 'order=desc&limit=2', [1, 0], [2, 1]],
  ])('come to those that have one, %s', async (_claim, query, before, after) => {
    const { ask, add } = await unread(2)
    expect(await ask(query)).toEqual(before)
    await add()
    expect(await ask(query)).toEqual(after)
  })

  test('are not in a page that ends before them, nor delay it', async () => {
    const { ids, ask, add } = await unread(3)
    expect(await ask('limit=10')).toEqual([0, 1, 2])
    await add()
    expect(await ask('limit=2')).toEqual([0, 1])
    expect(await ask(`after=${ids[0]}&before=${ids[2]}`)).toEqual([1])
    const { rows } = await server.db.pool.query(
      'select from event_pending p join events e using (seq) where e.id = $1',
      [ids[3]],
    )
    expect(rows, 'it still waits').toHaveLength(1)
    expect(await ask(`after=${ids[3]}&before=${ids[0]}`), 'a cursor that waits has its place too').toEqual([])
  })

  test('more of them than are given a place at once are all there', async () => {
    const { id } = await server.environment()
    await server.db.pool.query(
      `select append_events($1, array_agg('event_' || n || $1), array_agg('organization.created'::text),
         array_agg(null::text), array_agg(n::text), now()) from generate_series(10001, 12500) as n`,
      [id],
    )
    const text = await readEvents(server.db, id, { events: ['organization.created'], after: `event_12497${id}` })
    expect(JSON.parse(text)).toMatchObject({ data: [12498, 12499, 12500] })
  })
})

describe('filters', () => {
  test.each([
    ['one name', 'events=organization.updated', [6]],
    ['names joined by an encoded comma', 'events=organization.created%2Corganization.updated', [0, 1, 2, 3, 4, 5, 6]],
    ['names with a blank between', 'events=organization.created,%20organization.updated', [0, 1, 2, 3, 4, 5, 6]],
    ['names repeated', 'events=organization.created&events=organization.updated', [0, 1, 2, 3, 4, 5, 6]],
    ['names with brackets', 'events[]=organization.created&events%5B%5D=organization.updated', [0, 1, 2, 3, 4, 5, 6]],
    ['a name twice', 'events=organization.updated,organization.updated', [6]],
    ['a name of something that never happens here', 'events=dsync.user.created', []],
    ['all names of the protocol', `events=${eventNames.join(',')}`, [0, 1, 2, 3, 4, 5, 6]],
  ])('%s', async (_claim, query, expected) => {
    const { body } = await api<Page<Event>>('GET', `/events?limit=7&${query}`)
    expect(body.data.map(({ id }) => log.findIndex((event) => event.id === id))).toEqual(expected)
  })

  test('organization_id shows what concerns one organization', async () => {
    expect((await page(`organization_id=${organizations[2]}`)).shown).toEqual([2, 6])
    expect((await page(`organization_id=${organizations[2]}&limit=1&after=${at(2)}`)).shown).toEqual([6])
    expect((await page('organization_id=org_none')).shown).toEqual([])
  })

  test('a range takes both its ends', async () => {
    const time = (index: number) => encodeURIComponent(log[index]?.created_at ?? '')
    expect((await page(`range_start=${time(2)}&range_end=${time(4)}`)).shown).toEqual([2, 3, 4])
    expect((await page(`range_end=${time(1)}`)).shown).toEqual([0, 1])
    expect((await page(`range_start=${time(1)}&limit=2`)).shown).toEqual([1, 2])
    expect(
      (await page(`range_start=${time(2)}&range_end=${time(6)}&organization_id=${organizations[2]}`)).shown,
    ).toEqual([2, 6])
    expect((await page(`range_end=${time(4)}&after=${at(1)}`)).shown).toEqual([2, 3, 4])
  })

  test.each(['2026-03-01', '2026-03-01T12:00Z', '2026-03-01T12:00:00.123456Z', '2026-03-01T14:00:00%2B02:00'])(
    'a range may start at %s',
    async (time) => {
      expect((await api('GET', `/events?${both}&range_start=${time}`)).status).toBe(200)
    },
  )

  test('events of something since deleted stay', async () => {
    const { api: own } = await server.environment()
    const { body } = await own<Organization>('POST', '/organizations', { body: { name: 'gone' } })
    await own('DELETE', `/organizations/${body.id}`)
    const { data } = (await own<Page<Event>>('GET', `/events?organization_id=${body.id}&events=organization.created`))
      .body
    expect(data).toHaveLength(1)
  })
})

describe('refusals', () => {
  const name = 'events=organization.created'
  test.each([
    ['no names', '', 400, 'invalid_events_request'],
    ['empty names', 'events=', 400, 'invalid_events_request'],
    ['only commas', 'events=,,', 400, 'invalid_events_request'],
    ['after with range_start', `${name}&after=event_1&range_start=2026-03-01`, 400, 'invalid_events_request'],
    [
      'a range that ends before it starts',
      `${name}&range_start=2026-03-02&range_end=2026-03-01`,
      400,
      'invalid_events_request',
    ],
    ['a cursor nobody was given', `${name}&after=event_01HXYZ`, 400, 'invalid_cursor'],
    ['a cursor that is no event', `${name}&before=org_1`, 400, 'invalid_cursor'],
  ])('%s', async (_claim, query, status, code) => {
    const answer = await api('GET', `/events?${query}`)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })

  test.each([
    ['range_start=yesterday', 'range_start'],
    ['range_start=2026-13-01', 'range_start'],
    ['range_end=1767225600', 'range_end'],
    ['range_end=2026-03-01T25:00Z', 'range_end'],
    ['range_start=9999999-01-01', 'range_start'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['order=up', 'order'],
  ])('%s, naming the parameter', async (query, field) => {
    const answer = await api('GET', `/events?${name}&${query}`)
    expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([422, field])
  })

  test.each([
    ['organisation.created', 'organization.created'],
    ['dsync.user.create', 'dsync.user.created'],
    ['user_created', 'user.created'],
  ])('%s is unknown; the nearest name is %s', async (unknown, suggestion) => {
    const answer = await api('GET', `/events?events=organization.created,${unknown}`)
    expect(answer.status).toBe(422)
    expect(answer.body.errors).toEqual([
      {
        field: 'events',
        code: 'unknown_event',
        message: `'${unknown}' is not an event; the nearest is '${suggestion}'.`,
      },
    ])
  })

  test('many unknown names get an answer of bounded size', async () => {
    const names = Array.from({ length: 900 }, (_, index) => `unknown.${index}`).join(',')
    const { status, text } = await api('GET', `/events?events=${names}`)
    expect(status).toBe(422)
    expect(text.length).toBeLessThan(5000)
  })
})
