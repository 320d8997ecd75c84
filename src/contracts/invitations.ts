import * as Type from 'typebox'
import type { Static } from 'typebox'
import { EmailAddress } from './email-address.ts'
import { endpoint } from './endpoint.ts'
import { InvitationId, OrganizationId, Timestamp, UserId } from './ids.ts'
import { List, pageQuery } from './list.ts'

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** What events say of an invitation: all but what opens it. */
export const InvitationEventData = Type.Object({
  object: Type.Literal('invitation'),
  id: InvitationId,
  email: Type.String(),
  state: Type.Enum(['pending', 'accepted', 'expired', 'revoked']),
  accepted_at: nullable(Timestamp),
  revoked_at: nullable(Timestamp),
  expires_at: Timestamp,
  organization_id: nullable(OrganizationId),
  inviter_user_id: nullable(UserId),
  accepted_user_id: nullable(UserId),
  role_slug: nullable(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type InvitationEventData = Static<typeof InvitationEventData>

export const Invitation = Type.Object({
  ...InvitationEventData.properties,
  token: Type.String(),
  accept_invitation_url: Type.String(),
})
export type Invitation = Static<typeof Invitation>

const Locale = Type.String({ maxLength: 35 })

export const InvitationCreate = Type.Object({
  email: EmailAddress,
  organization_id: Type.Optional(nullable(Type.String())),
  /** 1 to 30; 7 unless told. */
  expires_in_days: Type.Optional(nullable(Type.Integer())),
  inviter_user_id: Type.Optional(nullable(Type.String())),
  role_slug: Type.Optional(nullable(Type.String())),
  /** The language of the mail. */
  locale: Type.Optional(nullable(Locale)),
})
export type InvitationCreate = Static<typeof InvitationCreate>

const tag = 'invitations'
const params = Type.Object({ id: InvitationId })
const broken = ['invalid_request_parameters'] as const
const success = { status: 200, body: Invitation } as const

export const listInvitations = endpoint({
  operationId: 'listInvitations',
  method: 'GET',
  path: '/user_management/invitations',
  summary: 'List invitations',
  tag,
  access: 'api_key',
  secretFields: ['token', 'accept_invitation_url'],
  query: Type.Object({
    ...pageQuery,
    email: Type.Optional(Type.String()),
    organization_id: Type.Optional(Type.String()),
  }),
  success: { status: 200, body: List(Invitation) },
  errors: { 422: broken },
})

export const sendInvitation = endpoint({
  operationId: 'sendInvitation',
  method: 'POST',
  path: '/user_management/invitations',
  summary: 'Invite somebody by mail, into an organization or to the application alone',
  tag,
  access: 'api_key',
  body: InvitationCreate,
  success: { status: 201, body: Invitation },
  errors: {
    400: [
      'email_already_invited',
      'email_already_invited_to_organization',
      'expires_in_days_too_long',
      'expires_in_days_too_short',
      'invalid_locale',
      'invalid_role',
      'user_already_exists',
      'user_already_organization_member',
    ],
    404: ['entity_not_found'],
    422: broken,
  },
})

export const getInvitation = endpoint({
  operationId: 'getInvitation',
  method: 'GET',
  path: '/user_management/invitations/{id}',
  summary: 'Get an invitation',
  tag,
  access: 'api_key',
  secretFields: ['token', 'accept_invitation_url'],
  params,
  success,
  errors: { 404: ['entity_not_found'] },
})

export const findInvitationByToken = endpoint({
  operationId: 'findInvitationByToken',
  method: 'GET',
  path: '/user_management/invitations/by_token/{token}',
  summary: 'Get the invitation that a token is of',
  tag,
  access: 'api_key',
  secretFields: ['token', 'accept_invitation_url'],
  params: Type.Object({ token: Type.String() }),
  success,
  errors: { 404: ['entity_not_found'] },
})

export const acceptInvitation = endpoint({
  operationId: 'acceptInvitation',
  method: 'POST',
  path: '/user_management/invitations/{id}/accept',
  summary: 'Accept an invitation for the user with its address, who is made when there is none',
  tag,
  access: 'api_key',
  params,
  success,
  errors: { 400: ['invite_not_pending'], 404: ['entity_not_found'] },
})

export const revokeInvitation = endpoint({
  operationId: 'revokeInvitation',
  method: 'POST',
  path: '/user_management/invitations/{id}/revoke',
  summary: 'Take an invitation back',
  tag,
  access: 'api_key',
  params,
  success,
  errors: { 400: ['invite_not_pending'], 404: ['entity_not_found'] },
})

export const resendInvitation = endpoint({
  operationId: 'resendInvitation',
  method: 'POST',
  path: '/user_management/invitations/{id}/resend',
  summary: 'Mail an invitation again',
  tag,
  access: 'api_key',
  params,
  body: Type.Object({ locale: Type.Optional(nullable(Locale)) }),
  success,
  errors: {
    400: ['invalid_locale', 'invite_accepted', 'invite_expired', 'invite_revoked'],
    404: ['entity_not_found'],
    422: broken,
  },
})
