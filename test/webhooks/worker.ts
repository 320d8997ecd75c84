import type { Page } from '#contracts/list.ts'
import type { WebhookDelivery, WebhookEndpoint } from '#contracts/webhooks.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { type DeliveryDeps, WebhookWorker } from '#domain/webhooks/deliver.ts'
import { fanOut } from '#domain/webhooks/fan-out.ts'
import { guardedPost } from '../../src/guarded-post.ts'
import type { TestEnvironment, TestServer } from '../support/server.ts'

const idle = new AbortController().signal

export function newWorker(server: TestServer, change: Partial<DeliveryDeps> = {}): WebhookWorker {
  const deps: DeliveryDeps = {
    db: server.db,
    clock: server.clock.read,
    wake: () => undefined,
    secrets: server.deps.webhookRules.secrets,
    postWebhook: guardedPost({ allowPrivate: true }),
    random: () => 0.5,
    operators: [],
    stagingRetries: 'days',
    ...change,
  }
  return new WebhookWorker(deps, (error) => {
    throw error
  })
}

/** Stamps the log and makes the deliveries of what is new in it. */
export async function makeDeliveries(server: TestServer): Promise<void> {
  await stampEvents(server.db)
  await fanOut(server.db, server.clock.read(), idle)
}

/** Everything the background does until nothing is due. */
export async function work(server: TestServer, worker = newWorker(server)): Promise<void> {
  await makeDeliveries(server)
  while ((await worker.startDue()) > 0) await worker.settle()
}

export async function subscribe({ api }: TestEnvironment, url: string, change: object = {}): Promise<WebhookEndpoint> {
  const body = { endpoint_url: url, events: ['user.created'], ...change }
  return (await api<WebhookEndpoint>('POST', '/webhook_endpoints', { body })).body
}

/** The oldest first. */
export async function deliveriesOf({ api }: TestEnvironment, { id }: WebhookEndpoint): Promise<WebhookDelivery[]> {
  return (await api<Page<WebhookDelivery>>('GET', `/webhook_endpoints/${id}/deliveries?order=asc&limit=100`)).body.data
}
