import type { InvitationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { findMembership } from '../memberships/read.ts'
import { removeMembership } from '../memberships/remove.ts'
import { findUserByEmail } from '../users/read.ts'
import { close, requirePending } from './accept.ts'
import type { InvitationRow } from './present.ts'
import { lockInvitation } from './read.ts'

/** The membership that waited for it goes too. @throws NotFound; BadRequest `invite_not_pending` */
export async function revokeInvitation(work: Work, id: InvitationId): Promise<InvitationRow> {
  const row = await lockInvitation(work, id)
  requirePending(row, work.now)
  const user = row.organization_id !== null && (await findUserByEmail(work.tx, work.environment, row.email))
  const membership = user && row.organization_id !== null && (await findMembership(work, user.id, row.organization_id))
  if (membership && membership.status === 'pending') await removeMembership(work, membership.id)
  return close(work, row, { state: 'revoked', revoked_at: work.now })
}
