import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { closeHostedSessions } from '../login/hosted-session.ts'
import { forgetLogins } from '../login/state.ts'
import { revokeSessions } from '../sessions/revoke.ts'

/**
 * Anybody can sign up with anybody's address and wait for its owner. When the owner shows the inbox, the password of
 * whoever signed up goes, and with it all it may have opened: factors, passkeys, sessions, sign-ins under way, a change of address
 * that waits for its code. Where the application brought the password, nothing is taken: nobody could sign up with it.
 */
export async function clearUnproven(work: Work, user: UserId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('user_passwords')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('self_chosen', '=', true)
    .executeTakeFirst()
  if (numDeletedRows === 0n) return
  await closeHostedSessions(work, user)
  await endSignIns(work, user)
  await revokeSessions(work, { user })
  await removeFactors(work, user)
  await work.tx
    .updateTable('email_verifications')
    .set({ expires_at: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('purpose', '=', 'change')
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .execute()
}

/** The password is of whoever has shown the inbox: it stays whatever is shown later. */
export async function settlePassword(work: Work, user: UserId): Promise<void> {
  await work.tx
    .updateTable('user_passwords')
    .set({ self_chosen: false })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('self_chosen', '=', true)
    .execute()
}

/** In the order in which one leads to the next, so that none slips through; before the sessions they lead to. */
async function endSignIns(work: Work, user: UserId): Promise<void> {
  await forgetLogins(work, user)
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

async function removeFactors(work: Work, user: UserId): Promise<void> {
  for (const table of ['authentication_factors', 'recovery_codes', 'passkeys'] as const)
    await work.tx.deleteFrom(table).where('environment_id', '=', work.environment).where('user_id', '=', user).execute()
}
