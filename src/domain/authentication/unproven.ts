import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { shutOut } from './shut-out.ts'

/**
 * Anybody can sign up with anybody's address and wait for its owner. When the owner shows the inbox, the password of
 * whoever signed up goes, and with it all it may have opened, second factors too. Where the application brought the
 * password, nothing is taken: nobody could sign up with it.
 */
export async function clearUnproven(work: Work, user: UserId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('user_passwords')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('self_chosen', '=', true)
    .executeTakeFirst()
  if (numDeletedRows === 0n) return
  await shutOut(work, user)
  await removeFactors(work, user)
}

/**
 * Somebody who has an account can make its address anybody's, where the application lets them. When the owner of the
 * address comes, whoever had the account is out: the owner could not tell that they are there. Second factors stay, or a
 * stolen session would be a way around them: to one's own address, and back in by its inbox.
 */
export async function clearMoved(work: Work, user: UserId): Promise<void> {
  for (const table of ['user_passwords', 'user_identities'] as const)
    await work.tx.deleteFrom(table).where('environment_id', '=', work.environment).where('user_id', '=', user).execute()
  await shutOut(work, user)
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

async function removeFactors(work: Work, user: UserId): Promise<void> {
  for (const table of ['authentication_factors', 'recovery_codes'] as const)
    await work.tx.deleteFrom(table).where('environment_id', '=', work.environment).where('user_id', '=', user).execute()
}
