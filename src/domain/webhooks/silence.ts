import { sql } from 'kysely'
import type { WebhookEndpointId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { perEndpoint } from './claim.ts'

/** As many attempts as are made at once: after so many in a row without an answer, nobody is there. */
const silentAfter = perEndpoint

/** RFC 9110 §15.6.3–5: a gateway says that it reaches nobody behind it, whatever was sent. Every other status is an answer. */
const gatewayStatuses = [502, 503, 504] as const

/** Whether somebody read what was sent and said something, be it that it failed. */
export const isAnswerSql = (status: string) =>
  `(${status} is not null and ${status} not in (${gatewayStatuses.join(', ')}))`

/**
 * When an endpoint is asked next that has failed since a time: after a quarter of the time that has passed, five seconds at
 * least and a minute at most. The end of an outage is noticed soon after short ones and within a minute after long ones,
 * and a dead endpoint costs a request a minute, whatever waits for it.
 */
export const probeAtSql = (unanswered: string, now: string, failingSince: string) =>
  `case when ${unanswered} >= ${silentAfter} then ${now} + least(interval '1 minute',
     greatest(interval '5 seconds', (${now} - coalesce(${failingSince}, ${now})) / 4)) end`

/** What an endpoint starts with, and starts anew with when somebody mends it. */
export const answering = { unanswered: 0, probe_at: null } as const

/** Somebody says that it is there again, or wants to see: it is asked now. */
export async function probeNow(work: Work, endpoint: WebhookEndpointId): Promise<void> {
  await work.tx
    .updateTable('webhook_endpoints')
    .set({ probe_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', endpoint)
    .where('probe_at', '>', work.now)
    .execute()
}

/** Before everything that waits for the endpoint. */
export const firstInLine = (now: Date) =>
  sql<Date>`least(${now}::timestamptz, (
    select min(first.next_attempt_at) from webhook_deliveries first
    where first.endpoint_id = webhook_deliveries.endpoint_id and first.state = 'pending') - interval '1 millisecond')`
