import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId, RoleId, Timestamp } from './ids.ts'

const slugPattern = '^[a-z0-9][a-z0-9_-]{0,47}$'
const Description = Type.Union([Type.String({ maxLength: 150 }), Type.Null()])
const Name = Type.String({ minLength: 1, maxLength: 48 })

/** Roles in anything else are refused, not made to mean something else. */
const resourceType = { resource_type_slug: Type.Optional(Type.Literal('organization')) }

export const Role = Type.Object({
  object: Type.Literal('role'),
  id: RoleId,
  slug: Type.String(),
  name: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  type: Type.Enum(['EnvironmentRole', 'OrganizationRole']),
  /** What it is a role in; there are organizations only. */
  resource_type_slug: Type.String(),
  permissions: Type.Array(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Role = Static<typeof Role>

/** All of them at once, the strongest first. */
export const RoleList = Type.Object({ object: Type.Literal('list'), data: Type.Array(Role) })
export type RoleList = Static<typeof RoleList>

export const RoleEventData = Type.Object({
  object: Type.Literal('role'),
  slug: Type.String(),
  resource_type_slug: Type.String(),
  permissions: Type.Array(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
})

export const OrganizationRoleEventData = Type.Object({
  object: Type.Literal('organization_role'),
  organization_id: OrganizationId,
  slug: Type.String(),
  name: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  resource_type_slug: Type.String(),
  permissions: Type.Array(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
})

export const RoleCreate = Type.Object({
  slug: Type.String({ pattern: slugPattern }),
  name: Name,
  description: Type.Optional(Description),
  ...resourceType,
})
export type RoleCreate = Static<typeof RoleCreate>

export const OrganizationRoleCreate = Type.Object({
  /** Made of the name when it is left out. */
  slug: Type.Optional(Type.String({ pattern: slugPattern })),
  name: Name,
  description: Type.Optional(Description),
  ...resourceType,
})

export const RoleUpdate = Type.Object({ name: Type.Optional(Name), description: Type.Optional(Description) })
export type RoleUpdate = Static<typeof RoleUpdate>

export const RoleOrder = Type.Object({
  /** Every role of the environment, the strongest first. */
  role_slugs: Type.Array(Type.String(), { maxItems: 1000 }),
  /** The role of members who are given none. */
  default_role_slug: Type.Optional(Type.String()),
})
export type RoleOrder = Static<typeof RoleOrder>

const OnePermission = Type.Object({ slug: Type.String({ minLength: 1 }) })
const AllPermissions = Type.Object({ permissions: Type.Array(Type.String({ minLength: 1 }), { maxItems: 1000 }) })

const tag = 'authorization'
const params = Type.Object({ slug: Type.String() })
const organization = Type.Object({ organization_id: OrganizationId })
const organizationRole = Type.Object({ organization_id: OrganizationId, slug: Type.String() })
const role = { status: 200, body: Role } as const
const common = { tag, access: 'api_key' } as const
const notFound = { 404: ['entity_not_found'] } as const

export const listEnvironmentRoles = endpoint({
  ...common,
  operationId: 'listEnvironmentRoles',
  method: 'GET',
  path: '/authorization/roles',
  summary: 'List the roles of the environment, the strongest first',
  success: { status: 200, body: RoleList },
})

export const createEnvironmentRole = endpoint({
  ...common,
  operationId: 'createEnvironmentRole',
  method: 'POST',
  path: '/authorization/roles',
  summary: 'Create a role of every organization, just above the default one',
  body: RoleCreate,
  success: { status: 201, body: Role },
  errors: { 409: ['role_slug_conflict'], 422: [] },
})

export const orderEnvironmentRoles = endpoint({
  ...common,
  operationId: 'orderEnvironmentRoles',
  method: 'PUT',
  path: '/authorization/roles',
  summary: 'Say which role is stronger than which, and which is the default',
  extension: true,
  body: RoleOrder,
  success: { status: 200, body: RoleList },
  errors: { 422: ['invalid_role_order'] },
})

export const getEnvironmentRole = endpoint({
  ...common,
  operationId: 'getEnvironmentRole',
  method: 'GET',
  path: '/authorization/roles/{slug}',
  summary: 'Get a role of the environment',
  params,
  success: role,
  errors: notFound,
})

export const updateEnvironmentRole = endpoint({
  ...common,
  operationId: 'updateEnvironmentRole',
  method: 'PATCH',
  path: '/authorization/roles/{slug}',
  summary: 'Rename or describe a role of the environment',
  params,
  body: RoleUpdate,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const deleteEnvironmentRole = endpoint({
  ...common,
  operationId: 'deleteEnvironmentRole',
  method: 'DELETE',
  path: '/authorization/roles/{slug}',
  summary: 'Delete a role that nobody has',
  extension: true,
  params,
  success: { status: 204 },
  errors: { ...notFound, 409: ['role_has_assignments', 'role_has_group_role_mappings', 'role_is_default'] },
})

export const addEnvironmentRolePermission = endpoint({
  ...common,
  operationId: 'addEnvironmentRolePermission',
  method: 'POST',
  path: '/authorization/roles/{slug}/permissions',
  summary: 'Add a permission to a role of the environment',
  params,
  body: OnePermission,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const setEnvironmentRolePermissions = endpoint({
  ...common,
  operationId: 'setEnvironmentRolePermissions',
  method: 'PUT',
  path: '/authorization/roles/{slug}/permissions',
  summary: 'Replace the permissions of a role of the environment',
  params,
  body: AllPermissions,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const listOrganizationRoles = endpoint({
  ...common,
  operationId: 'listOrganizationRoles',
  method: 'GET',
  path: '/authorization/organizations/{organization_id}/roles',
  summary: 'List the roles members of an organization can have, the strongest first',
  params: organization,
  success: { status: 200, body: RoleList },
  errors: notFound,
})

export const listRolesOfOrganization = endpoint({
  ...common,
  operationId: 'listRolesOfOrganization',
  method: 'GET',
  path: '/organizations/{organization_id}/roles',
  summary: 'The same where older SDKs look for it',
  params: organization,
  success: { status: 200, body: RoleList },
  errors: notFound,
})

export const createOrganizationRole = endpoint({
  ...common,
  operationId: 'createOrganizationRole',
  method: 'POST',
  path: '/authorization/organizations/{organization_id}/roles',
  summary: 'Create a role of one organization',
  params: organization,
  body: OrganizationRoleCreate,
  success: { status: 201, body: Role },
  errors: { ...notFound, 409: ['organization_role_slug_conflict'], 422: [] },
})

export const getOrganizationRole = endpoint({
  ...common,
  operationId: 'getOrganizationRole',
  method: 'GET',
  path: '/authorization/organizations/{organization_id}/roles/{slug}',
  summary: 'Get a role that members of an organization can have',
  params: organizationRole,
  success: role,
  errors: notFound,
})

export const updateOrganizationRole = endpoint({
  ...common,
  operationId: 'updateOrganizationRole',
  method: 'PATCH',
  path: '/authorization/organizations/{organization_id}/roles/{slug}',
  summary: 'Rename or describe a role of one organization',
  params: organizationRole,
  body: RoleUpdate,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const deleteOrganizationRole = endpoint({
  ...common,
  operationId: 'deleteOrganizationRole',
  method: 'DELETE',
  path: '/authorization/organizations/{organization_id}/roles/{slug}',
  summary: 'Delete a role of one organization that nobody has',
  params: organizationRole,
  success: { status: 204 },
  errors: { ...notFound, 409: ['role_has_assignments', 'role_has_group_role_mappings'] },
})

export const addOrganizationRolePermission = endpoint({
  ...common,
  operationId: 'addOrganizationRolePermission',
  method: 'POST',
  path: '/authorization/organizations/{organization_id}/roles/{slug}/permissions',
  summary: 'Add a permission to a role of one organization',
  params: organizationRole,
  body: OnePermission,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const setOrganizationRolePermissions = endpoint({
  ...common,
  operationId: 'setOrganizationRolePermissions',
  method: 'PUT',
  path: '/authorization/organizations/{organization_id}/roles/{slug}/permissions',
  summary: 'Replace the permissions of a role of one organization',
  params: organizationRole,
  body: AllPermissions,
  success: role,
  errors: { ...notFound, 422: [] },
})

export const removeOrganizationRolePermission = endpoint({
  ...common,
  operationId: 'removeOrganizationRolePermission',
  method: 'DELETE',
  path: '/authorization/organizations/{organization_id}/roles/{slug}/permissions/{permission_slug}',
  summary: 'Take a permission from a role of one organization',
  params: Type.Object({ organization_id: OrganizationId, slug: Type.String(), permission_slug: Type.String() }),
  success: role,
  errors: notFound,
})
