import type { EnvironmentId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import type { Database } from '#db/database.ts'
import { listEnvironmentRoles, listOwnRoles } from '../roles/read.ts'
import { presentUser, userColumns } from '../users/present.ts'
import type { SeedState, StoredUser } from './plan.ts'
import type { Seed } from './seed-file.ts'

type Reader = Database['kysely'] | Work['tx']

type PeopleState = Pick<
  SeedState,
  'permissions' | 'roles' | 'organizationRoles' | 'users' | 'memberships' | 'invitations'
>

/** What there is of the people, roles and permissions that a seed speaks of; nothing is asked about for one that does not. */
export async function readPeople(
  reader: Reader,
  environment: EnvironmentId,
  seed: Seed,
  organizations: readonly OrganizationId[],
  now: Date,
): Promise<PeopleState> {
  const speaksOfPeople =
    seed.users.length + seed.invitations.length > 0 || seed.organizations.some(({ memberships }) => memberships)
  const speaksOfRoles = speaksOfPeople || seed.roles.length > 0
  const users = speaksOfPeople ? await readUsers(reader, environment, seed) : []
  return {
    permissions:
      seed.permissions.length + seed.roles.length > 0
        ? await reader
            .selectFrom('permissions')
            .select(['slug', 'name', 'description'])
            .where('environment_id', '=', environment)
            .execute()
        : [],
    roles: speaksOfRoles ? (await listEnvironmentRoles(reader, environment)).data : [],
    organizationRoles: speaksOfRoles ? await listOwnRoles(reader, environment, organizations) : [],
    users,
    memberships: await readMemberships(
      reader,
      environment,
      users.map(({ id }) => id),
      organizations,
    ),
    invitations: await readInvitations(reader, environment, seed, now),
  }
}

async function readUsers(reader: Reader, environment: EnvironmentId, seed: Seed): Promise<StoredUser[]> {
  const ids = seed.users.flatMap(({ id }) => (id === undefined ? [] : [id]))
  const externalIds = seed.users.flatMap(({ external_id: id }) => (id === undefined ? [] : [id]))
  const members = seed.organizations.flatMap(({ memberships = [] }) => memberships)
  const emails = [...seed.users, ...members, ...seed.invitations].map(({ email }) => email)
  if (emails.length === 0) return []
  const rows = await reader
    .selectFrom('users as u')
    .leftJoin('user_passwords as p', (join) =>
      join.onRef('p.environment_id', '=', 'u.environment_id').onRef('p.user_id', '=', 'u.id'),
    )
    .select(userColumns.map((column) => `u.${column}` as const))
    .select('p.updated_at as password_at')
    .where('u.environment_id', '=', environment)
    .where((eb) =>
      eb.or([
        eb('u.email', 'in', emails),
        ...(ids.length > 0 ? [eb('u.id', 'in', ids)] : []),
        ...(externalIds.length > 0 ? [eb('u.external_id', 'in', externalIds)] : []),
      ]),
    )
    .orderBy('u.id')
    .execute()
  return rows.map(({ password_at: passwordAt, ...row }) => ({ ...presentUser(row), hasPassword: passwordAt !== null }))
}

async function readMemberships(
  reader: Reader,
  environment: EnvironmentId,
  users: readonly UserId[],
  organizations: readonly OrganizationId[],
): Promise<SeedState['memberships']> {
  if (users.length === 0 || organizations.length === 0) return []
  return reader
    .selectFrom('organization_memberships')
    .select(['id', 'user_id', 'organization_id', 'status', 'role_slugs as roles'])
    .where('environment_id', '=', environment)
    .where('organization_id', 'in', organizations)
    .where('user_id', 'in', users)
    .execute()
}

async function readInvitations(
  reader: Reader,
  environment: EnvironmentId,
  seed: Seed,
  now: Date,
): Promise<SeedState['invitations']> {
  const emails = seed.invitations.map(({ email }) => email)
  if (emails.length === 0) return []
  const rows = await reader
    .selectFrom('invitations')
    .select(['email', 'organization_id', 'role_slug as role', 'state'])
    .where('environment_id', '=', environment)
    .where('email', 'in', emails)
    .where((eb) =>
      eb.or([eb('state', '=', 'accepted'), eb.and([eb('state', '=', 'pending'), eb('expires_at', '>', now)])]),
    )
    // One that is open says more than one that was accepted.
    .orderBy('state', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.flatMap(({ state, ...row }) => (state === 'revoked' ? [] : [{ ...row, state }]))
}
