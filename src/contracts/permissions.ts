import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { PermissionId, Timestamp } from './ids.ts'
import { List, pageQuery } from './list.ts'

export const Permission = Type.Object({
  object: Type.Literal('permission'),
  id: PermissionId,
  slug: Type.String(),
  name: Type.String(),
  description: Type.Union([Type.String(), Type.Null()]),
  /** Whether the server made it; it makes none. */
  system: Type.Boolean(),
  /** What it is a permission of; there are organizations only. */
  resource_type_slug: Type.String(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Permission = Static<typeof Permission>

const Name = Type.String({ minLength: 1, maxLength: 48 })
const Description = Type.Union([Type.String({ maxLength: 150 }), Type.Null()])

export const PermissionCreate = Type.Object({
  /** Such as `documents:read`. */
  slug: Type.String({ pattern: '^[a-z0-9][a-z0-9:._*-]{0,47}$' }),
  name: Name,
  description: Type.Optional(Description),
  /** Permissions of anything else are refused. */
  resource_type_slug: Type.Optional(Type.Literal('organization')),
})
export type PermissionCreate = Static<typeof PermissionCreate>

export const PermissionUpdate = Type.Object({ name: Type.Optional(Name), description: Type.Optional(Description) })
export type PermissionUpdate = Static<typeof PermissionUpdate>

const params = Type.Object({ slug: Type.String() })
const tag = 'authorization'

export const listPermissions = endpoint({
  operationId: 'listPermissions',
  method: 'GET',
  path: '/authorization/permissions',
  summary: 'List permissions',
  tag,
  access: 'api_key',
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(Permission) },
})

export const createPermission = endpoint({
  operationId: 'createPermission',
  method: 'POST',
  path: '/authorization/permissions',
  summary: 'Create a permission',
  tag,
  access: 'api_key',
  body: PermissionCreate,
  success: { status: 201, body: Permission },
  errors: { 409: ['permission_slug_conflict'], 422: [] },
})

export const getPermission = endpoint({
  operationId: 'getPermission',
  method: 'GET',
  path: '/authorization/permissions/{slug}',
  summary: 'Get a permission',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: Permission },
  errors: { 404: ['entity_not_found'] },
})

export const updatePermission = endpoint({
  operationId: 'updatePermission',
  method: 'PATCH',
  path: '/authorization/permissions/{slug}',
  summary: 'Rename or describe a permission',
  tag,
  access: 'api_key',
  params,
  body: PermissionUpdate,
  success: { status: 200, body: Permission },
  errors: { 404: ['entity_not_found'], 422: [] },
})

export const deletePermission = endpoint({
  operationId: 'deletePermission',
  method: 'DELETE',
  path: '/authorization/permissions/{slug}',
  summary: 'Delete a permission and take it from every role',
  tag,
  access: 'api_key',
  params,
  success: { status: 204 },
  errors: { 404: ['entity_not_found'] },
})
