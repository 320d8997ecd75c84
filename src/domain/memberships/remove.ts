import type { OrganizationId, OrganizationMembershipId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import { presentInEvent } from './present.ts'
import { readMembershipsOf } from './read.ts'
import { lockMembership } from './update.ts'

/** @throws NotFound */
export async function removeMembership(work: Work, id: OrganizationMembershipId): Promise<void> {
  const membership = await lockMembership(work, id)
  await revokeSessions(work, { user: membership.user_id, organization: membership.organization_id })
  await work.tx
    .deleteFrom('organization_memberships')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  work.emit('organization_membership.deleted', presentInEvent(membership), membership.organization_id)
}

/** Removes all memberships, and ends the sessions there, of a user or an organization that the transaction has locked and is about to remove. */
export async function removeMemberships(
  work: Work,
  of: { readonly user: UserId } | { readonly organization: OrganizationId },
): Promise<void> {
  const memberships = await readMembershipsOf(work, of)
  if (memberships.length === 0) return
  await revokeSessions(work, 'user' in of ? of : { membersOf: of.organization })
  const all = work.tx.deleteFrom('organization_memberships').where('environment_id', '=', work.environment)
  await (
    'user' in of ? all.where('user_id', '=', of.user) : all.where('organization_id', '=', of.organization)
  ).execute()
  for (const membership of memberships)
    work.emit('organization_membership.deleted', presentInEvent(membership), membership.organization_id)
}
