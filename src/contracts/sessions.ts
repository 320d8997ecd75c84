import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Impersonator } from './authentication.ts'
import { endpoint } from './endpoint.ts'
import { OrganizationId, SessionId, Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])

export const Session = Type.Object({
  object: Type.Literal('session'),
  id: SessionId,
  user_id: UserId,
  organization_id: Type.Optional(OrganizationId),
  impersonator: Type.Optional(Impersonator),
  ip_address: nullableString,
  user_agent: nullableString,
  auth_method: Type.Enum(['external_auth', 'impersonation', 'magic_code', 'oauth', 'passkey', 'password', 'sso']),
  status: Type.Enum(['active', 'expired', 'revoked']),
  expires_at: Timestamp,
  ended_at: Type.Union([Timestamp, Type.Null()]),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Session = Static<typeof Session>

const tag = 'sessions'

export const listUserSessions = endpoint({
  operationId: 'listUserSessions',
  method: 'GET',
  path: '/user_management/users/{id}/sessions',
  summary: 'List the sessions of a user',
  tag,
  access: 'api_key',
  params: Type.Object({ id: UserId }),
  query: Type.Object(pageQuery),
  success: { status: 200, body: List(Session) },
  errors: { 404: ['entity_not_found'] },
})

export const revokeSession = endpoint({
  operationId: 'revokeSession',
  method: 'POST',
  path: '/user_management/sessions/revoke',
  summary: 'End a session; access tokens it has already given run out by themselves',
  tag,
  access: 'api_key',
  body: Type.Object({ session_id: SessionId, return_to: Type.Optional(Type.String()) }),
  success: { status: 200, empty: true },
  errors: { 404: ['entity_not_found'] },
})

export const logoutSession = endpoint({
  operationId: 'logoutSession',
  method: 'GET',
  path: '/user_management/sessions/logout',
  summary: 'End a session in the browser; answers with a redirect to a registered address',
  tag,
  access: 'public',
  query: Type.Object({ session_id: Type.Optional(Type.String()), return_to: Type.Optional(Type.String()) }),
  success: { status: 204 },
})
