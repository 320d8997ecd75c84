import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { DirectoryGroupId, DirectoryId, DirectoryUserId, OrganizationId } from './ids.ts'
import { List } from './list.ts'

const tag = 'directory-sync'
const Role = Type.Object({ slug: Type.String() })
const RoleSlug = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' })

/** The role that members of a group have. Of somebody's groups the one with the lowest priority decides. */
export const DirectoryGroupRole = Type.Object({
  object: Type.Literal('directory_group_role'),
  directory_id: DirectoryId,
  group_id: DirectoryGroupId,
  group_name: Type.String(),
  role_slug: Type.String(),
  priority: Type.Integer(),
})
export type DirectoryGroupRole = Static<typeof DirectoryGroupRole>

/** Why somebody has their role. */
export const DirectoryUserRole = Type.Object({
  object: Type.Literal('directory_user_role'),
  user_id: DirectoryUserId,
  /** The role in effect: that of the first group below, or the default one. */
  role: Role,
  default_role: Role,
  /** Every group of theirs that gives a role, in order of priority. */
  groups: Type.Array(DirectoryGroupRole),
})
export type DirectoryUserRole = Static<typeof DirectoryUserRole>

export const GroupRoles = Type.Object({
  /** All of them, the strongest first. */
  group_roles: Type.Array(Type.Object({ group_id: Type.String(), role_slug: RoleSlug }), { maxItems: 1000 }),
})
export type GroupRoles = Static<typeof GroupRoles>

const params = Type.Object({ organization_id: OrganizationId })

export const listGroupRoles = endpoint({
  operationId: 'listGroupRoles',
  method: 'GET',
  path: '/organizations/{organization_id}/group_roles',
  summary: 'List which groups of an organization give which role, the strongest first',
  tag,
  access: 'api_key',
  extension: true,
  params,
  success: { status: 200, body: List(DirectoryGroupRole) },
  errors: { 404: ['entity_not_found'] },
})

export const setGroupRoles = endpoint({
  operationId: 'setGroupRoles',
  method: 'PUT',
  path: '/organizations/{organization_id}/group_roles',
  summary: 'Replace which groups give which role; members whose role changes are announced',
  tag,
  access: 'api_key',
  extension: true,
  params,
  body: GroupRoles,
  success: { status: 200, body: List(DirectoryGroupRole) },
  errors: { 404: ['entity_not_found'], 422: ['invalid_group_roles'] },
})

export const getDirectoryUserRole = endpoint({
  operationId: 'getDirectoryUserRole',
  method: 'GET',
  path: '/directory_users/{id}/role',
  summary: 'Explain the role of a directory user',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: DirectoryUserId }),
  success: { status: 200, body: DirectoryUserRole },
  errors: { 404: ['entity_not_found'] },
})
