import type pg from 'pg'
import type { DirectoryGroupId, DirectoryId, DirectoryUserId } from '#contracts/ids.ts'
import { EmittedEvents } from '#db/work.ts'
import { announceMemberships } from './announce-memberships.ts'
import { announceUser, defaultRole, planUser } from './plan-user.ts'
import { updateUser } from './save-user.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { userColumnsOfU, type UserRow } from './user-row.ts'

/** The role of a user: that of the group with the lowest priority among theirs, or the default one. */
export const effectiveRole = `coalesce((select r.role_slug from directory_memberships m
  join directory_group_roles r on r.environment_id = m.environment_id and r.group_id = m.group_id
  where m.environment_id = u.environment_id and m.user_id = u.id order by r.priority, r.group_id limit 1), '${defaultRole}')`

/**
 * To be called first by a transaction that changes members of groups that give roles, or settles roles. Two of them at
 * once would each see half of the groups of a person, and both store a role that is wrong.
 */
export async function lockRoles(client: pg.ClientBase, directory: { readonly id: DirectoryId }): Promise<void> {
  await client.query({
    name: 'directory-roles-lock',
    text: `select pg_advisory_xact_lock(hashtextextended($1, 7240110)), set_config('gatehouse.settles_roles', 'on', true)`,
    values: [directory.id],
  })
}

/** Whether a change of members failed for want of lockRoles: see the SQL function share_group. */
export function givesRole(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'GH001'
}

/** Members of a group that gives a role; nobody when it gives none. */
export async function membersWithRole(
  client: pg.ClientBase,
  directory: ScimDirectory,
  group: DirectoryGroupId,
): Promise<DirectoryUserId[]> {
  const { rows } = await client.query<{ id: DirectoryUserId }>(
    `select m.user_id as id from directory_group_roles r
     join directory_memberships m on m.environment_id = r.environment_id and m.group_id = r.group_id
     where r.environment_id = $1 and r.group_id = $2`,
    [directory.environment, group],
  )
  return rows.map(({ id }) => id)
}

/** Settles the roles of people whose groups changed, and announces those that are others now. */
export async function refreshRoles(
  client: pg.PoolClient,
  directory: ScimDirectory,
  users: readonly DirectoryUserId[],
  now: Date,
): Promise<void> {
  if (users.length === 0) return
  const { rows } = await client.query<UserRow & { role: string }>(
    `select ${userColumnsOfU}, ${effectiveRole} as role from directory_users u
     where u.environment_id = $1 and u.directory_id = $2 and u.id = any ($3) and u.role_slug <> ${effectiveRole}
     order by u.id for update of u`,
    [directory.environment, directory.id, [...users]],
  )
  for (const row of rows) {
    const plan = planUser(directory, row, row.id, row.resource, now, row.role)
    const events = new EmittedEvents(directory.environment, now)
    announceUser(events.emit, plan, directory)
    if (plan.news === 'created') await announceMemberships(client, events, directory, plan)
    await updateUser(client, directory, plan, row.version, events)
  }
}
