import { sql } from 'kysely'
import type { Work } from '#db/work.ts'
import { Conflict } from '../errors.ts'
import { announceRole } from './present.ts'
import { lockRole, type RoleOwner } from './read.ts'

/**
 * A role goes when nobody has it, no invitation promises it and no group of a directory gives it.
 * @throws NotFound; Conflict `role_has_assignments`, `role_has_group_role_mappings` or `role_is_default`.
 */
export async function removeRole(work: Work, owner: RoleOwner, slug: string): Promise<void> {
  const role = await lockRole(work, owner, slug)
  if (role.is_default) throw new Conflict('Members who are given no role get this one.', 'role_is_default')
  const within = owner === null ? sql`` : sql`and organization_id = ${owner}`
  const { rows } = await sql<{ assigned: boolean; mapped: boolean }>`
    select
      exists (select from organization_memberships
        where environment_id = ${work.environment} ${within} and ${slug} = any (role_slugs))
      or exists (select from invitations
        where environment_id = ${work.environment} ${within} and state = 'pending' and role_slug = ${slug}
          and expires_at > ${work.now}) as assigned,
      exists (select from directory_group_roles
        where environment_id = ${work.environment} ${within} and role_slug = ${slug}) as mapped`.execute(work.tx)
  if (rows[0]?.assigned)
    throw new Conflict('Members have this role. Give them another one first.', 'role_has_assignments')
  if (rows[0]?.mapped)
    throw new Conflict('Groups give this role. Map them otherwise first.', 'role_has_group_role_mappings')
  await work.tx.deleteFrom('roles').where('environment_id', '=', work.environment).where('id', '=', role.id).execute()
  announceRole(work, 'deleted', role)
}
