import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MailId } from '#contracts/ids.ts'
import type { Insight } from '#contracts/insights.ts'
import type { Page } from '#contracts/list.ts'
import type { WebhookDelivery, WebhookEndpoint } from '#contracts/webhooks.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { mailContext } from '#domain/mail/queue.ts'
import type { DeliveryDeps } from '#domain/webhooks/deliver.ts'
import { guardedPost } from '../../src/guarded-post.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { type Sink, startSink } from '../support/sink.ts'
import { writeEvents } from '../support/write-events.ts'
import { makeDeliveries, newWorker as newWorkerOf, work as workOf } from './worker.ts'

const server = useTestServer()
let sink: Sink
beforeEach(async () => {
  sink = await startSink()
})
afterEach(() => sink.close())

const impatientPost = guardedPost({ allowPrivate: true, timeoutMs: 300 })
const operators = ['ops@example.test', 'two@example.test']
const newWorker = (change: Partial<DeliveryDeps> = {}) => newWorkerOf(server, { operators, ...change })
const work = (worker = newWorker()) => workOf(server, worker)

async function subscribe(environment: TestEnvironment, change: object = {}): Promise<WebhookEndpoint> {
  const { status, body } = await environment.api<WebhookEndpoint>('POST', '/webhook_endpoints', {
    body: { endpoint_url: sink.url, events: ['organization.created', 'organization.updated'], ...change },
  })
  expect(status).toBe(201)
  return body
}

const createOrganization = (environment: TestEnvironment, name: string) =>
  environment.api<{ id: string }>('POST', '/organizations', { body: { name } })

async function deliveries(
  environment: TestEnvironment,
  endpoint: WebhookEndpoint,
  query = '',
): Promise<WebhookDelivery[]> {
  const path = `/webhook_endpoints/${endpoint.id}/deliveries?order=asc&limit=100${query}`
  return (await environment.api<Page<WebhookDelivery>>('GET', path)).body.data
}

const minutes = (n: number) => n * 60_000
const namesReceived = () => sink.received.map(({ body }) => (JSON.parse(body) as { data: { name: string } }).data.name)

describe('a delivery', () => {
  test('is the event, byte for byte, signed for the SDK', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'Ünï "Acme"')
    await work()
    const [request] = sink.received
    expect(sink.received).toHaveLength(1)
    expect(JSON.stringify(JSON.parse(request?.body ?? ''))).toBe(request?.body)
    const events = await environment.api<{ data: { id: string }[] }>('GET', '/events?events=organization.created')
    expect(JSON.parse(request?.body ?? '')).toEqual(events.body.data[0])
    expect(request?.headers['workos-signature']).toMatch(/^t=\d{13}, v1=[0-9a-f]{64}$/)
    expect(await deliveries(environment, endpoint)).toMatchObject([
      { state: 'succeeded', attempts: 1, last_status: 200, event: 'organization.created' },
    ])
  })

  test('happens for subscribed events, from the subscription on, once', async () => {
    const environment = await server.environment()
    await createOrganization(environment, 'before')
    await stampEvents(server.db)
    server.clock.advance(1000)
    await subscribe(environment, { events: ['organization.created'] })
    const { body } = await createOrganization(environment, 'after')
    await environment.api('PUT', `/organizations/${body.id}`, { body: { name: 'renamed' } })
    await work()
    await work()
    expect(namesReceived()).toEqual(['after'])
  })

  test('of another environment does not happen', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    await subscribe(mine)
    await createOrganization(theirs, 'theirs')
    await work()
    expect(sink.received).toEqual([])
  })

  test('goes to every endpoint, and two workers at once make each once', async () => {
    const environment = await server.environment()
    await subscribe(environment, { endpoint_url: `${sink.url}/a` })
    await subscribe(environment, { endpoint_url: `${sink.url}/b` })
    for (let i = 0; i < 10; i++) await createOrganization(environment, `o${i}`)
    const [one, other] = [newWorker(), newWorker()]
    await Promise.all([makeDeliveries(server), makeDeliveries(server)])
    await Promise.all([work(one), work(other)])
    expect(sink.received).toHaveLength(20)
  })
})

describe('a receiver that fails', () => {
  test.each<[string, Sink['answer'], Partial<WebhookDelivery>]>([
    ['with 500', () => ({ status: 500, body: 'broken' }), { last_status: 500, last_response: 'broken' }],
    ['by redirecting', () => ({ status: 302, headers: { location: '/elsewhere' } }), { last_status: 302 }],
    ['by not answering', () => 'hang', { last_status: null, last_error: 'no answer within 0.3 seconds' }],
    ['by hanging up', () => 'reset', { last_status: null }],
    [
      'with a NUL and more than is kept',
      () => ({ status: 400, body: `\0${'x'.repeat(10_000)}` }),
      { last_status: 400 },
    ],
  ])('%s gets it again ten seconds later, signed anew', async (_claim, answer, expected) => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'o')
    sink.answer = answer
    await work(newWorker({ postWebhook: impatientPost }))
    const [failed] = await deliveries(environment, endpoint)
    expect(failed).toMatchObject({ state: 'pending', attempts: 1, ...expected })
    expect(failed?.next_attempt_at).toBe(new Date(server.clock.read().getTime() + 10_000).toISOString())
    expect(failed?.last_response?.length ?? 0).toBeLessThanOrEqual(4096)
    sink.answer = () => ({ status: 204 })
    await work()
    expect(sink.received).toHaveLength(1)
    server.clock.advance(10_000)
    await work()
    expect(sink.received).toHaveLength(2)
    expect(sink.received[0]?.headers['workos-signature']).not.toBe(sink.received[1]?.headers['workos-signature'])
    expect(await deliveries(environment, endpoint)).toMatchObject([{ state: 'succeeded', attempts: 2 }])
  })

  test('is seen with the headers of both sides, but for its cookies, and with the latest of many attempts', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'o')
    sink.answer = () => ({ status: 500, headers: { 'x-served-by': 'blue', 'set-cookie': 'session=theirs' } })
    await work()
    const [delivery] = await deliveries(environment, endpoint)
    expect(delivery?.last_request_headers).toMatchObject({
      'workos-signature': sink.received[0]?.headers['workos-signature'],
      'content-type': sink.received[0]?.headers['content-type'],
      'user-agent': sink.received[0]?.headers['user-agent'],
    })
    expect(delivery?.last_response_headers).toMatchObject({ 'x-served-by': 'blue' })
    expect(JSON.stringify(delivery)).not.toContain('theirs')

    for (let times = 1; times < 25; times++) {
      await environment.api('POST', `/webhook_deliveries/${delivery?.id}/retry`)
      await work()
    }
    sink.answer = () => 'reset'
    await environment.api('POST', `/webhook_deliveries/${delivery?.id}/retry`)
    await work()
    const [tried] = await deliveries(environment, endpoint)
    expect(tried?.recent_attempts).toHaveLength(20)
    expect(tried?.recent_attempts.at(-1)).toMatchObject({ status: null, error: 'UND_ERR_SOCKET' })
    expect(tried?.last_response_headers).toBe(null)
  })

  test('is asked later when it says so', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'o')
    sink.answer = () => ({ status: 503, headers: { 'retry-after': '600' } })
    await work()
    const [waiting] = await deliveries(environment, endpoint)
    expect(waiting?.next_attempt_at).toBe(new Date(server.clock.read().getTime() + minutes(10)).toISOString())
  })

  test('gets what waits for its next try at once when somebody recovers it, and nothing else', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'arrived')
    await work()
    const begun = server.clock.read().toISOString()
    sink.answer = () => ({ status: 503, headers: { 'retry-after': '600' } })
    await createOrganization(environment, 'waits')
    await work()
    sink.answer = () => ({ status: 200 })
    await createOrganization(environment, 'new')
    sink.received.length = 0
    const recovered = await environment.api('POST', `/webhook_endpoints/${endpoint.id}/recover`, {
      body: { since: begun },
    })
    expect(recovered.body).toMatchObject({ count: 1 })
    await work()
    expect(namesReceived().toSorted()).toEqual(['new', 'waits'])
  })

  test('for three days is given up, and the endpoint switched off; what failed can be recovered', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'o')
    sink.answer = () => ({ status: 500 })
    const begun = server.clock.read()
    for (let i = 0; i < 40; i++) {
      await work()
      const [delivery] = await deliveries(environment, endpoint)
      if (delivery?.next_attempt_at === null || delivery === undefined) break
      server.clock.advance(new Date(delivery.next_attempt_at).getTime() - server.clock.read().getTime())
    }
    const hours = (server.clock.read().getTime() - begun.getTime()) / 3_600_000
    expect(hours).toBeGreaterThan(71)
    expect(hours).toBeLessThan(74)
    const [delivery] = await deliveries(environment, endpoint)
    expect(delivery).toMatchObject({ state: 'failed', attempts: 16 })
    const times =
      delivery?.recent_attempts.map(({ at, status }) => (status === 500 ? Date.parse(at) : Number.NaN)) ?? []
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(gaps, 'kept, each with its answer').toHaveLength(15)
    expect(gaps).toEqual(gaps.toSorted((one, other) => one - other))
    const counted = await environment.api<Insight>('GET', '/insights/webhook_deliveries?group_by=kind,outcome,reason')
    const total = (outcome: string) =>
      counted.body.data.filter((row) => row.outcome === outcome).reduce((sum, { count }) => sum + count, 0)
    expect([total('retried'), total('failed')]).toEqual([15, 1])
    expect(counted.body.data[0]).toMatchObject({ kind: endpoint.id, outcome: 'retried', reason: '500' })
    const state = await environment.api<WebhookEndpoint>('GET', `/webhook_endpoints/${endpoint.id}`)
    expect(state.body.status).toBe('disabled')
    const announced = (await readLog(environment.api)).filter(({ event }) => event === 'webhook_endpoint.disabled')
    expect(announced.map(({ data }) => data)).toEqual([
      {
        object: 'webhook_endpoint',
        id: endpoint.id,
        endpoint_url: sink.url,
        status: 'disabled',
        events: endpoint.events,
        ordered: false,
        failing_since: state.body.failing_since,
        last_status: 500,
        last_error: null,
        created_at: endpoint.created_at,
        updated_at: state.body.updated_at,
      },
    ])
    expect(announced[0]).toMatchObject({ created_at: server.clock.read().toISOString() })
    const { rows: mails } = await server.db.pool.query<{
      id: MailId
      kind: string
      recipient: string
      content: string
    }>('select id, kind, recipient, content from mails where environment_id = $1 order by recipient', [environment.id])
    const opened = mails.map(
      ({ id, content }) => JSON.parse(server.deps.secrets.open(content, mailContext(id))) as object,
    )
    expect(mails.map(({ kind, recipient }) => `${kind} ${recipient}`)).toEqual([
      'webhook_endpoint_disabled ops@example.test',
      'webhook_endpoint_disabled two@example.test',
    ])
    expect(opened[0]).toEqual({ endpoint: sink.url, failing_since: state.body.failing_since, reason: 'status 500' })

    sink.answer = () => ({ status: 200 })
    await environment.api('PATCH', `/webhook_endpoints/${endpoint.id}`, { body: { status: 'enabled' } })
    const recovered = await environment.api('POST', `/webhook_endpoints/${endpoint.id}/recover`, {
      body: { since: begun.toISOString() },
    })
    expect(recovered.body).toMatchObject({ count: 1 })
    await work()
    expect(await deliveries(environment, endpoint)).toMatchObject([{ state: 'succeeded' }])
  })

  test('and is switched off is announced once, whoever stores the last failures, and not when something got through', async () => {
    const environment = await server.environment()
    const other = await subscribe(environment, {
      endpoint_url: `${sink.url}/other`,
      events: ['webhook_endpoint.disabled'],
    })
    await subscribe(environment, { endpoint_url: `${sink.url}/dead` })
    const alive = await subscribe(environment, { endpoint_url: `${sink.url}/alive` })
    for (let i = 0; i < 30; i++) await createOrganization(environment, `o${i}`)
    sink.answer = ({ path }) => ({ status: path === '/other' ? 200 : 500 })
    await work()
    server.clock.advance(4 * 24 * 60 * minutes(1))
    sink.answer = ({ path }) => ({ status: path === '/dead' ? 500 : 200 })
    await Promise.all([work(), work()])
    await work()
    const announced = (await readLog(environment.api)).filter(({ event }) => event === 'webhook_endpoint.disabled')
    expect(announced).toMatchObject([{ data: { endpoint_url: `${sink.url}/dead`, last_status: 500 } }])
    expect((await deliveries(environment, other)).map(({ state, event }) => [state, event])).toEqual([
      ['succeeded', 'webhook_endpoint.disabled'],
    ])
    const state = await environment.api<WebhookEndpoint>('GET', `/webhook_endpoints/${alive.id}`)
    expect(state.body.status).toBe('enabled')
  })

  test('in an attempt whose lease has passed to another changes nothing that the other stored', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'o')
    await makeDeliveries(server)
    const gate = Promise.withResolvers<void>()
    const slow = newWorker({
      postWebhook: async () => {
        await gate.promise
        return { ok: false, error: 'no answer' }
      },
    })
    await slow.startDue()
    server.clock.advance(8_000)
    await work()
    gate.resolve()
    await slow.settle()
    expect(await deliveries(environment, endpoint)).toMatchObject([
      { state: 'succeeded', attempts: 2, last_status: 200 },
    ])
    const state = await environment.api<WebhookEndpoint>('GET', `/webhook_endpoints/${endpoint.id}`)
    expect(state.body.failing_since).toBeNull()
  })

  test('or hangs delays nobody else', async () => {
    const environment = await server.environment()
    await subscribe(environment, { endpoint_url: `${sink.url}/dead` })
    await subscribe(environment, { endpoint_url: `${sink.url}/alive` })
    for (let i = 0; i < 60; i++) await createOrganization(environment, `o${i}`)
    sink.answer = ({ path }) => (path === '/dead' ? 'hang' : { status: 200 })
    const worker = newWorker()
    await makeDeliveries(server)
    const alive = () => sink.received.filter(({ path }) => path === '/alive').length
    while (alive() < 60) await worker.startDue()
    // All sixty arrived while the first attempts to the other were still hanging: it has its share and no more.
    expect(sink.received.filter(({ path }) => path === '/dead').length).toBeLessThanOrEqual(20)
    await sink.close()
    await worker.settle()
  })
})

describe('ordered mode', () => {
  test('holds back what comes after a failure, for its organization alone', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment, { ordered: true })
    const { body: a } = await createOrganization(environment, 'a')
    const { body: b } = await createOrganization(environment, 'b')
    for (const name of ['a1', 'a2']) await environment.api('PUT', `/organizations/${a.id}`, { body: { name } })
    for (const name of ['b1', 'b2']) await environment.api('PUT', `/organizations/${b.id}`, { body: { name } })
    sink.answer = ({ body }) => ({ status: body.includes('"a1"') ? 500 : 200 })
    await work()
    expect(namesReceived().filter((name) => name.startsWith('a'))).toEqual(['a', 'a1'])
    expect(namesReceived().filter((name) => name.startsWith('b'))).toEqual(['b', 'b1', 'b2'])
    sink.answer = () => ({ status: 200 })
    server.clock.advance(10_000)
    await work()
    expect(namesReceived().filter((name) => name.startsWith('a'))).toEqual(['a', 'a1', 'a1', 'a2'])
    expect(await deliveries(environment, endpoint, '&state=pending')).toEqual([])
  })

  test('lets no organization wait for others, however many are stuck', async () => {
    const environment = await server.environment()
    await subscribe(environment, { ordered: true, events: ['user.created'] })
    sink.answer = ({ body }) => ({ status: body.includes('"stuck"') ? 500 : 200 })
    const organization = (n: number) => `org_${String(n).padStart(4, '0')}`
    for (let n = 0; n < 450; n++)
      await writeEvents(server, environment, 1, { organization: organization(n), text: n < 440 ? 'stuck' : 'fine' })
    await work()
    const fine = () => sink.received.filter(({ body }) => body.includes('"fine"')).length
    expect([sink.received.length, fine()]).toEqual([450, 10])
    for (const n of [0, 445]) await writeEvents(server, environment, 2, { organization: organization(n), text: 'fine' })
    await work()
    // Those of the stuck one wait behind what is stuck.
    expect([sink.received.length, fine()]).toEqual([452, 12])
    sink.answer = () => ({ status: 200 })
    server.clock.advance(10_000)
    await work()
    expect(sink.received).toHaveLength(452 + 440 + 2)
  })
})

describe('endpoints', () => {
  test.each([
    [{ endpoint_url: 'ftp://example.com' }, 422, 'invalid_url'],
    [{ endpoint_url: 'https://user:pass@example.com' }, 422, 'invalid_url'],
    [{ events: ['organisation.created'] }, 422, 'unknown_event'],
    [{ events: [] }, 422, undefined],
  ])('refuse %j', async (change, status, code) => {
    const environment = await server.environment()
    const refused = await environment.api('POST', '/webhook_endpoints', {
      body: { endpoint_url: sink.url, events: ['organization.created'], ...change },
    })
    expect([refused.status, refused.body.code]).toEqual([status, code])
  })

  test('are one a URL', async () => {
    const environment = await server.environment()
    await subscribe(environment)
    const again = await environment.api('POST', '/webhook_endpoints', {
      body: { endpoint_url: sink.url, events: ['organization.created'] },
    })
    expect(again).toMatchObject({ status: 409, body: { code: 'duplicate_endpoint' } })
  })

  test('roll their secret with an overlap that both secrets sign', async () => {
    const environment = await server.environment()
    const endpoint = await subscribe(environment)
    const rolled = await environment.api<WebhookEndpoint>('POST', `/webhook_endpoints/${endpoint.id}/roll_secret`, {
      body: { overlap_seconds: 60 },
    })
    expect(rolled.body.secret).not.toBe(endpoint.secret)
    await createOrganization(environment, 'o')
    await work()
    expect(sink.received[0]?.headers['workos-signature']).toMatch(/^t=\d+, v1=[0-9a-f]{64}, v1=[0-9a-f]{64}$/)
    server.clock.advance(60_000)
    await createOrganization(environment, 'p')
    await work()
    expect(sink.received[1]?.headers['workos-signature']).toMatch(/^t=\d+, v1=[0-9a-f]{64}$/)
  })

  test('replay a range, and a single delivery', async () => {
    const environment = await server.environment()
    const start = server.clock.read().toISOString()
    await createOrganization(environment, 'early')
    await stampEvents(server.db)
    server.clock.advance(1000)
    const endpoint = await subscribe(environment)
    await createOrganization(environment, 'late')
    await work()
    expect(namesReceived()).toEqual(['late'])
    const replayed = await environment.api('POST', `/webhook_endpoints/${endpoint.id}/replay`, {
      body: { range_start: start, range_end: server.clock.read().toISOString() },
    })
    expect(replayed.body).toMatchObject({ count: 2 })
    await work()
    expect(namesReceived().toSorted()).toEqual(['early', 'late', 'late'])
    const [first] = await deliveries(environment, endpoint)
    await environment.api('POST', `/webhook_deliveries/${first?.id}/retry`)
    await work()
    expect(sink.received).toHaveLength(4)
  })

  test('are nobody else’s', async () => {
    const [mine, theirs] = [await server.environment(), await server.environment()]
    const { id } = await subscribe(theirs)
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/roll_secret'],
      ['GET', '/deliveries'],
    ] as const)
      expect(
        (await mine.api(method, `/webhook_endpoints/${id}${path}`, method === 'GET' ? {} : { body: {} })).status,
      ).toBe(404)
  })
})
