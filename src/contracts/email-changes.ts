import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { Timestamp, UserId } from './ids.ts'
import { User } from './users.ts'

/** A change of address that waits for the code that went to the new one. */
export const EmailChange = Type.Object({
  object: Type.Literal('email_change'),
  user: User,
  new_email: Type.String(),
  expires_at: Timestamp,
  created_at: Timestamp,
})
export type EmailChange = Static<typeof EmailChange>

const EmailChangeConfirmation = Type.Object({ object: Type.Literal('email_change_confirmation'), user: User })

const tag = 'users'
const params = Type.Object({ id: UserId })

export const sendEmailChange = endpoint({
  operationId: 'sendEmailChange',
  method: 'POST',
  path: '/user_management/users/{id}/email_change/send',
  summary: 'Mail a code to the address a user wants to have',
  tag,
  access: 'api_key',
  params,
  body: Type.Object({ new_email: EmailAddress }),
  success: { status: 200, body: EmailChange },
  errors: {
    404: ['entity_not_found'],
    409: ['email_change_not_allowed', 'email_change_not_needed', 'email_not_available'],
    422: ['invalid_request_parameters'],
  },
})

export const confirmEmailChange = endpoint({
  operationId: 'confirmEmailChange',
  method: 'POST',
  path: '/user_management/users/{id}/email_change/confirm',
  summary: 'Change the address of a user who shows the code',
  tag,
  access: 'api_key',
  params,
  body: Type.Object({ code: Type.String() }),
  success: { status: 200, body: EmailChangeConfirmation },
  errors: {
    400: ['email_change_code_expired', 'email_change_code_incorrect'],
    404: ['entity_not_found'],
    409: [
      'email_change_code_previously_used',
      'email_change_not_allowed',
      'email_not_available',
      'no_pending_email_change',
    ],
    422: ['invalid_request_parameters'],
    429: ['email_change_too_many_attempts'],
  },
})
