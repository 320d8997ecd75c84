import * as Type from 'typebox'
import type { Static } from 'typebox'

/** One unmet requirement. `errors` on the wire is always an array of these: SDKs crash on anything else. */
export const FieldError = Type.Object({
  code: Type.String(),
  field: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
export type FieldError = Static<typeof FieldError>

/** The envelope of every API error that is not OAuth's. */
export const ErrorBody = Type.Object({
  message: Type.String(),
  code: Type.Optional(Type.String()),
  entity_id: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(FieldError)),
})
export type ErrorBody = Static<typeof ErrorBody>

/** RFC 6749 §5.2. */
export const OAuthErrorBody = Type.Object({
  error: Type.String(),
  error_description: Type.Optional(Type.String()),
})
export type OAuthErrorBody = Static<typeof OAuthErrorBody>

/** Codes sent to the application on its redirect URI when a sign-in cannot be completed. */
export const ssoErrorCodes = [
  'access_denied',
  'ambiguous_connection_selector',
  'connection_invalid',
  'connection_strategy_invalid',
  'connection_unlinked',
  'domain_connection_selector_not_allowed',
  'idp_initiated_sso_disabled',
  'invalid_connection_selector',
  'invalid_request',
  'login_required',
  'oauth_failed',
  'organization_invalid',
  'profile_not_allowed_outside_organization',
  'server_error',
] as const
export type SsoErrorCode = (typeof ssoErrorCodes)[number]
