import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import * as contract from '#contracts/authentication.ts'
import { type Answer, authenticate } from '#domain/authentication/authenticate.ts'
import { identifyClient, invalidClient, type OauthClient } from '#domain/authentication/client.ts'
import { Invalid, OAuthError, Unauthorized } from '#domain/errors.ts'
import { bearerOf, productOf } from '../callers.ts'
import type { Deps } from '../deps.ts'
import { checkBody, checkNesting } from '../input.ts'
import { type BrowserSessions, browserSessions } from './browser-session.ts'
import { allowOrigin, preflightRoute } from './cors.ts'
import { interruptAnswer } from './interrupts.ts'

/** POST /user_management/authenticate: JSON from the SDKs, forms from other clients of the vendor. */
export function authenticateRoute(app: FastifyInstance, deps: Deps): void {
  const sessions = browserSessions(deps.baseUrl)
  preflightRoute(app, deps, contract.authenticate.path)
  app.post(contract.authenticate.path, limited, async (request, reply) => {
    // RFC 6749 §5.1.
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const given = readFields(request)
    const client = await clientOf(deps, request, given)
    const page = await allowOrigin(deps, request, reply, client.environment)
    const keeper = page === undefined ? undefined : keeperFor(sessions, { request, reply, client, page, given })
    const fields = keeper ? keeper.fields : given
    const origin = originOf(request, client.apiKey !== null, fields)
    const act = () => authenticate(deps, { client, fields, origin })
    const { environment } = client
    const attempt = proofs.has(fields.grant_type)
      ? deps.signInLimits.attempt({ environment, email: fields.email, ipAddress: origin.ipAddress }, act)
      : act()
    const answer = await (keeper ? keeper.watch(attempt) : attempt)
    if (answer.kind === 'signed_in') return reply.status(200).type(json).send(JSON.stringify(answer.response))
    const { status, body } = interruptAnswer(answer)
    return reply.status(status).type(json).send(JSON.stringify(body))
  })
}

/**
 * Browsers and devices are limited by their address. The servers of applications speak for all their people from one, and
 * show their key in the header; one that does not work ends in 401 before anything is looked at.
 */
const limited = {
  config: {
    rateLimit: { allowList: (request: FastifyRequest) => bearerOf(request) !== undefined },
    failsAsOauth: true,
  },
} satisfies RouteShorthandOptions

interface PageCall {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly client: OauthClient
  /** Its origin, which is registered. */
  readonly page: string
  readonly given: contract.AuthenticateRequest
}

/** @returns undefined for a page that keeps its refresh token itself. */
function keeperFor(sessions: BrowserSessions, { request, reply, client, page, given }: PageCall) {
  const isOurs = client.apiKey === null && given.refresh_token === undefined
  if (!isOurs || !sessions.isKeptByBrowser(request, client)) return undefined
  const kept = given.grant_type === 'refresh_token' ? sessions.tokenOf(request, client) : undefined
  return {
    fields: kept === undefined ? given : { ...given, refresh_token: kept },
    /** What becomes of the session becomes of the cookies. */
    async watch(attempt: Promise<Answer>): Promise<Answer> {
      try {
        const answer = await attempt
        if (answer.kind !== 'signed_in') return answer
        const { refresh_token: token, ...shown } = answer.response
        if (token !== undefined) sessions.keep(request, reply, client, page, token)
        return { ...answer, response: shown }
      } catch (error) {
        const isOver = error instanceof OAuthError && error.error === 'invalid_grant'
        if (given.grant_type === 'refresh_token' && (isOver || kept === undefined))
          sessions.forget(request, reply, client, [page])
        throw error
      }
    },
  }
}

/** Grants where something that could be guessed is shown. */
const proofs: ReadonlySet<string | undefined> = new Set([
  'password',
  'urn:workos:oauth:grant-type:magic-auth:code',
  'urn:workos:oauth:grant-type:email-verification:code',
  'urn:workos:oauth:grant-type:mfa-totp',
])

const json = 'application/json; charset=utf-8'

function readFields({ body }: FastifyRequest): contract.AuthenticateRequest {
  checkNesting(body)
  const given = body instanceof URLSearchParams ? Object.fromEntries(body) : (body ?? {})
  // SDKs before 8 write what they have not as null.
  const filled =
    typeof given === 'object' && !Array.isArray(given)
      ? Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== ''))
      : given
  try {
    return checkBody(contract.AuthenticateRequest, filled) as contract.AuthenticateRequest // optional text throughout, just checked
  } catch (error) {
    throw error instanceof Invalid ? new Invalid(error.errors, 'invalid_request_parameters') : error
  }
}

/**
 * The secret is in the body or the header; SDKs send both.
 * @throws OAuthError for a wrong one in the body, and Unauthorized for one in the header alone.
 */
async function clientOf(deps: Deps, request: FastifyRequest, fields: contract.AuthenticateRequest) {
  const secret = fields.client_secret ?? bearerOf(request)
  const now = deps.clock()
  const inHeader = fields.client_secret === undefined
  const client = await identifyClient(deps.db, fields.client_id, secret, now, () =>
    inHeader ? new Unauthorized() : invalidClient(),
  )
  if (client.apiKey !== null)
    deps.keyUses.note({ environment: client.environment, id: client.apiKey, at: now, client: productOf(request) })
  return client
}

/** An application with a secret says whose request it passes on; anybody else is asked by nobody but themselves. */
function originOf(request: FastifyRequest, isConfidential: boolean, fields: contract.AuthenticateRequest) {
  return isConfidential
    ? { ipAddress: fields.ip_address ?? null, userAgent: fields.user_agent ?? null }
    : { ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? null }
}
