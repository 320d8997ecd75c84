import { PermissionCreate } from '#contracts/permissions.ts'
import { RoleCreate } from '#contracts/roles.ts'
import { compact, type Located, type Path, type SeedReader } from './seed-reader.ts'

export interface SeedPermission extends Located {
  readonly slug: string
  readonly name?: string
  readonly description?: string
}

export interface SeedRole extends Located {
  readonly slug: string
  /** The id, external id or name of the organization it is a role of; left out for one of the environment. */
  readonly organization?: string
  readonly name?: string
  readonly description?: string
  /** Slugs of permissions: all that the role allows. */
  readonly permissions?: readonly string[]
}

const roleKeys = ['slug', 'name', 'description', 'permissions', 'type', 'organization', 'organization_id'] as const

const ofOrganizations = 'there are roles and permissions in organizations only'

export function readPermission(reader: SeedReader, path: Path, value: unknown): SeedPermission {
  const fields = reader.fields(path, value, ['slug', 'name', 'description'], { resource_type_slug: ofOrganizations })
  const said = compact({
    slug: fields.required('slug'),
    name: fields.text('name'),
    description: fields.text('description'),
  })
  if (said.slug !== '') reader.conforms(path, PermissionCreate, { name: said.slug, ...said })
  return { line: fields.line, ...said }
}

/** @returns nothing for a role of some organization that the file does not name: one of the environment would open all. */
export function readRole(reader: SeedReader, path: Path, value: unknown): SeedRole[] {
  const fields = reader.fields(path, value, [...roleKeys], {
    resource_type_slug: ofOrganizations,
    priority: 'the order is that of the file, and PUT /authorization/roles changes it',
    is_default_role: 'PUT /authorization/roles says which one is the default',
  })
  const type = fields.choice('type', ['EnvironmentRole', 'OrganizationRole'])
  const organization = fields.text('organization') ?? fields.text('organization_id')
  if (type === 'EnvironmentRole' && organization !== undefined)
    reader.complain(path, 'a role of the environment is one in every organization; leave the organization out.')
  const said = compact({
    slug: fields.required('slug'),
    name: fields.text('name'),
    description: fields.text('description'),
  })
  if (said.slug !== '') reader.conforms(path, RoleCreate, { name: said.slug, ...said })
  const role = compact({ line: fields.line, ...said, organization, permissions: fields.textList('permissions') })
  if (type !== 'OrganizationRole' || organization !== undefined) return [role]
  reader.ignored.push(`line ${fields.line}: role ${said.slug} (say in which organization)`)
  return []
}
