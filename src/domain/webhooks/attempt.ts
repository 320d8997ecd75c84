import type { Secrets } from '#protocols/envelope.ts'
import { nextWait, readRetryAfter, type Schedule } from '#protocols/webhooks/retry.ts'
import { signers, signWebhook } from '#protocols/webhooks/signature.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import type { Claimed } from './claim.ts'
import { type Exchange, exchange, type ExchangeDeps } from './exchange.ts'

export interface AttemptDeps extends ExchangeDeps {
  readonly random: () => number
  /** How long deliveries of staging environments are tried. */
  readonly stagingRetries: Schedule
}

/** What came of one attempt. */
export interface Outcome {
  readonly delivery: Claimed
  readonly exchange: Exchange
  readonly nextAttemptAt: Date | null
}

/** @param secrets open, newest first. */
export async function attempt(deps: AttemptDeps, delivery: Claimed, secrets: readonly string[]): Promise<Outcome> {
  // Signed anew each time: receivers refuse signatures older than three minutes.
  const signature = signWebhook(delivery.body, signers(secrets, delivery.attempts), deps.clock())
  const done = await exchange(deps, { url: delivery.endpoint_url, body: delivery.body, signature })
  const after = deps.clock()
  const wish = readRetryAfter(done.retryAfter, after)
  const schedule = delivery.environment_kind === 'staging' ? deps.stagingRetries : 'days'
  const wait = done.delivered ? undefined : nextWait(delivery.attempts, deps.random(), schedule, wish)
  return { delivery, exchange: done, nextAttemptAt: wait === undefined ? null : new Date(after.getTime() + wait) }
}

/** Opens the secrets of deliveries that were claimed together once for each endpoint. */
export function openSecrets(secrets: Secrets): (delivery: Claimed) => readonly string[] {
  const opened = new Map<string, readonly string[]>()
  return (delivery) => {
    const known = opened.get(delivery.endpoint_id)
    if (known) return known
    const texts = delivery.secrets.map(({ id, sealed }) =>
      secrets.open(sealed, sealContext('webhook_secrets.sealed_secret', id)),
    )
    opened.set(delivery.endpoint_id, texts)
    return texts
  }
}
