import { afterEach, beforeEach, expect, test } from 'vitest'
import { useTestServer } from '../support/server.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { writeEvents } from '../support/write-events.ts'
import { deliveriesOf, newWorker, subscribe, work } from './worker.ts'

const server = useTestServer()
let sink: Sink
beforeEach(async () => {
  sink = await startSink()
})
afterEach(async () => {
  await server.db.pool.query('delete from webhook_endpoints')
  await sink.close()
})

test('where staging is to give up after minutes, it does, and production does not', async () => {
  const [staging, production] = [await server.environment('staging'), await server.environment('production')]
  const endpoints = [await subscribe(staging, `${sink.url}/s`), await subscribe(production, `${sink.url}/p`)] as const
  for (const environment of [staging, production]) await writeEvents(server, environment, 1)
  sink.answer = () => ({ status: 500 })
  const worker = newWorker(server, { stagingRetries: 'minutes' })
  for (let passes = 0; passes < 60; passes++) {
    await work(server, worker)
    server.clock.advance(10_000)
  }
  expect(await deliveriesOf(staging, endpoints[0])).toMatchObject([{ state: 'failed', attempts: 5 }])
  expect(await deliveriesOf(production, endpoints[1])).toMatchObject([{ state: 'pending', attempts: 5 }])
})

test.each([false, true])(
  'an event that is no longer kept is given up, and holds back nothing (ordered: %s)',
  async (ordered) => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, sink.url, { ordered })
    const [gone, kept] = await writeEvents(server, environment, 2, { organization: 'org_1' })
    sink.answer = () => ({ status: 500 })
    const worker = newWorker(server)
    await work(server, worker)
    await server.db.pool.query('delete from events where id = $1', [gone])
    sink.answer = () => ({ status: 200 })
    sink.received.length = 0
    for (let passes = 0; passes < 2; passes++) {
      server.clock.advance(10_000)
      await work(server, worker)
    }
    expect(sink.received.map(({ body }) => (JSON.parse(body) as { id: string }).id)).toEqual([kept])
    expect(await deliveriesOf(environment, endpoint)).toMatchObject([
      { event_id: gone, state: 'failed', next_attempt_at: null, last_error: 'the event is no longer kept' },
      { event_id: kept, state: 'succeeded' },
    ])
  },
)
