import type { Secrets } from '#protocols/envelope.ts'
import { nextWait, readRetryAfter } from '#protocols/webhooks/retry.ts'
import { signatureHeader, signers, signWebhook } from '#protocols/webhooks/signature.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import type { Claimed } from './claim.ts'

const keptResponse = 4_096

/** Posts to an address that a customer named, within 10 s and without following redirects. */
export type PostWebhook = (
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<
  | { readonly ok: true; readonly status: number; readonly retryAfter: string | undefined; readonly body: string }
  | { readonly ok: false; readonly error: string }
>

export interface AttemptDeps {
  readonly clock: () => Date
  readonly postWebhook: PostWebhook
  readonly random: () => number
}

/** What came of one attempt. */
export interface Outcome {
  readonly delivery: Claimed
  readonly delivered: boolean
  readonly status: number | null
  readonly error: string | null
  readonly response: string | null
  readonly nextAttemptAt: Date | null
}

/** @param secrets open, newest first. */
export async function attempt(
  { clock, postWebhook, random }: AttemptDeps,
  delivery: Claimed,
  secrets: readonly string[],
): Promise<Outcome> {
  // Signed anew each time: receivers refuse signatures older than three minutes.
  const signature = signWebhook(delivery.body, signers(secrets, delivery.attempts), clock())
  const answer = await postWebhook(delivery.endpoint_url, delivery.body, { [signatureHeader]: signature })
  const delivered = answer.ok && answer.status >= 200 && answer.status < 300
  const after = clock()
  const wish = answer.ok ? readRetryAfter(answer.retryAfter, after) : undefined
  const wait = delivered ? undefined : nextWait(delivery.attempts, random(), wish)
  return {
    delivery,
    delivered,
    status: answer.ok ? answer.status : null,
    error: answer.ok ? null : answer.error,
    response: answer.ok ? keptAnswer(answer.body) : null,
    nextAttemptAt: wait === undefined ? null : new Date(after.getTime() + wait),
  }
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

/** The beginning of what a receiver says, without what a column cannot hold. */
export function keptAnswer(text: string): string {
  return text.slice(0, keptResponse).replaceAll('\0', '\uFFFD').toWellFormed()
}
