import type { PermissionId } from '#contracts/ids.ts'
import type { Role } from '#contracts/roles.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { presentRole } from './present.ts'
import { lockRole, type RoleOwner } from './read.ts'
import { touchRole } from './update.ts'

/** Replaces what a role allows; the same again is no news. @throws NotFound for the role or a permission. */
export async function setRolePermissions(
  work: Work,
  owner: RoleOwner,
  slug: string,
  permissions: readonly string[],
): Promise<Role> {
  const role = await lockRole(work, owner, slug)
  const wanted = await findPermissions(work, permissions)
  if (role.permissions.join() === [...wanted.keys()].toSorted().join()) return presentRole(role)
  await work.tx
    .deleteFrom('role_permissions')
    .where('environment_id', '=', work.environment)
    .where('role_id', '=', role.id)
    .execute()
  const rows = [...wanted.values()].map((permission_id) => ({
    environment_id: work.environment,
    role_id: role.id,
    permission_id,
  }))
  if (rows.length > 0) await work.tx.insertInto('role_permissions').values(rows).execute()
  return presentRole(await touchRole(work, role))
}

/** @throws NotFound for the role or the permission. */
export async function addRolePermission(work: Work, owner: RoleOwner, slug: string, permission: string): Promise<Role> {
  const { permissions } = await lockRole(work, owner, slug)
  return setRolePermissions(work, owner, slug, [...permissions, permission])
}

/** @throws NotFound for the role, or for a permission that it does not have. */
export async function removeRolePermission(
  work: Work,
  owner: RoleOwner,
  slug: string,
  permission: string,
): Promise<Role> {
  const { permissions } = await lockRole(work, owner, slug)
  if (!permissions.includes(permission)) throw new NotFound('Permission', permission)
  return setRolePermissions(
    work,
    owner,
    slug,
    permissions.filter((one) => one !== permission),
  )
}

/** By slug, each once; they stay until the transaction ends. */
async function findPermissions(work: Work, slugs: readonly string[]): Promise<Map<string, PermissionId>> {
  if (slugs.length === 0) return new Map()
  const rows = await work.tx
    .selectFrom('permissions')
    .select(['slug', 'id'])
    .where('environment_id', '=', work.environment)
    .where('slug', 'in', slugs)
    .orderBy('id')
    .forKeyShare()
    .execute()
  const found = new Map(rows.map(({ slug, id }) => [slug, id]))
  for (const slug of slugs) if (!found.has(slug)) throw new NotFound('Permission', slug)
  return found
}
