import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'
import { FieldError } from './errors.ts'
import { OrganizationId, UserId } from './ids.ts'
import { User } from './users.ts'

/** How a person signed in, as the answer to a sign-in names it. */
export const AuthenticationMethod = Type.Enum([
  'SSO',
  'Password',
  'Passkey',
  'AppleOAuth',
  'GitHubOAuth',
  'GoogleOAuth',
  'MicrosoftOAuth',
  'ExternalAuth',
  'MagicAuth',
  'Impersonation',
])
export type AuthenticationMethod = Static<typeof AuthenticationMethod>

export const Impersonator = Type.Object({
  email: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
})
export type Impersonator = Static<typeof Impersonator>

/** Tokens of a social provider, for applications that asked for them. */
export const OauthTokens = Type.Object({
  provider: Type.String(),
  access_token: Type.String(),
  refresh_token: Type.String(),
  /** Seconds since 1970. */
  expires_at: Type.Integer(),
  scopes: Type.Array(Type.String()),
})
export type OauthTokens = Static<typeof OauthTokens>

export const AuthenticateResponse = Type.Object({
  user: User,
  organization_id: Type.Optional(OrganizationId),
  access_token: Type.String(),
  /** Left out where the browser keeps it in a cookie. */
  refresh_token: Type.Optional(Type.String()),
  authentication_method: AuthenticationMethod,
  impersonator: Type.Optional(Impersonator),
  oauth_tokens: Type.Optional(OauthTokens),
})
export type AuthenticateResponse = Static<typeof AuthenticateResponse>

const text = Type.Optional(Type.String())

export const AuthenticateRequest = Type.Object({
  grant_type: text,
  client_id: text,
  client_secret: text,
  code: text,
  code_verifier: text,
  invitation_token: text,
  email: text,
  password: text,
  refresh_token: text,
  organization_id: text,
  pending_authentication_token: text,
  authentication_challenge_id: text,
  device_code: text,
  device_id: text,
  ip_address: text,
  user_agent: text,
})
export type AuthenticateRequest = Static<typeof AuthenticateRequest>

/**
 * What stands between a person and a session: OAuth's two fields where the vendor uses them, its own envelope elsewhere,
 * and what the next step needs.
 */
export const AuthenticationErrorBody = Type.Object({
  message: text,
  code: text,
  error: text,
  error_description: text,
  entity_id: text,
  errors: Type.Optional(Type.Array(FieldError)),
  pending_authentication_token: text,
  email: text,
  email_verification_id: text,
  user: Type.Optional(
    Type.Object({
      object: Type.Literal('user'),
      id: UserId,
      email: Type.String(),
      first_name: Type.Union([Type.String(), Type.Null()]),
      last_name: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  authentication_factors: Type.Optional(Type.Array(Type.Object({ id: Type.String(), type: Type.String() }))),
  organizations: Type.Optional(Type.Array(Type.Object({ id: OrganizationId, name: Type.String() }))),
  connection_ids: Type.Optional(Type.Array(Type.String())),
  sso_connection_ids: Type.Optional(Type.Array(Type.String())),
  auth_methods: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
})
export type AuthenticationErrorBody = Static<typeof AuthenticationErrorBody>

const tag = 'authentication'

export const authenticate = endpoint({
  operationId: 'authenticate',
  method: 'POST',
  path: '/user_management/authenticate',
  summary: 'Exchange a code, a password or another proof for a session; grant_type says which',
  tag,
  access: 'public',
  body: AuthenticateRequest,
  success: { status: 200, body: AuthenticateResponse },
  errors: {
    400: [
      'access_denied',
      'authorization_pending',
      'expired_token',
      'invalid_client',
      'invalid_grant',
      'slow_down',
      'unauthorized_client',
      'unsupported_grant_type',
      'authentication_method_not_allowed',
      'invalid_credentials',
      'invalid_one_time_code',
      'one_time_code_expired',
      'one_time_code_previously_used',
      'one_time_code_too_many_attempts',
      'invalid_pending_authentication_token',
      'invitation_invalid',
      'organization_membership_not_found',
      'sso_required',
      'organization_authentication_methods_required',
      'mfa_enrollment',
      'token_too_big',
    ],
    401: [],
    403: [
      'email_password_auth_disabled',
      'email_verification_required',
      'mfa_challenge',
      'mfa_enrollment',
      'organization_selection_required',
    ],
    404: ['entity_not_found'],
    422: ['invalid_request_parameters'],
    429: ['too_many_requests'],
  },
})
