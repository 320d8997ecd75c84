import { createHash } from 'node:crypto'
import * as oauth from 'oauth4webapi'
import { ok, refused, type Result } from '../result.ts'
import { type OidcProblem, problemOf } from './problem.ts'
import { type OAuthServer, requestOptions, type Transport } from './server.ts'

/** Who we are at a server. */
export interface OAuthClient {
  readonly clientId: string
  readonly secret: string
  /** How the secret is shown; `basic` unless the server's metadata does not offer it. */
  readonly authentication: 'basic' | 'post'
}

/** What one sign-in keeps to itself: `secret` never leaves us but as hashes and as the PKCE verifier. */
export interface SignInKeys {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/**
 * Nonce and verifier out of one secret that the browser keeps in a cookie, so that an answer can only be redeemed in the
 * browser that asked, and nothing about it is stored.
 */
export function signInKeys(state: string, secret: string): SignInKeys {
  const derive = (purpose: string) => createHash('sha256').update(`${purpose}:${secret}`).digest('base64url')
  return { state, nonce: derive('nonce'), verifier: derive('verifier') }
}

export interface AuthorizationRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly keys: SignInKeys
  /** Servers without ID tokens have no use for a nonce. */
  readonly openid: boolean
  readonly extra?: Readonly<Record<string, string>>
}

/** RFC 6749 §4.1.1 with PKCE (RFC 7636) and a nonce (OIDC Core §3.1.2.1). What we set cannot be overridden by `extra`. */
export function authorizationUrl(server: OAuthServer, request: AuthorizationRequest): string {
  const url = new URL(server.authorization_endpoint ?? '')
  const { keys } = request
  const parameters = {
    ...request.extra,
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: request.scopes.join(' '),
    state: keys.state,
    code_challenge: createHash('sha256').update(keys.verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.openid && { nonce: keys.nonce }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

export interface Redemption {
  readonly server: OAuthServer
  readonly client: OAuthClient
  readonly redirectUri: string
  readonly keys: SignInKeys
  readonly openid: boolean
  /** What the browser brought back. */
  readonly parameters: URLSearchParams
  readonly transport: Transport
  /** Seconds our clock is ahead of the machine's, which the library reads. */
  readonly clockSkewSeconds: number
}

export interface Redeemed {
  /** The verified ID token's claims; undefined where the server has none. */
  readonly claims: Readonly<Record<string, unknown>> | undefined
  readonly tokens: OAuthTokens
}

export interface OAuthTokens {
  readonly accessToken: string
  readonly refreshToken: string | null
  /** Seconds from now; null when the server does not say. */
  readonly expiresIn: number | null
  readonly scopes: readonly string[] | null
}

const clockToleranceSeconds = 60

/**
 * Checks the answer (state, RFC 9207 issuer, error), redeems the code with the verifier, and verifies the ID token: issuer,
 * audience, authorized party, times, nonce, and its signature by the server's published keys.
 */
export async function redeem(redemption: Redemption): Promise<Result<Redeemed, OidcProblem>> {
  const { server, transport, keys, openid } = redemption
  const options = requestOptions(transport)
  const client: oauth.Client = {
    client_id: redemption.client.clientId,
    [oauth.clockSkew]: redemption.clockSkewSeconds,
    [oauth.clockTolerance]: clockToleranceSeconds,
  }
  let step: 'callback' | 'token' | 'signature' = 'callback'
  try {
    const answer = oauth.validateAuthResponse(server, client, redemption.parameters, keys.state)
    step = 'token'
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication(server, redemption.client),
      answer,
      redemption.redirectUri,
      keys.verifier,
      options,
    )
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      response,
      openid ? { expectedNonce: keys.nonce, requireIdToken: true } : {},
    )
    step = 'signature'
    // OIDC Core §3.1.3.7 (6) lets TLS stand in for this. The keys are published, so there is no reason to.
    if (openid) await oauth.validateApplicationLevelSignature(server, response, options)
    return ok({
      claims: openid ? oauth.getValidatedIdTokenClaims(tokens) : undefined,
      tokens: {
        accessToken: tokens.access_token,
        refreshToken: tokens.refresh_token ?? null,
        expiresIn: tokens.expires_in ?? null,
        scopes: tokens.scope?.split(/[ ,]+/).filter((scope) => scope !== '') ?? null,
      },
    })
  } catch (error) {
    return refused(problemOf(error, step))
  }
}

/** Claims that servers keep out of the ID token (OIDC Core §5.3). The subject must be the ID token's. */
export async function readUserInfo(
  server: OAuthServer,
  clientId: string,
  accessToken: string,
  subject: string,
  transport: Transport,
): Promise<Result<Readonly<Record<string, unknown>>, OidcProblem>> {
  const client = { client_id: clientId }
  try {
    const response = await oauth.userInfoRequest(server, client, accessToken, requestOptions(transport))
    return ok(await oauth.processUserInfoResponse(server, client, subject, response))
  } catch (error) {
    return refused(problemOf(error, 'profile'))
  }
}

function authentication(server: OAuthServer, { secret, authentication: wanted }: OAuthClient): oauth.ClientAuth {
  const offered = server.token_endpoint_auth_methods_supported
  const basic = wanted === 'basic' && (offered === undefined || offered.includes('client_secret_basic'))
  return basic ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret)
}
