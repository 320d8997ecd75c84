import type { Divergence } from './ledger.ts'

const authenticate = 'POST /user_management/authenticate'

/** Where signing in, sessions and second factors are known to differ from the vendor's description. */
export const sessionDivergences: readonly Divergence[] = [
  {
    at: /^POST \/user_management\/(?:magic_auth|password_reset)\/send$/,
    gap: /^is not in this version/,
    reason: 'SDKs before 8 call it.',
  },
  {
    at: authenticate,
    gap: /^body (?:client_id|grant_type) may be left out$/,
    reason: 'What is missing is answered as OAuth does, not as a broken body.',
  },
  {
    at: authenticate,
    gap: 'answer lacks authkit_authorization_code',
    reason: 'Belongs to the vendor’s OAuth applications.',
  },
  {
    at: authenticate,
    gap: 'answer may lack refresh_token',
    reason: 'In the cookie mode of authkit-js the browser keeps it.',
  },
  {
    at: authenticate,
    gap: /^never answers 400 with code (?:invalid_organization_id|organization_not_found)$/,
    reason: 'An organization one is no member of is answered alike whether it exists or not.',
  },
  {
    at: authenticate,
    gap: /^never answers 400 with code (?:code_challenge_not_found|pkce_not_supported|user_mismatch|invalid_request)$/,
    reason: 'A code that does not fit is invalid_grant, whatever does not fit (RFC 6749 §5.2, RFC 7636 §4.6).',
  },
  {
    at: authenticate,
    gap: /^never answers 400 with code (?:invalid_profile|invalid_connection|sign_up_not_allowed|extra_attributes_required|invitation_cannot_be_used_for_email)$/,
    reason: 'Said where the sign-in starts, before there is a code.',
  },
  {
    at: authenticate,
    gap: /^never answers (?:400 with code invalid_link_authorization_code|403 with code (?:passkey_progressive_enrollment|radar_challenge|radar_sign_up_challenge|application_consent_required))$/,
    reason: 'Parts of the vendor’s service that are not served.',
  },
  {
    at: authenticate,
    gap: 'never answers 403 with code authentication_method_not_allowed',
    reason: 'The vendor documents 400 for it too, which is what it gets.',
  },
  {
    at: 'POST /user_management/authorize/device',
    gap: /^never answers 403/,
    reason: 'Every environment may use the device flow.',
  },
  {
    at: /^POST \/user_management\//,
    gap: /^never answers 429(?: with code daily_quota_exceeded)?$/,
    reason: 'There are no quotas; limits against guessing are by the minute.',
  },
  {
    at: 'POST /user_management/password_reset',
    gap: 'never answers 403 with code password_reset_not_allowed',
    reason: 'Whoever may sign in by password may have a new one.',
  },
  {
    at: 'GET /user_management/sessions/logout',
    gap: /^(?:query session_id may be left out|never answers 422)$/,
    reason: 'A browser gets a page.',
  },
  {
    at: /^(?:GET|POST) \/(?:user_management\/users\/\{id\}\/auth_factors|auth\/factors|user_management\/sessions\/revoke)/,
    gap: 'may answer 404',
    reason: 'An unknown id is 404 everywhere, as in recordings of the vendor.',
  },
  {
    at: 'GET /user_management/users/{id}/sessions',
    gap: 'never answers 422 with code invalid_request_parameters',
    reason: 'Fields that break a rule are named one by one, without a code for all of them.',
  },
  {
    at: /\/(?:auth_factors|auth\/factors|auth\/challenges)/,
    gap: /(?:sms|answer lacks (?:code|challenge\.code|authentication_challenge\.code)|phone_number|'generic_otp').*$/,
    reason: 'Second factors are authenticator apps; codes by text message are not offered.',
  },
  {
    at: 'POST /auth/factors/enroll',
    gap: 'body totp_secret is taken in addition',
    reason: 'As for the factors of users: people keep the apps they have.',
  },
  {
    at: 'DELETE /auth/factors/{id}',
    gap: 'never answers 200',
    reason: 'The other documented status, 204, is what recordings of the vendor show.',
  },
  {
    at: 'GET /sso/jwks/{client_id}',
    gap: /^answer (?:holds keys\[\]\.(?:crv|x|y) in addition|may lack keys\[\]\.(?:n|e))$/,
    reason: 'Elliptic curve keys, for environments that sign with ES256 (RFC 7518 §6.2).',
  },
]
