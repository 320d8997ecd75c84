import { sql } from 'kysely'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { RoleList } from '#contracts/roles.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { readOrganization } from '../organizations/read.ts'
import { presentRole, type RoleRow } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

/** Whose roles: those of the environment, or those an organization has besides. */
export type RoleOwner = OrganizationId | null

/** The permissions of a role ride along: a list of roles is one round trip. */
function roles(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('roles as r')
    .selectAll('r')
    .select(
      sql<string[]>`array(select p.slug from role_permissions rp
        join permissions p on p.environment_id = rp.environment_id and p.id = rp.permission_id
        where rp.environment_id = r.environment_id and rp.role_id = r.id order by p.slug)`.as('permissions'),
    )
    .where('r.environment_id', '=', environment)
    .orderBy('r.priority')
    .orderBy('r.id')
}

export async function listEnvironmentRoles(reader: Reader, environment: EnvironmentId): Promise<RoleList> {
  const rows = await roles(reader, environment).where('r.organization_id', 'is', null).execute()
  return { object: 'list', data: rows.map(presentRole) }
}

/** Those of the environment and its own. @throws NotFound without the organization. */
export async function listOrganizationRoles(
  reader: Reader,
  environment: EnvironmentId,
  organization: OrganizationId,
): Promise<RoleList> {
  await readOrganization(reader, environment, organization)
  const rows = await roles(reader, environment)
    .where((eb) => eb.or([eb('r.organization_id', 'is', null), eb('r.organization_id', '=', organization)]))
    .execute()
  return { object: 'list', data: rows.map(presentRole) }
}

/** @throws NotFound */
export async function readEnvironmentRole(reader: Reader, environment: EnvironmentId, slug: string): Promise<RoleRow> {
  return readOwnRole(reader, environment, null, slug)
}

/** Those that the organizations have besides the environment's. */
export async function listOwnRoles(
  reader: Reader,
  environment: EnvironmentId,
  organizations: readonly OrganizationId[],
): Promise<(RoleRow & { readonly organization_id: OrganizationId })[]> {
  if (organizations.length === 0) return []
  const rows = await roles(reader, environment).where('r.organization_id', 'in', organizations).execute()
  return rows.flatMap(({ organization_id: owner, ...row }) =>
    owner === null ? [] : [{ ...row, organization_id: owner }],
  )
}

/** One of the environment's or of its own, whichever has the slug. @throws NotFound */
export async function readOrganizationRole(
  reader: Reader,
  environment: EnvironmentId,
  organization: OrganizationId,
  slug: string,
): Promise<RoleRow> {
  await readOrganization(reader, environment, organization)
  const row = await roles(reader, environment)
    .where((eb) => eb.or([eb('r.organization_id', 'is', null), eb('r.organization_id', '=', organization)]))
    .where('r.slug', '=', slug)
    .executeTakeFirst()
  if (!row) throw new NotFound('Role', slug)
  return row
}

/** Locks a role of exactly this owner until the transaction ends. @throws NotFound */
export async function lockRole(work: Work, owner: RoleOwner, slug: string): Promise<RoleRow> {
  await work.tx
    .selectFrom('roles')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('slug', '=', slug)
    .where('organization_id', 'is not distinct from', owner)
    .forUpdate()
    .execute()
  return readOwnRole(work.tx, work.environment, owner, slug)
}

async function readOwnRole(
  reader: Reader,
  environment: EnvironmentId,
  owner: RoleOwner,
  slug: string,
): Promise<RoleRow> {
  const row = await roles(reader, environment)
    .where('r.slug', '=', slug)
    .where('r.organization_id', 'is not distinct from', owner)
    .executeTakeFirst()
  if (!row) throw new NotFound('Role', slug)
  return row
}
