import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { InvitationRow } from './present.ts'

/** What to call whoever invites. @returns null where the application itself does, or somebody who is no more. */
export async function readInviterName(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  { inviter_user_id: inviter }: Pick<InvitationRow, 'inviter_user_id'>,
): Promise<string | null> {
  if (inviter === null) return null
  const user = await reader
    .selectFrom('users')
    .select(['first_name', 'last_name', 'name', 'email'])
    .where('environment_id', '=', environment)
    .where('id', '=', inviter)
    .executeTakeFirst()
  if (!user) return null
  const parts = [user.first_name, user.last_name].filter((part) => part !== null && part !== '')
  return user.name ?? (parts.length > 0 ? parts.join(' ') : user.email)
}
