import { createHash, randomBytes } from 'node:crypto'
import type { ConnectionOptions } from '#contracts/connections.ts'
import type { SsoErrorCode } from '#contracts/errors.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { AuthorizeQuery } from '#contracts/sso.ts'
import { prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { EmittedEvents } from '#db/work.ts'
import { authnRequest } from '#protocols/saml/authn-request.ts'
import { encodePost, redirectUrl } from '#protocols/saml/bindings.ts'
import { signElement } from '#protocols/xmldsig/sign.ts'
import {
  oidcClientColumns,
  type OidcClientRow,
  connectionUpstream,
  providerColumns,
  type ProviderRow,
  providerUpstream,
  type Upstream,
} from '../oauth/upstream.ts'
import { type BrowserSecret, type OAuthStartDeps, startOauth } from '../oauth/start.ts'
import { optionsOf, serviceProvider } from '../connections/present.ts'
import type { SigningKeyCache } from '../environments/signing-key-cache.ts'
import { chooseRedirect, nearestRegistered, type RegisteredRedirect } from '../redirects/resolve.ts'
import { attemptEvent, type Client, type TimelineEntry } from './attempts.ts'
import { type Candidate, chooseConnection } from './connection-choice.ts'

/** How long somebody may take at the identity provider. */
export const loginLifetimeMs = 10 * 60_000

export interface StartDeps extends OAuthStartDeps {
  readonly signingKeys: SigningKeyCache
}

/** Where the browser goes next. */
export type Start =
  | {
      readonly kind: 'redirect'
      readonly location: string
      /** For the browser to keep until it comes back. */
      readonly cookie?: BrowserSecret
    }
  | {
      readonly kind: 'post'
      readonly destination: string
      readonly fields: { readonly SAMLRequest: string; readonly RelayState: string }
    }
  | { readonly kind: 'unknown_client'; readonly clientId: string | undefined }
  | ({ readonly kind: 'unregistered_redirect' } & UnregisteredRedirect)

export interface UnregisteredRedirect {
  readonly received: string | undefined
  readonly nearest: string | undefined
  readonly environmentKind: 'staging' | 'production'
  readonly environment: EnvironmentId
}

interface Found {
  readonly environment: EnvironmentId
  readonly kind: 'staging' | 'production'
  readonly redirects: readonly RegisteredRedirect[]
  readonly connections: readonly (Candidate & { readonly oidc: OidcClientRow | null })[]
  readonly provider: ProviderRow | null
}

const find = prepared<[string, string | null, string | null, string | null, string | null], Found>(
  'sso-start',
  `select e.id as environment, e.kind,
     (select coalesce(json_agg(json_build_object('uri', r.uri, 'is_default', r.is_default)), '[]')
      from redirect_uris r where r.environment_id = e.id) as redirects,
     (select coalesce(json_agg(c), '[]') from (
        select c.id, c.organization_id, c.external_key, c.connection_type, c.state, c.idp_entity_id, c.idp_sso_redirect_url,
          c.idp_sso_post_url, c.idp_wants_signed_requests, c.options,
          (select row_to_json(o) from (select ${oidcClientColumns} from connection_oidc_clients o
            where o.environment_id = c.environment_id and o.connection_id = c.id) o) as oidc
        from connections c where c.environment_id = e.id and (c.id = $2 or c.organization_id = $3 or c.organization_id = (
          select d.organization_id from organization_domains d
          where d.environment_id = e.id and d.domain = $4 and d.state in ('verified', 'legacy_verified')))
        order by c.id limit 20) c) as connections,
     (select row_to_json(p) from (select ${providerColumns} from oauth_providers p
        where p.environment_id = e.id and p.provider = $5) p) as provider
   from environments e where e.client_id = $1`,
)

const save = prepared(
  'sso-start-save',
  `with attempt as (
     insert into sso_sessions (environment_id, id, organization_id, connection_id, origin, state, relay_hash, request_id,
       redirect_uri, app_state, code_challenge, nonce, login_hint, ip_address, user_agent, timeline, created_at, expires_at)
     values ($1, $2, $3, $4, 'sp', 'started', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
   select append_events($1, $17, $18, $19, $20, $15)`,
)

/**
 * Starts a sign-in for the application: one read, one write. Problems go back to the application on its redirect URI,
 * except when the redirect URI itself cannot be trusted.
 * @param ours an address of this server to come back to, in the place of one that the application registered.
 */
export async function startLogin(
  deps: StartDeps,
  query: AuthorizeQuery,
  client: Client,
  ours?: string,
): Promise<Start> {
  const selector = {
    connection: query.connection,
    organization: query.organization,
    domain: query.domain?.toLowerCase(),
    provider: query.provider,
  }
  const [found] = await find(
    deps.db.lookUps,
    query.client_id ?? '',
    selector.connection ?? null,
    selector.organization ?? null,
    selector.domain ?? null,
    selector.provider ?? null,
  )
  if (!found) return { kind: 'unknown_client', clientId: query.client_id }

  const redirectUri = ours ?? chooseRedirect(found.redirects, query.redirect_uri)
  if (redirectUri === undefined)
    return {
      kind: 'unregistered_redirect',
      received: query.redirect_uri,
      nearest: nearestRegistered(
        query.redirect_uri ?? '',
        found.redirects.map(({ uri }) => uri),
      ),
      environmentKind: found.kind,
      environment: found.environment,
    }

  const broken = checkRequest(query)
  if (broken) return backToApp(redirectUri, query.state, 'invalid_request', broken)
  const choice = chooseConnection(selector, found.connections, found.provider?.enabled === true)
  if (!choice.ok) return backToApp(redirectUri, query.state, choice.error.error, choice.error.description)
  const route = { environment: found.environment, redirectUri }
  if (choice.value === 'provider')
    return found.provider
      ? sendToOauth(deps, query, client, { ...route, upstream: providerUpstream(found.provider), chosenBy: 'provider' })
      : backToApp(redirectUri, query.state, 'connection_strategy_invalid', 'The provider is not set up.')
  const connection = choice.value
  const oidc = found.connections.find(({ id }) => id === connection.id)?.oidc
  if (!oidc) return sendToIdp(deps, query, client, { ...route, connection })
  const upstream = connectionUpstream(connection, oidc)
  return sendToOauth(deps, query, client, { ...route, upstream, chosenBy: selectorName(query) })
}

interface OAuthRoute {
  readonly environment: EnvironmentId
  readonly redirectUri: string
  readonly upstream: Upstream
  readonly chosenBy: string
}

async function sendToOauth(deps: StartDeps, query: AuthorizeQuery, client: Client, route: OAuthRoute): Promise<Start> {
  const request = {
    environment: route.environment,
    redirectUri: route.redirectUri,
    appState: query.state ?? null,
    codeChallenge: query.code_challenge ?? null,
    loginHint: query.login_hint ?? null,
    domainHint: query.domain_hint ?? null,
    prompt: query.prompt ?? null,
    // What a connection asks for is its administrator's matter.
    scopes: route.upstream.organizationId === null ? (query.provider_scopes ?? []) : [],
    chosenBy: route.chosenBy,
  }
  const started = await startOauth(deps, route.upstream, request, client)
  if (!started.ok)
    return backToApp(
      route.redirectUri,
      query.state,
      'oauth_failed',
      `The provider cannot be used now: ${started.error.message}`,
    )
  return { kind: 'redirect', ...started.value }
}

/** The application's redirect URI with an error on it, in the order the vendor sends the parameters. */
export function errorRedirect(
  redirectUri: string,
  state: string | null | undefined,
  error: SsoErrorCode,
  description: string,
  extra: Readonly<Record<string, string>> = {},
): string {
  return withParameters(redirectUri, {
    error,
    error_description: description,
    ...extra,
    ...(state != null && { state }),
  })
}

/** Appends parameters and leaves what is there alone, so that the registered URI stays recognizable. */
export function withParameters(uri: string, parameters: Readonly<Record<string, string>>): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`
}

export function hashRelayState(relayState: string): Buffer {
  return createHash('sha256').update(relayState).digest()
}

function backToApp(redirectUri: string, state: string | undefined, error: SsoErrorCode, description: string): Start {
  return { kind: 'redirect', location: errorRedirect(redirectUri, state, error, description) }
}

function checkRequest(query: AuthorizeQuery): string | undefined {
  if (query.response_type !== 'code') return `response_type must be 'code'.`
  if (query.code_challenge === undefined)
    return query.code_challenge_method === undefined
      ? undefined
      : 'code_challenge_method was given without code_challenge.'
  // RFC 7636 §4.2: `plain` would hand the verifier to whoever sees this URL.
  if (query.code_challenge_method !== 'S256') return `code_challenge_method must be 'S256'.`
  return /^[A-Za-z0-9_-]{43}$/.test(query.code_challenge)
    ? undefined
    : 'code_challenge must be the base64url SHA-256 of the verifier: 43 characters.'
}

interface Route {
  readonly environment: EnvironmentId
  readonly redirectUri: string
  readonly connection: Candidate
}

async function sendToIdp(deps: StartDeps, query: AuthorizeQuery, client: Client, route: Route): Promise<Start> {
  const { environment, connection } = route
  const now = deps.clock()
  const options = optionsOf(connection)
  const { binding, destination } = chooseBinding(connection, options)
  // SAML core §1.3.4: an id nobody can guess, and an NCName.
  const requestId = `_${randomBytes(20).toString('hex')}`
  const relayState = randomBytes(24).toString('base64url')
  const sp = serviceProvider(deps.baseUrl, connection.external_key, options)
  const xml = authnRequest({
    id: requestId,
    issueInstant: now,
    destination,
    acsUrl: sp.acsUrl,
    spEntityId: sp.entityId,
    forceAuthn: options.force_authn || query.prompt === 'login',
  })
  const signed = options.sign_authn_requests || connection.idp_wants_signed_requests
  const [key] = signed ? await deps.signingKeys.get(environment, 'saml') : []
  if (signed && !key) throw new Error(`Environment ${environment} has no SAML signing key.`)

  const session = newId('ssoSession', now)
  const at = now.toISOString()
  const timeline: TimelineEntry[] = [
    { at, step: 'started', redirect_uri: route.redirectUri, login_hint: query.login_hint ?? null },
    { at, step: 'connection_chosen', connection_id: connection.id, by: selectorName(query) },
    { at, step: 'request_sent', request_id: requestId, destination, binding, signed },
  ]
  const events = new EmittedEvents(environment, now)
  const attempt = { id: session, organizationId: connection.organization_id, connectionId: connection.id }
  events.emit(
    'authentication.sso_started',
    { ...attemptEvent(attempt, client), status: 'started', email: query.login_hint ?? null },
    connection.organization_id,
  )
  const [, ids, types, organizations, bodies] = events.parameters
  await save(
    deps.db.pool,
    environment,
    session,
    connection.organization_id,
    connection.id,
    hashRelayState(relayState),
    requestId,
    route.redirectUri,
    query.state ?? null,
    query.code_challenge ?? null,
    query.nonce ?? null,
    query.login_hint ?? null,
    client.ipAddress,
    client.userAgent,
    JSON.stringify(timeline),
    now,
    new Date(now.getTime() + loginLifetimeMs),
    ids,
    types,
    organizations,
    bodies,
  )
  deps.wake()

  if (binding === 'post') {
    const document = key ? signElement(xml, { id: requestId, key: key.privateKey, certificate: key.certificate }) : xml
    return { kind: 'post', destination, fields: { SAMLRequest: encodePost(document), RelayState: relayState } }
  }
  const url = redirectUrl(destination, 'SAMLRequest', xml, relayState, key && { key: key.privateKey })
  // Outside SAML, and ignored by providers that do not know them; they spare people typing their address again.
  const hints = {
    ...(query.login_hint !== undefined && { login_hint: query.login_hint }),
    ...(query.domain_hint !== undefined && { domain_hint: query.domain_hint }),
  }
  return { kind: 'redirect', location: Object.keys(hints).length === 0 ? url : withParameters(url, hints) }
}

function chooseBinding(connection: Candidate, options: ConnectionOptions) {
  const { idp_sso_redirect_url: redirect, idp_sso_post_url: post } = connection
  const usePost = post !== null && (options.request_binding === 'post' || redirect === null)
  const destination = usePost ? post : redirect
  if (destination === null) throw new Error(`Connection ${connection.id} is linked but has no sign-on URL.`)
  return { binding: usePost ? ('post' as const) : ('redirect' as const), destination }
}

function selectorName(query: AuthorizeQuery): string {
  if (query.connection !== undefined) return 'connection'
  return query.organization === undefined ? 'domain' : 'organization'
}
