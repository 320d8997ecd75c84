import { Kysely, PostgresDialect } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Insight } from '#contracts/insights.ts'
import type { Database } from '#db/database.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { countAll } from '#domain/insights/follow.ts'
import { pruneExpired } from '#jobs/prune.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { writeEvents } from '../support/write-events.ts'

const server = useTestServer()
const idle = new AbortController().signal
const hours = (n: number) => n * 3_600_000

const read = async (environment: TestEnvironment, path: string) =>
  (await environment.api<Insight>('GET', `/insights/${path}`)).body

/** A sign-in that failed, as events of it are written. */
const failed = (code: string) => ({ type: 'authentication.sso_failed', data: { error: { code, message: 'no' } } })

describe('counts', () => {
  test('are of what was committed before, by hour or day, grouped and filtered', async () => {
    const environment = await server.environment()
    // The clock begins at noon.
    await writeEvents(server, environment, 3, { type: 'authentication.sso_succeeded', organization: 'org_a' })
    await writeEvents(server, environment, 2, { ...failed('expired'), organization: 'org_a' })
    server.clock.advance(hours(1))
    await writeEvents(server, environment, 1, { ...failed('wrong_audience'), organization: 'org_b' })
    await writeEvents(server, environment, 1, { type: 'authentication.magic_auth_succeeded' })

    const day = '2026-03-01T00:00:00.000Z'
    expect(await read(environment, 'sign_ins')).toEqual({
      object: 'insight',
      metric: 'sign_ins',
      interval: 'day',
      range_start: expect.stringMatching(/T00:00:00\.000Z$/),
      range_end: expect.any(String),
      data: [{ at: day, count: 7 }],
    })
    expect((await read(environment, 'sign_ins?group_by=kind,outcome')).data).toEqual([
      { at: day, kind: 'magic_auth', outcome: 'succeeded', count: 1 },
      { at: day, kind: 'sso', outcome: 'failed', count: 3 },
      { at: day, kind: 'sso', outcome: 'succeeded', count: 3 },
    ])
    expect((await read(environment, 'sign_ins?outcome=failed&group_by=reason&interval=hour')).data).toEqual([
      { at: '2026-03-01T12:00:00.000Z', reason: 'expired', count: 2 },
      { at: '2026-03-01T13:00:00.000Z', reason: 'wrong_audience', count: 1 },
    ])
    expect((await read(environment, 'sign_ins?group_by=organization')).data).toEqual([
      { at: day, organization_id: null, count: 1 },
      { at: day, organization_id: 'org_a', count: 5 },
      { at: day, organization_id: 'org_b', count: 1 },
    ])
    expect((await read(environment, 'sign_ins?organization_id=org_b')).data).toEqual([{ at: day, count: 1 }])
    const later = await read(environment, 'sign_ins?interval=hour&range_start=2026-03-01T13:30:00Z')
    expect(later.data).toEqual([{ at: '2026-03-01T13:00:00.000Z', count: 2 }])
    const before = await read(environment, 'sign_ins?interval=hour&range_end=2026-03-01T13:00:00Z')
    expect(before.data).toEqual([{ at: '2026-03-01T12:00:00.000Z', count: 5 }])
  })

  test('come from what really happens, connections by their type', async () => {
    const environment = await server.environment()
    const { body } = await environment.api<{ id: string }>('POST', '/organizations', { body: { name: 'o' } })
    await environment.api('DELETE', `/organizations/${body.id}`)
    expect((await read(environment, 'organizations?group_by=outcome')).data).toMatchObject([
      { outcome: 'created', count: 1 },
      { outcome: 'deleted', count: 1 },
    ])
    await writeEvents(server, environment, 1, { type: 'connection.activated', data: { connection_type: 'OktaSAML' } })
    expect((await read(environment, 'connections?group_by=kind')).data).toMatchObject([{ kind: 'OktaSAML', count: 1 }])
  })

  test('are nobody else’s', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    await writeEvents(server, theirs, 5, { type: 'user.created', organization: 'org_theirs' })
    await countAll(server.deps, idle)
    expect((await read(mine, 'users')).data).toEqual([])
    expect((await read(mine, 'users?organization_id=org_theirs')).data).toEqual([])
    expect((await read(theirs, 'users')).data).toMatchObject([{ count: 5 }])
  })

  test('can be had as CSV that a spreadsheet takes for text', async () => {
    const environment = await server.environment()
    await writeEvents(server, environment, 2, failed('=1+1,"x"'))
    const answer = await environment.api('GET', '/insights/sign_ins/csv?group_by=outcome,reason')
    expect(answer.text).toBe(
      'at,outcome,reason,count\r\n2026-03-01T00:00:00.000Z,failed,"\'=1+1,""x""",2\r\n'.replace('2026-03-01', today()),
    )
  })

  test.each([
    ['/insights/shoes', 404, 'entity_not_found'],
    ['/insights/users?range_start=yesterday', 422, 'invalid_date'],
    ['/insights/users?range_start=2026-03-02&range_end=2026-03-01', 422, 'invalid_range'],
    ['/insights/users?group_by=colour', 422, undefined],
    ['/insights/users?interval=minute', 422, undefined],
  ])('%s is refused', async (path, status, code) => {
    const environment = await server.environment()
    const answer = await environment.api('GET', path)
    expect([answer.status, answer.body.code]).toEqual([status, code])
  })
})

const today = () => server.clock.read().toISOString().slice(0, 10)

describe('each event counts once', () => {
  test('whoever counts at once, and whatever dies in between', async () => {
    const environment = await server.environment()
    const random = mulberry(7)
    const written = new Map<string, number>()
    const write = async () => {
      const count = 1 + Math.floor(random() * 400)
      const type = random() < 0.5 ? 'user.created' : 'user.deleted'
      await writeEvents(server, environment, count, { type, organization: `org_${Math.floor(random() * 5)}` })
      written.set(type, (written.get(type) ?? 0) + count)
    }
    let deaths = 0
    const mortal = { ...server.deps, db: dying(server.db, () => random() < 0.3 && ++deaths > 0) }
    for (let round = 0; round < 12; round++) {
      await write()
      await stampEvents(server.db)
      await Promise.all(
        [mortal, mortal, server.deps].map((deps) => countAll(deps, idle).catch((error: Error) => error.message)),
      )
    }
    await countAll(server.deps, idle)
    expect(deaths).toBeGreaterThan(3)
    const { data } = await read(environment, 'users?group_by=outcome')
    const total = (outcome: string) =>
      data.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.count, 0)
    expect([total('created'), total('deleted')]).toEqual([written.get('user.created'), written.get('user.deleted')])
  })
})

/** A database whose connections break just before, or just after, they are to commit. */
function dying(db: Database, strikes: () => boolean): Database {
  const connect = async () => {
    const client = await db.pool.connect()
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    return Object.assign(Object.create(client) as typeof client, {
      query: async (...args: unknown[]) => {
        if (args[0] === 'commit' && strikes()) {
          await query('rollback')
          throw new Error('died')
        }
        return query(...args)
      },
      release: (broken?: Error) => client.release(broken),
    })
  }
  const pool = new Proxy(db.pool, { get: (target, name) => (name === 'connect' ? connect : bound(target, name)) })
  return { ...db, kysely: new Kysely({ dialect: new PostgresDialect({ pool }) }) }
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}

/** Reproducible numbers from 0 to 1. */
function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

test('hours are forgotten after 90 days, days are not', async () => {
  const environment = await server.environment()
  await writeEvents(server, environment, 1, { type: 'user.created' })
  await stampEvents(server.db)
  await countAll(server.deps, idle)
  const range = `range_start=${today()}`
  server.clock.advance(hours(24 * 92))
  await pruneExpired(server.db, server.clock.read(), idle)
  expect((await read(environment, `users?${range}&interval=hour`)).data).toEqual([])
  expect((await read(environment, `users?${range}`)).data).toMatchObject([{ count: 1 }])
})
