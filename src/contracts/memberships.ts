import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId, OrganizationMembershipId, Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'
import { User } from './users.ts'

export const MembershipStatus = Type.Enum(['active', 'inactive', 'pending'])
export type MembershipStatus = Static<typeof MembershipStatus>

const Role = Type.Object({ slug: Type.String() })

/** What events say of a membership. */
export const OrganizationMembershipEventData = Type.Object({
  object: Type.Literal('organization_membership'),
  id: OrganizationMembershipId,
  user_id: UserId,
  organization_id: OrganizationId,
  status: MembershipStatus,
  /** The strongest of the roles. */
  role: Role,
  roles: Type.Array(Role),
  custom_attributes: Type.Record(Type.String(), Type.Unknown()),
  /** Whether a directory says who belongs and in which role. */
  directory_managed: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type OrganizationMembershipEventData = Static<typeof OrganizationMembershipEventData>

export const OrganizationMembership = Type.Object({
  ...OrganizationMembershipEventData.properties,
  organization_name: Type.String(),
  user: User,
})
export type OrganizationMembership = Static<typeof OrganizationMembership>

/** One role, or several; at most one of the two fields. */
const roles = {
  role_slug: Type.Optional(Type.String({ minLength: 1 })),
  role_slugs: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 })),
}

export const MembershipRoles = Type.Object(roles)
export type MembershipRoles = Static<typeof MembershipRoles>

export const MembershipCreate = Type.Object({
  user_id: Type.String({ minLength: 1 }),
  organization_id: Type.String({ minLength: 1 }),
  ...roles,
})
export type MembershipCreate = Static<typeof MembershipCreate>

const params = Type.Object({ id: OrganizationMembershipId })
const tag = 'organization-memberships'
const broken = ['invalid_request_parameters', 'invalid_role'] as const

export const listOrganizationMemberships = endpoint({
  operationId: 'listOrganizationMemberships',
  method: 'GET',
  path: '/user_management/organization_memberships',
  summary: 'List the memberships of a user or of an organization; active ones unless statuses says otherwise',
  tag,
  access: 'api_key',
  query: Type.Object({
    ...pageQuery,
    user_id: Type.Optional(Type.String()),
    organization_id: Type.Optional(Type.String()),
    statuses: Type.Optional(Type.Array(MembershipStatus)),
  }),
  success: { status: 200, body: List(OrganizationMembership) },
  errors: { 400: ['missing_user_id_or_organization_id'] },
})

export const createOrganizationMembership = endpoint({
  operationId: 'createOrganizationMembership',
  method: 'POST',
  path: '/user_management/organization_memberships',
  summary: 'Make a user a member of an organization',
  tag,
  access: 'api_key',
  body: MembershipCreate,
  success: { status: 201, body: OrganizationMembership },
  errors: {
    400: ['cannot_reactivate_pending_organization_membership'],
    404: ['entity_not_found'],
    409: ['organization_membership_already_exists'],
    422: broken,
  },
})

export const getOrganizationMembership = endpoint({
  operationId: 'getOrganizationMembership',
  method: 'GET',
  path: '/user_management/organization_memberships/{id}',
  summary: 'Get a membership',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: OrganizationMembership },
  errors: { 404: ['entity_not_found'] },
})

export const updateOrganizationMembership = endpoint({
  operationId: 'updateOrganizationMembership',
  method: 'PUT',
  path: '/user_management/organization_memberships/{id}',
  summary: 'Give a member another role, or several',
  tag,
  access: 'api_key',
  params,
  body: MembershipRoles,
  success: { status: 200, body: OrganizationMembership },
  errors: { 404: ['entity_not_found'], 422: broken },
})

export const deactivateOrganizationMembership = endpoint({
  operationId: 'deactivateOrganizationMembership',
  method: 'PUT',
  path: '/user_management/organization_memberships/{id}/deactivate',
  summary: 'Close an organization to a member and end their sessions there; it can be opened again',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: OrganizationMembership },
  errors: { 400: ['cannot_deactivate_pending_organization_membership'], 404: ['entity_not_found'] },
})

export const reactivateOrganizationMembership = endpoint({
  operationId: 'reactivateOrganizationMembership',
  method: 'PUT',
  path: '/user_management/organization_memberships/{id}/reactivate',
  summary: 'Open an organization to a deactivated member again',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: OrganizationMembership },
  errors: { 400: ['cannot_reactivate_pending_organization_membership'], 404: ['entity_not_found'] },
})

export const deleteOrganizationMembership = endpoint({
  operationId: 'deleteOrganizationMembership',
  method: 'DELETE',
  path: '/user_management/organization_memberships/{id}',
  summary: 'Delete a membership and end the member’s sessions there',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, empty: true },
  errors: { 404: ['entity_not_found'] },
})
