import * as oauth from 'oauth4webapi'
import { ok, refused, type Result } from '../result.ts'
import { type OidcProblem, problemOf } from './problem.ts'

/** An authorization server as its metadata describes it. */
export type OAuthServer = oauth.AuthorizationServer

/** The way out. Throws Unreachable when the server does not answer; never follows redirects. */
export interface Transport {
  readonly fetch: (url: string, request: TransportRequest) => Promise<Response>
  /** Development only: servers without TLS. */
  readonly allowHttp: boolean
}

export interface TransportRequest {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** What the library is given with every request. */
export function requestOptions({ fetch, allowHttp }: Transport) {
  return {
    [oauth.customFetch]: (url: string, { method, headers, body }: oauth.CustomFetchOptions<string, unknown>) =>
      fetch(url, { method, headers, body: body instanceof URLSearchParams ? body.toString() : undefined }),
    [oauth.allowInsecureRequests]: allowHttp,
  }
}

/**
 * OpenID Connect Discovery 1.0 §4: the document is at the issuer, and must name it.
 * @param named what the document calls itself where that is another text, as Microsoft's shared endpoints do.
 */
export async function discover(
  issuer: string,
  transport: Transport,
  named?: string,
): Promise<Result<OAuthServer, OidcProblem>> {
  const url = URL.parse(issuer)
  if (url === null || url.search !== '' || url.hash !== '' || !['https:', 'http:'].includes(url.protocol))
    return refused({ code: 'metadata_invalid', message: `'${issuer.slice(0, 200)}' is not an issuer: an https URL.` })
  if (url.protocol === 'http:' && !transport.allowHttp)
    return refused({ code: 'metadata_invalid', message: `${issuer} is not https, which issuers are (OIDC Core §2).` })
  try {
    const options = requestOptions(transport)
    const expected = named === undefined ? url : new URL(named)
    const response = await oauth.discoveryRequest(url, options)
    if (response.status !== 200 || !/\bjson\b/.test(response.headers.get('content-type') ?? ''))
      return refused({
        code: 'metadata_invalid',
        message: `${issuer} is no issuer: its /.well-known/openid-configuration answered ${response.status}, not with metadata.`,
      })
    const server = await oauth.processDiscoveryResponse(expected, response)
    const missing = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].filter(
      (name) => typeof server[name] !== 'string' || !URL.canParse(server[name]),
    )
    if (missing.length > 0)
      return refused({ code: 'metadata_invalid', message: `The metadata of ${issuer} lacks ${missing.join(', ')}.` })
    return ok(server)
  } catch (error) {
    return refused(problemOf(error, 'discovery'))
  }
}

/**
 * Makes a server accept the issuers of every tenant, as Microsoft's shared endpoints have them: the issuer of an ID token
 * is the template with the token's own `tid` in it.
 */
export function acceptTenants(server: OAuthServer, template: string): OAuthServer {
  const expected = ({ claims }: { claims: Readonly<Record<string, unknown>> }) =>
    typeof claims.tid === 'string' && /^[0-9a-f-]{36}$/.test(claims.tid)
      ? template.replace('{tenantid}', claims.tid)
      : template
  return { ...server, [expectedIssuer]: expected }
}

/** Exported by the library for exactly this, and left out of its types. */
// oxlint-disable-next-line eslint/no-underscore-dangle -- the library's name
const expectedIssuer = (oauth as unknown as { readonly _expectedIssuer: symbol })._expectedIssuer
