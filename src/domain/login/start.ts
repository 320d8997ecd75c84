import type { AuthorizeUserQuery } from '#contracts/authkit.ts'
import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change } from '#db/work.ts'
import { redeemImpersonation } from '../impersonation/impersonate.ts'
import { type InvitationRow, stateOf } from '../invitations/present.ts'
import { readInvitationByToken } from '../invitations/read.ts'
import { chooseRedirect, nearestRegistered, type RegisteredRedirect } from '../redirects/resolve.ts'
import type { Client } from '../sso/attempts.ts'
import { errorRedirect, type UnregisteredRedirect, withParameters } from '../sso/start-login.ts'
import { readUser } from '../users/read.ts'
import { advance, type Next } from './advance.ts'
import type { LoginDeps } from './answers.ts'
import { type BrowserSecret, hashBrowserSecret } from './browser.ts'
import { findDomainPolicy } from './domain-policy.ts'
import { findHostedSession } from './hosted-session.ts'
import type { InvitationGone } from './invitation.ts'
import type { SsoSelector } from './sso.ts'
import { freshState, type HostedLogin, lockLogin, type LoginRequest, type LoginState } from './state.ts'

const loginLifetimeMs = 60 * 60_000
/** An application that sends the browser back so often within seconds does not keep who signed in. */
const loopWindowMs = 15_000
const loopLimit = 4

export type HostedStart =
  | { readonly kind: 'unknown_client'; readonly clientId: string | undefined }
  | ({ readonly kind: 'unregistered_redirect' } & UnregisteredRedirect)
  /** Back to the application with an error. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** Back to the application with a code for somebody who is being impersonated. */
  | { readonly kind: 'impersonation'; readonly location: string }
  | { readonly kind: 'loop'; readonly environment: EnvironmentId }
  | { readonly kind: 'invitation_gone'; readonly environment: EnvironmentId; readonly reason: InvitationGone }
  | { readonly kind: 'sso'; readonly login: HostedLogin; readonly selector: SsoSelector }
  | { readonly kind: 'next'; readonly login: HostedLogin; readonly next: Next }

interface Found {
  readonly environment: EnvironmentId
  readonly kind: 'staging' | 'production'
  readonly redirects: readonly RegisteredRedirect[]
  readonly organization_known: boolean
  readonly connection: { readonly id: ConnectionId; readonly organization_id: OrganizationId } | null
  readonly organization_sso: { readonly connection: ConnectionId; readonly takes_outsiders: boolean } | null
  readonly recent: number
}

const find = prepared<[string, string | null, string | null, Buffer, Date], Found>(
  'login-start',
  `select e.id as environment, e.kind,
     (select coalesce(json_agg(json_build_object('uri', r.uri, 'is_default', r.is_default)), '[]')
      from redirect_uris r where r.environment_id = e.id) as redirects,
     exists (select from organizations o where o.environment_id = e.id and o.id = $2) as organization_known,
     (select json_build_object('id', c.id, 'organization_id', c.organization_id) from connections c
      where c.environment_id = e.id and c.id = $3) as connection,
     (select json_build_object('connection', c.id, 'takes_outsiders', o.allow_profiles_outside_organization) from connections c
      join organizations o on o.environment_id = c.environment_id and o.id = c.organization_id
      left join organization_authentication_settings s on s.environment_id = c.environment_id and s.organization_id = c.organization_id
      where c.environment_id = e.id and c.organization_id = $2 and c.state = 'active'
        and coalesce((s.settings ->> 'sso_required')::boolean, true) order by c.id limit 1) as organization_sso,
     (select count(*)::integer from hosted_logins l
      where l.browser_hash = $4 and l.created_at > $5 and l.environment_id = e.id and l.finished_at is not null) as recent
   from environments e where e.client_id = $1`,
)

export interface Visitor {
  readonly browser: BrowserSecret
  /** The browser's cookies of hosted sessions, by environment. */
  readonly hostedSession: (environment: EnvironmentId) => string | undefined
  /** The query as it came, to begin again with. */
  readonly query: string
  /** A link to impersonate somebody that this browser opened, and which began this. */
  readonly impersonation: { readonly token: string; readonly client: Client } | undefined
  /** How somebody signed in from this browser the last time; a connection by its id. */
  readonly lastUsed: string | undefined
  /** Whoever saw that the application loops and wants to try once more. */
  readonly insists: boolean
}

/**
 * Begins a sign-in for an application. Problems go back to it on its redirect URI, except when the redirect URI itself
 * cannot be trusted.
 */
export async function startHosted(
  deps: LoginDeps & { readonly db: Database },
  query: AuthorizeUserQuery,
  visitor: Visitor,
): Promise<HostedStart> {
  const browserHash = hashBrowserSecret(visitor.browser)
  const since = new Date(deps.clock().getTime() - loopWindowMs)
  const [found] = await find(
    deps.db.pool,
    query.client_id ?? '',
    query.organization_id ?? null,
    query.connection_id ?? null,
    browserHash,
    since,
  )
  if (!found) return { kind: 'unknown_client', clientId: query.client_id }
  const redirectUri = chooseRedirect(found.redirects, query.redirect_uri)
  if (redirectUri === undefined) return unregistered(found, query.redirect_uri)
  const problem = problemWith(query, found)
  if (problem) return { kind: 'redirect', location: errorRedirect(redirectUri, query.state, ...problem) }
  if (found.recent >= loopLimit && !visitor.insists) return { kind: 'loop', environment: found.environment }
  if (visitor.impersonation) {
    const { token, client } = visitor.impersonation
    const answer = { redirectUri, codeChallenge: query.code_challenge ?? null }
    const code = await redeemImpersonation(deps, found.environment, token, answer, client)
    if (code !== undefined)
      return {
        kind: 'impersonation',
        location: withParameters(redirectUri, { code, ...(query.state !== undefined && { state: query.state }) }),
      }
  }

  const { invitation_token: token } = query
  const invitation = token ? await findInvitation(deps, found.environment, token) : null
  if (typeof invitation === 'string')
    return { kind: 'invitation_gone', environment: found.environment, reason: invitation }
  const organization = found.organization_known ? (query.organization_id as OrganizationId) : null
  const request: LoginRequest = {
    clientId: query.client_id ?? '',
    redirectUri,
    state: query.state ?? null,
    codeChallenge: query.code_challenge ?? null,
    organization: organization ?? found.connection?.organization_id ?? invitation?.organization_id ?? null,
    uiLocales: query.ui_locales ?? null,
    invitation: invitation && { id: invitation.id, email: invitation.email },
    device: null,
    query: visitor.query,
  }
  const email = invitation?.email ?? readHint(query.login_hint)
  const isAsked = invitation !== null && isLoginBox(query)
  const login = await createLogin(deps, found, browserHash, request, {
    ...freshState,
    step: isAsked ? 'invite' : query.screen_hint === 'sign-up' ? 'sign-up' : 'sign-in',
    email,
    provider:
      query.provider !== 'authkit' && /^[\w-]{1,40}$/.test(query.provider ?? '') ? (query.provider ?? null) : null,
  })
  // Whoever is signed in here may be somebody else: nobody accepts without being asked.
  const resumed = invitation ? undefined : await resume(deps, query, visitor, login)
  if (resumed) return { kind: 'next', login, next: resumed }
  if (query.prompt === 'none')
    return {
      kind: 'redirect',
      location: errorRedirect(redirectUri, query.state, 'login_required', 'Nobody is signed in in this browser.'),
    }
  const selector = isAsked ? undefined : await chooseSelector(deps, query, found, email, visitor.lastUsed)
  if (selector) return { kind: 'sso', login, selector }
  return { kind: 'next', login, next: { kind: 'step', step: login.state.step } }
}

async function findInvitation(
  deps: LoginDeps,
  environment: EnvironmentId,
  token: string,
): Promise<InvitationRow | InvitationGone> {
  const row = await readInvitationByToken(deps.db.kysely, environment, token)
  if (!row) return 'unknown'
  const state = stateOf(row, deps.clock())
  return state === 'pending' ? row : state
}

/** Whether people are to see our pages first, and not a provider's. */
function isLoginBox({ provider, connection_id: connection }: AuthorizeUserQuery): boolean {
  return connection === undefined && (provider === undefined || provider === 'authkit')
}

/** Who is signed in here already need not be asked, unless the application wants them to be. */
export async function resume(
  deps: LoginDeps,
  query: AuthorizeUserQuery,
  { hostedSession }: Pick<Visitor, 'hostedSession'>,
  login: HostedLogin,
): Promise<Next | undefined> {
  if (query.prompt === 'login' || query.prompt === 'select_account' || query.screen_hint === 'sign-up') return undefined
  const session = await findHostedSession(deps.db, login.environment, hostedSession(login.environment), deps.clock())
  if (!session) return undefined
  const age = (deps.clock().getTime() - session.authenticatedAt.getTime()) / 1000
  if (query.max_age !== undefined && age > Number(query.max_age)) return undefined
  const { provider, connection_id: connection } = query
  // Another way in was named than the one that was taken.
  if (connection !== undefined && session.facts.connection?.id !== connection) return undefined
  if (provider !== undefined && provider !== 'authkit' && session.facts.method !== provider) return undefined
  return change(deps, { environment: login.environment }, async (work) => {
    const current = await lockLogin(work, login)
    const user = await readUser(work.tx, work.environment, session.user)
    const hint = login.state.email
    if (hint !== null && hint !== user.email) return undefined
    const state = { ...current.state, continues: session.login }
    return advance(work, deps, { ...current, state }, { user, facts: session.facts, link: null })
  })
}

async function chooseSelector(
  deps: LoginDeps,
  query: AuthorizeUserQuery,
  found: Found,
  email: string | null,
  lastUsed: string | undefined,
): Promise<SsoSelector | undefined> {
  const { provider } = query
  if (provider !== undefined && provider !== 'authkit') return { provider, scopes: query.provider_scopes ?? [] }
  if (query.connection_id !== undefined) return { connection: query.connection_id }
  const policy = email === null ? undefined : await findDomainPolicy(deps.db, found.environment, email)
  if (policy) return { connection: policy.connection }
  const { organization_sso: sso } = found
  if (sso === null) return undefined
  const there = { connection: sso.connection }
  // A guest's address is under nobody's policy, and the organization's identity provider could not vouch for it.
  if (email !== null) return sso.takes_outsiders ? there : undefined
  // Nobody leaves an identity provider for our pages: who may be a guest sees these first (decision 18).
  const isKnownHere = query.prompt === undefined && lastUsed === sso.connection
  return provider === undefined || query.domain_hint !== undefined || isKnownHere ? there : undefined
}

export async function createLogin(
  deps: LoginDeps,
  { environment, kind }: Pick<Found, 'environment' | 'kind'>,
  browserHash: Buffer,
  request: LoginRequest,
  state: LoginState,
): Promise<HostedLogin> {
  const now = deps.clock()
  const id = newId('hostedLogin', now)
  const expiresAt = new Date(now.getTime() + loginLifetimeMs)
  await deps.db.kysely
    .insertInto('hosted_logins')
    .values({
      environment_id: environment,
      id,
      browser_hash: browserHash,
      request: JSON.stringify(request),
      state: JSON.stringify(state),
      expires_at: expiresAt,
      created_at: now,
    })
    .execute()
  return { id, environment, environmentKind: kind, request, state, finishedAt: null, expiresAt }
}

function unregistered({ redirects, kind, environment }: Found, received: string | undefined): HostedStart {
  return {
    kind: 'unregistered_redirect',
    received,
    nearest: nearestRegistered(
      received ?? '',
      redirects.map(({ uri }) => uri),
    ),
    environmentKind: kind,
    environment,
  }
}

type Problem = Parameters<typeof errorRedirect> extends [string, unknown, infer E, ...unknown[]] ? [E, string] : never

function problemWith(query: AuthorizeUserQuery, found: Found): Problem | undefined {
  const { provider, connection_id: connection, organization_id: organization } = query
  if (query.response_type !== 'code') return ['invalid_request', `response_type must be 'code'.`]
  if (provider === undefined && connection === undefined && organization === undefined)
    return ['invalid_request', 'Give one of provider, connection_id or organization_id; none was given.']
  if (connection !== undefined && (provider !== undefined || organization !== undefined))
    return ['invalid_request', 'connection_id stands alone: leave out provider and organization_id.']
  if (connection !== undefined && !found.connection)
    return ['connection_invalid', `Connection '${connection.slice(0, 100)}' is not known here.`]
  if (organization !== undefined && !found.organization_known)
    return ['organization_invalid', `Organization '${organization.slice(0, 100)}' is not known here.`]
  if (query.max_age !== undefined && !/^\d{1,9}$/.test(query.max_age))
    return ['invalid_request', 'max_age must be a number of seconds.']
  if (query.code_challenge === undefined)
    return query.code_challenge_method === undefined
      ? undefined
      : ['invalid_request', 'code_challenge_method was given without code_challenge.']
  // RFC 7636 §4.2: `plain` would hand the verifier to whoever sees this URL.
  if (query.code_challenge_method !== 'S256') return ['invalid_request', `code_challenge_method must be 'S256'.`]
  return /^[A-Za-z0-9_-]{43}$/.test(query.code_challenge)
    ? undefined
    : ['invalid_request', 'code_challenge must be the base64url SHA-256 of the verifier: 43 characters.']
}

function readHint(hint: string | undefined): string | null {
  const email = hint?.trim().toLowerCase()
  return email !== undefined && isEmailAddress(email) ? email : null
}

/** One at sign with something on both sides that a mail server could take. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>"(),:;[\]\\]+@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]+$/.test(text)
}
