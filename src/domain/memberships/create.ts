import type { DirectoryUserId, OrganizationId, OrganizationMembershipId, UserId } from '#contracts/ids.ts'
import type { MembershipRoles, OrganizationMembership } from '#contracts/memberships.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, Conflict, violatedConstraint } from '../errors.ts'
import { holdOrganization } from '../organizations/read.ts'
import { resolveRoles } from '../roles/resolve.ts'
import { holdUser } from '../users/read.ts'
import { presentInEvent } from './present.ts'
import { findMembership, readMembership } from './read.ts'
import { changeMembership } from './update.ts'

export interface NewMembership extends MembershipRoles {
  readonly user: UserId
  readonly organization: OrganizationId
  /** Active unless told: pending ones wait for an invitation to be accepted. */
  readonly status?: 'active' | 'pending'
  /** The directory user that the membership follows. */
  readonly directoryUser?: DirectoryUserId
}

/**
 * A deactivated membership is opened again, with the roles given.
 * @throws NotFound without the user or organization; Invalid `invalid_role`; BadRequest
 *   `cannot_reactivate_pending_organization_membership`; Conflict when the user is a member already.
 */
export async function createMembership(work: Work, input: NewMembership): Promise<OrganizationMembership> {
  await holdUser(work, input.user)
  await holdOrganization(work, input.organization)
  const roles = await resolveRoles(work, input.organization, input)
  const existing = await findMembership(work, input.user, input.organization)
  if (existing?.status === 'active') throw alreadyMember()
  if (existing?.status === 'pending')
    throw new BadRequest(
      'The membership waits for its invitation to be accepted.',
      'cannot_reactivate_pending_organization_membership',
    )
  if (existing) return changeMembership(work, existing, { status: 'active', role_slugs: roles })
  return insertMembership(work, input, roles)
}

/**
 * Makes sure that somebody belongs to an organization: accepting an invitation or signing in through its connection.
 * A membership that is active stays as it is; a pending one becomes active and keeps its roles, unless others are given.
 * @param input `reopen` tells what to do where an administrator deactivated the member.
 * @returns undefined when the membership was deactivated and is not to be opened again.
 */
export async function activateMembership(
  work: Work,
  input: NewMembership & { readonly reopen: boolean },
): Promise<OrganizationMembership | undefined> {
  await holdUser(work, input.user)
  await holdOrganization(work, input.organization)
  const existing = await findMembership(work, input.user, input.organization)
  if (existing?.status === 'active') return existing
  if (existing?.status === 'inactive' && !input.reopen) return undefined
  if (!existing) return insertMembership(work, input, await resolveRoles(work, input.organization, input))
  const given = input.role_slug !== undefined || input.role_slugs !== undefined
  return changeMembership(work, existing, {
    status: 'active',
    ...(given && { role_slugs: await resolveRoles(work, input.organization, input) }),
  })
}

async function insertMembership(
  work: Work,
  { user, organization, status = 'active', directoryUser }: NewMembership,
  roles: readonly string[],
): Promise<OrganizationMembership> {
  const id: OrganizationMembershipId = newId('organizationMembership', work.now)
  await work.tx
    .insertInto('organization_memberships')
    .values({
      environment_id: work.environment,
      id,
      user_id: user,
      organization_id: organization,
      status,
      role_slugs: [...roles],
      directory_user_id: directoryUser ?? null,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
    .catch((error: unknown) => {
      // Somebody else was faster.
      throw violatedConstraint(error) === undefined ? error : alreadyMember()
    })
  const membership = await readMembership(work.tx, work.environment, id)
  work.emit('organization_membership.created', presentInEvent(membership), organization)
  return membership
}

function alreadyMember(): Conflict {
  return new Conflict('The User is a member of this Organization already.', 'organization_membership_already_exists')
}
