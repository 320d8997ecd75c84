import type { Work } from '#db/work.ts'
import { queueMail } from '../mail/queue.ts'
import { type InvitationKeys, type InvitationRow, presentInvitation } from './present.ts'

/** @param organization its name; null for an invitation to the application alone. */
export async function mailInvitation(
  work: Work,
  keys: InvitationKeys,
  row: InvitationRow,
  organization: string | null,
): Promise<void> {
  const { accept_invitation_url: url } = presentInvitation(row, keys, work.now)
  const inviter =
    row.inviter_user_id === null
      ? undefined
      : await work.tx
          .selectFrom('users')
          .select(['first_name', 'last_name', 'name', 'email'])
          .where('environment_id', '=', work.environment)
          .where('id', '=', row.inviter_user_id)
          .executeTakeFirst()
  await queueMail(work, keys.secrets, 'invitation', {
    to: row.email,
    locale: row.locale,
    values: {
      url,
      organization,
      inviter: inviter ? nameOf(inviter) : null,
      days: Math.max(1, Math.ceil((row.expires_at.getTime() - work.now.getTime()) / 86_400_000)),
    },
  })
}

function nameOf(user: {
  readonly first_name: string | null
  readonly last_name: string | null
  readonly name: string | null
  readonly email: string
}): string {
  const parts = [user.first_name, user.last_name].filter((part) => part !== null && part !== '')
  return user.name ?? (parts.length > 0 ? parts.join(' ') : user.email)
}
