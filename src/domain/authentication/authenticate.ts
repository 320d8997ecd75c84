import type { AuthenticateResponse, OauthTokens } from '#contracts/authentication.ts'
import { OAuthError } from '../errors.ts'
import type { TokenDeps } from '../sessions/access-token.ts'
import { answerSignIn } from '../sessions/issue.ts'
import type { SignInOutcome } from './complete.ts'
import { oauthTokensContext } from './facts.ts'
import { authorizationCode } from './grants/authorization-code.ts'
import { deviceCode } from './grants/device-code.ts'
import { emailVerification } from './grants/email-verification.ts'
import type { Grant, GrantDeps, GrantRequest } from './grants/grant.ts'
import { magicAuth } from './grants/magic-auth.ts'
import { mfaTotp } from './grants/mfa-totp.ts'
import { organizationSelection } from './grants/organization-selection.ts'
import { password } from './grants/password.ts'
import { refreshToken } from './grants/refresh-token.ts'

const grants: Readonly<Record<string, Grant>> = {
  authorization_code: authorizationCode,
  password,
  refresh_token: refreshToken,
  'urn:ietf:params:oauth:grant-type:device_code': deviceCode,
  'urn:workos:oauth:grant-type:magic-auth:code': magicAuth,
  'urn:workos:oauth:grant-type:email-verification:code': emailVerification,
  'urn:workos:oauth:grant-type:mfa-totp': mfaTotp,
  'urn:workos:oauth:grant-type:organization-selection': organizationSelection,
}

export type Answer =
  | { readonly kind: 'signed_in'; readonly response: AuthenticateResponse }
  | Extract<SignInOutcome, { kind: 'interrupted' }>

/**
 * Whatever is exchanged for a session, whichever way.
 * @throws OAuthError, BadRequest, Forbidden or Invalid when it is not taken.
 */
export async function authenticate(deps: GrantDeps & TokenDeps, request: GrantRequest): Promise<Answer> {
  const type = request.fields.grant_type ?? ''
  const grant = Object.hasOwn(grants, type) ? grants[type] : undefined
  if (!grant)
    throw new OAuthError('unsupported_grant_type', `The grant_type '${type.slice(0, 100)}' is not supported here.`)
  const outcome = await grant(deps, request)
  if (outcome.kind !== 'signed_in') return outcome
  const response = await answerSignIn(deps, outcome.session)
  const { oauthTokens } = outcome
  if (oauthTokens === null) return { kind: 'signed_in', response }
  const tokens = deps.secrets.open(oauthTokens, oauthTokensContext(request.client.environment))
  return { kind: 'signed_in', response: { ...response, oauth_tokens: JSON.parse(tokens) as OauthTokens } } // sealed by us
}
