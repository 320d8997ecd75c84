import type { OrganizationId, RoleId } from '#contracts/ids.ts'
import type { Role } from '#contracts/roles.ts'
import type { Work } from '#db/work.ts'

/** The only resource there is. */
export const resourceType = 'organization'

export interface RoleRow {
  readonly id: RoleId
  readonly organization_id: OrganizationId | null
  readonly slug: string
  readonly name: string
  readonly description: string | null
  readonly is_default: boolean
  readonly priority: number
  readonly permissions: readonly string[]
  readonly created_at: Date
  readonly updated_at: Date
}

export function presentRole(row: RoleRow): Role {
  return {
    object: 'role',
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    type: row.organization_id === null ? 'EnvironmentRole' : 'OrganizationRole',
    resource_type_slug: resourceType,
    permissions: [...row.permissions],
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** Roles of the environment and of organizations have events of different names and shapes. */
export function announceRole(work: Work, what: 'created' | 'updated' | 'deleted', row: RoleRow): void {
  const { id: _id, type: _type, name, description, ...shared } = presentRole(row)
  const organization = row.organization_id
  if (organization === null) work.emit(`role.${what}`, shared, null)
  else
    work.emit(
      `organization_role.${what}`,
      { ...shared, object: 'organization_role', organization_id: organization, name, description },
      organization,
    )
}
