import type { EnvironmentId, WebhookDeliveryId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { nextWait, readRetryAfter } from '#protocols/webhooks/retry.ts'
import { signatureHeader, signers, signWebhook } from '#protocols/webhooks/signature.ts'
import { sealContext } from '../environments/sealed-columns.ts'

/** Longer than an attempt may take, so that a lease ends only when its process did. */
const leaseMs = 30_000
/** At most this many attempts at once to one endpoint: a slow one takes no more than its share. */
const perEndpoint = 20
const claimLimit = 200
/** Groups of attempts, each to one endpoint. */
const maxInFlight = 500
const keptResponse = 4_096
const giveUpAfterMs = 3 * 24 * 60 * 60_000

/** Posts to an address that a customer named, within 10 s and without following redirects. */
export type PostWebhook = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<
  | { readonly ok: true; readonly status: number; readonly retryAfter: string | undefined; readonly body: string }
  | { readonly ok: false; readonly error: string }
>

export interface DeliveryDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly secrets: Secrets
  readonly postWebhook: PostWebhook
  readonly random: () => number
}

interface Claimed {
  readonly environment_id: EnvironmentId
  readonly id: WebhookDeliveryId
  readonly endpoint_id: WebhookEndpointId
  readonly endpoint_url: string
  readonly attempts: number
  readonly body: string
  /** Sealed, newest first, with their ids. */
  readonly secrets: readonly { readonly id: string; readonly sealed: string }[]
}

/** What came of one attempt. */
interface Outcome {
  readonly delivery: Claimed
  readonly delivered: boolean
  readonly status: number | null
  readonly error: string | null
  readonly response: string | null
  readonly nextAttemptAt: Date | null
}

/**
 * Claims what is due, fairly: every endpoint gets up to its share, however much waits for another. In ordered mode a
 * delivery is due only when none before it, of the same organization, is open.
 */
const claimSql = `
  with due as (
    select d.environment_id, d.id
    from (select distinct environment_id, endpoint_id from webhook_deliveries where state = 'pending' and next_attempt_at <= $1) as busy
    join webhook_endpoints w on w.environment_id = busy.environment_id and w.id = busy.endpoint_id and w.status = 'enabled'
    cross join lateral (
      select d.environment_id, d.id from webhook_deliveries d
      where d.endpoint_id = w.id and d.state = 'pending' and d.next_attempt_at <= $1
        and (d.leased_until is null or d.leased_until <= $1)
        and (not w.ordered or not exists (
          select from webhook_deliveries b where b.endpoint_id = d.endpoint_id and b.state = 'pending'
            and b.organization_id is not distinct from d.organization_id and b.position < d.position))
      order by d.next_attempt_at, d.position
      limit greatest(0, ${perEndpoint} - (
        select count(*) from webhook_deliveries l where l.endpoint_id = w.id and l.state = 'pending' and l.leased_until > $1))
      for update of d skip locked) d
    limit ${claimLimit}
  ), claimed as (
    update webhook_deliveries d set leased_until = $2, attempts = d.attempts + 1, last_attempt_at = $1
    from due where d.environment_id = due.environment_id and d.id = due.id
    returning d.environment_id, d.id, d.endpoint_id, d.attempts, d.event_seq
  )
  select c.environment_id, c.id, c.endpoint_id, c.attempts, w.endpoint_url, e.body,
    (select json_agg(json_build_object('id', s.id, 'sealed', s.sealed_secret) order by s.id desc) from webhook_secrets s
     where s.environment_id = c.environment_id and s.endpoint_id = c.endpoint_id
       and (s.expires_at is null or s.expires_at > $1)) as secrets
  from claimed c
  join webhook_endpoints w on w.environment_id = c.environment_id and w.id = c.endpoint_id
  join events e on e.seq = c.event_seq`

/** Makes deliveries without waiting for slow ones: a dead endpoint costs its own share of attempts and nobody else's. */
export class WebhookWorker {
  readonly #deps: DeliveryDeps
  readonly #inFlight = new Set<Promise<void>>()
  readonly #onError: (error: unknown) => void

  constructor(deps: DeliveryDeps, onError: (error: unknown) => void) {
    this.#deps = deps
    this.#onError = onError
  }

  /** Starts everything that is due. @returns how many attempts were started. */
  async startDue(): Promise<number> {
    if (this.#inFlight.size >= maxInFlight) return 0
    const now = this.#deps.clock()
    const { rows } = await this.#deps.db.pool.query<Claimed>({
      name: 'webhook-claim',
      text: claimSql,
      values: [now, new Date(now.getTime() + leaseMs)],
    })
    for (const deliveries of Map.groupBy(rows, (row) => row.endpoint_id).values())
      this.#track(this.#deliver(deliveries))
    return rows.length
  }

  /** Resolves when every attempt under way has come to its end and is stored. */
  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight)
  }

  async #deliver(deliveries: readonly Claimed[]): Promise<void> {
    await complete(this.#deps, await Promise.all(deliveries.map((delivery) => attempt(this.#deps, delivery))))
  }

  #track(work: Promise<void>): void {
    // What was not stored is tried again when its lease ends: at least once, never lost.
    const tracked = work.catch(this.#onError).finally(() => this.#inFlight.delete(tracked))
    this.#inFlight.add(tracked)
  }
}

async function attempt(deps: DeliveryDeps, delivery: Claimed): Promise<Outcome> {
  const now = deps.clock()
  const secrets = delivery.secrets.map(({ id, sealed }) =>
    deps.secrets.open(sealed, sealContext('webhook_secrets.sealed_secret', id)),
  )
  // Signed anew each time: receivers refuse signatures older than three minutes.
  const headers = { [signatureHeader]: signWebhook(delivery.body, signers(secrets, delivery.attempts), now) }
  const answer = await deps.postWebhook(delivery.endpoint_url, delivery.body, headers)
  const status = answer.ok ? answer.status : null
  const delivered = answer.ok && answer.status >= 200 && answer.status < 300
  const after = deps.clock()
  const wish = answer.ok ? readRetryAfter(answer.retryAfter, after) : undefined
  const wait = delivered ? undefined : nextWait(delivery.attempts, deps.random(), wish)
  return {
    delivery,
    delivered,
    status,
    error: answer.ok ? null : answer.error,
    response: answer.ok ? storable(answer.body.slice(0, keptResponse)) : null,
    nextAttemptAt: wait === undefined ? null : new Date(after.getTime() + wait),
  }
}

const completeSql = `
  with done as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::integer[], $6::text[], $7::text[], $8::timestamptz[])
      as o (environment_id, id, endpoint_id, delivered, status, error, response, next_attempt_at)
  ), stored as (
    update webhook_deliveries d
    set state = case when o.delivered then 'succeeded' when o.next_attempt_at is null then 'failed' else 'pending' end,
      next_attempt_at = o.next_attempt_at, leased_until = null, last_status = o.status, last_error = o.error,
      last_response = o.response,
      completed_at = case when o.delivered or o.next_attempt_at is null then $9::timestamptz end
    from done o where d.environment_id = o.environment_id and d.id = o.id
  )
  update webhook_endpoints w
  set failing_since = case when o.any_delivered then null else coalesce(w.failing_since, $9) end,
    status = case when not o.any_delivered and w.failing_since < $10 then 'disabled' else w.status end
  from (select environment_id, endpoint_id, bool_or(delivered) as any_delivered from done group by 1, 2) o
  where w.environment_id = o.environment_id and w.id = o.endpoint_id
    and (o.any_delivered is distinct from (w.failing_since is null) or w.failing_since < $10)`

/** Stores a batch of outcomes; an endpoint that failed for the whole window is switched off. */
async function complete({ db, clock }: DeliveryDeps, outcomes: readonly Outcome[]): Promise<void> {
  const now = clock()
  await db.pool.query({
    name: 'webhook-complete',
    text: completeSql,
    values: [
      outcomes.map(({ delivery }) => delivery.environment_id),
      outcomes.map(({ delivery }) => delivery.id),
      outcomes.map(({ delivery }) => delivery.endpoint_id),
      outcomes.map(({ delivered }) => delivered),
      outcomes.map(({ status }) => status),
      outcomes.map(({ error }) => error),
      outcomes.map(({ response }) => response),
      outcomes.map(({ nextAttemptAt }) => nextAttemptAt),
      now,
      new Date(now.getTime() - giveUpAfterMs),
    ],
  })
}

/** What a receiver says may hold what a column cannot. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}
