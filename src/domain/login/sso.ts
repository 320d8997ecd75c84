import { createHash } from 'node:crypto'
import type { Profile, TokenResponse } from '#contracts/sso.ts'
import type { AuthenticationMethod } from '#contracts/authentication.ts'
import { change, type Work } from '#db/work.ts'
import { maySignUp } from '../authentication/sign-up.ts'
import { oauthTokensContext, plainFacts } from '../authentication/facts.ts'
import { readSettings } from '../authentication/settings.ts'
import { OAuthError } from '../errors.ts'
import { identityProvider } from '../oauth/upstream.ts'
import type { Client } from '../sso/attempts.ts'
import { exchangeCode } from '../sso/code.ts'
import { type Start, type StartDeps, startLogin, withParameters } from '../sso/start-login.ts'
import { advance, fail, type Next } from './advance.ts'
import type { LoginDeps } from './answers.ts'
import { type BrowserSecret, ssoVerifier } from './browser.ts'
import { identify } from './identify.ts'
import { lockOpen } from './invitation.ts'
import { methodOfProvider } from './social.ts'
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

/**
 * Where the application is told that what it asked for cannot be begun: a provider that is not set up, say. Nobody in
 * front of the browser could do anything about it.
 * @returns undefined for a sign-in that leads to an identity provider.
 */
export function refusedAtOnce(start: Start, { request }: HostedLogin, baseUrl: string): string | undefined {
  if (start.kind !== 'redirect' || !start.location.startsWith(`${ssoReturnUrl(baseUrl)}?`)) return undefined
  const answer = new URL(start.location).searchParams
  answer.delete('state')
  return withParameters(request.redirectUri, {
    ...Object.fromEntries(answer),
    ...(request.state !== null && { state: request.state }),
  })
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
  const open = profile !== undefined && (await mayEnter(deps, login, profile))
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    if (current.finishedAt !== null) return { kind: 'step', step: 'finished' }
    return profile
      ? enter(work, deps, current, profile, { maySignUp: open, client, oauthTokens: answer?.oauth_tokens, reference })
      : fail(work, current, null, current.state.provider === null ? 'ssoRefused' : 'providerRefused', reference)
  })
}

/** Whether somebody new may be made an account of what an identity provider said. */
export async function mayEnter({ db }: LoginDeps, { environment }: HostedLogin, { email }: Profile): Promise<boolean> {
  return maySignUp(db.kysely, environment, await readSettings(db.kysely, environment), email)
}

interface Entering {
  readonly maySignUp: boolean
  readonly client: Client
  readonly oauthTokens?: TokenResponse['oauth_tokens']
  /** Of the attempt, where one is known. */
  readonly reference?: string | null
}

/** Finds out who it is that an identity provider means, and goes on as them. */
export async function enter(
  work: Work,
  deps: LoginDeps,
  current: HostedLogin,
  profile: Profile,
  { maySignUp: open, client, oauthTokens, reference = null }: Entering,
): Promise<Next> {
  const { organization_id: organization, connection_id: connection } = profile
  const source = await readSource(work, profile)
  // Taken away since: nobody knows any more what it was to be taken for.
  if (!source) return fail(work, current, null, 'providerRefused', reference)
  const isInvited = async () => (await lockOpen(work, current, profile.email.toLowerCase())) !== undefined
  const identified = await identify(work, profile, {
    provider: source.provider,
    vouchesForEmail: organization === null && profile.raw_attributes['email_verified'] === true,
    maySignUp: open || (await isInvited()),
  })
  if (!identified) return fail(work, current, null, 'signUpClosed')
  return advance(work, deps, current, {
    user: identified.user,
    link: identified.link,
    facts: {
      ...plainFacts(source.method, client),
      connection: organization === null ? null : { id: connection, organization },
      emailProven: identified.emailProven,
      // Where the provider is set up to share them; for the application alone, with its session.
      oauthTokens: oauthTokens
        ? deps.secrets.seal(JSON.stringify(oauthTokens), oauthTokensContext(work.environment))
        : null,
    },
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

/** What an identity of the profile's source is linked under, and the way to sign in that it is. */
async function readSource(
  work: Work,
  { connection_id: id, organization_id: organization }: Profile,
): Promise<{ readonly provider: string; readonly method: AuthenticationMethod } | undefined> {
  if (organization !== null) {
    const connection = await work.tx
      .selectFrom('connections')
      .select('realm')
      .where('environment_id', '=', work.environment)
      .where('id', '=', id)
      .executeTakeFirst()
    return { provider: connection?.realm ?? id, method: 'SSO' }
  }
  const row = await work.tx
    .selectFrom('oauth_providers')
    .select(['provider', 'issuer'])
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  const method = row && methodOfProvider(row.provider)
  return method && { provider: identityProvider(row), method }
}
