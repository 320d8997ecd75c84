import * as Type from 'typebox'

/**
 * Every kind of id we hand out: a prefix, an underscore and a ULID. The prefix is the only part ever checked:
 * pinned ids such as `org_test_idp` are legal, and an id nobody issued is "not found", never "malformed".
 */
export const idPrefixes = {
  environment: 'environment',
  apiKey: 'api_key',
  organization: 'org',
  organizationDomain: 'org_domain',
  connection: 'conn',
  connectionDomain: 'conn_domain',
  profile: 'prof',
  event: 'event',
  redirectUri: 'redir',
  corsOrigin: 'cors_origin',
  logoutUri: 'logout_uri',
  signingKey: 'key',
  ssoSession: 'sso_session',
  client: 'client',
  webhookEndpoint: 'we',
  webhookSecret: 'wsec',
  webhookDelivery: 'wdel',
  logStream: 'log_stream',
  alertRule: 'alert_rule',
  directory: 'directory',
  directoryToken: 'directory_token',
  directoryUser: 'directory_user',
  directoryGroup: 'directory_group',
  dashboardUser: 'dashboard_user',
  scimRequest: 'scim_request',
  apiRequest: 'api_request',
  auditEntry: 'audit_entry',
  user: 'user',
  userIdentity: 'identity',
  role: 'role',
  permission: 'perm',
  organizationMembership: 'om',
  invitation: 'invitation',
  magicAuth: 'magic_auth',
  emailVerification: 'email_verification',
  passwordReset: 'password_reset',
  authenticationFactor: 'auth_factor',
  authenticationChallenge: 'auth_challenge',
  passkey: 'passkey',
  session: 'session',
  mail: 'mail',
  hostedLogin: 'login',
  testSsoRun: 'test_sso_run',
} as const

export type IdKind = keyof typeof idPrefixes
export type IdOf<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`

export type EnvironmentId = IdOf<'environment'>
export type ApiKeyId = IdOf<'apiKey'>
export type OrganizationId = IdOf<'organization'>
export type OrganizationDomainId = IdOf<'organizationDomain'>
export type ConnectionId = IdOf<'connection'>
export type ConnectionDomainId = IdOf<'connectionDomain'>
export type ProfileId = IdOf<'profile'>
export type EventId = IdOf<'event'>
export type RedirectUriId = IdOf<'redirectUri'>
export type CorsOriginId = IdOf<'corsOrigin'>
export type LogoutUriId = IdOf<'logoutUri'>
export type SigningKeyId = IdOf<'signingKey'>
export type SsoSessionId = IdOf<'ssoSession'>
export type ClientId = IdOf<'client'>
export type WebhookEndpointId = IdOf<'webhookEndpoint'>
export type WebhookSecretId = IdOf<'webhookSecret'>
export type WebhookDeliveryId = IdOf<'webhookDelivery'>
export type LogStreamId = IdOf<'logStream'>
export type AlertRuleId = IdOf<'alertRule'>
export type DirectoryId = IdOf<'directory'>
export type DirectoryTokenId = IdOf<'directoryToken'>
export type DirectoryUserId = IdOf<'directoryUser'>
export type DirectoryGroupId = IdOf<'directoryGroup'>
export type ScimRequestId = IdOf<'scimRequest'>
export type ApiRequestId = IdOf<'apiRequest'>
export type DashboardUserId = IdOf<'dashboardUser'>
export type AuditEntryId = IdOf<'auditEntry'>
export type UserId = IdOf<'user'>
export type UserIdentityId = IdOf<'userIdentity'>
export type RoleId = IdOf<'role'>
export type PermissionId = IdOf<'permission'>
export type OrganizationMembershipId = IdOf<'organizationMembership'>
export type InvitationId = IdOf<'invitation'>
export type MagicAuthId = IdOf<'magicAuth'>
export type EmailVerificationId = IdOf<'emailVerification'>
export type PasswordResetId = IdOf<'passwordReset'>
export type AuthenticationFactorId = IdOf<'authenticationFactor'>
export type AuthenticationChallengeId = IdOf<'authenticationChallenge'>
export type PasskeyId = IdOf<'passkey'>
export type SessionId = IdOf<'session'>
export type MailId = IdOf<'mail'>
export type HostedLoginId = IdOf<'hostedLogin'>
export type TestSsoRunId = IdOf<'testSsoRun'>

function id<K extends IdKind>(kind: K) {
  return Type.Unsafe<IdOf<K>>(Type.String({ pattern: `^${idPrefixes[kind]}_` }))
}

export const EnvironmentId = id('environment')
export const ApiKeyId = id('apiKey')
export const OrganizationId = id('organization')
export const OrganizationDomainId = id('organizationDomain')
export const ConnectionId = id('connection')
export const ConnectionDomainId = id('connectionDomain')
export const ProfileId = id('profile')
export const EventId = id('event')
export const RedirectUriId = id('redirectUri')
export const CorsOriginId = id('corsOrigin')
export const LogoutUriId = id('logoutUri')
export const SigningKeyId = id('signingKey')
export const SsoSessionId = id('ssoSession')
export const TestSsoRunId = id('testSsoRun')
export const WebhookEndpointId = id('webhookEndpoint')
export const WebhookDeliveryId = id('webhookDelivery')
export const LogStreamId = id('logStream')
export const AlertRuleId = id('alertRule')
export const DirectoryId = id('directory')
export const DirectoryTokenId = id('directoryToken')
export const DirectoryUserId = id('directoryUser')
export const DirectoryGroupId = id('directoryGroup')
export const ScimRequestId = id('scimRequest')
export const ApiRequestId = id('apiRequest')
export const DashboardUserId = id('dashboardUser')
export const AuditEntryId = id('auditEntry')
export const UserId = id('user')
export const RoleId = id('role')
export const PermissionId = id('permission')
export const OrganizationMembershipId = id('organizationMembership')
export const InvitationId = id('invitation')
export const MagicAuthId = id('magicAuth')
export const EmailVerificationId = id('emailVerification')
export const PasswordResetId = id('passwordReset')
export const AuthenticationFactorId = id('authenticationFactor')
export const AuthenticationChallengeId = id('authenticationChallenge')
export const PasskeyId = id('passkey')
export const SessionId = id('session')
export const MailId = id('mail')

/** ISO-8601 in UTC with exactly three millisecond digits and `Z`. */
export const Timestamp = Type.String({ format: 'date-time' })
