import { createHash } from 'node:crypto'
import type { Profile, TokenResponse } from '#contracts/sso.ts'
import type { AuthenticationMethod } from '#contracts/authentication.ts'
import { change } from '#db/work.ts'
import { maySignUp } from '../authentication/sign-up.ts'
import { oauthTokensContext, plainFacts } from '../authentication/facts.ts'
import { readSettings } from '../authentication/settings.ts'
import { OAuthError } from '../errors.ts'
import type { Client } from '../sso/attempts.ts'
import { exchangeCode } from '../sso/code.ts'
import { type Start, type StartDeps, startLogin } from '../sso/start-login.ts'
import { advance, fail, type Next } from './advance.ts'
import type { LoginDeps } from './answers.ts'
import { type BrowserSecret, ssoVerifier } from './browser.ts'
import { identify } from './identify.ts'
import { lockOpen } from './invitation.ts'
import { type HostedLogin, lockLogin } from './state.ts'

/** Where identity providers' sign-ins end for us, as an application's do at its redirect URI. */
export function ssoReturnUrl(baseUrl: string): string {
  return `${baseUrl}/authkit/sso/callback`
}

export type SsoSelector =
  | { readonly connection: string }
  | { readonly organization: string }
  | { readonly provider: string; readonly scopes: readonly string[] }

/** Sends the browser to an identity provider, as `/sso/authorize` does for applications; it comes back to us. */
export function startSso(
  deps: StartDeps,
  login: HostedLogin,
  browser: BrowserSecret,
  selector: SsoSelector,
  hints: { readonly prompt: string | undefined; readonly domainHint: string | undefined },
  client: Client,
): Promise<Start> {
  const challenge = createHash('sha256').update(ssoVerifier(browser, login.id)).digest('base64url')
  const { email } = login.state
  return startLogin(
    deps,
    {
      client_id: login.request.clientId,
      response_type: 'code',
      state: login.id,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...('provider' in selector ? { provider: selector.provider, provider_scopes: [...selector.scopes] } : selector),
      ...(email !== null && { login_hint: email }),
      ...(hints.prompt !== undefined && { prompt: hints.prompt }),
      ...(hints.domainHint !== undefined && { domain_hint: hints.domainHint }),
    },
    client,
    ssoReturnUrl(deps.baseUrl),
  )
}

/** What an identity provider's sign-in came back with. */
export interface SsoReturn {
  readonly code: string | undefined
  readonly error: string | undefined
  readonly errorDescription: string | undefined
}

/**
 * Takes up a sign-in that an identity provider finished. The code is worth something to the browser alone that went
 * there for this very sign-in: it needs the verifier that only that browser's secret gives.
 */
export async function finishSso(
  deps: LoginDeps,
  login: HostedLogin,
  browser: BrowserSecret,
  { code, errorDescription }: SsoReturn,
  client: Client,
): Promise<Next> {
  const reference = /sso_session_\w+/.exec(errorDescription ?? '')?.[0] ?? null
  const answer = code === undefined ? undefined : await redeem(deps, login, browser, code)
  const profile = answer?.profile
  const { environment } = login
  const settings = await readSettings(deps.db.kysely, environment)
  const mayEnter = profile !== undefined && (await maySignUp(deps.db.kysely, environment, settings, profile.email))
  return change(deps, { environment }, async (work) => {
    const current = await lockLogin(work, login)
    const isInvited = async (email: string) => (await lockOpen(work, current, email.toLowerCase())) !== undefined
    if (current.finishedAt !== null) return { kind: 'step', step: 'finished' }
    if (!profile)
      return fail(work, current, null, current.state.provider === null ? 'ssoRefused' : 'providerRefused', reference)
    const isSocial = profile.organization_id === null
    const realm = await work.tx
      .selectFrom('connections')
      .select('realm')
      .where('environment_id', '=', environment)
      .where('id', '=', profile.connection_id)
      .executeTakeFirst()
    const identified = await identify(work, profile, {
      provider: isSocial ? profile.connection_type : (realm?.realm ?? profile.connection_id),
      vouchesForEmail: isSocial && profile.raw_attributes['email_verified'] === true,
      maySignUp: mayEnter || (await isInvited(profile.email)),
    })
    if (!identified) return fail(work, current, null, 'signUpClosed')
    return advance(work, deps, current, {
      user: identified.user,
      link: identified.link,
      facts: {
        ...plainFacts(methodOf(profile), client),
        connection:
          profile.organization_id === null
            ? null
            : { id: profile.connection_id, organization: profile.organization_id },
        emailProven: identified.emailProven,
        // Where the provider is set up to share them; for the application alone, with its session.
        oauthTokens: answer?.oauth_tokens
          ? deps.secrets.seal(JSON.stringify(answer.oauth_tokens), oauthTokensContext(environment))
          : null,
      },
    })
  })
}

async function redeem(
  deps: LoginDeps,
  login: HostedLogin,
  browser: BrowserSecret,
  code: string,
): Promise<TokenResponse | undefined> {
  try {
    const { response } = await exchangeCode(
      deps,
      {
        client_id: login.request.clientId,
        grant_type: 'authorization_code',
        code,
        code_verifier: ssoVerifier(browser, login.id),
      },
      deps.clock(),
    )
    return response
  } catch (error) {
    if (error instanceof OAuthError) return undefined
    throw error
  }
}

/** Social providers are connections without an organization, and methods by the same name. */
function methodOf({ organization_id, connection_type }: Profile): AuthenticationMethod {
  return organization_id === null ? (connection_type as AuthenticationMethod) : 'SSO'
}
