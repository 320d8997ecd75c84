import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { WebhookDelivery, WebhookEndpoint } from '#contracts/webhooks.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { guardedPost } from '../../src/guarded-post.ts'
import { type ChaosReceiver, type Fault, faults, startChaosReceiver } from '../support/chaos-receiver.ts'
import { readLog } from '../support/log.ts'
import { useTestServer } from '../support/server.ts'
import { newWorker, work } from './worker.ts'

const server = useTestServer()
let receiver: ChaosReceiver
beforeAll(async () => {
  receiver = await startChaosReceiver()
})
afterAll(() => receiver.close())

const organizations = 4
const updatesEach = 5
const badRounds = 6
const hour = 3_600_000

/** A server with a certificate that nobody vouches for. */
async function startUntrusted() {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = await selfSignedCertificate({
    commonName: '127.0.0.1',
    keys,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
  })
  let received = 0
  const untrusted = createServer(
    {
      key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
    },
    (socket) => socket.on('data', () => received++).on('error', () => undefined),
  )
  untrusted.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => untrusted.listen(0, '127.0.0.1', resolve))
  const { port } = untrusted.address() as AddressInfo // it listens on a port
  return { url: `https://127.0.0.1:${port}`, received: () => received, close: () => untrusted.close() }
}

test('after a receiver’s worst day everything has arrived, in order where that was asked for', async () => {
  const { api } = await server.environment()
  const untrusted = await startUntrusted()
  const subscribe = async (url: string, ordered: boolean) =>
    (
      await api<WebhookEndpoint>('POST', '/webhook_endpoints', {
        body: { endpoint_url: url, ordered, events: ['organization.created', 'organization.updated'] },
      })
    ).body.id
  const endpoints = [
    await subscribe(`${receiver.url}/ordered`, true),
    await subscribe(`${receiver.url}/any`, false),
    await subscribe(untrusted.url, false),
  ]
  const ids: string[] = []
  for (let n = 0; n < organizations; n++)
    ids.push((await api<{ id: string }>('POST', '/organizations', { body: { name: `${n}: 0` } })).body.id)
  for (let version = 1; version <= updatesEach; version++)
    for (const [n, id] of ids.entries())
      await api('PUT', `/organizations/${id}`, { body: { name: `${n}: ${version}` } })
  const events = await readLog(api)
  const worker = newWorker(server, { postWebhook: guardedPost({ allowPrivate: true, timeoutMs: 250 }) })
  const pass = async (ms: number) => {
    server.clock.advance(ms)
    await work(server, worker)
  }
  const deliveries = async (state: string) =>
    (
      await Promise.all(
        endpoints.map((id) =>
          api<Page<WebhookDelivery>>('GET', `/webhook_endpoints/${id}/deliveries?limit=100&state=${state}`),
        ),
      )
    ).flatMap(({ body }) => body.data)

  // Each request meets the next fault, and now and then none.
  let turn = 0
  const cycle: readonly (Fault | undefined)[] = [...faults, undefined]
  receiver.fault = () => cycle[turn++ % cycle.length]
  for (let round = 0; round < badRounds; round++) await pass(hour)
  const seen = new Set(receiver.heard.map(({ fault }) => fault))
  expect(seen).toEqual(new Set(cycle))
  const waiting = await deliveries('pending')
  const distrusted = waiting.filter((delivery) => delivery.webhook_endpoint_id === endpoints[2])
  expect(distrusted.map(({ last_status }) => last_status)).toEqual(events.map(() => null))
  expect(distrusted.map(({ last_error }) => last_error)).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
  expect(untrusted.received()).toBe(0)

  receiver.fault = () => undefined
  await api('PATCH', `/webhook_endpoints/${endpoints[2]}`, { body: { endpoint_url: `${receiver.url}/tls` } })
  for (let round = 0; round < updatesEach + 2; round++) await pass(15 * hour)
  expect(await deliveries('pending')).toEqual([])
  expect(await deliveries('failed')).toEqual([])

  const bodies = new Map<string, unknown>(events.map((event) => [event.id, event]))
  for (const path of ['/ordered', '/any', '/tls']) {
    const heard = receiver.heard.filter((request) => request.path === path)
    const taken = heard.filter(({ fault }) => fault === undefined).map(({ body }) => JSON.parse(body) as Told)
    // An answer that came too late counts for nothing: at least once, and always the same event under the same id.
    expect(new Set(taken.map(({ id }) => id)), path).toEqual(new Set(bodies.keys()))
    for (const { body } of heard) expect(bodies.get((JSON.parse(body) as Told).id)).toEqual(JSON.parse(body))
  }
  for (const id of ids) {
    const names = receiver.heard
      .filter(({ path }) => path === '/ordered')
      .map(({ body }) => JSON.parse(body) as Told)
      .filter(({ data }) => data.id === id)
      .map(({ data }) => Number(data.name.split(': ')[1]))
    expect(names, id).toEqual(names.toSorted((a, b) => a - b))
  }
  // Redirects are not followed, and nobody listens to 64 MiB.
  expect(receiver.heard.filter(({ path }) => path === '/elsewhere')).toEqual([])
  expect(receiver.longestAnswer).toBeLessThan(8 * 1024 * 1024)
  untrusted.close()
})

interface Told {
  readonly id: string
  readonly data: { readonly id: string; readonly name: string }
}
