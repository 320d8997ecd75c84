import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { User } from './users.ts'

export const IdentityReason = Type.Object({
  code: Type.Enum([
    'identity_linked',
    'address_changed',
    'address_held',
    'address_free',
    'organization_vouches',
    'provider_vouches',
    'nobody_vouches',
    'sign_up_closed',
    'password_unproven',
  ]),
  message: Type.String(),
})
export type IdentityReason = Static<typeof IdentityReason>

/** Who somebody would become who signs in through a connection now, and why. Nothing is changed by asking. */
export const IdentityExplanation = Type.Object({
  object: Type.Literal('identity_explanation'),
  email: Type.String(),
  connection_id: Type.String(),
  becomes: Type.Enum(['linked_user', 'existing_user', 'new_user', 'nobody']),
  /** Who it would be, unless somebody new or nobody. */
  user: Type.Union([User, Type.Null()]),
  /** When the account at the identity provider starts to open the user's. */
  links: Type.Enum(['before', 'now', 'after_inbox', 'never']),
  /** Whether the user's inbox counts as shown. */
  email_proven: Type.Boolean(),
  joins_organization: Type.Boolean(),
  /** Whether what somebody set up who never showed the inbox goes: their password, with passkeys and sessions. */
  removes_unproven_password: Type.Boolean(),
  reasons: Type.Array(IdentityReason),
})
export type IdentityExplanation = Static<typeof IdentityExplanation>

export const explainIdentity = endpoint({
  operationId: 'explainIdentity',
  method: 'GET',
  path: '/user_management/identity_explanations',
  summary: 'Tell who an address would become that a connection or social provider names, and why',
  tag: 'users',
  access: 'api_key',
  extension: true,
  query: Type.Object({
    email: EmailAddress,
    /** Of a connection, or of a social provider. */
    connection_id: Type.String(),
    /** What the identity provider calls the person; without it, as if they came for the first time. */
    idp_id: Type.Optional(Type.String()),
    /** Whether the social provider says that it has verified the address. */
    email_verified: Type.Optional(Type.Boolean()),
  }),
  success: { status: 200, body: IdentityExplanation },
  errors: { 404: ['entity_not_found'], 422: ['invalid_request_parameters'] },
})
