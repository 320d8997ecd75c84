import { describe, expect, test } from 'vitest'
import type { DatadogDashboard, LogStream } from '#contracts/log-streams.ts'
import { checkSealed, resealAll } from '#domain/environments/sealed-columns.ts'
import { createLogStream } from '#domain/log-streams/streams.ts'
import { change } from '#db/work.ts'
import { runGatehouse, folderForTest } from '../cli/gatehouse.ts'
import { useTestServer } from '../support/server.ts'
import { datadogKey } from './intakes.ts'
import { createStream } from './streams.ts'

const server = useTestServer()

const datadog = { api_key: datadogKey, site: 'US5' }
const secret = 'Bearer a-long-enough-secret'

describe('a stream', () => {
  test('is created, read, listed, changed and deleted', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { datadog, name: 'Logs' })
    expect(stream).toMatchObject({
      object: 'log_stream',
      name: 'Logs',
      type: 'datadog',
      state: 'active',
      events: null,
      datadog: { site: 'US5', api_key_last_four: 'cdef', service: 'gatehouse', source: 'workos', tags: [] },
    })
    const path = `/log_streams/${stream.id}`
    expect((await environment.api('GET', path)).body).toEqual(stream)
    expect((await environment.api<{ data: unknown[] }>('GET', '/log_streams')).body.data).toEqual([stream])
    const changed = await environment.api<LogStream>('PATCH', path, {
      body: { events: ['user.created'], datadog: { site: 'EU1', tags: ['a:b'] } },
    })
    expect(changed.body).toMatchObject({
      name: 'Logs',
      events: ['user.created'],
      datadog: { ...stream.datadog, site: 'EU1', tags: ['a:b'] },
    })
    expect((await environment.api<LogStream>('PATCH', path, { body: { events: null } })).body.events).toBeNull()
    expect((await environment.api('DELETE', path)).status).toBe(204)
    expect((await environment.api('GET', path)).status).toBe(404)
  })

  test.each([
    ['datadog', { datadog }, datadogKey],
    [
      'splunk',
      { splunk: { url: 'https://splunk.test:8088', token: 'B5A79AAD-D822-46CC-80D1' } },
      'B5A79AAD-D822-46CC-80D1',
    ],
    ['https', { https: { url: 'https://logs.test/', headers: { authorization: secret } } }, secret],
  ])('of type %s never shows its secret, nor does the database hold it in the clear', async (type, parts, hidden) => {
    const environment = await server.environment()
    const created = await environment.api<LogStream>('POST', '/log_streams', { body: { type, ...parts } })
    expect(created.status).toBe(201)
    const path = `/log_streams/${created.body.id}`
    const texts = [
      created.text,
      (await environment.api('GET', path)).text,
      (await environment.api('GET', '/log_streams')).text,
      (await environment.api('PATCH', path, { body: { name: 'x' } })).text,
      (await environment.api('GET', `${path}/status`)).text,
    ]
    const { rows } = await server.db.pool.query('select s::text as text from log_streams s where id = $1', [
      created.body.id,
    ])
    texts.push((rows as { text: string }[])[0]?.text ?? '')
    for (const text of texts) {
      expect(text).toContain(created.body.id)
      expect(text).not.toContain(hidden)
    }
  })

  test('has its secrets checked and sealed again with all others', async () => {
    const environment = await server.environment()
    await createStream(environment)
    const { secrets } = server.deps.logStreams
    await checkSealed(server.db, secrets)
    expect(await resealAll(server.db, secrets)).toBe(0)
    await server.db.pool.query(`update log_streams set sealed_credentials = left(sealed_credentials, -4) || 'AAAA'`)
    await expect(checkSealed(server.db, secrets)).rejects.toMatchObject({ name: 'SealBroken' })
    await server.db.pool.query('delete from log_streams')
  })

  test.each<[string, object, string | undefined]>([
    ['without its destination', { type: 'datadog' }, 'destination_required'],
    ['with another one', { type: 'stdout', datadog }, 'destination_mismatch'],
    ['for a site that is none', { type: 'datadog', datadog: { ...datadog, site: 'US2' } }, undefined],
    [
      'with a key that breaks the header',
      { type: 'datadog', datadog: { ...datadog, api_key: 'a\r\nb: c' } },
      undefined,
    ],
    ['with a tag that is two', { type: 'datadog', datadog: { ...datadog, tags: ['a,b'] } }, undefined],
    ['to an address that is none', { type: 'https', https: { url: 'ftp://logs.test' } }, 'invalid_url'],
    ['to an address with a password', { type: 'splunk', splunk: { url: 'https://a:b@c', token: 't' } }, 'invalid_url'],
    ...['Host', 'content-length', 'Transfer-Encoding', 'content-encoding', 'a b', 'a:b', ''].map(
      (name): [string, object, string] => [
        `with the header "${name}"`,
        { type: 'https', https: { url: 'https://logs.test', headers: { [name]: 'x' } } },
        'invalid_header',
      ],
    ),
    [
      'with a header of two lines',
      { type: 'https', https: { url: 'https://logs.test', headers: { a: 'b\nc' } } },
      undefined,
    ],
    ['for events nobody emits', { type: 'datadog', datadog, events: ['user.craeted'] }, 'unknown_event'],
    ['for no events', { type: 'datadog', datadog, events: [] }, undefined],
    ['after an event nobody knows', { type: 'datadog', datadog, start_after: 'event_1' }, 'invalid_cursor'],
    ['into a file without a folder', { type: 'file', file: { name: 'a' } }, 'file_streams_disabled'],
    ['of no type', { type: 'syslog' }, undefined],
    ['into S3 without a bucket', { type: 's3' }, 'destination_required'],
  ])('cannot be made %s', async (_claim, body, code) => {
    const environment = await server.environment()
    const answer = await environment.api('POST', '/log_streams', { body })
    expect([answer.status, answer.body.code]).toEqual([422, code])
    expect((await environment.api<{ data: unknown[] }>('GET', '/log_streams')).body.data).toEqual([])
  })

  test('over plain http is for development alone', async () => {
    const environment = await server.environment()
    const input = { type: 'https', https: { url: 'http://logs.test' } } as const
    const rules = { ...server.deps.logStreams, allowPrivate: false }
    const making = change(server.deps, { environment: environment.id }, (work) => createLogStream(work, input, rules))
    await expect(making).rejects.toMatchObject({ code: 'invalid_url' })
  })

  test('cannot start after another tenant’s event', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    await theirs.api('POST', '/organizations', { body: { name: 'o' } })
    const { body } = await theirs.api<{ data: { id: string }[] }>('GET', '/events?events=organization.created')
    const answer = await mine.api('POST', '/log_streams', {
      body: { type: 'datadog', datadog, start_after: body.data[0]?.id },
    })
    expect(answer.body.code).toBe('invalid_cursor')
  })
})

/** Every object in the JSON, with those inside it. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield value as Record<string, unknown> // an object that is no array
  for (const inner of Object.values(value)) yield* objectsIn(inner)
}

describe('the Datadog dashboard', () => {
  test('is the same from the command and from the API, for the source of the stream', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment, { datadog: { ...datadog, source: 'sso' } })
    const { body } = await environment.api<DatadogDashboard>('GET', `/log_streams/${stream.id}/datadog_dashboard`)
    const folder = await folderForTest()
    const { stdout } = await runGatehouse(['datadog-dashboard', '--source', 'sso'], { folder })
    expect(JSON.parse(stdout)).toEqual(body)
    expect(stdout).toContain('source:sso ')
    expect(stdout).not.toContain('source:workos')
    expect((await runGatehouse(['datadog-dashboard'], { folder })).stdout).toContain('source:workos ')
  })

  test('has the four uses, and every formula names a query beside it', async () => {
    const environment = await server.environment()
    const stream = await createStream(environment)
    const { body } = await environment.api<DatadogDashboard>('GET', `/log_streams/${stream.id}/datadog_dashboard`)
    const groups = body.widgets as { definition: { title: string } }[] // what the assertion says
    expect(groups.map(({ definition }) => definition.title)).toEqual([
      'Trends',
      'Debugging',
      'Activity by organization',
      'Alerts',
    ])
    const requests = [...objectsIn(body)].filter((object) => 'formulas' in object)
    expect(requests.length).toBeGreaterThan(10)
    for (const { queries, formulas } of requests as { queries: { name: string }[]; formulas: { formula: string }[] }[])
      expect(formulas.map(({ formula }) => formula)).toEqual(queries.map(({ name }) => name))
    const variables = body.template_variables as { name: string }[] // as above
    const used = new Set(JSON.stringify(body.widgets).match(/\$\w+/g))
    expect([...used].toSorted()).toEqual(variables.map(({ name }) => `$${name}`).toSorted())
  })

  test('is none for a stream that goes elsewhere', async () => {
    const environment = await server.environment()
    const { body } = await environment.api<LogStream>('POST', '/log_streams', { body: { type: 'stdout' } })
    const answer = await environment.api('GET', `/log_streams/${body.id}/datadog_dashboard`)
    expect([answer.status, answer.body.code]).toEqual([400, 'not_a_datadog_stream'])
  })
})
