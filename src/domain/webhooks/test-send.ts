import { type EventName, eventPayloads } from '#contracts/events.ts'
import type { EnvironmentId, WebhookEndpointId } from '#contracts/ids.ts'
import type { WebhookTest } from '#contracts/webhooks.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, type Scope } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { signWebhook } from '#protocols/webhooks/signature.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { Invalid, NotFound } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { exchange, type ExchangeDeps } from './exchange.ts'
import { samplePayload } from './sample-event.ts'

/** Tells a receiver that nothing happened. The SDKs do not look at it. */
const testHeader = 'gatehouse-test'

export interface TestSendDeps extends ChangeDeps, ExchangeDeps {
  readonly secrets: Secrets
}

/**
 * Sends one signed sample of an event to one endpoint, also while it is disabled, and answers with what the receiver
 * said. It is kept among the deliveries, marked; the log, the counts and the endpoint's state do not change.
 * @param name the first that the endpoint is subscribed to unless told.
 * @throws Invalid `event_not_subscribed`, or `event_not_emitted` for those this server has no payload of.
 */
export async function testEndpoint(
  deps: TestSendDeps,
  scope: Scope,
  id: WebhookEndpointId,
  name: string | undefined,
): Promise<WebhookTest> {
  const endpoint = await readTarget(deps, scope.environment, id)
  const type = chooseEvent(endpoint.events, name)
  const sentAt = deps.clock()
  const event = {
    object: 'event',
    id: newId('event', sentAt),
    event: type,
    data: samplePayload(type, sentAt),
    created_at: sentAt.toISOString(),
  }
  const body = JSON.stringify(event)
  const signature = signWebhook(body, endpoint.secrets, sentAt)
  const { delivered, attempt, headers, response } = await exchange(
    deps,
    { url: endpoint.url, body, signature },
    { [testHeader]: '1' },
  )
  return change(deps, scope, async (work) => {
    // Somebody may have deleted it while the receiver thought.
    const kept = await work.tx
      .selectFrom('webhook_endpoints')
      .select('id')
      .where('environment_id', '=', work.environment)
      .where('id', '=', id)
      .forKeyShare()
      .executeTakeFirst()
    if (!kept) throw new NotFound('Webhook Endpoint', id)
    const delivery = newId('webhookDelivery', work.now)
    await work.tx
      .insertInto('webhook_deliveries')
      .values({
        environment_id: work.environment,
        id: delivery,
        endpoint_id: id,
        event_id: event.id,
        event_seq: null,
        event_type: type,
        organization_id: null,
        position: null,
        is_test: true,
        state: delivered ? 'succeeded' : 'failed',
        attempts: 1,
        last_status: attempt.status,
        last_error: attempt.error,
        last_response: response,
        recent_attempts: JSON.stringify([attempt]),
        last_headers: JSON.stringify(headers),
        last_attempt_at: sentAt,
        created_at: sentAt,
        completed_at: work.now,
      })
      .execute()
    return {
      object: 'webhook_test',
      delivery_id: delivery,
      event_id: event.id,
      event: type,
      delivered,
      status: attempt.status,
      error: attempt.error,
      response,
      duration_ms: attempt.duration_ms,
      request_headers: headers.request,
      response_headers: headers.response,
    }
  })
}

interface Target {
  readonly url: string
  readonly events: readonly string[]
  /** Open, newest first. */
  readonly secrets: readonly string[]
}

async function readTarget(
  { db, clock, secrets }: TestSendDeps,
  environment: EnvironmentId,
  id: WebhookEndpointId,
): Promise<Target> {
  const { rows } = await db.pool.query<{ endpoint_url: string; events: string[]; id: string; sealed_secret: string }>({
    name: 'webhook-test-target',
    text: `select w.endpoint_url, w.events, s.id, s.sealed_secret
      from webhook_endpoints w
      join webhook_secrets s on s.environment_id = w.environment_id and s.endpoint_id = w.id
        and (s.expires_at is null or s.expires_at > $3)
      where w.environment_id = $1 and w.id = $2 order by s.id desc`,
    values: [environment, id, clock()],
  })
  const [first] = rows
  if (!first) throw new NotFound('Webhook Endpoint', id)
  return {
    url: first.endpoint_url,
    events: first.events,
    secrets: rows.map((row) => secrets.open(row.sealed_secret, sealContext('webhook_secrets.sealed_secret', row.id))),
  }
}

function chooseEvent(subscribed: readonly string[], name: string | undefined): EventName {
  if (name !== undefined && !subscribed.includes(name)) {
    const quoted = name.slice(0, 100)
    const message = `The endpoint is not subscribed to '${quoted}'; the nearest it takes is '${nearest(quoted, subscribed)}'.`
    throw new Invalid([{ field: 'event', code: 'event_not_subscribed', message }], 'event_not_subscribed')
  }
  const found = name === undefined ? subscribed.find(isEmitted) : name
  if (found !== undefined && isEmitted(found)) return found
  const message = `${found === undefined ? 'None of its events' : `'${found}'`} happens on this server; there is nothing to send.`
  throw new Invalid([{ field: 'event', code: 'event_not_emitted', message }], 'event_not_emitted')
}

function isEmitted(name: string): name is EventName {
  return Object.hasOwn(eventPayloads, name)
}
