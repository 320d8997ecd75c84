import type { Work } from '#db/work.ts'
import { queueMail } from '../mail/queue.ts'
import { readInviterName } from './inviter.ts'
import { type InvitationKeys, type InvitationRow, presentInvitation } from './present.ts'

/** @param organization its name; null for an invitation to the application alone. */
export async function mailInvitation(
  work: Work,
  keys: InvitationKeys,
  row: InvitationRow,
  organization: string | null,
): Promise<void> {
  const { accept_invitation_url: url } = presentInvitation(row, keys, work.now)
  await queueMail(work, keys.secrets, 'invitation', {
    to: row.email,
    locale: row.locale,
    values: {
      url,
      organization,
      inviter: await readInviterName(work.tx, work.environment, row),
      days: Math.max(1, Math.ceil((row.expires_at.getTime() - work.now.getTime()) / 86_400_000)),
    },
  })
}
