import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { OrganizationId, Timestamp, UserId } from './ids.ts'

const tag = 'users'

export const ImpersonationCreate = Type.Object({
  /** Who looks; the application and the log are told. */
  impersonator_email: Type.String({ format: 'email', maxLength: 254 }),
  /** Why; the application and the log are told. */
  reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }),
  /** Where the session is to be; theirs to choose or imply otherwise. */
  organization_id: Type.Optional(OrganizationId),
  /** Registered; the default one unless given. */
  redirect_uri: Type.Optional(Type.String({ maxLength: 2048 })),
})
export type ImpersonationCreate = Static<typeof ImpersonationCreate>

export const Impersonation = Type.Object({
  object: Type.Literal('impersonation'),
  user_id: UserId,
  /** Signs in once whoever opens it first: for the impersonator's browser alone. */
  url: Type.String(),
  expires_at: Timestamp,
})
export type Impersonation = Static<typeof Impersonation>

export const impersonateUser = endpoint({
  operationId: 'impersonateUser',
  method: 'POST',
  path: '/user_management/users/{id}/impersonate',
  summary: 'Get a one-time link that signs its opener in as a user, for an hour at most and for everybody to see',
  tag,
  access: 'api_key',
  extension: true,
  params: Type.Object({ id: UserId }),
  body: ImpersonationCreate,
  success: { status: 201, body: Impersonation },
  errors: { 400: ['impersonation_disabled', 'redirect_uri_not_registered'], 404: ['entity_not_found'], 422: [] },
})
