import type { WebhookEndpointId } from '#contracts/ids.ts'
import type { WebhookAttempt } from '#contracts/webhooks.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { queueMail } from '../mail/queue.ts'

export interface Operators {
  /** Addresses of the people who run this server. */
  readonly operators: readonly string[]
  readonly secrets: Secrets
}

/** Switches an endpoint off that has failed since before a time, once, and says so: by event, and by mail to the operators. */
export async function disableFailing(
  work: Work,
  { operators, secrets }: Operators,
  id: WebhookEndpointId,
  expired: Date,
  last: WebhookAttempt | undefined,
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
  const values = {
    endpoint: row.endpoint_url,
    failing_since: row.failing_since.toISOString(),
    reason: last?.error ?? (last?.status == null ? 'no answer' : `status ${last.status}`),
  }
  for (const to of operators) await queueMail(work, secrets, 'webhook_endpoint_disabled', { to, locale: null, values })
}
