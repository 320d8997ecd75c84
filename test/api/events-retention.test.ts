import { describe, expect, test } from 'vitest'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import { pruneEvents } from '#domain/events/prune.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { pruneOldEvents } from '#jobs/prune.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

const hour = 60 * 60_000
const names = 'events=organization.created'

async function create({ api }: TestEnvironment, name: string): Promise<void> {
  expect((await api('POST', '/organizations', { body: { name } })).status).toBe(201)
}

async function read({ api }: TestEnvironment, query = ''): Promise<Event[]> {
  return (await api<Page<Event>>('GET', `/events?${names}&limit=100${query}`)).body.data
}

const namesOf = (events: readonly Event[]) => events.map(({ data }) => (data as { name: string }).name) // organizations

/** Four events an hour apart, the last just now. */
async function hourly() {
  const environment = await server.environment()
  for (const name of ['a', 'b', 'c', 'd']) {
    server.clock.advance(hour)
    await create(environment, name)
  }
  return { environment, now: server.clock.read().getTime(), log: await read(environment) }
}

describe('pruning', () => {
  test('forgets what is older than the time, and nothing else', async () => {
    const { environment, now } = await hourly()
    expect(await pruneEvents(server.db, new Date(now - 1.5 * hour), environment.id)).toBe(2)
    expect(namesOf(await read(environment))).toEqual(['c', 'd'])
    const { rows } = await server.db.pool.query('select from events where environment_id = $1', [environment.id])
    expect(rows).toHaveLength(2)
  })

  test('refuses a cursor that is forgotten, and takes one that is not', async () => {
    const { environment, now, log } = await hourly()
    await pruneEvents(server.db, new Date(now - 1.5 * hour), environment.id)
    for (const cursor of ['after', 'before']) {
      const answer = await environment.api('GET', `/events?${names}&${cursor}=${log[1]?.id}`)
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor'])
    }
    expect(namesOf(await read(environment, `&after=${log[2]?.id}`))).toEqual(['d'])
  })

  test('leaves the newest event, so that whoever is up to date keeps the cursor', async () => {
    const { environment, now, log } = await hourly()
    expect(await pruneEvents(server.db, new Date(now + 1000 * hour), environment.id)).toBe(3)
    expect(await read(environment, `&after=${log[3]?.id}`)).toEqual([])
    await create(environment, 'e')
    expect(namesOf(await read(environment, `&after=${log[3]?.id}`))).toEqual(['e'])
  })

  test('of one environment leaves others alone', async () => {
    const [mine, theirs] = [await hourly(), await hourly()]
    await pruneEvents(server.db, server.clock.read(), mine.environment.id)
    expect(await read(theirs.environment)).toHaveLength(4)
  })

  test('makes no hole: an older event behind a younger one stays with it', async () => {
    const { environment, now } = await hourly()
    // As after a transaction that took minutes: the log has it behind events that are younger.
    await server.db.pool.query(
      `update event_log set created_at = $2 where environment_id = $1 and position = (
         select max(position) - 1 from event_log where environment_id = $1)`,
      [environment.id, new Date(now - 2 * hour - 5 * 60_000)],
    )
    await pruneEvents(server.db, new Date(now - 2 * hour), environment.id)
    expect(namesOf(await read(environment))).toEqual(['b', 'c', 'd'])
  })

  test('works through more than a batch', async () => {
    const { environment, now } = await hourly()
    await server.db.pool.query(
      `select append_events($1, array_agg('event_' || $1 || n), array_agg('organization.created'::text),
         array_agg(null::text), array_agg('{}'::text), $2) from generate_series(1, 2500) as n`,
      [environment.id, new Date(now)],
    )
    server.clock.advance(hour)
    await create(environment, 'last')
    await stampEvents(server.db)
    expect(await pruneEvents(server.db, server.clock.read(), environment.id)).toBe(2504)
  })

  test('that is told to stop does not go on', async () => {
    const { environment } = await hourly()
    const signal = AbortSignal.abort()
    expect(await pruneEvents(server.db, server.clock.read(), environment.id, signal)).toBe(0)
  })
})

describe('retention', () => {
  const keepFor = (eventsRetentionDays: number | undefined) =>
    pruneOldEvents({ db: server.db, clock: server.clock.read, eventsRetentionDays }, new AbortController().signal)

  test('is for ever unless a setting says how long', async () => {
    const { environment } = await hourly()
    server.clock.advance(10_000 * 24 * hour)
    await keepFor(undefined)
    expect(await read(environment)).toHaveLength(4)
  })

  test('is counted in days', async () => {
    const { environment } = await hourly()
    server.clock.advance(24 * hour - 2.5 * hour)
    await keepFor(1)
    expect(namesOf(await read(environment))).toEqual(['b', 'c', 'd'])
  })
})
