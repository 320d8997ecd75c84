import { createHmac } from 'node:crypto'

export const signatureHeader = 'workos-signature'

/**
 * The signature header of one attempt: `t=<ms>, v1=<hex>`. The SDKs read `t` from the first place and one signature from
 * the second, so while two secrets are valid the order decides which receivers accept it; see `signers`.
 */
export function signWebhook(body: string, secrets: readonly string[], now: Date): string {
  const time = now.getTime()
  const signatures = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`,
  )
  return [`t=${time}`, ...signatures].join(', ')
}

/**
 * The secrets in the order an attempt signs with them. Receivers on the unmodified SDK look at the first alone: attempts
 * take turns, so that whichever secret a receiver knows during an overlap, the first or the second attempt gets through.
 */
export function signers(newestFirst: readonly string[], attempt: number): readonly string[] {
  return attempt % 2 === 1 ? newestFirst : newestFirst.toReversed()
}
