import * as Type from 'typebox'
import type { Static, TSchema } from 'typebox'
import type { eventNames } from './event-names.ts'
import { AlertFiringData, AlertRecoveredData } from './alert-rules.ts'
import { ConnectionEventData, ConnectionEventDataWithDomains } from './connections.ts'
import { DirectoryActivatedData, DirectoryDeletedData, DirectoryTokenEventData } from './directories.ts'
import {
  DirectoryGroup,
  DirectoryGroupUpdatedData,
  DirectoryMembershipData,
  DirectoryUser,
  DirectoryUserUpdatedData,
} from './directory-users.ts'
import { EmailVerification } from './email-verifications.ts'
import { endpoint } from './endpoint.ts'
import { EventId, Timestamp, UserId } from './ids.ts'
import { ListMetadata, Order } from './list.ts'
import { MagicAuth } from './magic-auth.ts'
import { InvitationEventData } from './invitations.ts'
import { OrganizationMembershipEventData } from './memberships.ts'
import { OrganizationDomain } from './organization-domains.ts'
import { Organization } from './organizations.ts'
import { Permission } from './permissions.ts'
import { OrganizationRoleEventData, RoleEventData } from './roles.ts'
import { PasswordResetEventData } from './password-resets.ts'
import { Session } from './sessions.ts'
import { User } from './users.ts'
import { WebhookEndpointDisabledData } from './webhooks.ts'

const nullableString = Type.Union([Type.String(), Type.Null()])

const ssoAttempt = {
  type: Type.Literal('sso'),
  ip_address: nullableString,
  user_agent: nullableString,
  user_id: nullableString,
  sso: Type.Object({
    organization_id: nullableString,
    connection_id: nullableString,
    session_id: nullableString,
  }),
}

const oauthAttempt = {
  type: Type.Literal('oauth'),
  ip_address: nullableString,
  user_agent: nullableString,
  user_id: nullableString,
}

const AttemptError = Type.Object({ code: Type.String(), message: Type.String() })

/** A proof of a person that held. */
function proofSucceeded<T extends string>(type: T) {
  return Type.Object({
    type: Type.Literal(type),
    status: Type.Literal('succeeded'),
    ip_address: nullableString,
    user_agent: nullableString,
    user_id: UserId,
    email: Type.String(),
  })
}

/** One that did not; of nobody, where the address is nobody's. */
function proofFailed<T extends string>(type: T) {
  return Type.Object({
    type: Type.Literal(type),
    status: Type.Literal('failed'),
    ip_address: nullableString,
    user_agent: nullableString,
    user_id: Type.Union([UserId, Type.Null()]),
    email: nullableString,
    error: AttemptError,
  })
}

/** The catalogue: event name → payload, for every event this server emits. */
export const eventPayloads = {
  'authentication.oauth_succeeded': Type.Object({
    ...oauthAttempt,
    status: Type.Literal('succeeded'),
    email: Type.String(),
  }),
  'authentication.oauth_failed': Type.Object({
    ...oauthAttempt,
    status: Type.Literal('failed'),
    email: nullableString,
    error: AttemptError,
  }),
  'authentication.email_verification_failed': proofFailed('email_verification'),
  'authentication.email_verification_succeeded': proofSucceeded('email_verification'),
  'authentication.magic_auth_failed': proofFailed('magic_auth'),
  'authentication.magic_auth_succeeded': proofSucceeded('magic_auth'),
  'authentication.mfa_failed': proofFailed('mfa'),
  'authentication.mfa_succeeded': proofSucceeded('mfa'),
  'authentication.passkey_failed': proofFailed('passkey'),
  'authentication.passkey_succeeded': proofSucceeded('passkey'),
  'authentication.password_failed': proofFailed('password'),
  'authentication.password_succeeded': proofSucceeded('password'),
  'authentication.sso_started': Type.Object({
    ...ssoAttempt,
    status: Type.Literal('started'),
    email: nullableString,
  }),
  'authentication.sso_succeeded': Type.Object({
    ...ssoAttempt,
    status: Type.Literal('succeeded'),
    email: Type.String(),
  }),
  'authentication.sso_failed': Type.Object({
    ...ssoAttempt,
    status: Type.Literal('failed'),
    email: nullableString,
    error: AttemptError,
  }),
  'authentication.sso_timed_out': Type.Object({
    ...ssoAttempt,
    status: Type.Literal('timed_out'),
    email: nullableString,
    error: AttemptError,
  }),
  'connection.activated': ConnectionEventDataWithDomains,
  'connection.deactivated': ConnectionEventDataWithDomains,
  'connection.deleted': ConnectionEventData,
  'dsync.activated': DirectoryActivatedData,
  'dsync.deleted': DirectoryDeletedData,
  'dsync.group.created': DirectoryGroup,
  'dsync.group.deleted': DirectoryGroup,
  'dsync.group.updated': DirectoryGroupUpdatedData,
  'dsync.group.user_added': DirectoryMembershipData,
  'dsync.group.user_removed': DirectoryMembershipData,
  'dsync.token.created': DirectoryTokenEventData,
  'dsync.token.revoked': DirectoryTokenEventData,
  'dsync.user.created': DirectoryUser,
  'dsync.user.deleted': DirectoryUser,
  'dsync.user.updated': DirectoryUserUpdatedData,
  'email_verification.created': Type.Omit(EmailVerification, ['code']),
  'magic_auth.created': Type.Omit(MagicAuth, ['code']),
  'organization.created': Type.Omit(Organization, ['allow_profiles_outside_organization']),
  'organization.updated': Type.Omit(Organization, ['allow_profiles_outside_organization']),
  'organization.deleted': Type.Omit(Organization, ['allow_profiles_outside_organization']),
  'organization_domain.created': OrganizationDomain,
  'organization_domain.updated': OrganizationDomain,
  'organization_domain.deleted': OrganizationDomain,
  'organization_domain.verified': OrganizationDomain,
  'organization_domain.verification_failed': Type.Object({
    reason: Type.Enum(['domain_verification_period_expired', 'domain_verified_by_other_organization']),
    organization_domain: OrganizationDomain,
  }),
  'invitation.accepted': InvitationEventData,
  'invitation.created': InvitationEventData,
  'invitation.resent': InvitationEventData,
  'invitation.revoked': InvitationEventData,
  'organization_membership.created': OrganizationMembershipEventData,
  'organization_membership.deleted': OrganizationMembershipEventData,
  'organization_membership.updated': OrganizationMembershipEventData,
  'organization_role.created': OrganizationRoleEventData,
  'organization_role.deleted': OrganizationRoleEventData,
  'organization_role.updated': OrganizationRoleEventData,
  'permission.created': Permission,
  'permission.deleted': Permission,
  'permission.updated': Permission,
  'role.created': RoleEventData,
  'role.deleted': RoleEventData,
  'role.updated': RoleEventData,
  'password_reset.created': PasswordResetEventData,
  'password_reset.succeeded': PasswordResetEventData,
  'session.created': Session,
  'session.revoked': Session,
  'user.created': User,
  'user.deleted': User,
  'user.updated': User,
  'alert.firing': AlertFiringData,
  'alert.recovered': AlertRecoveredData,
  'webhook_endpoint.disabled': WebhookEndpointDisabledData,
} as const satisfies Partial<Record<(typeof eventNames)[number], TSchema>>

export type EventName = keyof typeof eventPayloads
export type EventData<E extends EventName> = Static<(typeof eventPayloads)[E]>

export const Event = Type.Object({
  object: Type.Literal('event'),
  id: EventId,
  event: Type.String(),
  data: Type.Unknown(),
  created_at: Timestamp,
})
export type Event = Static<typeof Event>

export const listEvents = endpoint({
  operationId: 'listEvents',
  method: 'GET',
  path: '/events',
  summary: 'Read the ordered log of the environment, oldest first unless order is desc',
  tag: 'events',
  access: 'api_key',
  query: Type.Object({
    events: Type.Optional(Type.Array(Type.String())),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    before: Type.Optional(Type.String()),
    after: Type.Optional(Type.String()),
    order: Type.Optional(Order),
    range_start: Type.Optional(Type.String()),
    range_end: Type.Optional(Type.String()),
    organization_id: Type.Optional(Type.String()),
  }),
  success: {
    status: 200,
    body: Type.Object({ object: Type.Literal('list'), data: Type.Array(Event), list_metadata: ListMetadata }),
  },
  errors: { 400: ['invalid_events_request', 'invalid_cursor'], 422: [] },
})
