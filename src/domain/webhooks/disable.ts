import type { WebhookEndpointId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Outcome } from './attempt.ts'

/** Switches an endpoint off that has failed since before a time, once, and says so. */
export async function disableFailing(
  work: Work,
  id: WebhookEndpointId,
  expired: Date,
  last: Pick<Outcome, 'status' | 'error'> | undefined,
): Promise<void> {
  const row = await work.tx
    .updateTable('webhook_endpoints')
    .set({ status: 'disabled', updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .where('status', '=', 'enabled')
    .where('failing_since', '<', expired)
    .returningAll()
    .executeTakeFirst()
  // Somebody was quicker, or something got through after all.
  if (!row?.failing_since) return
  work.emit(
    'webhook_endpoint.disabled',
    {
      object: 'webhook_endpoint',
      id: row.id,
      endpoint_url: row.endpoint_url,
      status: 'disabled',
      events: row.events,
      ordered: row.ordered,
      failing_since: row.failing_since.toISOString(),
      last_status: last?.status ?? null,
      last_error: last?.error ?? null,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    },
    null,
  )
}
