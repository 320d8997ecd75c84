import type { Work } from '#db/work.ts'
import { closeHostedSessions } from '../login/hosted-session.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import type { UserRow } from '../users/present.ts'

/**
 * Before an address is proven by anything but the account's password: whoever set that one may have signed up with an
 * address of somebody else, to wait for its owner to come. It opens nothing any more, and what it opened ends.
 */
export async function dropUnprovenPassword(work: Work, user: UserRow): Promise<void> {
  if (user.email_verified) return
  await work.tx
    .deleteFrom('user_passwords')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .execute()
  await revokeSessions(work, { user: user.id })
  await closeHostedSessions(work, user.id)
}
