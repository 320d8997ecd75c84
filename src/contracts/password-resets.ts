import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { PasswordResetId, Timestamp, UserId } from './ids.ts'
import { User } from './users.ts'

export const PasswordReset = Type.Object({
  object: Type.Literal('password_reset'),
  id: PasswordResetId,
  user_id: UserId,
  email: Type.String(),
  expires_at: Timestamp,
  created_at: Timestamp,
  password_reset_token: Type.String(),
  password_reset_url: Type.String(),
})
export type PasswordReset = Static<typeof PasswordReset>

/** Events hold nothing that opens anything. */
export const PasswordResetEventData = Type.Omit(PasswordReset, ['password_reset_token', 'password_reset_url'])

const tag = 'password-reset'
const invalid = ['invalid_request_parameters']

export const createPasswordReset = endpoint({
  operationId: 'createPasswordReset',
  method: 'POST',
  path: '/user_management/password_reset',
  summary: 'Make a token that lets a user choose a new password, to mail it yourself',
  tag,
  access: 'api_key',
  body: Type.Object({ email: EmailAddress }),
  success: { status: 201, body: PasswordReset },
  errors: { 403: ['email_password_auth_disabled'], 404: ['entity_not_found'], 422: invalid },
})

export const sendPasswordReset = endpoint({
  operationId: 'sendPasswordReset',
  method: 'POST',
  path: '/user_management/password_reset/send',
  summary: 'Mail a user a link to choose a new password, as SDKs before 8 ask for it',
  tag,
  access: 'api_key',
  body: Type.Object({ email: EmailAddress, password_reset_url: Type.String({ format: 'uri' }) }),
  success: { status: 200, empty: true },
  errors: { 403: ['email_password_auth_disabled'], 404: ['entity_not_found'], 422: invalid },
})

export const getPasswordReset = endpoint({
  operationId: 'getPasswordReset',
  method: 'GET',
  path: '/user_management/password_reset/{id}',
  summary: 'Get a password reset with its token',
  tag,
  access: 'api_key',
  secretFields: ['password_reset_token', 'password_reset_url'],
  params: Type.Object({ id: PasswordResetId }),
  success: { status: 200, body: PasswordReset },
  errors: { 404: ['entity_not_found'] },
})

export const confirmPasswordReset = endpoint({
  operationId: 'confirmPasswordReset',
  method: 'POST',
  path: '/user_management/password_reset/confirm',
  summary: 'Set the new password of who has the token; all sessions of the user end',
  tag,
  access: 'api_key',
  body: Type.Object({ token: Type.String({ minLength: 1 }), new_password: Type.String({ maxLength: 1024 }) }),
  success: { status: 200, body: Type.Object({ user: User }) },
  errors: {
    400: ['password_reset_error', 'password_strength_error'],
    403: ['email_password_auth_disabled'],
    404: ['password_reset_token_not_found'],
    422: invalid,
  },
})
