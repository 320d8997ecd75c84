import { CompiledQuery } from 'kysely'
import type { EnvironmentId, WebhookEndpointId } from '#contracts/ids.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import type { Outcome } from './attempt.ts'
import { disableFailing, type Operators } from './disable.ts'
import { isAnswerSql, probeAtSql } from './silence.ts'

/** How long nothing may get through before an endpoint is switched off. */
const windowMs = 3 * 24 * 60 * 60_000

/** More than a schedule has, so that one that was begun anew shows what it followed. */
const keptAttempts = 20

/**
 * An outcome counts only while the attempt it is of is the latest: who lost the lease meanwhile changes nothing. Endpoints
 * are written only when what is known of them changes, and locked in one order.
 */
const storeSql = `
  with done as (
    select * from unnest($1::text[], $2::text[], $3::integer[], $4::boolean[], $5::integer[], $6::text[], $7::text[], $8::timestamptz[], $10::jsonb[], $11::jsonb[])
      as o (environment_id, id, attempts, delivered, status, error, response, next_attempt_at, attempt, headers)
  ), stored as (
    update webhook_deliveries d
    set state = case when o.delivered then 'succeeded' when o.next_attempt_at is null then 'failed' else 'pending' end,
      next_attempt_at = o.next_attempt_at, leased_until = null, last_status = o.status, last_error = o.error,
      last_response = o.response, last_headers = o.headers,
      recent_attempts = case when jsonb_array_length(d.recent_attempts) < ${keptAttempts} then d.recent_attempts
        else d.recent_attempts - 0 end || o.attempt,
      completed_at = case when o.delivered or o.next_attempt_at is null then $9::timestamptz end
    from done o
    where d.environment_id = o.environment_id and d.id = o.id and d.attempts = o.attempts and d.state = 'pending'
    returning d.environment_id, d.endpoint_id, o.delivered, d.state, o.status
  ), counted as (
    insert into insight_counts as kept (environment_id, metric, grain, bucket, organization, kind, outcome, reason, count)
    select s.environment_id, 'webhook_deliveries', g.grain, date_trunc(g.grain, $9::timestamptz, 'UTC'), '', s.endpoint_id,
      case s.state when 'pending' then 'retried' else s.state end,
      case when s.delivered then '' else coalesce(s.status::text, 'no_answer') end, count(*)
    from stored s cross join (values ('hour'), ('day')) g (grain)
    group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8
    on conflict (environment_id, metric, grain, bucket, organization, kind, outcome, reason)
      do update set count = kept.count + excluded.count
  ), told as (
    select environment_id, endpoint_id, bool_or(delivered) as any_delivered, bool_or(${isAnswerSql('status')}) as any_answer,
      count(*)::integer as attempts
    from stored group by 1, 2
  ), changing as (
    select w.environment_id, w.id from told t join webhook_endpoints w on w.environment_id = t.environment_id and w.id = t.endpoint_id
    where t.any_delivered = (w.failing_since is not null) or not t.any_answer or w.unanswered > 0
    order by w.id for no key update of w
  )
  update webhook_endpoints w
  set failing_since = case when not t.any_delivered then coalesce(w.failing_since, $9::timestamptz) end,
    unanswered = case when t.any_answer then 0 else w.unanswered + t.attempts end,
    probe_at = case when not t.any_answer
      then ${probeAtSql('w.unanswered + t.attempts', '$9::timestamptz', 'w.failing_since')} end
  from changing c join told t on t.environment_id = c.environment_id and t.endpoint_id = c.id
  where w.environment_id = c.environment_id and w.id = c.id`

/** Stores outcomes, many in one statement. An endpoint that failed for the whole window is switched off and announced. */
export async function storeOutcomes(deps: ChangeDeps & Operators, outcomes: readonly Outcome[]): Promise<void> {
  const now = deps.clock()
  const expired = new Date(now.getTime() - windowMs)
  const isLast = ({ exchange, delivery }: Outcome) =>
    !exchange.delivered && delivery.failing_since !== null && delivery.failing_since < expired
  const usual = outcomes.filter((outcome) => !isLast(outcome))
  if (usual.length > 0)
    await deps.db.pool.query({ name: 'webhook-store', text: storeSql, values: valuesOf(usual, now) })
  const last = Map.groupBy(outcomes.filter(isLast), ({ delivery }) => delivery.endpoint_id)
  for (const [endpoint, its] of last) await storeLast(deps, endpoint, its, expired)
}

/** The event belongs to the outcome that causes it: both are stored or neither. */
async function storeLast(
  deps: ChangeDeps & Operators,
  endpoint: WebhookEndpointId,
  outcomes: readonly Outcome[],
  expired: Date,
): Promise<void> {
  const environment: EnvironmentId | undefined = outcomes[0]?.delivery.environment_id
  if (environment === undefined) return
  await change(deps, { environment }, async (work) => {
    await work.tx.executeQuery(CompiledQuery.raw(storeSql, valuesOf(outcomes, work.now)))
    await disableFailing(work, deps, endpoint, expired, outcomes.at(-1)?.exchange.attempt)
  })
}

function valuesOf(outcomes: readonly Outcome[], now: Date): unknown[] {
  return [
    outcomes.map(({ delivery }) => delivery.environment_id),
    outcomes.map(({ delivery }) => delivery.id),
    outcomes.map(({ delivery }) => delivery.attempts),
    outcomes.map(({ exchange }) => exchange.delivered),
    outcomes.map(({ exchange }) => exchange.attempt.status),
    outcomes.map(({ exchange }) => exchange.attempt.error),
    outcomes.map(({ exchange }) => exchange.response),
    outcomes.map(({ nextAttemptAt }) => nextAttemptAt),
    now,
    outcomes.map(({ exchange }) => JSON.stringify(exchange.attempt)),
    outcomes.map(({ exchange }) => JSON.stringify(exchange.headers)),
  ]
}
