// Generated from the migrated database by `npm run gen`. Do not edit.
import type { ColumnType, Generated } from 'kysely'
import type { AuthenticationMethod } from '#contracts/authentication.ts'
import type { ConnectionState, ConnectionType } from '#contracts/connections.ts'
import type { DirectoryState, DirectoryType } from '#contracts/directories.ts'
import type { DashboardRole } from '#contracts/endpoint.ts'
import type { EventName } from '#contracts/events.ts'
import type {
  EnvironmentId,
  ApiKeyId,
  OrganizationId,
  OrganizationDomainId,
  ConnectionId,
  ProfileId,
  EventId,
  RedirectUriId,
  CorsOriginId,
  LogoutUriId,
  SigningKeyId,
  SsoSessionId,
  ClientId,
  WebhookEndpointId,
  WebhookSecretId,
  WebhookDeliveryId,
  LogStreamId,
  AlertRuleId,
  DirectoryId,
  DirectoryTokenId,
  DirectoryUserId,
  DirectoryGroupId,
  DashboardUserId,
  ScimRequestId,
  ApiRequestId,
  AuditEntryId,
  UserId,
  UserIdentityId,
  RoleId,
  PermissionId,
  OrganizationMembershipId,
  InvitationId,
  MagicAuthId,
  EmailVerificationId,
  PasswordResetId,
  AuthenticationFactorId,
  AuthenticationChallengeId,
  PasskeyId,
  SessionId,
  MailId,
  HostedLoginId,
  TestSsoRunId,
} from '#contracts/ids.ts'
import type { LogStreamType } from '#contracts/log-streams.ts'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'

export interface AlertRules {
  environment_id: EnvironmentId
  id: AlertRuleId
  name: string
  events: string[]
  threshold: number
  window_seconds: number
  scope: 'environment' | 'each_organization'
  organization_id: OrganizationId | null
  cooldown_seconds: number
  endpoint_id: WebhookEndpointId | null
  emails: string[]
  status: 'enabled' | 'disabled'
  watches_since: Date
  created_at: Date
  updated_at: Date
}

export interface AlertStates {
  environment_id: EnvironmentId
  rule_id: AlertRuleId
  lane: string
  hits: Date[]
  firing_since: Date | null
  fired_at: Date | null
  recovers_at: Date | null
  updated_at: Date
}

export interface ApiKeys {
  environment_id: EnvironmentId
  id: ApiKeyId
  name: string
  hash: Buffer
  obfuscated_value: string
  last_used_at: Date | null
  last_used_by: string | null
  expires_at: Date | null
  revoked_at: Date | null
  created_at: Date
}

export interface ApiRequests {
  environment_id: EnvironmentId
  id: ApiRequestId
  request_id: string
  api_key_id: ApiKeyId
  method: string
  path: string
  status: number
  error_code: string | null
  duration_ms: number
  client: string | null
  created_at: Date
}

export interface AuditEntries {
  id: AuditEntryId
  environment_id: EnvironmentId | null
  dashboard_user_id: DashboardUserId | null
  email: string
  operation: string
  path: string
  target: string | null
  request_id: string
  ip_address: string | null
  status: number | null
  created_at: Date
}

export interface AuthenticationChallenges {
  environment_id: EnvironmentId
  id: AuthenticationChallengeId
  factor_id: AuthenticationFactorId
  wrong_attempts: Generated<number>
  expires_at: Date
  used_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface AuthenticationFactors {
  environment_id: EnvironmentId
  id: AuthenticationFactorId
  user_id: UserId | null
  type: 'totp'
  issuer: string
  account: string
  sealed_secret: string
  last_step: number | null
  verified_at: Date | null
  created_at: Date
  updated_at: Date
  wrong_attempts: Generated<number>
  wrong_at: Date | null
}

export interface AuthenticationSettings {
  environment_id: EnvironmentId
  settings: ColumnType<unknown, string, string>
  updated_at: Date
}

export interface AuthorizationCodes {
  hash: Buffer
  environment_id: EnvironmentId
  user_id: UserId
  redirect_uri: string
  code_challenge: string | null
  facts: ColumnType<unknown, string, string>
  expires_at: Date
  redeemed_at: Date | null
  session_id: SessionId | null
  created_at: Date
  hosted_login_id: HostedLoginId | null
}

export interface BrandingImages {
  environment_id: EnvironmentId
  kind: string
  hash: string
  media_type: string
  bytes: Buffer
}

export interface BrandingPreviews {
  hash: Buffer
  environment_id: EnvironmentId
  settings: ColumnType<unknown, string, string>
  images: ColumnType<unknown, string, string>
  expires_at: Date
}

export interface Brandings {
  environment_id: EnvironmentId
  settings: ColumnType<unknown, string, string>
  updated_at: Date
}

export interface ConnectionOidcClients {
  environment_id: EnvironmentId
  connection_id: ConnectionId
  oauth_client_id: string
  sealed_client_secret: string
  scopes: string[]
}

export interface ConnectionRealms {
  environment_id: EnvironmentId
  organization_id: OrganizationId
  idp_entity_id: string
  realm: string
}

export interface Connections {
  environment_id: EnvironmentId
  id: ConnectionId
  organization_id: OrganizationId
  external_key: string
  connection_type: ConnectionType
  name: string
  state: ConnectionState
  realm: string
  idp_entity_id: string | null
  idp_sso_redirect_url: string | null
  idp_sso_post_url: string | null
  idp_metadata_url: string | null
  idp_metadata_fetched_at: Date | null
  idp_certificates: Generated<string[]>
  idp_wants_signed_requests: Generated<boolean>
  attribute_map: ColumnType<unknown, string | undefined, string>
  options: ColumnType<unknown, string | undefined, string>
  activated_at: Date | null
  created_at: Date
  updated_at: Date
  idp_certificates_expire_at: Date | null
}

export interface ConsumedAssertions {
  realm: string
  message_id: string
  expires_at: Date
}

export interface CorsOrigins {
  environment_id: EnvironmentId
  id: CorsOriginId
  origin: string
  created_at: Date
  updated_at: Date
}

export interface DashboardInvitations {
  hash: Buffer
  dashboard_user_id: DashboardUserId
  totp_salt: Buffer
  expires_at: Date
}

export interface DashboardSessions {
  hash: Buffer
  dashboard_user_id: DashboardUserId
  ip_address: string | null
  user_agent: string | null
  created_at: Date
  last_used_at: Date
  expires_at: Date
}

export interface DashboardUsers {
  id: DashboardUserId
  email: string
  role: DashboardRole
  is_developer: Generated<boolean>
  password_hash: string | null
  sealed_totp_secret: string | null
  totp_step: number | null
  created_at: Date
  updated_at: Date
  last_sign_in_at: Date | null
}

export interface DeviceAuthorizations {
  hash: Buffer
  environment_id: EnvironmentId
  user_code: string
  state: 'pending' | 'approved' | 'denied' | 'used'
  user_id: UserId | null
  facts: ColumnType<unknown, string, string> | null
  interval_seconds: number
  polled_at: Date | null
  expires_at: Date
  created_at: Date
}

export interface Directories {
  environment_id: EnvironmentId
  id: DirectoryId
  organization_id: OrganizationId
  external_key: string
  type: DirectoryType
  name: string
  state: DirectoryState
  attribute_map: ColumnType<unknown, string | undefined, string>
  last_request_at: Date | null
  created_at: Date
  updated_at: Date
  settle_after: number | null
  settle_all: Generated<boolean>
}

export interface DirectoryAddresses {
  environment_id: EnvironmentId
  directory_id: DirectoryId
  user_id: DirectoryUserId
  email_key: string
}

export interface DirectoryAttributes {
  environment_id: EnvironmentId
  name: string
  path: string | null
  description: string | null
  created_at: Date
  updated_at: Date
}

export interface DirectoryAwaitedMembers {
  environment_id: EnvironmentId
  directory_id: DirectoryId
  group_id: DirectoryGroupId
  value: string
  created_at: Date
}

export interface DirectoryCounts {
  environment_id: EnvironmentId
  directory_id: DirectoryId
  shard: number
  users: Generated<number>
  groups: Generated<number>
}

export interface DirectoryGroupRoles {
  environment_id: EnvironmentId
  organization_id: OrganizationId
  group_id: DirectoryGroupId
  role_slug: string
  priority: number
}

export interface DirectoryGroups {
  environment_id: EnvironmentId
  directory_id: DirectoryId
  id: DirectoryGroupId
  seq: Generated<number>
  idp_id: string
  external_id: string | null
  display_name: string
  display_name_key: string
  resource: ColumnType<unknown, string, string>
  presented: string
  version: Generated<number>
  created_at: Date
  updated_at: Date
}

export interface DirectoryMemberships {
  environment_id: EnvironmentId
  group_id: DirectoryGroupId
  user_id: DirectoryUserId
}

export interface DirectoryTokens {
  environment_id: EnvironmentId
  id: DirectoryTokenId
  directory_id: DirectoryId
  hash: Buffer
  token_suffix: string
  last_used_at: Date | null
  last_used_by: string | null
  expires_at: Date | null
  revoked_at: Date | null
  created_at: Date
}

export interface DirectoryUsers {
  environment_id: EnvironmentId
  directory_id: DirectoryId
  id: DirectoryUserId
  seq: Generated<number>
  idp_id: string
  external_id: string | null
  user_name: string
  user_name_key: string
  email: string | null
  email_key: string | null
  active: boolean
  visible: boolean
  complete: boolean
  resource: ColumnType<unknown, string, string>
  presented: string
  role_slug: string
  version: Generated<number>
  created_at: Date
  updated_at: Date
}

export interface EmailVerifications {
  environment_id: EnvironmentId
  id: EmailVerificationId
  user_id: UserId
  email: string
  purpose: 'verify' | 'change'
  code: string
  wrong_attempts: Generated<number>
  expires_at: Date
  used_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface Environments {
  id: EnvironmentId
  name: string
  kind: 'staging' | 'production'
  client_id: ClientId
  homepage_url: string | null
  created_at: Date
  updated_at: Date
  keep_inactive_directory_users: Generated<boolean>
}

export interface EventLog {
  environment_id: EnvironmentId
  position: number
  seq: number
  type: string
  organization_id: OrganizationId | null
  created_at: Date
}

export interface EventLogState {
  only_row: Generated<boolean>
  position: number
}

export interface EventPending {
  seq: number
  environment_id: EnvironmentId
  type: string
  organization_id: OrganizationId | null
  created_at: Date
}

export interface Events {
  seq: Generated<number>
  environment_id: EnvironmentId
  id: EventId
  type: EventName
  organization_id: OrganizationId | null
  body: string
  created_at: Date
}

export interface Followers {
  environment_id: EnvironmentId
  name: string
  position: number
}

export interface HostedLogins {
  environment_id: EnvironmentId
  id: HostedLoginId
  browser_hash: Buffer
  request: ColumnType<unknown, string, string>
  state: ColumnType<unknown, string, string>
  finished_at: Date | null
  expires_at: Date
  created_at: Date
  exchanged_at: Date | null
}

export interface HostedSessions {
  hash: Buffer
  environment_id: EnvironmentId
  user_id: UserId
  facts: ColumnType<unknown, string, string>
  authenticated_at: Date
  expires_at: Date
  hosted_login_id: HostedLoginId | null
}

export interface IdempotencyKeys {
  environment_id: EnvironmentId
  key: string
  route: string
  request_hash: Buffer
  status: number
  answer: string
  created_at: Date
}

export interface Impersonations {
  environment_id: EnvironmentId
  token_hash: Buffer
  user_id: UserId
  organization_id: OrganizationId | null
  impersonator_email: string
  reason: string
  redirect_uri: string
  expires_at: Date
  used_at: Date | null
  created_at: Date
}

export interface InsightCounts {
  environment_id: EnvironmentId
  metric: string
  grain: string
  bucket: Date
  organization: string
  kind: string
  outcome: string
  reason: string
  count: number
}

export interface Invitations {
  environment_id: EnvironmentId
  id: InvitationId
  email: string
  state: 'pending' | 'accepted' | 'revoked'
  organization_id: OrganizationId | null
  inviter_user_id: UserId | null
  accepted_user_id: UserId | null
  role_slug: string | null
  locale: string | null
  token_hash: Buffer
  sealed_token: string
  expires_at: Date
  accepted_at: Date | null
  revoked_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface JobMarks {
  job: string
  done_until: Date
}

export interface JwtTemplates {
  environment_id: EnvironmentId
  content: string
  created_at: Date
  updated_at: Date
}

export interface LogStreams {
  environment_id: EnvironmentId
  id: LogStreamId
  name: string
  type: LogStreamType
  status: 'active' | 'paused'
  settings: ColumnType<unknown, string, string>
  sealed_credentials: string
  events: string[] | null
  position: number
  leased_until: Date | null
  leased_by: string | null
  last_attempt_at: Date | null
  attempts: Generated<number>
  failing_since: Date | null
  next_attempt_at: Date | null
  last_error: string | null
  last_error_status: number | null
  last_error_at: Date | null
  last_success_at: Date | null
  events_sent: Generated<number>
  batches_sent: Generated<number>
  bytes_sent: Generated<number>
  failures: Generated<number>
  created_at: Date
  updated_at: Date
}

export interface LogoutUris {
  environment_id: EnvironmentId
  id: LogoutUriId
  uri: string
  is_default: boolean
  created_at: Date
  updated_at: Date
}

export interface MagicAuths {
  environment_id: EnvironmentId
  id: MagicAuthId
  user_id: UserId
  email: string
  code: string
  wrong_attempts: Generated<number>
  expires_at: Date
  used_at: Date | null
  created_at: Date
  updated_at: Date
}

export interface Mails {
  environment_id: EnvironmentId
  id: MailId
  kind: string
  recipient: string
  locale: string | null
  content: string
  state: 'due' | 'sent' | 'failed'
  attempts: Generated<number>
  next_attempt_at: Date
  error: string | null
  sent_at: Date | null
  created_at: Date
}

export interface OauthProviders {
  environment_id: EnvironmentId
  id: ConnectionId
  provider: string
  enabled: boolean
  oauth_client_id: string
  sealed_client_secret: string
  issuer: string | null
  scopes: string[]
  return_tokens: boolean
  settings: ColumnType<unknown, string, string>
  created_at: Date
  updated_at: Date
  title: string | null
  trusts_email: Generated<boolean>
}

export interface OrganizationAuthenticationSettings {
  environment_id: EnvironmentId
  organization_id: OrganizationId
  settings: ColumnType<unknown, string, string>
  updated_at: Date
}

export interface OrganizationDomains {
  environment_id: EnvironmentId
  id: OrganizationDomainId
  organization_id: OrganizationId
  domain: string
  state: OrganizationDomain['state']
  verification_strategy: OrganizationDomain['verification_strategy']
  verification_token: string | null
  verification_prefix: string | null
  created_at: Date
  updated_at: Date
}

export interface OrganizationMemberships {
  environment_id: EnvironmentId
  id: OrganizationMembershipId
  user_id: UserId
  organization_id: OrganizationId
  status: 'active' | 'inactive' | 'pending'
  role_slugs: string[]
  directory_user_id: DirectoryUserId | null
  custom_attributes: ColumnType<unknown, string | undefined, string>
  created_at: Date
  updated_at: Date
}

export interface Organizations {
  environment_id: EnvironmentId
  id: OrganizationId
  name: string
  external_id: string | null
  stripe_customer_id: string | null
  metadata: ColumnType<unknown, string | undefined, string>
  allow_profiles_outside_organization: Generated<boolean>
  created_at: Date
  updated_at: Date
}

export interface Passkeys {
  environment_id: EnvironmentId
  credential_id: string
  user_id: UserId
  public_key: Buffer
  sign_count: number
  transports: string[]
  created_at: Date
  last_used_at: Date | null
  id: PasskeyId
}

export interface PasswordResets {
  environment_id: EnvironmentId
  id: PasswordResetId
  user_id: UserId
  email: string
  token_hash: Buffer
  token: string
  expires_at: Date
  used_at: Date | null
  created_at: Date
}

export interface PendingAuthentications {
  hash: Buffer
  environment_id: EnvironmentId
  user_id: UserId
  facts: ColumnType<unknown, string, string>
  expires_at: Date
  used_at: Date | null
  created_at: Date
  wrong_attempts: Generated<number>
}

export interface Permissions {
  environment_id: EnvironmentId
  id: PermissionId
  slug: string
  name: string
  description: string | null
  created_at: Date
  updated_at: Date
}

export interface Profiles {
  environment_id: EnvironmentId
  id: ProfileId
  organization_id: OrganizationId | null
  connection_id: ConnectionId
  realm: string
  idp_id: string
  email: string
  first_name: string | null
  last_name: string | null
  groups: string[]
  custom_attributes: ColumnType<unknown, string, string>
  raw_attributes: ColumnType<unknown, string, string>
  created_at: Date
  updated_at: Date
}

export interface ProvisioningRefusals {
  environment_id: EnvironmentId
  directory_user_id: DirectoryUserId
  code: string
  message: string
  refused_at: Date
}

export interface RecoveryCodes {
  environment_id: EnvironmentId
  user_id: UserId
  hash: Buffer
  used_at: Date | null
}

export interface RedirectUris {
  environment_id: EnvironmentId
  id: RedirectUriId
  uri: string
  is_default: boolean
  created_at: Date
  updated_at: Date
}

export interface RefreshTokens {
  hash: Buffer
  environment_id: EnvironmentId
  session_id: SessionId
  created_at: Date
  expires_at: Date
  used_at: Date | null
  answer: string | null
}

export interface RefusedResponses {
  environment_id: EnvironmentId
  session_id: SsoSessionId
  sealed_response: string
  created_at: Date
}

export interface RejectedRedirects {
  environment_id: EnvironmentId
  uri: string
  times: number
  last_seen_at: Date
}

export interface RolePermissions {
  environment_id: EnvironmentId
  role_id: RoleId
  permission_id: PermissionId
}

export interface Roles {
  environment_id: EnvironmentId
  id: RoleId
  organization_id: OrganizationId | null
  slug: string
  name: string
  description: string | null
  is_default: Generated<boolean>
  priority: Generated<number>
  created_at: Date
  updated_at: Date
}

export interface ScimRequests {
  environment_id: EnvironmentId
  id: ScimRequestId
  directory_id: DirectoryId
  request_id: string
  method: string
  path: string
  status: number
  reason: string | null
  scim_type: string | null
  duration_ms: number
  user_agent: string | null
  rejected_token: string | null
  request_body: string | null
  response_body: string | null
  event_ids: string[]
  created_at: Date
}

export interface Sessions {
  environment_id: EnvironmentId
  id: SessionId
  user_id: UserId
  organization_id: OrganizationId | null
  auth_method: AuthenticationMethod
  connection_id: ConnectionId | null
  mfa: Generated<boolean>
  impersonator_email: string | null
  impersonator_reason: string | null
  ip_address: string | null
  user_agent: string | null
  authenticated_at: Date
  expires_at: Date
  ended_at: Date | null
  ended_because: 'revoked' | 'signed_out' | 'reused' | null
  created_at: Date
  updated_at: Date
}

export interface SignInConsents {
  hash: Buffer
  environment_id: EnvironmentId
  connection_id: ConnectionId
  profile_id: ProfileId
  expires_at: Date
}

export interface SigningKeys {
  environment_id: EnvironmentId
  id: SigningKeyId
  purpose: 'jwt' | 'saml'
  certificate: string
  sealed_private_key: string
  created_at: Date
  retired_at: Date | null
  algorithm: Generated<'RS256' | 'ES256'>
  signs_from: Date | null
  published_until: Date | null
}

export interface SsoAccessTokens {
  hash: Buffer
  environment_id: EnvironmentId
  profile_id: ProfileId
  profile: string
  expires_at: Date
}

export interface SsoCodes {
  hash: Buffer
  environment_id: EnvironmentId
  session_id: string
  profile_id: ProfileId
  redirect_uri: string
  code_challenge: string | null
  profile: string
  expires_at: Date
  redeemed_at: Date | null
  token_hash: Buffer | null
  oauth_tokens: string | null
}

export interface SsoLogoutTokens {
  hash: Buffer
  environment_id: EnvironmentId
  profile_id: ProfileId
  expires_at: Date
}

export interface SsoSessions {
  environment_id: EnvironmentId
  id: SsoSessionId
  organization_id: OrganizationId | null
  connection_id: ConnectionId | null
  origin: 'sp' | 'idp'
  state: 'started' | 'succeeded' | 'failed' | 'timed_out'
  relay_hash: Buffer | null
  request_id: string | null
  redirect_uri: string | null
  app_state: string | null
  code_challenge: string | null
  nonce: string | null
  login_hint: string | null
  ip_address: string | null
  user_agent: string | null
  email: string | null
  error: ColumnType<unknown, string, string> | null
  timeline: ColumnType<unknown, string | undefined, string>
  created_at: Date
  expires_at: Date
  finished_at: Date | null
  browser_hash: Buffer | null
  exchanged_at: Date | null
}

export interface Tallies {
  name: Buffer
  spent: number
  held: number
  ends_at: Date
}

export interface TestSsoRuns {
  environment_id: EnvironmentId
  id: TestSsoRunId
  scenario: string
  flow: string
  connection_id: ConnectionId
  url: string
  redirect_uri: string
  guests_allowed: boolean
  created_at: Date
}

export interface UserIdentities {
  environment_id: EnvironmentId
  id: UserIdentityId
  user_id: UserId
  kind: 'sso' | 'oauth'
  provider: string
  idp_id: string
  profile_id: ProfileId | null
  created_at: Date
  updated_at: Date
}

export interface UserPasswords {
  environment_id: EnvironmentId
  user_id: UserId
  hash: string
  history: Generated<string[]>
  updated_at: Date
  self_chosen: Generated<boolean>
}

export interface Users {
  environment_id: EnvironmentId
  id: UserId
  email: string
  email_verified: boolean
  first_name: string | null
  last_name: string | null
  name: string | null
  profile_picture_url: string | null
  locale: string | null
  external_id: string | null
  metadata: ColumnType<unknown, string | undefined, string>
  last_sign_in_at: Date | null
  created_at: Date
  updated_at: Date
  moved: Generated<boolean>
}

export interface WebhookDeliveries {
  environment_id: EnvironmentId
  id: WebhookDeliveryId
  endpoint_id: WebhookEndpointId
  event_id: EventId
  event_seq: number | null
  event_type: string
  organization_id: OrganizationId | null
  position: number | null
  state: 'pending' | 'succeeded' | 'failed'
  attempts: Generated<number>
  next_attempt_at: Date | null
  leased_until: Date | null
  last_status: number | null
  last_error: string | null
  last_response: string | null
  last_attempt_at: Date | null
  created_at: Date
  completed_at: Date | null
  is_test: Generated<boolean>
  recent_attempts: ColumnType<unknown, string | undefined, string>
  last_headers: ColumnType<unknown, string, string> | null
}

export interface WebhookEndpoints {
  environment_id: EnvironmentId
  id: WebhookEndpointId
  endpoint_url: string
  status: 'enabled' | 'disabled'
  events: string[]
  ordered: Generated<boolean>
  failing_since: Date | null
  created_at: Date
  updated_at: Date
  unanswered: Generated<number>
  probe_at: Date | null
}

export interface WebhookSecrets {
  environment_id: EnvironmentId
  id: WebhookSecretId
  endpoint_id: WebhookEndpointId
  sealed_secret: string
  created_at: Date
  expires_at: Date | null
}

export interface Schema {
  alert_rules: AlertRules
  alert_states: AlertStates
  api_keys: ApiKeys
  api_requests: ApiRequests
  audit_entries: AuditEntries
  authentication_challenges: AuthenticationChallenges
  authentication_factors: AuthenticationFactors
  authentication_settings: AuthenticationSettings
  authorization_codes: AuthorizationCodes
  branding_images: BrandingImages
  branding_previews: BrandingPreviews
  brandings: Brandings
  connection_oidc_clients: ConnectionOidcClients
  connection_realms: ConnectionRealms
  connections: Connections
  consumed_assertions: ConsumedAssertions
  cors_origins: CorsOrigins
  dashboard_invitations: DashboardInvitations
  dashboard_sessions: DashboardSessions
  dashboard_users: DashboardUsers
  device_authorizations: DeviceAuthorizations
  directories: Directories
  directory_addresses: DirectoryAddresses
  directory_attributes: DirectoryAttributes
  directory_awaited_members: DirectoryAwaitedMembers
  directory_counts: DirectoryCounts
  directory_group_roles: DirectoryGroupRoles
  directory_groups: DirectoryGroups
  directory_memberships: DirectoryMemberships
  directory_tokens: DirectoryTokens
  directory_users: DirectoryUsers
  email_verifications: EmailVerifications
  environments: Environments
  event_log: EventLog
  event_log_state: EventLogState
  event_pending: EventPending
  events: Events
  followers: Followers
  hosted_logins: HostedLogins
  hosted_sessions: HostedSessions
  idempotency_keys: IdempotencyKeys
  impersonations: Impersonations
  insight_counts: InsightCounts
  invitations: Invitations
  job_marks: JobMarks
  jwt_templates: JwtTemplates
  log_streams: LogStreams
  logout_uris: LogoutUris
  magic_auths: MagicAuths
  mails: Mails
  oauth_providers: OauthProviders
  organization_authentication_settings: OrganizationAuthenticationSettings
  organization_domains: OrganizationDomains
  organization_memberships: OrganizationMemberships
  organizations: Organizations
  passkeys: Passkeys
  password_resets: PasswordResets
  pending_authentications: PendingAuthentications
  permissions: Permissions
  profiles: Profiles
  provisioning_refusals: ProvisioningRefusals
  recovery_codes: RecoveryCodes
  redirect_uris: RedirectUris
  refresh_tokens: RefreshTokens
  refused_responses: RefusedResponses
  rejected_redirects: RejectedRedirects
  role_permissions: RolePermissions
  roles: Roles
  scim_requests: ScimRequests
  sessions: Sessions
  sign_in_consents: SignInConsents
  signing_keys: SigningKeys
  sso_access_tokens: SsoAccessTokens
  sso_codes: SsoCodes
  sso_logout_tokens: SsoLogoutTokens
  sso_sessions: SsoSessions
  tallies: Tallies
  test_sso_runs: TestSsoRuns
  user_identities: UserIdentities
  user_passwords: UserPasswords
  users: Users
  webhook_deliveries: WebhookDeliveries
  webhook_endpoints: WebhookEndpoints
  webhook_secrets: WebhookSecrets
}
