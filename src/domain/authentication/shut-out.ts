import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { closeHostedSessions } from '../login/hosted-session.ts'
import { forgetLogins } from '../login/state.ts'
import { removePasskeys } from '../passkeys/remove.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import { cancelEmailChange } from '../users/email-change.ts'

/**
 * Whoever came in as this person until now is out, and has left no way back in: sign-ins under way, browsers, sessions
 * and passkeys end, and so does a change of address that waits for its code. Second factors are the caller's to decide.
 * The caller has locked the user, so that nobody comes in meanwhile. See docs/decisions/0012-shutting-out.md.
 */
export async function shutOut(work: Work, user: UserId): Promise<void> {
  await endSignIns(work, user)
  await closeHostedSessions(work, user)
  await revokeSessions(work, { user })
  await cancelEmailChange(work, user)
}

/**
 * Passkeys, too, for a sign-in can make one. In the order in which one leads to the next, so that none slips through;
 * before the sessions they lead to.
 */
export async function endSignIns(work: Work, user: UserId): Promise<void> {
  await forgetLogins(work, user)
  await removePasskeys(work, user)
  for (const table of ['pending_authentications', 'authorization_codes'] as const)
    await work.tx.deleteFrom(table).where('environment_id', '=', work.environment).where('user_id', '=', user).execute()
  await work.tx
    .updateTable('device_authorizations')
    .set({ state: 'denied' })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('state', '=', 'approved')
    .execute()
}
