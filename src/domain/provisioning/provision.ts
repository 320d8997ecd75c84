import type { DirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryUserId, OrganizationId } from '#contracts/ids.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Work } from '#db/work.ts'
import { markEmailVerified } from '../authentication/email-verification.ts'
import type { InvitationKeys } from '../invitations/present.ts'
import { findOpenInvitation } from '../invitations/read.ts'
import { revokeInvitation } from '../invitations/revoke.ts'
import { sendInvitation } from '../invitations/send.ts'
import { createMembership } from '../memberships/create.ts'
import { removeMembership } from '../memberships/remove.ts'
import { changeMembership } from '../memberships/update.ts'
import { resolveRoles } from '../roles/resolve.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import { createUser } from '../users/create.ts'
import { updateUser } from '../users/update.ts'
import { type Named, readSituation, type Situation } from './facts.ts'
import { planProvisioning } from './plan.ts'

/** Brings user and membership in step with one person of a directory. Doing it again changes nothing. */
export async function provision(work: Work, named: Named, keys: InvitationKeys): Promise<void> {
  const { person: id, organization } = named
  const situation = await readSituation(work, named)
  if (!situation) return
  const step = planProvisioning(situation.facts)
  const { person, followed, other } = situation
  switch (step.do) {
    case 'nothing':
      return
    case 'withdraw':
      return followed && withdraw(work, followed)
    case 'deactivate':
      return followed && deactivate(work, followed)
    case 'follow':
      return followed && person && keepInStep(work, followed, person, step)
    case 'adopt':
      if (!other || !person) return
      await changeMembership(work, other, { directory_user_id: id })
      return keepInStep(work, other, person, step)
    case 'join':
      return person && join(work, situation, person, step, { id, organization, keys })
    default:
      return step satisfies never
  }
}

async function join(
  work: Work,
  { user: existing }: Situation,
  person: DirectoryUser,
  step: { readonly names: boolean; readonly status: 'active' | 'pending' },
  { id, organization, keys }: { id: DirectoryUserId; organization: OrganizationId; keys: InvitationKeys },
): Promise<void> {
  const email = person.email ?? ''
  const user =
    existing ?? (await createUser(work, { ...namesOf(person), email, email_verified: step.status === 'active' }))
  if (existing) {
    const known = step.names ? await updateUser(work, existing.id, namesOf(person)) : existing
    // The organization owns the domain, which is as good as the inbox.
    if (step.status === 'active') await markEmailVerified(work, known)
  }
  await createMembership(work, {
    user: user.id,
    organization,
    status: step.status,
    directoryUser: id,
    role_slugs: await rolesOf(work, organization, person),
  })
  if (step.status === 'pending' && !(await findOpenInvitation(work, user.email, organization)))
    await sendInvitation(work, keys, { email, organization_id: organization })
}

async function withdraw(work: Work, membership: OrganizationMembership): Promise<void> {
  const invitation = await findOpenInvitation(work, membership.user.email, membership.organization_id)
  // The membership that waited for it goes with it.
  if (invitation) await revokeInvitation(work, invitation.id)
  else await removeMembership(work, membership.id)
}

async function keepInStep(
  work: Work,
  membership: OrganizationMembership,
  person: DirectoryUser,
  step: { readonly names: boolean; readonly activate: boolean },
): Promise<void> {
  const { organization_id: organization, user_id: user } = membership
  await changeMembership(work, membership, {
    role_slugs: await rolesOf(work, organization, person),
    ...(step.activate && { status: 'active' }),
  })
  if (step.names) await updateUser(work, user, namesOf(person))
}

/** Membership, role and sessions of that organization end; the user and what they have elsewhere stay. */
async function deactivate(work: Work, membership: OrganizationMembership): Promise<void> {
  const { organization_id: organization, user_id: user } = membership
  await changeMembership(work, membership, {
    status: 'inactive',
    role_slugs: await resolveRoles(work, organization, {}),
  })
  await revokeSessions(work, { user, organization })
}

/** What groups gave, as far as the organization has such roles; the default one otherwise. */
async function rolesOf(work: Work, organization: OrganizationId, person: DirectoryUser): Promise<string[]> {
  const wanted = (person.roles ?? (person.role ? [person.role] : [])).map(({ slug }) => slug)
  const known =
    wanted.length === 0
      ? []
      : await work.tx
          .selectFrom('roles')
          .select('slug')
          .where('environment_id', '=', work.environment)
          .where((eb) => eb.or([eb('organization_id', 'is', null), eb('organization_id', '=', organization)]))
          .where('slug', 'in', wanted)
          .execute()
  return resolveRoles(work, organization, known.length === 0 ? {} : { role_slugs: known.map(({ slug }) => slug) })
}

function namesOf({ first_name, last_name, name }: DirectoryUser) {
  return { first_name, last_name, name }
}
