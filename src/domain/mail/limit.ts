import type { EnvironmentId } from '#contracts/ids.ts'
import { Busy } from '../errors.ts'
import { addressKey } from '../users/address.ts'

/** How much mail an inbox gets within a while that strangers can make us send. Enough for whoever waits for a slow one. */
export const mailsPerWindow = 6
export const mailWindowMs = 10 * 60_000
const maxTracked = 10_000

/**
 * Keeps the login box from filling somebody's inbox, and from making new codes to guess. It counts what is asked for and
 * not what is sent: whether somebody has the address makes no difference.
 */
export class MailLimit {
  readonly #clock: () => Date
  readonly #asked = new Map<string, { count: number; readonly endsAt: number }>()

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  /** @throws Busy saying when to come back. What was sent before stays good. */
  spend(environment: EnvironmentId, email: string): void {
    const now = this.#clock().getTime()
    const inbox = `${environment} ${addressKey(email).slice(0, 320)}`
    const asked = this.#asked.get(inbox)
    if (!asked || asked.endsAt <= now) {
      this.#asked.delete(inbox)
      if (this.#asked.size >= maxTracked) this.#forgetOldest()
      this.#asked.set(inbox, { count: 1, endsAt: now + mailWindowMs })
      return
    }
    if (asked.count >= mailsPerWindow) throw tooMuchMail(asked.endsAt - now)
    asked.count += 1
  }

  /** Windows begin in the order of the map: the first is the next to end. */
  #forgetOldest(): void {
    const [oldest] = this.#asked.keys()
    if (oldest !== undefined) this.#asked.delete(oldest)
  }
}

export function tooMuchMail(waitMs: number): Busy {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new Busy(`Too many mails to this address. Try again in ${seconds} seconds.`, 'too_many_requests', seconds)
}
