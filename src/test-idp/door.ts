import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Page, sendPage } from './pages/page.ts'
import { problemPage } from './pages/problem-page.ts'
import type { Idp } from './idp.ts'
import { type FieldErrors, type Problem, problem, unknownIdp } from './problem.ts'
import type { Registry } from './registry.ts'

export interface DoorDeps {
  readonly registry: Registry
  /** Where browsers reach this server; no trailing slash. */
  readonly baseUrl: string
  readonly clock: () => Date
}

/** A response of 500 groups and a certificate fit; nothing asked of this door is larger. */
const bodyLimitBytes = 256 * 1024

const nothingHere = problem(
  404,
  'no_such_page',
  'There is no such page here.',
  'Start at the list of identity providers.',
)

/** Makes an encapsulated instance speak this door's language, whatever the server around it speaks. */
export function prepareDoor(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: bodyLimitBytes },
    (_request, text, done) => {
      done(null, new URLSearchParams(String(text)))
    },
  )
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: bodyLimitBytes },
    (_request, text, done) => {
      const fields = fieldsOfJson(String(text))
      if (fields) done(null, fields)
      else done(Object.assign(new Error('The body is not a JSON object.'), { statusCode: 400 }))
    },
  )
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, nothingHere))
  app.setErrorHandler((error, request, reply) => {
    const refusal = transportProblem(error)
    if (!refusal) throw error
    return sendProblem(request, reply, refusal)
  })
}

/** Forms and JSON arrive as the same flat fields, so that every route reads one kind of thing. */
export function bodyOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
}

/** The query as it came; the server around us may have been told not to read it. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams(rawQueryOf(request))
}

/** Signatures of the Redirect binding cover the query as it was written (SAML bindings §3.4.4.1). */
export function rawQueryOf(request: FastifyRequest): string {
  const mark = request.url.indexOf('?')
  return mark === -1 ? '' : request.url.slice(mark + 1)
}

/** Whether a program asks, rather than somebody in front of a browser. */
export function wantsJson(request: FastifyRequest): boolean {
  return (
    queryOf(request).get('format') === 'json' ||
    (request.headers['content-type'] ?? '').startsWith('application/json') ||
    (request.headers.accept ?? '').includes('application/json')
  )
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  what: Problem,
): Promise<FastifyReply> | FastifyReply {
  return answer(request, reply, problemPage(what), {
    status: what.status,
    body: { message: `${what.cause} ${what.nextStep}`, code: what.code },
  })
}

/** One answer, as a page or as JSON. */
export function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  json: { readonly status: number; readonly body: unknown },
): Promise<FastifyReply> | FastifyReply {
  if (!wantsJson(request)) return sendPage(reply, page)
  return reply.status(json.status).header('cache-control', 'no-store').send(json.body)
}

/** A form that cannot be taken, shown again, or its errors as JSON. */
export function sendFieldErrors(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  errors: FieldErrors,
): Promise<FastifyReply> | FastifyReply {
  return answer(request, reply, page, {
    status: 422,
    body: {
      message: [...errors.values()].join(' '),
      code: 'invalid_fields',
      errors: [...errors].map(([field, message]) => ({ field, message })),
    },
  })
}

type IdpHandler = (idp: Idp, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply

/** Looks up the identity provider that a path names, or says that there is none. */
export function withIdp(registry: Registry, handler: IdpHandler) {
  return (request: FastifyRequest<{ Params: { slug: string } }>, reply: FastifyReply) => {
    const idp = registry.find(request.params.slug)
    return idp ? handler(idp, request, reply) : sendProblem(request, reply, unknownIdp(request.params.slug))
  }
}

/**
 * Refuses what another site makes a browser send: it could rotate a key or fill the list. Programs send neither header.
 * Not for the places where a service provider or a link from elsewhere is meant to arrive.
 */
export function crossSiteProblem(request: FastifyRequest): Problem | undefined {
  const site = request.headers['sec-fetch-site']
  const { origin, host } = request.headers
  const foreign =
    site === undefined ? origin !== undefined && !isOriginOf(origin, host) : site !== 'same-origin' && site !== 'none'
  if (!foreign) return undefined
  return problem(
    403,
    'cross_site',
    'This form was sent from another site.',
    'Open the page of the test identity provider and press the button there.',
  )
}

function isOriginOf(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host: named } = new URL(origin)
  const here = `${protocol}//${host ?? ''}`
  return URL.canParse(here) && new URL(here).host === named
}

/** `{"service_provider":{"entity_id":…}}` and a flat form are the same fields. Undefined when it is no object. */
function fieldsOfJson(text: string): URLSearchParams | undefined {
  let value: unknown
  try {
    value = text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { service_provider: serviceProvider, ...rest } = value as Record<string, unknown> // an object, as just checked
  const entries = [rest, serviceProvider ?? {}].flatMap((each) => Object.entries(each))
  return new URLSearchParams(
    entries
      .filter((entry): entry is [string, string | number] => ['string', 'number'].includes(typeof entry[1]))
      .map(([name, field]) => [name, String(field)]),
  )
}

function transportProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  switch (error.statusCode) {
    case 413:
      return problem(
        413,
        'body_too_large',
        'The request is larger than this tool takes.',
        `Send at most ${String(bodyLimitBytes / 1024)} KB.`,
      )
    case 415:
      return problem(
        415,
        'unsupported_media_type',
        'The request is neither a form nor JSON.',
        'Send it as application/x-www-form-urlencoded or application/json.',
      )
    case 400:
      return problem(400, 'malformed_body', 'The request’s body cannot be read.', 'Send a form, or a JSON object.')
    default:
      return undefined
  }
}
