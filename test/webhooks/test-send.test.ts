import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Insight } from '#contracts/insights.ts'
import type { Page } from '#contracts/list.ts'
import type { WebhookDelivery, WebhookEndpoint, WebhookTest } from '#contracts/webhooks.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { type Sink, startSink } from '../support/sink.ts'

const require = createRequire(import.meta.url)
const { WorkOS } = require('workos-11') as {
  WorkOS: new (key: string) => {
    webhooks: {
      constructEvent(input: object): Promise<{ event: string; data: unknown }>
    }
  }
} // its own types want its own module resolution

const server = useTestServer()
let sink: Sink
let environment: TestEnvironment
let endpoint: WebhookEndpoint
beforeAll(async () => {
  sink = await startSink()
  environment = await server.environment()
  endpoint = (
    await environment.api<WebhookEndpoint>('POST', '/webhook_endpoints', {
      body: {
        endpoint_url: sink.url,
        events: ['vault.data.read', 'dsync.user.created', 'connection.activated', 'user.created'],
      },
    })
  ).body
})
afterAll(() => sink.close())

const send = (body: object = {}, headers: Record<string, string> = {}) =>
  environment.api<WebhookTest & { code?: string }>('POST', `/webhook_endpoints/${endpoint.id}/test`, { body, headers })
const deliveries = async () =>
  (await environment.api<Page<WebhookDelivery>>('GET', `/webhook_endpoints/${endpoint.id}/deliveries`)).body.data

describe('a test event', () => {
  test('is signed for the SDK, says that it is a test, and brings back what the receiver said', async () => {
    sink.answer = () => ({ status: 202, body: 'thank you' })
    const { status, body } = await send({ event: 'connection.activated' })
    expect([status, body]).toEqual([
      201,
      {
        object: 'webhook_test',
        delivery_id: expect.stringMatching(/^wdel_/) as string,
        event_id: expect.stringMatching(/^event_/) as string,
        event: 'connection.activated',
        delivered: true,
        status: 202,
        error: null,
        response: 'thank you',
        duration_ms: expect.any(Number) as number,
        request_headers: expect.objectContaining({ 'gatehouse-test': '1' }) as object,
        response_headers: expect.objectContaining({ connection: expect.any(String) as string }) as object,
      },
    ])
    const [kept] = await deliveries()
    expect([kept?.last_request_headers, kept?.last_response_headers]).toEqual([
      body.request_headers,
      body.response_headers,
    ])
    expect(kept?.recent_attempts).toMatchObject([{ status: 202, duration_ms: body.duration_ms }])
    const request = sink.received.at(-1)
    const time = /t=(\d+)/.exec(request?.headers['workos-signature']?.toString() ?? '')?.[1]
    expect([time, request?.headers['gatehouse-test']]).toEqual([String(server.clock.read().getTime()), '1'])
    const event = await new WorkOS('sk').webhooks.constructEvent({
      payload: JSON.parse(request?.body ?? '') as unknown,
      sigHeader: request?.headers['workos-signature'],
      secret: endpoint.secret,
      tolerance: Number.MAX_SAFE_INTEGER, // the test's clock stands still in the past
    })
    expect(event).toMatchObject({ event: 'connection.activated', data: { id: 'conn_sample' } })
  })

  test('is the first subscribed one that happens here, unless another is named', async () => {
    expect((await send()).body.event).toBe('dsync.user.created')
  })

  test('is marked in the list of deliveries, and is in no log, count or state', async () => {
    sink.answer = () => ({ status: 500, body: `\0${'x'.repeat(10_000)}` })
    const { body } = await send({ event: 'user.created' })
    expect([body.delivered, body.status, body.response?.length]).toEqual([false, 500, 4096])
    expect((await deliveries())[0]).toMatchObject({ id: body.delivery_id, test: true, state: 'failed', attempts: 1 })
    await stampEvents(server.db)
    expect((await readLog(environment.api)).map(({ id }) => id)).not.toContain(body.event_id)
    const counted = await environment.api<Insight>('GET', '/insights/webhook_deliveries?group_by=kind')
    expect(counted.text).not.toContain(endpoint.id)
    const { failing_since: since } = (
      await environment.api<WebhookEndpoint>('GET', `/webhook_endpoints/${endpoint.id}`)
    ).body
    expect(since).toBeNull()
  })

  test('says why there was no answer', async () => {
    sink.answer = () => 'reset'
    expect((await send()).body).toMatchObject({ delivered: false, status: null, error: 'UND_ERR_SOCKET' })
  })

  test('is never sent again: neither by hand nor by recovering', async () => {
    sink.answer = () => ({ status: 500 })
    const { delivery_id: id } = (await send()).body
    const retried = await environment.api('POST', `/webhook_deliveries/${id}/retry`)
    expect([retried.status, retried.body.code]).toEqual([400, 'test_delivery'])
    const recovered = await environment.api('POST', `/webhook_endpoints/${endpoint.id}/recover`, {
      body: { since: '2020-01-01T00:00:00Z' },
    })
    expect(recovered.body).toMatchObject({ count: 0 })
  })

  test('is sent once for one Idempotency-Key', async () => {
    sink.answer = () => ({ status: 200 })
    const first = await send({}, { 'idempotency-key': 'one' })
    const before = sink.received.length
    expect((await send({}, { 'idempotency-key': 'one' })).body).toEqual(first.body)
    expect(sink.received).toHaveLength(before)
  })

  test.each([
    ['user.craeted', 'event_not_subscribed', /nearest it takes is 'user.created'/],
    ['organization.created', 'event_not_subscribed', /not subscribed/],
    ['vault.data.read', 'event_not_emitted', /nothing to send/],
  ])('of %s is refused', async (event, code, message) => {
    const before = sink.received.length
    const { status, body, text } = await send({ event })
    expect([status, body.code, sink.received.length]).toEqual([422, code, before])
    expect(text).toMatch(message)
  })

  test('reaches a disabled endpoint too, for who wants to know before switching it on', async () => {
    await environment.api('PATCH', `/webhook_endpoints/${endpoint.id}`, { body: { status: 'disabled' } })
    expect((await send()).body.delivered).toBe(true)
  })

  test('is of no endpoint when that is deleted while the receiver thinks', async () => {
    let deleted: Promise<unknown> | undefined
    sink.answer = () => 'hang'
    const sent = send()
    await expect.poll(() => sink.received.at(-1)?.body).toBeDefined()
    deleted = environment.api('DELETE', `/webhook_endpoints/${endpoint.id}`)
    await deleted
    await sink.close()
    expect((await sent).status).toBe(404)
  })
})
