import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { OAuthErrorBody } from '#contracts/errors.ts'
import { scimError } from '#protocols/scim/errors.ts'
import { answerFor, unavailableMessage } from './errors.ts'
import { jsonParser } from './json-body.ts'
import { isFromBrowser, sendBroken } from './login/broken.ts'
import { sendScimError } from './scim/answer.ts'
import { tidyScimUrl } from './scim/tidy-path.ts'

const invalidUrl = 'The URL is not valid.'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Clients of this route read RFC 6749's errors, also of what is not their fault. */
    readonly failsAsOauth?: boolean
  }
}

/** Bodies of the API; doors that take more or less say so on their route. */
const bodyLimitBytes = 2 * 1024 * 1024

export interface ServerOptions {
  readonly logger: { readonly level: string } | false
  /** Whether the peer is a proxy of ours, whose X-Forwarded-* is believed. */
  readonly trustProxy: boolean
}

/** An HTTP server with our limits, error envelopes and request ids, and no routes. */
export function createServer(options: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: options.logger && {
      level: options.logger.level,
      // Query strings carry codes, states and tokens: log the path alone.
      serializers: { req: (request) => ({ method: request.method, path: pathOf(request.url), ip: request.ip }) },
    },
    // The nearest proxy alone: what came before it in X-Forwarded-For is whatever the client wrote.
    trustProxy: options.trustProxy && ((_address, hop) => hop === 0),
    bodyLimit: bodyLimitBytes,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    // Every door reads its own query and body; Fastify must not change what the caller said.
    routerOptions: { querystringParser: (text) => ({ text }), maxParamLength: 1024, ignoreTrailingSlash: false },
    requestTimeout: 60_000,
    rewriteUrl: ({ url = '/' }) => tidyScimUrl(url),
    // Who still has a connection is answered, and told to close it: our refusal would not be in their protocol.
    return503OnClosing: false,
    // Contracts check what comes and shape what goes; the framework's own compilers would only be loaded.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    frameworkErrors: (_error, request, answer) => {
      // No hook runs for these. Fastify types this reply by a generic route it does not have.
      const reply = (answer as FastifyReply).header('x-request-id', request.id)
      // Before any route is found there is no door yet to answer in its own format.
      if (request.url.startsWith('/scim/')) void sendScimError(reply, scimError(400, undefined, invalidUrl))
      else void reply.status(400).send({ message: invalidUrl, code: 'invalid_url' })
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    jsonParser(() => ({})),
  )
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => {
    done(null, new URLSearchParams(String(text)))
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  })
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) => {
    const message = `Cannot ${request.method} ${pathOf(request.url)}`
    // Whoever cut an endpoint short is still a client of SCIM.
    if (request.url.startsWith('/scim/')) return sendScimError(reply, scimError(404, undefined, `${message}.`))
    return reply.status(404).send({ message, code: 'route_not_found' })
  })
  return app
}

function noCompiler(): never {
  throw new Error('A route has a schema for the framework; contracts are what is checked here.')
}

/** The query of a request, decoded once and untouched. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const mark = request.url.indexOf('?')
  return new URLSearchParams(mark === -1 ? '' : request.url.slice(mark + 1))
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerFor(error)
  if (answer?.retryAfterSeconds !== undefined) reply.header('retry-after', answer.retryAfterSeconds)
  if (answer && answer.status < 500) return reply.status(answer.status).send(answer.body)
  if (answer) request.log.warn({ err: error }, 'the database is away')
  else request.log.error({ err: error }, 'request failed')
  const status = answer?.status ?? 500
  if (request.routeOptions.config.failsAsOauth) return reply.status(status).send(oauthFailure(status))
  if (isFromBrowser(request)) return sendBroken(request, reply, status)
  return reply.status(status).send(answer?.body ?? internalError(request.id))
}

function internalError(reference: string) {
  return { message: 'Internal server error', code: 'internal_error', request_id: reference }
}

/** RFC 6749 §5.2 has no words for it; these are those of §4.1.2.1. */
function oauthFailure(status: number): OAuthErrorBody {
  return status === 503
    ? { error: 'temporarily_unavailable', error_description: unavailableMessage }
    : { error: 'server_error', error_description: 'Internal server error' }
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url
}
