import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { Busy } from '../errors.ts'
import { secondsUntil, spend } from '../tallies/tally.ts'
import { addressKey } from '../users/address.ts'

/** How much mail an inbox gets within a while that strangers can make us send. Enough for whoever waits for a slow one. */
const mailsPerWindow = 6
const mailWindowMs = 10 * 60_000

/**
 * Keeps the login box and sign-ins by the API from filling somebody's inbox, and from making new codes to guess. It
 * counts what is asked for and not what is sent: whether somebody has the address makes no difference.
 * In a transaction it comes last, after the mail: whoever waits for this count holds all else that others may wait for.
 * @throws Busy saying when to come back. What was sent before stays good.
 */
export async function spendMail(
  db: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  email: string,
  now: Date,
): Promise<void> {
  const inbox = { name: ['mail', `${environment} ${addressKey(email)}`], most: mailsPerWindow } as const
  const waitUntil = await spend(db, inbox, mailWindowMs, now)
  if (!waitUntil) return
  const seconds = secondsUntil(waitUntil, now)
  throw new Busy(`Too many mails to this address. Try again in ${seconds} seconds.`, 'too_many_requests', seconds)
}
