import { sql } from 'kysely'
import type { DirectoryGroupRole, DirectoryUserRole, GroupRoles } from '#contracts/directory-roles.ts'
import type { DirectoryGroupId, DirectoryUserId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { Invalid, NotFound } from '../errors.ts'
import { readOrganization } from '../organizations/read.ts'
import { defaultRole } from './plan-user.ts'
import { unsettle } from './settle.ts'

type Reader = Database['kysely'] | Work['tx']

/** @throws NotFound without the organization. */
export async function listGroupRoles(
  reader: Reader,
  environment: EnvironmentId,
  organization: OrganizationId,
): Promise<Page<DirectoryGroupRole>> {
  await readOrganization(reader, environment, organization)
  const rows = await groupRoles(reader, environment).where('r.organization_id', '=', organization).execute()
  return { object: 'list', data: rows.map(present), list_metadata: { before: null, after: null } }
}

/**
 * Replaces which groups of an organization give which role; the first in the list is the strongest. People are settled
 * afterwards, see settlePeople.
 * @throws NotFound without the organization; Invalid `invalid_group_roles` naming every group that is not one of its own.
 */
export async function setGroupRoles(
  work: Work,
  organization: OrganizationId,
  { group_roles: wanted }: GroupRoles,
): Promise<Page<DirectoryGroupRole>> {
  await work.tx
    .selectFrom('organizations')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', organization)
    .forUpdate()
    .execute()
  await readOrganization(work.tx, work.environment, organization)
  await unsettle(work, 'roles and visibility', { organization })
  requireOwnGroups(wanted, await ownGroups(work, organization, wanted))
  await work.tx
    .deleteFrom('directory_group_roles')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', organization)
    .execute()
  const rows = wanted.map(({ group_id, role_slug }, priority) => ({
    environment_id: work.environment,
    organization_id: organization,
    group_id: group_id as DirectoryGroupId, // it was found
    role_slug,
    priority,
  }))
  if (rows.length > 0) await work.tx.insertInto('directory_group_roles').values(rows).execute()
  return listGroupRoles(work.tx, work.environment, organization)
}

/**
 * Which of the groups belong to the organization. Locked, they neither go nor change members, who would come without a
 * role, until this transaction ends.
 */
async function ownGroups(
  work: Work,
  organization: OrganizationId,
  wanted: GroupRoles['group_roles'],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select g.id from directory_groups g
    join directories d on d.environment_id = g.environment_id and d.id = g.directory_id
    where g.environment_id = ${work.environment} and d.organization_id = ${organization}
      and g.id = any (${wanted.map(({ group_id }) => group_id)})
    order by g.id for update of g`.execute(work.tx)
  return new Set(rows.map(({ id }) => id))
}

function requireOwnGroups(wanted: GroupRoles['group_roles'], own: ReadonlySet<string>): void {
  const seen = new Set<string>()
  const errors = wanted.flatMap(({ group_id: id }, index) => {
    const field = `group_roles.${index}.group_id`
    if (!own.has(id)) return [{ field, code: 'group_not_found', message: `The organization has no group '${id}'.` }]
    if (seen.has(id)) return [{ field, code: 'group_repeated', message: `The group '${id}' can give one role only.` }]
    seen.add(id)
    return []
  })
  if (errors.length > 0) throw new Invalid(errors, 'invalid_group_roles')
}

/** @throws NotFound for somebody the application does not see. */
export async function explainRole(
  db: Database,
  environment: EnvironmentId,
  id: DirectoryUserId,
): Promise<DirectoryUserRole> {
  const user = await db.kysely
    .selectFrom('directory_users')
    .select('role_slug')
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .where('visible', '=', true)
    .executeTakeFirst()
  if (!user) throw new NotFound('Directory User', id)
  const rows = await groupRoles(db.kysely, environment)
    .innerJoin('directory_memberships as m', (join) =>
      join.onRef('m.environment_id', '=', 'r.environment_id').onRef('m.group_id', '=', 'r.group_id'),
    )
    .where('m.user_id', '=', id)
    .execute()
  return {
    object: 'directory_user_role',
    user_id: id,
    role: { slug: user.role_slug },
    default_role: { slug: defaultRole },
    groups: rows.map(present),
  }
}

function groupRoles(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('directory_group_roles as r')
    .innerJoin('directory_groups as g', (join) =>
      join.onRef('g.environment_id', '=', 'r.environment_id').onRef('g.id', '=', 'r.group_id'),
    )
    .select(['g.directory_id', 'r.group_id', 'g.display_name', 'r.role_slug', 'r.priority'])
    .where('r.environment_id', '=', environment)
    .orderBy('r.priority')
    .orderBy('r.group_id')
}

type Row = Awaited<ReturnType<ReturnType<typeof groupRoles>['executeTakeFirstOrThrow']>>

function present({ directory_id, group_id, display_name, role_slug, priority }: Row): DirectoryGroupRole {
  return { object: 'directory_group_role', directory_id, group_id, group_name: display_name, role_slug, priority }
}
