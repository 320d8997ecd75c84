import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LogStreamTest } from '#contracts/log-streams.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { LogStreamWorker } from '#domain/log-streams/deliver.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { writeEvents } from '../support/write-events.ts'
import { type Intake, s3Key, startS3 } from './intakes.ts'
import { createStream, statusOf, work } from './streams.ts'

const server = useTestServer()
const objects = new Map<string, string[]>()
let bucket: Intake
beforeEach(async () => {
  objects.clear()
  bucket = await startS3(objects)
})
afterEach(async () => {
  await server.db.pool.query('delete from log_streams')
  await bucket.close()
})

const create = (environment: TestEnvironment, change: object = {}) =>
  createStream(environment, {
    type: 's3',
    datadog: undefined,
    s3: { bucket: 'logs', region: 'eu-central-1', endpoint: bucket.url, prefix: 'gatehouse/', ...s3Key, ...change },
  })

test('each batch is one object of lines, under a key of its day and first event, signed', async () => {
  const environment = await server.environment()
  const stream = await create(environment)
  expect(stream.s3).toEqual({
    bucket: 'logs',
    region: 'eu-central-1',
    endpoint: bucket.url,
    prefix: 'gatehouse/',
    access_key_id: s3Key.access_key_id,
  })
  const ids = await writeEvents(server, environment, 1500)
  await work(server)
  const [day, clock] = [server.clock.read().toISOString().slice(0, 10).replaceAll('-', '/'), '120000000']
  expect([...objects]).toEqual([
    [`/logs/gatehouse/${environment.id}/${stream.id}/${day}/${clock}-${ids[0]}.ndjson.gz`, ids.slice(0, 1000)],
    [`/logs/gatehouse/${environment.id}/${stream.id}/${day}/${clock}-${ids[1000]}.ndjson.gz`, ids.slice(1000)],
  ])
  expect(await statusOf(environment, stream)).toMatchObject({ state: 'active', counters: { events: 1500, batches: 2 } })
})

test('a batch that is sent again replaces its object, also when more has happened since', async () => {
  const environment = await server.environment()
  await create(environment)
  const ids = await writeEvents(server, environment, 3)
  await stampEvents(server.db)
  const { outlets, secrets } = server.deps.logStreams
  const errors: unknown[] = []
  const doomed = new LogStreamWorker(
    {
      db: server.db,
      clock: server.clock.read,
      secrets,
      random: () => 0,
      outlets: {
        ...outlets,
        post: async (...request) => {
          await outlets.post(...request)
          throw new Error('died')
        },
      },
    },
    (error) => errors.push(error),
  )
  await doomed.startDue()
  await doomed.settle()
  expect([errors.length, [...objects.values()]]).toEqual([1, [ids]])
  ids.push(...(await writeEvents(server, environment, 2)))
  server.clock.advance(10_000)
  await work(server)
  expect([...objects.values()]).toEqual([ids])
})

test.each([
  [{ secret_access_key: 'wrong' }, /the secret access key is not that of the access key id/],
  [{ access_key_id: 'AKIDOTHER' }, /does not know the access key id/],
])('%j is explained, and mended by a change', async (wrong, message) => {
  const environment = await server.environment()
  const stream = await create(environment, wrong)
  const test = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
  expect(test.body).toMatchObject({ delivered: false, status: 403, message: expect.stringMatching(message) })
  await environment.api('PATCH', `/log_streams/${stream.id}`, { body: { s3: s3Key } })
  expect((await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)).body.delivered).toBe(true)
})

test.each([
  { bucket: '../other' },
  { bucket: 'UPPER' },
  { region: 'eu.evil.test/' },
  { prefix: '/absolute' },
  { prefix: 'a b' },
  { endpoint: 'ftp://a.test' },
  { endpoint: 'https://user:pass@a.test' },
])('%j is refused', async (change) => {
  const environment = await server.environment()
  const s3 = { bucket: 'logs', region: 'eu-central-1', ...s3Key, ...change }
  expect((await environment.api('POST', '/log_streams', { body: { type: 's3', s3 } })).status).toBe(422)
})
