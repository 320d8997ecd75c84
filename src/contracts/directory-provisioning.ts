import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { DirectoryUserId, OrganizationMembershipId, Timestamp, UserId } from './ids.ts'

/** What became of somebody of a directory here. */
export const DirectoryUserProvisioning = Type.Object({
  object: Type.Literal('directory_user_provisioning'),
  directory_user_id: DirectoryUserId,
  /** Null as long as nobody's membership follows them. */
  user_id: Type.Union([UserId, Type.Null()]),
  organization_membership_id: Type.Union([OrganizationMembershipId, Type.Null()]),
  /** Why the last attempt came to nothing. The next change of theirs is the next attempt. */
  refusal: Type.Union([
    Type.Object({ reason: Type.String(), message: Type.String(), refused_at: Timestamp }),
    Type.Null(),
  ]),
})
export type DirectoryUserProvisioning = Static<typeof DirectoryUserProvisioning>

export const getDirectoryUserProvisioning = endpoint({
  operationId: 'getDirectoryUserProvisioning',
  method: 'GET',
  path: '/directory_users/{id}/provisioning',
  summary: 'Which user and membership a directory user became, or why none',
  tag: 'directory-sync',
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: DirectoryUserId }),
  success: { status: 200, body: DirectoryUserProvisioning },
  errors: { 404: ['entity_not_found'] },
})
