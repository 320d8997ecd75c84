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
  readonly name?: string
  readonly description?: string
  /** Slugs of permissions: all that the role allows. */
  readonly permissions?: readonly string[]
}

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

export function readRole(reader: SeedReader, path: Path, value: unknown): SeedRole {
  const fields = reader.fields(path, value, ['slug', 'name', 'description', 'permissions', 'type'], {
    resource_type_slug: ofOrganizations,
    priority: 'the order is that of the file, and PUT /authorization/roles changes it',
    is_default_role: 'PUT /authorization/roles says which one is the default',
  })
  // A role of one organization would open all of them.
  fields.choice('type', ['EnvironmentRole'])
  const said = compact({
    slug: fields.required('slug'),
    name: fields.text('name'),
    description: fields.text('description'),
  })
  if (said.slug !== '') reader.conforms(path, RoleCreate, { name: said.slug, ...said })
  return compact({ line: fields.line, ...said, permissions: fields.textList('permissions') })
}
