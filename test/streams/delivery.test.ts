import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogStreamTest } from '#contracts/log-streams.ts'
import type { Database } from '#db/database.ts'
import type { Outlets } from '#domain/log-streams/outlets.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { useTestServer } from '../support/server.ts'
import { datadogKey, type Intake, startDatadog } from './intakes.ts'
import { writeEvents } from '../support/write-events.ts'
import { createStream, newWorker, statusOf, work } from './streams.ts'

let datadog: Intake
const sites: string[] = []
const server = useTestServer({
  datadogIntake: (site) => {
    sites.push(site)
    return datadog.url
  },
})
beforeEach(async () => {
  datadog = await startDatadog()
})
afterEach(async () => {
  // Workers follow every stream there is; the next test's has only its own.
  await server.db.pool.query('delete from log_streams')
  await datadog.close()
})

const stored = () => datadog.stored.map(({ id }) => id)
const outlets = (): Outlets => server.deps.logStreams.outlets

/** Lets the intake take a batch, then dies before anybody can note it. */
const dying = (): Outlets => ({
  ...outlets(),
  post: async (...request) => {
    await outlets().post(...request)
    throw new Error('the process died')
  },
})

describe('what Datadog gets', () => {
  test('is the event with source, service, tags and time', async () => {
    const environment = await server.environment('production')
    await createStream(environment, {
      datadog: { api_key: datadogKey, site: 'EU1', service: 'sign-in', source: 'gatehouse', tags: ['team:identity'] },
    })
    const { body: organization } = await environment.api<{ id: string }>('POST', '/organizations', {
      body: { name: 'Ünï' },
    })
    await work(server)
    const events = await environment.api<{ data: object[] }>('GET', '/events?events=organization.created')
    expect(datadog.stored).toHaveLength(1)
    expect(datadog.stored[0]).toEqual({
      ...events.body.data[0],
      ddsource: 'gatehouse',
      ddtags: `env:production,environment:${environment.id},team:identity,organization:${organization.id},event:organization.created`,
      service: 'sign-in',
      status: 'info',
      message: 'organization.created',
      timestamp: server.clock.read().getTime(),
      organization_id: organization.id,
    })
    expect(sites.at(-1)).toBe('EU1')
  })

  test('is everything, in order, in batches of at most a thousand', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const ids = await writeEvents(server, environment, 2500)
    await work(server)
    expect(stored()).toEqual(ids)
    expect(datadog.batches).toEqual([1000, 1000, 500])
    const status = await statusOf(environment, stream)
    expect(status).toMatchObject({
      state: 'active',
      last_event_id: ids.at(-1),
      lag: { events: 0, seconds: 0 },
      counters: { events: 2500, batches: 3, failures: 0 },
      last_error: null,
      last_success_at: server.clock.read().toISOString(),
    })
    expect(status.counters.bytes).toBeGreaterThan(2500 * 100)
  })

  test('is never more than 5 MB at once, however large the events are', async () => {
    const environment = await server.environment()
    await createStream(environment)
    const ids = await writeEvents(server, environment, 12, { padding: 900_000 })
    await work(server)
    expect(stored()).toEqual(ids)
    expect(datadog.batches).toEqual([5, 5, 2])
  })

  test('starts at the end of the log, at its beginning, or after an event', async () => {
    const environment = await server.environment()
    const ids = await writeEvents(server, environment, 3)
    await createStream(environment, { name: 'end' })
    await work(server)
    expect(stored()).toEqual([])
    await createStream(environment, { start: 'beginning' })
    await work(server)
    expect(stored()).toEqual(ids)
    await createStream(environment, { start_after: ids[1] })
    await work(server)
    expect(stored()).toEqual([...ids, ids[2]])
  })

  test('is only what the filter names, and what it passes over is no lag', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { events: ['user.deleted'] })
    await writeEvents(server, environment, 1500)
    const wanted = await writeEvents(server, environment, 2, { type: 'user.deleted' })
    await writeEvents(server, environment, 1100)
    expect((await statusOf(environment, stream)).lag.events).toBe(2)
    await work(server)
    expect(stored()).toEqual(wanted)
    expect(await statusOf(environment, stream)).toMatchObject({
      lag: { events: 0 },
      counters: { events: 2, batches: 1 },
    })
  }, 30_000)

  test('holds nothing of another environment', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    await createStream(mine)
    await writeEvents(server, theirs, 3)
    await work(server)
    expect(stored()).toEqual([])
  })
})

describe('at least once', () => {
  test('a death between the acceptance and its note sends the batch again, in order, when the lease ends', async () => {
    const environment = await server.environment()
    await createStream(environment)
    const ids = await writeEvents(server, environment, 1500)
    await stampEvents(server.db)
    const errors: unknown[] = []
    const { LogStreamWorker } = await import('#domain/log-streams/deliver.ts')
    const { clock, db } = server
    const doomed = new LogStreamWorker(
      { db, clock: clock.read, secrets: server.deps.logStreams.secrets, outlets: dying(), random: () => 0 },
      (error) => errors.push(error),
    )
    await doomed.startDue()
    await doomed.settle()
    expect(errors).toHaveLength(1)
    await work(server)
    expect(stored()).toEqual(ids.slice(0, 1000))
    server.clock.advance(9_000)
    await work(server)
    expect(stored()).toEqual([...ids.slice(0, 1000), ...ids])
  })

  test('two workers at once send everything once, in order', async () => {
    const environment = await server.environment()
    await createStream(environment)
    const ids = await writeEvents(server, environment, 3000)
    await Promise.all([work(server), work(server)])
    await work(server)
    expect(stored()).toEqual(ids)
    expect(datadog.mostAtOnce).toBe(1)
  })

  test('who lost the lease notes nothing', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const ids = await writeEvents(server, environment, 1500)
    await stampEvents(server.db)
    const gate = Promise.withResolvers<void>()
    datadog.gate = gate.promise
    const slow = newWorker(server)
    await slow.startDue()
    while (datadog.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    server.clock.advance(9_000)
    datadog.gate = Promise.resolve()
    await work(server)
    expect(stored()).toEqual(ids)
    gate.resolve()
    await slow.settle()
    expect((await statusOf(environment, stream)).last_event_id).toBe(ids.at(-1))
    await work(server)
    expect(stored()).toEqual([...ids, ...ids.slice(0, 1000)])
  })
})

describe('an intake that fails', () => {
  test.each([
    ['with 503', { status: 503, body: 'down' }, 1_000, /^Datadog answered 503 "down"\. It is in trouble/],
    ['with 429', { status: 429 }, 1_000, /asks for less/],
    ['with 429 and a wish', { status: 429, headers: { 'retry-after': '60' } }, 60_000, /asks for less/],
    ['with a NUL', { status: 500, body: 'a\0b' }, 1_000, /a\uFFFDb/],
    ['by redirecting', { status: 307, headers: { location: '/elsewhere' } }, 1_000, /answered 307/],
  ])('%s gets the same batch later, and nothing is passed over', async (_claim, answer, wait, message) => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const ids = await writeEvents(server, environment, 3)
    datadog.answer = () => answer
    await work(server)
    const status = await statusOf(environment, stream)
    expect(status).toMatchObject({
      state: 'failing',
      lag: { events: 3 },
      counters: { failures: 1, events: 0 },
      last_error: { status: answer.status, message: expect.stringMatching(message) },
    })
    expect(status.next_attempt_at).toBe(new Date(server.clock.read().getTime() + wait).toISOString())
    datadog.answer = () => undefined
    await work(server)
    expect(stored()).toEqual([])
    server.clock.advance(wait)
    expect((await statusOf(environment, stream)).lag.seconds).toBe(wait / 1000)
    await work(server)
    expect(stored()).toEqual(ids)
    expect(await statusOf(environment, stream)).toMatchObject({ state: 'active', failing_since: null })
  })

  test('for days is asked every five minutes, for ever', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    await writeEvents(server, environment, 1)
    datadog.answer = () => ({ status: 500 })
    for (let i = 0; i < 12; i++) {
      await work(server)
      server.clock.advance(300_000)
    }
    await work(server)
    const { next_attempt_at, counters } = await statusOf(environment, stream)
    expect(counters.failures).toBe(13)
    expect(new Date(next_attempt_at ?? 0).getTime() - server.clock.read().getTime()).toBe(300_000)
  })

  test('for want of the right key is explained: wrong key or wrong site; a new key is tried at once', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { datadog: { api_key: 'f'.repeat(32), site: 'US1' } })
    const ids = await writeEvents(server, environment, 1)
    await work(server)
    const { state, last_error } = await statusOf(environment, stream)
    expect([state, last_error?.status]).toEqual(['failing', 403])
    expect(last_error?.message).toContain('Either the key is wrong or revoked, or it belongs to another site')
    expect(last_error?.message).toContain('US1 (datadoghq.com)')
    expect(last_error?.message).toContain('app.datadoghq.eu is EU1')
    await environment.api('PATCH', `/log_streams/${stream.id}`, { body: { datadog: { api_key: datadogKey } } })
    await work(server)
    expect(stored()).toEqual(ids)
  })

  test('because a batch is too large gets smaller ones', async () => {
    const environment = await server.environment()
    await createStream(environment)
    const ids = await writeEvents(server, environment, 40)
    let refusals = 0
    datadog.answer = ({ raw }) => {
      if (raw.length < 400) return undefined
      refusals += 1
      return { status: 413 }
    }
    await work(server)
    expect(refusals).toBeGreaterThan(0)
    expect(stored()).toEqual(ids)
  })

  test('because one event is too large names it', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const [id] = await writeEvents(server, environment, 1)
    datadog.answer = () => ({ status: 413 })
    await work(server)
    expect((await statusOf(environment, stream)).last_error?.message).toContain(`one event alone: ${id}`)
  })

  test('delays no other stream', async () => {
    const [failing, fine] = [await server.environment(), await server.environment()]
    await createStream(failing, { datadog: { api_key: 'wrong', site: 'US1' } })
    await createStream(fine)
    await writeEvents(server, failing, 1)
    const ids = await writeEvents(server, fine, 1)
    await work(server)
    expect(stored()).toEqual(ids)
  })
})

test('a slow intake is waited for: the next batch is not even read', async () => {
  const environment = await server.environment()
  await createStream(environment)
  const ids = await writeEvents(server, environment, 3000)
  await stampEvents(server.db)
  let reads = 0
  const pool = new Proxy(server.db.pool, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name) as unknown
      return (query: { name?: string }, ...rest: unknown[]) => {
        if (query.name === 'log-stream-batch') reads += 1
        return Reflect.apply(target.query, target, [query, ...rest]) as unknown
      }
    },
  })
  const db: Database = { ...server.db, pool }
  const gate = Promise.withResolvers<void>()
  datadog.gate = gate.promise
  const worker = newWorker(server, { db })
  await worker.startDue()
  while (datadog.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
  await worker.startDue()
  expect([reads, datadog.requests.length]).toEqual([1, 1])
  gate.resolve()
  await worker.settle()
  expect(stored()).toEqual(ids)
  expect(datadog.mostAtOnce).toBe(1)
})

test('a paused stream stands still, also in the middle, and goes on where it was', async () => {
  const environment = await server.environment()
  const stream = await createStream(environment)
  const ids = await writeEvents(server, environment, 2500)
  const pause = (paused: boolean) => environment.api('PATCH', `/log_streams/${stream.id}`, { body: { paused } })
  await stampEvents(server.db)
  const gate = Promise.withResolvers<void>()
  datadog.gate = gate.promise
  const worker = newWorker(server)
  await worker.startDue()
  while (datadog.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
  expect((await pause(true)).body).toMatchObject({ state: 'paused' })
  gate.resolve()
  await worker.settle()
  await work(server)
  expect(stored()).toEqual(ids.slice(0, 1000))
  expect(await statusOf(environment, stream)).toMatchObject({ state: 'paused', lag: { events: 1500 } })
  await pause(false)
  await work(server)
  expect(stored()).toEqual(ids)
})

describe('a change while a batch is under way', () => {
  /** Changes the stream once the first batch of its events has arrived, and lets the worker go on. */
  const changeMidway = async (change: object, first: Intake['answer']) => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const ids = await writeEvents(server, environment, 1500)
    await stampEvents(server.db)
    const gate = Promise.withResolvers<void>()
    datadog.gate = gate.promise
    datadog.answer = first
    const worker = newWorker(server)
    await worker.startDue()
    while (datadog.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))
    server.clock.advance(1)
    await environment.api('PATCH', `/log_streams/${stream.id}`, { body: change })
    gate.resolve()
    await worker.settle()
    datadog.answer = () => undefined
    return { ids, stream, environment }
  }

  test('holds from the next batch on', async () => {
    const { ids } = await changeMidway({ datadog: { source: 'changed' } }, () => undefined)
    await work(server)
    expect(stored()).toEqual(ids)
    expect(datadog.stored.map(({ ddsource }) => ddsource)).toEqual(
      ids.map((_id, n) => (n < 1000 ? 'workos' : 'changed')),
    )
  })

  test('that mends what failed is tried at once', async () => {
    const { ids } = await changeMidway({ datadog: { site: 'US3' } }, () => ({ status: 403 }))
    await work(server)
    expect(stored()).toEqual(ids)
    expect(sites.at(-1)).toBe('US3')
  })
})

test('a test send says what came of it and moves nothing', async () => {
  const environment = await server.environment()
  const stream = await createStream(environment)
  await writeEvents(server, environment, 1)
  const before = await statusOf(environment, stream)
  const send = () => environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
  expect((await send()).body).toEqual({ object: 'log_stream_test', delivered: true, status: 202, message: null })
  expect(datadog.stored).toMatchObject([{ event: 'log_stream.test', data: { log_stream_id: stream.id } }])
  datadog.answer = () => ({ status: 403 })
  expect((await send()).body).toMatchObject({
    delivered: false,
    status: 403,
    message: expect.stringContaining('wrong or revoked'),
  })
  expect(await statusOf(environment, stream)).toEqual(before)
})

test('the running server streams by itself', async () => {
  const environment = await server.environment()
  await createStream(environment)
  await environment.api('POST', '/organizations', { body: { name: 'o' } })
  const { Runner } = await import('#jobs/runner.ts')
  const { backgroundTasks } = await import('#jobs/tasks.ts')
  const worker = newWorker(server)
  const webhooks = { startDue: async () => 0 }
  const deps = { ...server.deps, flushUses: async () => {}, flushLogs: async () => {}, logStreams: worker, webhooks }
  // Of the webhook worker, tasks call this one method.
  const runner = new Runner(
    backgroundTasks(deps as never, (task) => runner.wake(task)),
    (task, error) => {
      throw new Error(task, { cause: error })
    },
  )
  runner.start()
  while (datadog.stored.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await runner.stop()
  await worker.settle()
  expect(datadog.stored).toMatchObject([{ event: 'organization.created' }])
})
