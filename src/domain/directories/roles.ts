import type pg from 'pg'
import type { DirectoryUserId } from '#contracts/ids.ts'
import { EmittedEvents } from '#db/work.ts'
import { announceUser, defaultRole, planUser } from './plan-user.ts'
import { updateUser } from './save-user.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { userColumns, type UserRow } from './user-row.ts'

/** The role of a user: that of the group with the lowest priority among theirs, or the default one. */
export const effectiveRole = `coalesce((select r.role_slug from directory_memberships m
  join directory_group_roles r on r.environment_id = m.environment_id and r.group_id = m.group_id
  where m.environment_id = u.environment_id and m.user_id = u.id order by r.priority, r.group_id limit 1), '${defaultRole}')`

/** Settles the roles of people whose groups changed, and announces those that are others now. */
export async function refreshRoles(
  client: pg.PoolClient,
  directory: ScimDirectory,
  users: readonly DirectoryUserId[],
  now: Date,
): Promise<void> {
  if (users.length === 0) return
  const { rows } = await client.query<UserRow & { role: string }>(
    `select ${userColumns
      .split(', ')
      .map((column) => `u.${column}`)
      .join(', ')}, ${effectiveRole} as role
     from directory_users u where u.environment_id = $1 and u.directory_id = $2 and u.id = any ($3) and u.role_slug <> ${effectiveRole}
     order by u.id for update of u`,
    [directory.environment, directory.id, [...users]],
  )
  for (const row of rows) {
    const plan = planUser(directory, row, row.id, row.resource, now, row.role)
    const events = new EmittedEvents(directory.environment, now)
    announceUser(events.emit, plan, directory)
    await updateUser(client, directory, plan, row.version, events)
  }
}
