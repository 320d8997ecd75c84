import type { OrganizationId } from '#contracts/ids.ts'
import {
  createEnvironmentRole,
  createOrganizationRole,
  type Role,
  type RoleCreate,
  type RoleUpdate,
  setEnvironmentRolePermissions,
  setOrganizationRolePermissions,
  updateEnvironmentRole,
  updateOrganizationRole,
} from '#contracts/roles.ts'
import { useChange } from '../../api/queries.ts'

interface RoleChanges {
  create(role: RoleCreate): Promise<Role>
  update(slug: string, facts: RoleUpdate): Promise<Role>
  give(slug: string, permissions: readonly string[]): Promise<Role>
}

/** The same three changes, of a role that every organization has or of one that a single organization has. */
export function useRoleChanges(organization: OrganizationId | undefined): RoleChanges {
  const [create, update, give] = [
    useChange(createEnvironmentRole),
    useChange(updateEnvironmentRole),
    useChange(setEnvironmentRolePermissions),
  ]
  const [createOwn, updateOwn, giveOwn] = [
    useChange(createOrganizationRole),
    useChange(updateOrganizationRole),
    useChange(setOrganizationRolePermissions),
  ]
  if (organization === undefined)
    return {
      create: (body) => create.mutateAsync({ body }),
      update: (slug, body) => update.mutateAsync({ params: { slug }, body }),
      give: (slug, permissions) => give.mutateAsync({ params: { slug }, body: { permissions: [...permissions] } }),
    }
  const of = (slug: string) => ({ organization_id: organization, slug })
  return {
    create: (body) => createOwn.mutateAsync({ params: { organization_id: organization }, body }),
    update: (slug, body) => updateOwn.mutateAsync({ params: of(slug), body }),
    give: (slug, permissions) => giveOwn.mutateAsync({ params: of(slug), body: { permissions: [...permissions] } }),
  }
}
