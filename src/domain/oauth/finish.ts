import { timingSafeEqual } from 'node:crypto'
import type { EnvironmentId, OrganizationId, SsoSessionId } from '#contracts/ids.ts'
import type { SsoErrorCode } from '#contracts/errors.ts'
import type { Secrets } from '#protocols/envelope.ts'
import type { OidcProblem } from '#protocols/oidc/problem.ts'
import { type OAuthTokens, readUserInfo, redeem, signInKeys } from '#protocols/oidc/sign-in.ts'
import type { OAuthServer } from '#protocols/oidc/server.ts'
import { attemptEvent, type Client, type TimelineEntry } from '../sso/attempts.ts'
import { domainOf } from '../sso/attributes.ts'
import { type Failure, recordFailure } from '../sso/fail-login.ts'
import { findTarget, type Target } from '../sso/login-row.ts'
import { profileText } from '../sso/profile.ts'
import { withParameters } from '../sso/start-login.ts'
import { storeSignIn } from '../sso/store-sign-in.ts'
import { type AttemptRow, findAttempt } from './attempt-row.ts'
import { withFormerName } from './former-name.ts'
import { readGithubProfile } from './github.ts'
import { appleClaims, microsoftClaims, type OAuthPerson, readClaims } from './person.ts'
import { oauthCallbackUrl } from './providers.ts'
import { hashText, type OAuthStartDeps, secretName } from './start.ts'
import { keepTokens } from './tokens.ts'
import { connectionUpstream, providerRealm, providerUpstream, type Upstream } from './upstream.ts'

export interface OAuthFinishDeps extends OAuthStartDeps {
  readonly secrets: Secrets
}

/** What the browser brought from the OAuth server. */
export interface OAuthCallback {
  readonly parameters: URLSearchParams
  readonly cookie: (name: string) => string | undefined
}

export type OAuthFinish =
  | { readonly kind: 'redirect'; readonly location: string }
  /** No sign-in of ours has this state: nothing was recorded, and nothing in it was believed. */
  | { readonly kind: 'unknown_sign_in' }
  /** For the person at the browser: no detail, a reference for their administrator, and a way back. */
  | { readonly kind: 'refused'; readonly reference: SsoSessionId; readonly backTo: string }

/** Where the login box takes up what a provider finished. */
function hostedReturnUrl(baseUrl: string): string {
  return `${baseUrl}/authkit/sso/callback`
}

interface Context {
  readonly attempt: AttemptRow
  readonly upstream: Upstream
  /** The connection, when it is one. */
  readonly target: Target | undefined
  readonly client: Client
  readonly callback: OAuthCallback
}

interface Accepted {
  readonly person: OAuthPerson
  readonly tokens: OAuthTokens
}

/**
 * Judges the answer of an OAuth server and, when it holds, sends the person on to the application with a code. A refusal
 * is stored with its timeline and announced.
 */
export async function finishOauth(
  deps: OAuthFinishDeps,
  callback: OAuthCallback,
  client: Client,
): Promise<OAuthFinish> {
  const state = callback.parameters.get('state')
  if (state === null || state === '') return { kind: 'unknown_sign_in' }
  const [attempt] = await findAttempt(deps.db.lookUps, hashText(state))
  if (!attempt) return { kind: 'unknown_sign_in' }
  const [target] =
    attempt.external_key === null ? [] : await findTarget(deps.db.lookUps, attempt.external_key, hashText(state), null)
  const upstream = attempt.provider
    ? providerUpstream(attempt.provider)
    : target && attempt.oidc && connectionUpstream(target, attempt.oidc)
  // Set up when the browser left, and taken away since.
  if (!upstream) return { kind: 'unknown_sign_in' }
  const context = { attempt, upstream, target, client, callback }
  const verdict = await judge(deps, context, state)
  if ('failure' in verdict) return fail(deps, context, verdict.failure)
  return succeed(deps, context, verdict)
}

type Verdict = Accepted | { readonly failure: Failure }

/** Ordered: is it this browser's sign-in, may it still be finished, is it true, who is it, and may they. */
async function judge(deps: OAuthFinishDeps, context: Context, state: string): Promise<Verdict> {
  const { attempt, upstream, target, callback } = context
  const secret = callback.cookie(secretName(state))
  if (secret === undefined || !timingSafeEqual(hashText(secret), attempt.browser_hash))
    return failed(
      'other_browser',
      'The answer came from another browser than the one that asked, or its cookie is gone. Start again from the application.',
    )
  const refusal = checkAttempt(attempt, deps.clock()) ?? checkUpstream(context)
  if (refusal) return { failure: refusal }
  const server = await deps.oauth.get(upstream.issuer, upstream.dialect)
  if (!server.ok) return { failure: oauthFailure(server.error) }
  const redeemed = await redeem({
    server: server.value,
    client: upstream.client(deps.secrets, deps.clock()),
    redirectUri: oauthCallbackUrl(deps.baseUrl),
    keys: signInKeys(state, secret),
    openid: upstream.dialect !== 'github',
    parameters: callback.parameters,
    transport: deps.oauth.transport,
    clockSkewSeconds: Math.round((deps.clock().getTime() - Date.now()) / 1000),
  })
  if (!redeemed.ok) return { failure: oauthFailure(redeemed.error) }
  const { tokens } = redeemed.value
  const claims = await claimsOf(deps, context, server.value, redeemed.value.claims, tokens.accessToken)
  if (!claims.ok) return { failure: oauthFailure(claims.error) }
  const idClaim = upstream.type === 'EntraIdOIDC' ? 'oid' : 'sub'
  const read = readClaims(claims.value, target?.attribute_map ?? {}, idClaim)
  if (!read.ok) return { failure: { ...read.error, toApp: oauthFailed(read.error.message) } }
  const named =
    upstream.dialect === 'apple'
      ? await withFormerName(deps.db, attempt.environment_id, upstream, read.value)
      : read.value
  const person = { ...named, emailVerified: named.emailVerified && upstream.trustsEmail }
  const outside = checkPerson(context, person, claims.value, deps.baseUrl)
  return outside ? { failure: outside } : { person, tokens }
}

/** ID token claims, completed where the provider keeps some elsewhere. */
async function claimsOf(
  deps: OAuthFinishDeps,
  { upstream, callback }: Context,
  server: OAuthServer,
  claims: Readonly<Record<string, unknown>> | undefined,
  accessToken: string,
) {
  const { transport } = deps.oauth
  if (!claims) return readGithubProfile(server, accessToken, transport)
  const value =
    upstream.dialect === 'microsoft'
      ? microsoftClaims(claims)
      : upstream.dialect === 'apple'
        ? appleClaims(claims, callback.parameters.get('user'))
        : claims
  if (value.email !== undefined || server.userinfo_endpoint === undefined) return { ok: true as const, value }
  const more = await readUserInfo(server, upstream.clientId, accessToken, String(claims.sub), transport)
  return more.ok ? { ok: true as const, value: { ...more.value, ...value } } : more
}

function checkAttempt(attempt: AttemptRow, now: Date): Failure | undefined {
  if (attempt.state === 'succeeded')
    return { code: 'already_answered', message: 'This sign-in was completed before. Start again from the application.' }
  if (new Date(attempt.expires_at) <= now)
    return {
      code: 'login_expired',
      message: `The sign-in had to be finished by ${new Date(attempt.expires_at).toISOString()}. Start again from the application.`,
    }
  return undefined
}

function checkUpstream({ attempt, target }: Context): Failure | undefined {
  const state = target ? target.state : attempt.provider?.enabled === true ? 'active' : 'disabled'
  if (state === 'active' || state === 'validating') return undefined
  const message = `The ${target ? 'connection' : 'provider'} is ${state} and does not sign anybody in.`
  return { code: 'connection_inactive', message, toApp: { error: 'connection_invalid', description: message } }
}

/** What SAML's domain guard is for connections; and no provider's word is taken for an address it has not verified. */
function checkPerson(
  { attempt, target }: Context,
  person: OAuthPerson,
  claims: Readonly<Record<string, unknown>>,
  baseUrl: string,
): Failure | undefined {
  const { email } = person
  const denied = claims.email_verified === false || claims.email_verified === 'false'
  // The login box has addresses proven by mail; an application would take the profile for proof.
  const provenLater = attempt.redirect_uri === hostedReturnUrl(baseUrl)
  if (target ? denied : !person.emailVerified && !provenLater) {
    const message = `The provider did not confirm that '${email}' belongs to this person.`
    return { code: 'email_unverified', message, toApp: oauthFailed(message), email, checksPassed: true }
  }
  if (
    !target ||
    target.allow_profiles_outside_organization ||
    target.domains.some(({ domain }) => domain === domainOf(email))
  )
    return undefined
  return {
    code: 'profile_not_allowed_outside_organization',
    message: `'${email}' is outside the organization's verified domains. Verify the domain, or allow profiles outside the organization.`,
    toApp: {
      error: 'profile_not_allowed_outside_organization',
      description: `The profile's e-mail domain is not one of the organization's domains.`,
    },
    email,
    checksPassed: true,
  }
}

async function succeed(deps: OAuthFinishDeps, context: Context, { person, tokens }: Accepted): Promise<OAuthFinish> {
  const { attempt, upstream, target, client } = context
  const now = deps.clock()
  const connection = { id: upstream.id, connection_type: upstream.type, organization_id: upstream.organizationId }
  const stored = await storeSignIn(
    deps,
    {
      environment: attempt.environment_id,
      session: attempt.id,
      unsolicited: false,
      organizationId: upstream.organizationId,
      connectionId: upstream.id,
      realm: target?.realm ?? providerRealm(upstream),
      // The attempt itself is used once; these take the place of the SAML messages it would be remembered by.
      messages: {
        response: `${attempt.id}:response`,
        assertion: `${attempt.id}:token`,
        replayableUntil: new Date(attempt.expires_at),
      },
      person,
      profile: profileText(connection, person, target ? {} : { email_verified: person.emailVerified }),
      redirectUri: attempt.redirect_uri,
      client,
      timeline: successTimeline(context, person, now),
      activates: target?.state === 'validating' ? target : undefined,
    },
    (emit) => {
      const facts = attemptEvent(
        { id: attempt.id, organizationId: upstream.organizationId, connectionId: upstream.id },
        client,
      )
      const { sso: _sso, ...common } = facts
      if (upstream.organizationId === null)
        emit(
          'authentication.oauth_succeeded',
          { ...common, type: 'oauth', status: 'succeeded', email: person.email },
          null,
        )
      else
        emit(
          'authentication.sso_succeeded',
          { ...facts, status: 'succeeded', email: person.email },
          upstream.organizationId,
        )
    },
  )
  if ('verdict' in stored)
    return fail(deps, context, {
      code: 'already_answered',
      message: 'This sign-in was completed or ran out while the answer was being checked.',
      email: person.email,
      checksPassed: true,
    })
  if (upstream.returnTokens) await keepTokens(deps, stored.code, upstream, tokens)
  return {
    kind: 'redirect',
    location: withParameters(attempt.redirect_uri, {
      code: stored.code,
      ...(attempt.app_state !== null && { state: attempt.app_state }),
    }),
  }
}

function successTimeline(context: Context, person: OAuthPerson, now: Date): TimelineEntry[] {
  const at = now.toISOString()
  return [
    received(context, now),
    { at, step: 'verified', idp_id: person.idpId, email_verified: person.emailVerified },
    { at, step: 'code_issued', redirect_uri: context.attempt.redirect_uri },
  ]
}

function received({ callback: { parameters }, upstream }: Context, now: Date): TimelineEntry {
  return {
    at: now.toISOString(),
    step: 'response_received',
    binding: 'oauth',
    issuer: upstream.issuer,
    error: parameters.get('error')?.slice(0, 200) ?? null,
  }
}

async function fail(deps: OAuthFinishDeps, context: Context, failure: Failure): Promise<OAuthFinish> {
  const { attempt, upstream, client } = context
  const reference = await recordFailure(deps, {
    target: targetOf(attempt.environment_id, upstream),
    login: attempt,
    client,
    failure,
    refusedResponse: null,
    received: received(context, deps.clock()),
  })
  const { error, description } = failure.toApp ?? {
    error: 'server_error' as const,
    description: `The sign-in could not be completed. Reference: ${reference}`,
  }
  const location = withParameters(attempt.redirect_uri, {
    error,
    error_description: description,
    ...(attempt.app_state !== null && { state: attempt.app_state }),
  })
  return failure.toApp ? { kind: 'redirect', location } : { kind: 'refused', reference, backTo: location }
}

function targetOf(environment: EnvironmentId, { id, organizationId }: Upstream) {
  return { environment_id: environment, id, organization_id: organizationId satisfies OrganizationId | null }
}

function oauthFailure(problem: OidcProblem): Failure {
  const { code, message } = problem
  if (code !== 'authorization_refused') return { code, message, toApp: oauthFailed(`Reason: ${code}.`) }
  const denied = problem.error === 'access_denied' || problem.error === 'user_cancelled_authorize'
  return {
    code,
    message,
    toApp: denied
      ? { error: 'access_denied', description: 'The sign-in was cancelled or refused at the provider.' }
      : oauthFailed(`The provider answered '${problem.error ?? 'error'}'.`),
  }
}

function oauthFailed(description: string): { readonly error: SsoErrorCode; readonly description: string } {
  return { error: 'oauth_failed', description: `The provider's answer could not be accepted. ${description}` }
}

function failed(code: string, message: string): { readonly failure: Failure } {
  return { failure: { code, message } }
}
