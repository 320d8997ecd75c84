import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { MagicAuthId, Timestamp, UserId } from './ids.ts'

export const MagicAuth = Type.Object({
  object: Type.Literal('magic_auth'),
  id: MagicAuthId,
  user_id: UserId,
  email: Type.String(),
  expires_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
  code: Type.String(),
})
export type MagicAuth = Static<typeof MagicAuth>

const MagicAuthCreate = Type.Object({
  email: EmailAddress,
  invitation_token: Type.Optional(Type.String()),
})
export type MagicAuthCreate = Static<typeof MagicAuthCreate>

const tag = 'magic-auth'
const errors = {
  400: ['authentication_method_not_allowed', 'invitation_invalid', 'sign_up_not_allowed'],
  422: ['invalid_request_parameters'],
  429: ['too_many_requests'],
}

export const createMagicAuth = endpoint({
  operationId: 'createMagicAuth',
  method: 'POST',
  path: '/user_management/magic_auth',
  summary: 'Make a code that signs a user in, to mail it yourself; an unknown address becomes a user',
  tag,
  access: 'api_key',
  body: MagicAuthCreate,
  success: { status: 201, body: MagicAuth },
  errors,
})

export const sendMagicAuth = endpoint({
  operationId: 'sendMagicAuth',
  method: 'POST',
  path: '/user_management/magic_auth/send',
  summary: 'Mail a user a code that signs them in, as SDKs before 8 ask for it',
  tag,
  access: 'api_key',
  body: MagicAuthCreate,
  success: { status: 200, empty: true },
  errors,
})

export const getMagicAuth = endpoint({
  operationId: 'getMagicAuth',
  method: 'GET',
  path: '/user_management/magic_auth/{id}',
  summary: 'Get a magic auth with its code',
  tag,
  access: 'api_key',
  secretFields: ['code'],
  params: Type.Object({ id: MagicAuthId }),
  success: { status: 200, body: MagicAuth },
  errors: { 404: ['entity_not_found'] },
})
