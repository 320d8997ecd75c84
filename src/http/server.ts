import { randomUUID } from 'node:crypto'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { scimError } from '#protocols/scim/errors.ts'
import { answerFor } from './errors.ts'
import { sendScimError } from './scim/answer.ts'
import { tidyScimUrl } from './scim/tidy-path.ts'

const invalidUrl = 'The URL is not valid.'

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
    return503OnClosing: true,
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
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    parseJson(String(text), done)
  })
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) => {
    done(null, new URLSearchParams(String(text)))
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    reply.header('x-content-type-options', 'nosniff')
  })
  app.setErrorHandler(sendError)
  app.setNotFoundHandler((request, reply) =>
    reply.status(404).send({ message: `Cannot ${request.method} ${pathOf(request.url)}`, code: 'route_not_found' }),
  )
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
  if (answer) return reply.status(answer.status).send(answer.body)
  request.log.error({ err: error }, 'request failed')
  return reply.status(500).send({ message: 'Internal server error', code: 'internal_error', request_id: request.id })
}

/** SDKs send `application/json` with no body on POST, GET and DELETE: that is an empty object. */
function parseJson(text: string, done: (error: Error | null, body?: unknown) => void): void {
  if (text === '') return done(null, {})
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return done(
      Object.assign(new Error('The body is not valid JSON.'), {
        statusCode: 400,
        code: 'FST_ERR_CTP_INVALID_JSON_BODY',
      }),
    )
  }
  done(null, body)
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url
}
