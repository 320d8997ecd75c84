import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WebhookDelivery, WebhookEndpoint } from '#contracts/webhooks.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { writeEvents } from '../support/write-events.ts'
import { deliveriesOf, newWorker, subscribe, work } from './worker.ts'

const server = useTestServer()
let sink: Sink
beforeEach(async () => {
  sink = await startSink()
})
afterEach(async () => {
  // A worker serves every endpoint there is; the next test's has only its own.
  await server.db.pool.query('delete from webhook_endpoints')
  await sink.close()
})

const second = 1_000
const minute = 60 * second

const eventIds = () => sink.received.map(({ body }) => (JSON.parse(body) as { id: string }).id)

/** An endpoint that has just been found to be silent, with a hundred deliveries. @returns their events. */
async function silence(environment: TestEnvironment): Promise<string[]> {
  const ids = await writeEvents(server, environment, 100)
  sink.answer = () => 'reset'
  await work(server)
  expect(sink.received).toHaveLength(20)
  sink.received.length = 0
  return ids
}

describe('an endpoint that does not answer', () => {
  test('is asked with one delivery at a time, ever more rarely, and gets everything when it answers again', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, sink.url)
    const ids = await silence(environment)
    const worker = newWorker(server)
    const told = async () =>
      Math.min(
        ...(await deliveriesOf(environment, endpoint)).map(({ next_attempt_at: next }) => Date.parse(next ?? '')),
      )
    const waits: number[] = []
    for (const late of [0, 0, 45 * second, 60 * minute, 0]) {
      const wait = (await told()) - server.clock.read().getTime()
      waits.push(wait / second)
      server.clock.advance(wait - 1)
      await work(server, worker)
      expect(sink.received, 'nothing goes before its time').toHaveLength(waits.length - 1)
      server.clock.advance(1 + late)
      await work(server, worker)
      expect(sink.received).toHaveLength(waits.length)
    }
    expect(waits).toEqual([5, 5, 5, 15, 60])
    const waiting = await deliveriesOf(environment, endpoint)
    expect(new Set(waiting.map(({ state }) => state))).toEqual(new Set(['pending']))
    expect(waiting.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(20 + waits.length)

    sink.answer = () => ({ status: 200 })
    sink.received.length = 0
    server.clock.advance(minute)
    await work(server, worker)
    const atOnce = sink.received.length
    server.clock.advance(60 * minute)
    await work(server, worker)
    expect(eventIds().toSorted()).toEqual(ids.toSorted())
    // Those that had failed keep their own schedule.
    expect(atOnce).toBeGreaterThanOrEqual(100 - 20 - waits.length)
    expect((await deliveriesOf(environment, endpoint)).map(({ state }) => state)).toEqual(ids.map(() => 'succeeded'))
  })

  test('costs the others nothing: what waits for it is not written while they get theirs', async () => {
    const environment = await server.environment()
    const dead = await subscribe(environment, `${sink.url}/dead`)
    await silence(environment)
    const written = async () =>
      (
        await server.db.pool.query(
          `select id, xmin::text from webhook_deliveries where endpoint_id = $1
           union all select id, xmin::text from webhook_endpoints where id = $1 order by 1`,
          [dead.id],
        )
      ).rows
    const before = await written()
    expect(before).toHaveLength(101)
    await subscribe(environment, `${sink.url}/alive`)
    await environment.api('PATCH', `/webhook_endpoints/${dead.id}`, { body: { events: ['user.deleted'] } })
    const unchanged = await written()
    sink.answer = ({ path }) => (path === '/dead' ? 'reset' : { status: 200 })
    await writeEvents(server, environment, 60)
    server.clock.advance(4 * second)
    await work(server)
    expect(new Set(sink.received.map(({ path }) => path))).toEqual(new Set(['/alive']))
    expect(sink.received).toHaveLength(60)
    expect(await written()).toEqual(unchanged)
  })

  test('is one that a gateway answers for; one that fails by itself is not', async () => {
    const environment = await server.environment()
    await subscribe(environment, sink.url)
    for (const [status, attempts] of [
      [502, 20],
      [503, 20],
      [504, 20],
      [500, 30],
      [429, 30],
      [404, 30],
    ] as const) {
      await server.db.pool.query('delete from webhook_deliveries')
      await server.db.pool.query('update webhook_endpoints set unanswered = 0, probe_at = null')
      await writeEvents(server, environment, 30)
      sink.answer = () => ({ status })
      sink.received.length = 0
      await work(server)
      expect([status, sink.received.length]).toEqual([status, attempts])
    }
  })

  test('is forgiven by a single answer, be it a failure', async () => {
    const environment = await server.environment()
    await subscribe(environment, sink.url)
    await silence(environment)
    server.clock.advance(5 * second)
    sink.answer = () => ({ status: 500 })
    await work(server)
    // All that had not been tried, and none that waits for its turn.
    expect(sink.received).toHaveLength(80)
  })

  test('is asked at once with the delivery that somebody retries', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, sink.url)
    const ids = await silence(environment)
    const chosen = (await deliveriesOf(environment, endpoint)).find(({ event_id: id }) => id === ids[70])
    const retried = await environment.api<WebhookDelivery>('POST', `/webhook_deliveries/${chosen?.id}/retry`)
    expect(Date.parse(retried.body.next_attempt_at ?? '')).toBeLessThanOrEqual(server.clock.read().getTime())
    await work(server)
    expect(eventIds()).toEqual([ids[70]])
  })

  test.each([
    ['recovers', 'POST', '/recover', () => ({ since: '2026-01-01T00:00:00Z' })],
    ['gives it another address', 'PATCH', '', () => ({ endpoint_url: `${sink.url}/new` })],
    ['switches it on', 'PATCH', '', () => ({ status: 'enabled' })],
  ] as const)('is asked at once when somebody %s', async (_claim, method, path, body) => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, sink.url)
    await silence(environment)
    await work(server)
    expect(sink.received).toEqual([])
    sink.answer = () => ({ status: 200 })
    await environment.api(method, `/webhook_endpoints/${endpoint.id}${path}`, { body: body() })
    await work(server)
    expect(sink.received.length).toBeGreaterThanOrEqual(80)
  })

  test('is switched off after three days all the same, and what waits for it stays', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, sink.url)
    await silence(environment)
    server.clock.advance(3 * 24 * 60 * minute + second)
    await work(server)
    const after = await environment.api<WebhookEndpoint>('GET', `/webhook_endpoints/${endpoint.id}`)
    expect(after.body.status).toBe('disabled')
    sink.answer = () => ({ status: 200 })
    sink.received.length = 0
    await environment.api('PATCH', `/webhook_endpoints/${endpoint.id}`, { body: { status: 'enabled' } })
    server.clock.advance(minute)
    await work(server)
    expect(sink.received).toHaveLength(100)
  })

  test('in ordered mode is asked with one at a time too, and the order stays', async () => {
    const environment = await server.environment()
    await subscribe(environment, sink.url, { ordered: true })
    const organizations = Array.from({ length: 30 }, (_, n) => `org_${String(n).padStart(2, '0')}`)
    const ids = new Map<string, string[]>()
    for (const organization of organizations)
      ids.set(organization, await writeEvents(server, environment, 2, { organization }))
    sink.answer = () => 'reset'
    await work(server)
    expect(sink.received).toHaveLength(20)
    server.clock.advance(4 * second)
    await work(server)
    expect(sink.received).toHaveLength(20)
    server.clock.advance(second)
    await work(server)
    expect(sink.received).toHaveLength(21)
    sink.answer = () => ({ status: 200 })
    sink.received.length = 0
    for (let round = 0; round < 3; round++) {
      server.clock.advance(minute)
      await work(server)
    }
    const arrived = eventIds()
    expect(arrived).toHaveLength(60)
    for (const [organization, [one = '', other = '']] of ids)
      expect(arrived.indexOf(one), organization).toBeLessThan(arrived.indexOf(other))
  })
})
