import type { DirectoryUserId, OrganizationMembershipId } from '#contracts/ids.ts'
import type { MembershipRoles, MembershipStatus, OrganizationMembership } from '#contracts/memberships.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { resolveRoles } from '../roles/resolve.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import { presentInEvent } from './present.ts'
import { readMembership } from './read.ts'

/**
 * Gives a member other roles; a request that names none changes nothing.
 * @throws NotFound; Invalid `invalid_role`.
 */
export async function updateMembership(
  work: Work,
  id: OrganizationMembershipId,
  roles: MembershipRoles,
): Promise<OrganizationMembership> {
  const membership = await lockMembership(work, id)
  if (roles.role_slug === undefined && roles.role_slugs === undefined) return membership
  return changeMembership(work, membership, {
    role_slugs: await resolveRoles(work, membership.organization_id, roles),
  })
}

/** @throws NotFound; BadRequest for a membership that is pending. */
export async function deactivateMembership(work: Work, id: OrganizationMembershipId): Promise<OrganizationMembership> {
  const membership = await lockMembership(work, id)
  if (membership.status === 'pending')
    throw new BadRequest(
      'The membership is pending: revoke its invitation or delete it.',
      'cannot_deactivate_pending_organization_membership',
    )
  await revokeSessions(work, { user: membership.user_id, organization: membership.organization_id })
  return changeMembership(work, membership, { status: 'inactive' })
}

/** @throws NotFound; BadRequest for a membership that is pending. */
export async function reactivateMembership(work: Work, id: OrganizationMembershipId): Promise<OrganizationMembership> {
  const membership = await lockMembership(work, id)
  if (membership.status === 'pending')
    throw new BadRequest(
      'The membership waits for its invitation to be accepted.',
      'cannot_reactivate_pending_organization_membership',
    )
  return changeMembership(work, membership, { status: 'active' })
}

export interface MembershipChange {
  readonly status?: MembershipStatus
  /** Resolved: they exist, and the strongest is the first. */
  readonly role_slugs?: readonly string[]
  /** Null lets a membership go from its directory. */
  readonly directory_user_id?: DirectoryUserId | null
}

/** Changes a membership that the transaction has locked. A change that changes nothing emits nothing. */
export async function changeMembership(
  work: Work,
  before: OrganizationMembership,
  { role_slugs: roles, ...rest }: MembershipChange,
): Promise<OrganizationMembership> {
  const { id, organization_id: organization } = before
  const changed =
    (rest.status !== undefined && rest.status !== before.status) ||
    (roles !== undefined && roles.join() !== before.roles.map(({ slug }) => slug).join()) ||
    rest.directory_user_id !== undefined
  if (!changed) return before
  await work.tx
    .updateTable('organization_memberships')
    .set({ ...rest, ...(roles && { role_slugs: [...roles] }), updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  const after = await readMembership(work.tx, work.environment, id)
  work.emit('organization_membership.updated', presentInEvent(after), organization)
  return after
}

/** @throws NotFound */
export async function lockMembership(work: Work, id: OrganizationMembershipId): Promise<OrganizationMembership> {
  const row = await work.tx
    .selectFrom('organization_memberships')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new NotFound('Organization Membership', id)
  return readMembership(work.tx, work.environment, id)
}
