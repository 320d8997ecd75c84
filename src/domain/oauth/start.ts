import { createHash, randomBytes } from 'node:crypto'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { EmittedEvents } from '#db/work.ts'
import type { OidcProblem } from '#protocols/oidc/problem.ts'
import { authorizationUrl, signInKeys } from '#protocols/oidc/sign-in.ts'
import { ok, type Result } from '#protocols/result.ts'
import { attemptEvent, type Client, type TimelineEntry } from '../sso/attempts.ts'
import { oauthCallbackUrl } from './providers.ts'
import type { OAuthServers } from './servers.ts'
import type { Upstream } from './upstream.ts'

/** How long somebody may take at the OAuth server. */
export const oauthLifetimeMs = 10 * 60_000

export interface OAuthStartDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly wake: () => void
  readonly oauth: OAuthServers
  readonly baseUrl: string
}

/** What the application asked for, as far as it matters here. */
export interface OAuthRequest {
  readonly environment: EnvironmentId
  readonly redirectUri: string
  readonly appState: string | null
  readonly codeChallenge: string | null
  readonly loginHint: string | null
  readonly domainHint?: string | null
  readonly prompt: string | null
  /** Asked for besides the configured ones. */
  readonly scopes: readonly string[]
  /** How the upstream was chosen, for the timeline. */
  readonly chosenBy: string
}

/** A secret for the browser alone; the answer is taken from nobody else. */
export interface BrowserSecret {
  readonly name: string
  readonly value: string
  readonly maxAgeSeconds: number
}

export interface OAuthStart {
  readonly location: string
  readonly cookie: BrowserSecret
}

const save = prepared(
  'oauth-start',
  `with attempt as (
     insert into sso_sessions (environment_id, id, organization_id, connection_id, origin, state, relay_hash, browser_hash,
       redirect_uri, app_state, code_challenge, login_hint, ip_address, user_agent, timeline, created_at, expires_at)
     values ($1, $2, $3, $4, 'sp', 'started', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))
   select append_events($1, $16, $17, $18, $19, $14)`,
)

/**
 * Sends a browser to an OAuth server. State goes through the URL; nonce and PKCE verifier come from a secret that only the
 * browser keeps, so an answer cannot be redeemed in another one, whoever started it (login CSRF).
 */
export async function startOauth(
  deps: OAuthStartDeps,
  upstream: Upstream,
  request: OAuthRequest,
  client: Client,
): Promise<Result<OAuthStart, OidcProblem>> {
  const server = await deps.oauth.get(upstream.issuer, upstream.dialect)
  if (!server.ok) return server
  const now = deps.clock()
  const state = randomBytes(24).toString('base64url')
  const secret = randomBytes(32).toString('base64url')
  const location = authorizationUrl(server.value, {
    clientId: upstream.clientId,
    redirectUri: oauthCallbackUrl(deps.baseUrl),
    scopes: [...new Set([...upstream.scopes, ...request.scopes])],
    keys: signInKeys(state, secret),
    openid: upstream.dialect !== 'github',
    extra: {
      ...(request.loginHint !== null && { login_hint: request.loginHint }),
      ...(request.domainHint != null && { domain_hint: request.domainHint, hd: request.domainHint }),
      ...(request.prompt === 'login' && { prompt: 'login' }),
      ...upstream.parameters,
    },
  })
  const session = newId('ssoSession', now)
  const attempt = { id: session, organizationId: upstream.organizationId, connectionId: upstream.id }
  const events = new EmittedEvents(request.environment, now)
  // The vendor announces the start of SSO alone; of social sign-ins it tells the end.
  if (upstream.organizationId !== null)
    events.emit(
      'authentication.sso_started',
      { ...attemptEvent(attempt, client), status: 'started', email: request.loginHint },
      upstream.organizationId,
    )
  const [, ids, types, organizations, bodies] = events.parameters
  await save(
    deps.db.pool,
    request.environment,
    session,
    upstream.organizationId,
    upstream.id,
    hashText(state),
    hashText(secret),
    request.redirectUri,
    request.appState,
    request.codeChallenge,
    request.loginHint,
    client.ipAddress,
    client.userAgent,
    JSON.stringify(startTimeline(upstream, request, server.value.issuer, now)),
    now,
    new Date(now.getTime() + oauthLifetimeMs),
    ids,
    types,
    organizations,
    bodies,
  )
  if (events.size > 0) deps.wake()
  return ok({
    location,
    cookie: { name: secretName(state), value: secret, maxAgeSeconds: oauthLifetimeMs / 1000 },
  })
}

/** One cookie a sign-in, so that several windows can sign in at once. */
export function secretName(state: string): string {
  return `oauth-${hashText(state).toString('hex').slice(0, 16)}`
}

export function hashText(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function startTimeline(upstream: Upstream, request: OAuthRequest, issuer: string, now: Date): TimelineEntry[] {
  const at = now.toISOString()
  return [
    { at, step: 'started', redirect_uri: request.redirectUri, login_hint: request.loginHint },
    { at, step: 'connection_chosen', connection_id: upstream.id, by: request.chosenBy },
    { at, step: 'request_sent', destination: issuer, binding: 'oauth' },
  ]
}
