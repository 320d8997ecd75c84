import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { EmailVerificationId, Timestamp, UserId } from './ids.ts'
import { User } from './users.ts'

export const EmailVerification = Type.Object({
  object: Type.Literal('email_verification'),
  id: EmailVerificationId,
  user_id: UserId,
  email: Type.String(),
  expires_at: Timestamp,
  created_at: Timestamp,
  updated_at: Timestamp,
  code: Type.String(),
})
export type EmailVerification = Static<typeof EmailVerification>

const tag = 'email-verification'
const params = Type.Object({ id: UserId })

export const getEmailVerification = endpoint({
  operationId: 'getEmailVerification',
  method: 'GET',
  path: '/user_management/email_verification/{id}',
  summary: 'Get an email verification with its code, to mail it yourself',
  tag,
  access: 'api_key',
  secretFields: ['code'],
  params: Type.Object({ id: EmailVerificationId }),
  success: { status: 200, body: EmailVerification },
  errors: { 404: ['entity_not_found'] },
})

export const sendUserEmailVerification = endpoint({
  operationId: 'sendUserEmailVerification',
  method: 'POST',
  path: '/user_management/users/{id}/email_verification/send',
  summary: 'Mail a user a code that proves the address',
  tag,
  access: 'api_key',
  params,
  success: { status: 200, body: Type.Object({ user: User }) },
  errors: { 400: ['email_already_verified'], 404: ['entity_not_found'], 429: ['too_many_requests'] },
})

export const confirmUserEmailVerification = endpoint({
  operationId: 'confirmUserEmailVerification',
  method: 'POST',
  path: '/user_management/users/{id}/email_verification/confirm',
  summary: 'Check the code a user got by mail',
  tag,
  access: 'api_key',
  params,
  body: Type.Object({ code: Type.String() }),
  success: { status: 200, body: Type.Object({ user: User }) },
  errors: {
    400: [
      'email_previously_verified',
      'email_verification_code_expired',
      'email_verification_code_incorrect',
      'email_verification_code_previously_used',
    ],
    404: ['entity_not_found'],
    422: ['invalid_request_parameters'],
  },
})
