import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { LogStream, LogStreamTest } from '#contracts/log-streams.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { useTestServer } from '../support/server.ts'
import { guardedPost } from '../../src/guarded-post.ts'
import { httpsSecret, type Intake, splunkToken, startReceiver, startSplunk } from './intakes.ts'
import { writeEvents } from '../support/write-events.ts'
import { createStream, newWorker, statusOf, work } from './streams.ts'

const folder = await mkdtemp(join(tmpdir(), 'streams-'))
afterAll(() => rm(folder, { recursive: true }))
const server = useTestServer({ logStreamFolder: folder })
afterEach(() => server.db.pool.query('delete from log_streams'))

describe('HTTPS', () => {
  let receiver: Intake
  beforeAll(async () => {
    receiver = await startReceiver()
  })
  afterAll(() => receiver.close())
  afterEach(() => receiver.stored.splice(0))

  test.each([
    ['lines', {}],
    ['lines in gzip', { compress: true }],
    ['an array', { format: 'json' }],
    ['an array in gzip', { format: 'json', compress: true }],
  ])('takes the events as %s, with the headers of the stream', async (_claim, options) => {
    const environment = await server.environment()
    const https = { url: receiver.url, headers: { Authorization: httpsSecret }, ...options }
    await createStream(environment, { type: 'https', datadog: undefined, https })
    const ids = await writeEvents(server, environment, 1200)
    await work(server)
    expect(receiver.stored.map(({ id }) => id)).toEqual(ids)
  })

  test('reads a refusal as HTTP defines it', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { type: 'https', datadog: undefined, https: { url: receiver.url } })
    const { body } = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
    expect(body).toMatchObject({ delivered: false, status: 401, message: expect.stringContaining('check the token') })
  })

  test('does not go to private addresses outside development', async () => {
    const environment = await server.environment()
    const https = { url: receiver.url, headers: { Authorization: httpsSecret } }
    const stream = await createStream(environment, { type: 'https', datadog: undefined, https })
    await writeEvents(server, environment, 1)
    const post = guardedPost({ allowPrivate: false })
    await work(server, newWorker(server, { outlets: { ...server.deps.logStreams.outlets, post } }))
    await post.close()
    expect(receiver.stored).toEqual([])
    expect((await statusOf(environment, stream)).last_error?.message).toContain('private address')
  })
})

describe('Splunk', () => {
  let splunk: Intake
  beforeAll(async () => {
    splunk = await startSplunk()
  })
  afterAll(() => splunk.close())
  const create = async (change: object = {}) => {
    const environment = await server.environment()
    const options = { url: splunk.url, token: splunkToken, ...change }
    return {
      environment,
      stream: await createStream(environment, { type: 'splunk', datadog: undefined, splunk: options }),
    }
  }

  test('takes envelopes with time, source and fields', async () => {
    const { environment } = await create({ index: 'main', source: 'sso' })
    const ids = await writeEvents(server, environment, 2, { organization: 'org_1' })
    await work(server)
    expect(splunk.stored.map(({ id }) => id)).toEqual(ids)
    const [first] = splunk.requests.at(-1)?.raw.toString().split('\n') ?? []
    expect(JSON.parse(first ?? '')).toMatchObject({
      time: server.clock.read().getTime() / 1000,
      source: 'sso',
      sourcetype: '_json',
      index: 'main',
      fields: { env: 'staging', environment: environment.id, event: 'user.created', organization: 'org_1' },
    })
  })

  test.each([
    ['an unknown token', { token: 'B5A79AAD-0000-46CC-80D1-819F80D7BFB0' }, 403, 'code 4: it does not know the token'],
    ['a closed index', { index: 'closed' }, 400, 'code 7: the token may not write to this index'],
  ])('explains %s', async (_claim, change, status, message) => {
    const { environment, stream } = await create(change)
    const { body } = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
    expect(body).toMatchObject({ delivered: false, status, message: expect.stringContaining(message) })
  })

  test('is not believed when it answers 200 without code 0', async () => {
    const { environment, stream } = await create()
    splunk.answer = () => ({ status: 200, body: '<html>' })
    const { body } = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
    splunk.answer = () => undefined
    expect(body).toMatchObject({ delivered: false, message: expect.stringContaining('not a Splunk') })
  })

  test.each(['', '/', '/services/collector', '/services/collector/event'])(
    'may be named with the path "%s"',
    async (path) => {
      const { environment, stream } = await create({ url: `${splunk.url}${path}` })
      const { body } = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
      expect(body).toMatchObject({ delivered: true, status: 200 })
    },
  )
})

describe('files', () => {
  test('are appended to below the folder, in one of the environment', async () => {
    const environment = await server.environment()
    await createStream(environment, { type: 'file', datadog: undefined, file: { name: 'events.ndjson' } })
    const ids = await writeEvents(server, environment, 2)
    await work(server)
    ids.push(...(await writeEvents(server, environment, 1)))
    await work(server)
    const file = join(folder, environment.id, 'events.ndjson')
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(ids)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test.each(['../out', '..', '.', '.hidden', 'a/b', '/tmp/a', 'a\\b', 'a\0', ''])(
    'cannot be named %j',
    async (name) => {
      const environment = await server.environment()
      const answer = await environment.api('POST', '/log_streams', { body: { type: 'file', file: { name } } })
      expect([400, 422]).toContain(answer.status)
    },
  )

  test('that are links are not followed', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { type: 'file', datadog: undefined, file: { name: 'link' } })
    const target = join(folder, 'target')
    await writeFile(target, '')
    await createStream(environment, { type: 'file', datadog: undefined, file: { name: 'other' } })
    await writeEvents(server, environment, 1)
    await work(server)
    await rm(join(folder, environment.id, 'link'))
    await symlink(target, join(folder, environment.id, 'link'))
    const { body } = await environment.api<LogStreamTest>('POST', `/log_streams/${stream.id}/test`)
    expect(body).toMatchObject({ delivered: false, message: expect.stringContaining('ELOOP') })
    expect(await readFile(target, 'utf8')).toBe('')
    expect((await readdir(join(folder, environment.id))).toSorted()).toEqual(['link', 'other'])
  })

  test('are written once, however long the disk takes', async () => {
    const environment = await server.environment()
    await createStream(environment, { type: 'file', datadog: undefined, file: { name: 'slow' } })
    await writeEvents(server, environment, 3)
    await stampEvents(server.db)
    const gate = Promise.withResolvers<void>()
    let writes = 0
    const appendFile = async () => {
      writes += 1
      await gate.promise
    }
    const outlets = { ...server.deps.logStreams.outlets, appendFile }
    const [slow, other] = [0, 0].map(() => newWorker(server, { outlets, renewEveryMs: 5 }))
    await slow?.startDue()
    for (let seconds = 0; seconds < 60; seconds += 6) {
      server.clock.advance(6_000)
      await leasedPast(server.clock.read())
      expect(await other?.startDue()).toBe(0)
    }
    gate.resolve()
    await slow?.settle()
    expect([await other?.startDue(), writes]).toEqual([0, 1])
  })

  async function leasedPast(time: Date): Promise<void> {
    for (;;) {
      const { rows } = await server.db.pool.query('select from log_streams where leased_until > $1', [time])
      if (rows.length > 0) return
    }
  }

  test('need a folder', async () => {
    const environment = await server.environment()
    await createStream(environment, { type: 'file', datadog: undefined, file: { name: 'a' } })
    await writeEvents(server, environment, 1)
    const outlets = { ...server.deps.logStreams.outlets, appendFile: undefined }
    await work(server, newWorker(server, { outlets }))
    const { body } = await environment.api<{ data: LogStream[] }>('GET', '/log_streams')
    expect(body.data[0]?.state).toBe('failing')
  })
})

test('standard output gets lines', async () => {
  const environment = await server.environment()
  await createStream(environment, { type: 'stdout', datadog: undefined })
  const ids = await writeEvents(server, environment, 2)
  let written = ''
  const writeStdout = async (text: string) => void (written += text)
  await work(server, newWorker(server, { outlets: { ...server.deps.logStreams.outlets, writeStdout } }))
  expect(
    written
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id),
  ).toEqual(ids)
})
