import type { OrganizationId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { InvitationKeys } from '../invitations/present.ts'
import { sendInvitation } from '../invitations/send.ts'
import { activateMembership, createMembership } from '../memberships/create.ts'
import { deactivateMembership, updateMembership } from '../memberships/update.ts'
import { createEnvironmentRole, createOrganizationRole } from '../roles/create.ts'
import { createPermission, updatePermission } from '../roles/permissions.ts'
import { setRolePermissions } from '../roles/role-permissions.ts'
import { updateRole } from '../roles/update.ts'
import { createUser } from '../users/create.ts'
import { type PreparedPassword, setPassword } from '../users/passwords.ts'
import { updateUser } from '../users/update.ts'
import type { OrganizationRef } from './plan.ts'
import type { MemberAction } from './plan-members.ts'
import type { RoleAction } from './plan-roles.ts'
import type { UserAction, UserRef } from './plan-users.ts'
import type { PasswordsOfSeed } from './seed-passwords.ts'

/** One application of a seed, as far as people are concerned. */
export interface PeopleRun {
  readonly work: Work
  readonly invitationKeys: InvitationKeys | undefined
  readonly passwords: PasswordsOfSeed
  /** Who was made by the step of this index of the seed. */
  readonly madeUsers: Map<number, UserId>
  readonly idOf: (organization: OrganizationRef) => OrganizationId
}

export async function performPeople(run: PeopleRun, action: RoleAction | UserAction | MemberAction): Promise<void> {
  const { work } = run
  switch (action.do) {
    case 'create permission':
      return void (await createPermission(work, action.input))
    case 'update permission':
      return void (await updatePermission(work, action.slug, action.change))
    case 'create role': {
      const owner = ownerOf(run, action)
      if (owner === null) await createEnvironmentRole(work, action.input)
      else await createOrganizationRole(work, owner, action.input)
      return void (await setRolePermissions(work, owner, action.input.slug, action.permissions))
    }
    case 'update role': {
      const owner = ownerOf(run, action)
      await updateRole(work, owner, action.slug, action.change)
      if (action.permissions) await setRolePermissions(work, owner, action.slug, action.permissions)
      return
    }
    case 'create user': {
      const password = run.passwords.of(action.index)
      const { id } = await createUser(work, action.input, action.id)
      run.madeUsers.set(action.index, id)
      return givePassword(run, id, password)
    }
    case 'update user': {
      const password = action.setsPassword ? run.passwords.of(action.index) : undefined
      await updateUser(work, action.id, action.change)
      return givePassword(run, action.id, password)
    }
    case 'create membership':
      return createMember(run, action)
    case 'change membership':
      return changeMember(run, action)
    case 'send invitation': {
      const { email, role, expires_in_days, locale } = action.invitation
      if (!run.invitationKeys) throw new Error('Invitations need the encryption key.')
      return void (await sendInvitation(work, run.invitationKeys, {
        email,
        ...(action.organization && { organization_id: run.idOf(action.organization) }),
        ...(role !== undefined && { role_slug: role }),
        ...(expires_in_days !== undefined && { expires_in_days }),
        ...(locale !== undefined && { locale }),
      }))
    }
    default:
      return action satisfies never
  }
}

function ownerOf(run: PeopleRun, { organization }: { readonly organization?: OrganizationRef }): OrganizationId | null {
  return organization ? run.idOf(organization) : null
}

async function givePassword(run: PeopleRun, user: UserId, password: PreparedPassword | undefined): Promise<void> {
  if (password) await setPassword(run.work, user, password, run.passwords.policy)
}

async function createMember(run: PeopleRun, action: MemberAction & { do: 'create membership' }): Promise<void> {
  const { status, roles } = action
  const membership = await createMembership(run.work, {
    user: userOf(run, action.user),
    organization: run.idOf(action.organization),
    ...(roles && { role_slugs: [...roles] }),
    status: status === 'pending' ? 'pending' : 'active',
  })
  if (status === 'inactive') await deactivateMembership(run.work, membership.id)
}

async function changeMember(run: PeopleRun, action: MemberAction & { do: 'change membership' }): Promise<void> {
  const { id, status, roles } = action
  const given = roles && { role_slugs: [...roles] }
  if (status === 'active') {
    const [user, organization] = [userOf(run, action.user), run.idOf(action.organization)]
    await activateMembership(run.work, { user, organization, reopen: true, ...given })
    return
  }
  if (given) await updateMembership(run.work, id, given)
  if (status === 'inactive') await deactivateMembership(run.work, id)
}

function userOf({ madeUsers }: PeopleRun, ref: UserRef): UserId {
  const id = 'id' in ref ? ref.id : madeUsers.get(ref.madeUser)
  if (id === undefined) throw new Error('A membership was planned before its user.')
  return id
}
