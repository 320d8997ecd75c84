import type { Selectable } from 'kysely'
import { eventNames } from '#contracts/event-names.ts'
import type { EnvironmentId, EventId, WebhookDeliveryId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { WebhookAttempt, WebhookDelivery, WebhookHeaders } from '#contracts/webhooks.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { WebhookDeliveries } from '#db/schema.gen.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, Invalid, NotFound } from '../errors.ts'
import { firstInLine, probeNow } from './silence.ts'

export interface DeliveryQuery extends PageQuery {
  readonly state?: WebhookDelivery['state']
  readonly event_id?: string
}

export async function listDeliveries(
  db: Database,
  environment: EnvironmentId,
  endpoint: WebhookEndpointId,
  query: DeliveryQuery,
): Promise<Page<WebhookDelivery>> {
  const { probe_at: probeAt } = await requireEndpoint(db.kysely, environment, endpoint)
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('webhook_deliveries')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('endpoint_id', '=', endpoint)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as WebhookDeliveryId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as WebhookDeliveryId))
      .$if(query.state !== undefined, (list) => list.where('state', '=', query.state ?? 'pending'))
      .$if(query.event_id !== undefined, (list) => list.where('event_id', '=', query.event_id as EventId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map((row) => present(row, probeAt)), list_metadata }
}

/** Once more, now, before what else waits and whatever came of it before; the schedule starts anew. */
export async function retryDelivery(work: Work, id: WebhookDeliveryId): Promise<WebhookDelivery> {
  const row = await work.tx
    .updateTable('webhook_deliveries')
    .set({ ...again(work.now), next_attempt_at: firstInLine(work.now) })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .where('is_test', '=', false)
    .returningAll()
    .executeTakeFirst()
  if (row) {
    await probeNow(work, row.endpoint_id)
    return present(row)
  }
  const test = await work.tx
    .selectFrom('webhook_deliveries')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!test) throw new NotFound('Webhook Delivery', id)
  throw new BadRequest('This was a test: its event is in no log. Send another test instead.', 'test_delivery')
}

/**
 * Everything since a time that was given up, and what waits for its next try after one that failed: whoever mended a
 * receiver need not wait for the hours in between.
 */
export async function recoverDeliveries(work: Work, endpoint: WebhookEndpointId, since: string): Promise<number> {
  await requireEndpoint(work.tx, work.environment, endpoint)
  const { numUpdatedRows } = await work.tx
    .updateTable('webhook_deliveries')
    .set(again(work.now))
    .where('environment_id', '=', work.environment)
    .where('endpoint_id', '=', endpoint)
    .where((eb) =>
      eb.or([
        eb('state', '=', 'failed'),
        // An attempt under way was due already.
        eb.and([eb('state', '=', 'pending'), eb('attempts', '>', 0), eb('next_attempt_at', '>', work.now)]),
      ]),
    )
    .where('is_test', '=', false)
    .where('created_at', '>=', timeOf('since', since))
    .executeTakeFirst()
  await probeNow(work, endpoint)
  return Number(numUpdatedRows)
}

/** Every subscribed event of a range, also those that were delivered or were there before the endpoint. */
export async function replayEvents(
  work: Work,
  endpoint: WebhookEndpointId,
  range: { readonly range_start: string; readonly range_end: string },
): Promise<number> {
  const { events } = await requireEndpoint(work.tx, work.environment, endpoint)
  const [start, end] = [timeOf('range_start', range.range_start), timeOf('range_end', range.range_end)]
  const rows = await work.tx
    .selectFrom('event_log as l')
    .innerJoin('events as e', 'e.seq', 'l.seq')
    .select(['l.position', 'l.seq', 'l.type', 'l.organization_id', 'e.id'])
    .where('l.environment_id', '=', work.environment)
    .where('l.created_at', '>=', start)
    .where('l.created_at', '<=', end)
    .where(
      'l.type',
      'in',
      eventNames.filter((name) => events.includes(name)),
    )
    .orderBy('l.position')
    .execute()
  const batch = 1_000
  for (let from = 0; from < rows.length; from += batch)
    await work.tx
      .insertInto('webhook_deliveries')
      .values(
        rows.slice(from, from + batch).map((row) => ({
          environment_id: work.environment,
          id: newId('webhookDelivery', work.now),
          endpoint_id: endpoint,
          event_id: row.id,
          event_seq: row.seq,
          event_type: row.type,
          organization_id: row.organization_id,
          position: row.position,
          state: 'pending' as const,
          next_attempt_at: work.now,
          created_at: work.now,
        })),
      )
      .onConflict((conflict) => conflict.columns(['endpoint_id', 'event_id']).doUpdateSet(again(work.now)))
      .execute()
  await probeNow(work, endpoint)
  return rows.length
}

/** An attempt that is under way keeps its lease: this one comes after it. */
function again(now: Date) {
  return { state: 'pending' as const, attempts: 0, next_attempt_at: now, completed_at: null }
}

async function requireEndpoint(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  id: WebhookEndpointId,
): Promise<{ readonly events: readonly string[]; readonly probe_at: Date | null }> {
  const row = await reader
    .selectFrom('webhook_endpoints')
    .select(['events', 'probe_at'])
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Webhook Endpoint', id)
  return row
}

function timeOf(field: string, text: string): Date {
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new Invalid([{ field, code: 'invalid_date', message: `${field} must be an ISO-8601 time; '${text}' is not.` }])
}

/** @param probeAt before which nothing goes to its endpoint. */
function present(row: Selectable<WebhookDeliveries>, probeAt: Date | null = null): WebhookDelivery {
  const headers = row.last_headers as WebhookHeaders | null // as exchange.ts writes them
  return {
    object: 'webhook_delivery',
    id: row.id,
    webhook_endpoint_id: row.endpoint_id,
    event_id: row.event_id,
    event: row.event_type,
    organization_id: row.organization_id,
    test: row.is_test,
    state: row.state,
    attempts: row.attempts,
    next_attempt_at: later(row.next_attempt_at, probeAt)?.toISOString() ?? null,
    last_attempt_at: row.last_attempt_at?.toISOString() ?? null,
    last_status: row.last_status,
    last_error: row.last_error,
    last_response: row.last_response,
    last_request_headers: headers?.request ?? null,
    last_response_headers: headers?.response ?? null,
    recent_attempts: row.recent_attempts as WebhookAttempt[], // as exchange.ts writes them
    created_at: row.created_at.toISOString(),
    completed_at: row.completed_at?.toISOString() ?? null,
  }
}

function later(attempt: Date | null, probe: Date | null): Date | null {
  return attempt && probe && probe > attempt ? probe : attempt
}
