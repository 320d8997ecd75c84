import { ok, refused, type Result } from '#protocols/result.ts'
import { type Problem, problem } from '../problem.ts'
import { isAcsUrl, isNearby } from '../service-provider.ts'

/** An authorization request (OIDC Core §3.1.2.1), read and judged. */
export interface OidcRequest {
  readonly clientId: string
  readonly redirectUri: string
  readonly state: string | null
  readonly nonce: string | null
  readonly codeChallenge: string | null
  readonly scopes: readonly string[]
  readonly loginHint: string | null
  /** How the answer goes back: Apple's way of posting it can be asked for. */
  readonly responseMode: 'query' | 'form_post'
}

const startAgain = 'Start the sign-in again at the application.'

/** @param origins where redirect URIs may be, beside this machine. */
export function readOidcRequest(
  fields: URLSearchParams,
  baseUrl: string,
  origins: readonly string[],
): Result<OidcRequest, Problem> {
  const clientId = fields.get('client_id') ?? ''
  const redirectUri = fields.get('redirect_uri') ?? ''
  const scopes = (fields.get('scope') ?? '').split(' ').filter((scope) => scope !== '')
  const challenge = fields.get('code_challenge')
  if (clientId === '' || clientId.length > 200)
    return refused(problem(400, 'invalid_client_id', 'The request names no client.', startAgain))
  if (!isAcsUrl(redirectUri) || !(isNearby(redirectUri, baseUrl) || origins.includes(new URL(redirectUri).origin)))
    return refused(
      problem(
        403,
        'redirect_uri_not_allowed',
        `“${redirectUri.slice(0, 200)}” is not an address this tool sends people to.`,
        'As a development tool it answers applications on this machine and on this server alone.',
      ),
    )
  if (fields.get('response_type') !== 'code' || !scopes.includes('openid'))
    return refused(
      problem(400, 'invalid_request', 'The request is not one for a code with the scope openid.', startAgain),
    )
  if (challenge !== null && fields.get('code_challenge_method') !== 'S256')
    return refused(problem(400, 'invalid_request', 'Of PKCE this server knows the method S256 alone.', startAgain))
  return ok({
    clientId,
    redirectUri,
    scopes,
    state: fields.get('state'),
    nonce: fields.get('nonce'),
    codeChallenge: challenge,
    loginHint: fields.get('login_hint'),
    responseMode: fields.get('response_mode') === 'form_post' ? 'form_post' : 'query',
  })
}

/** The request as fields of a form, so that nothing is stored for a page somebody may leave open for a day. */
export function requestFields(request: OidcRequest): Record<string, string | undefined> {
  return {
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    response_type: 'code',
    scope: request.scopes.join(' '),
    state: request.state ?? undefined,
    nonce: request.nonce ?? undefined,
    code_challenge: request.codeChallenge ?? undefined,
    code_challenge_method: request.codeChallenge === null ? undefined : 'S256',
    response_mode: request.responseMode,
  }
}
