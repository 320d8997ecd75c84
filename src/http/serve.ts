import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { dashboardPath } from '#contracts/console.ts'
import type { ApiKeyId, EnvironmentId } from '#contracts/ids.ts'
import type { AnyEndpoint, Endpoint, Input, Output, Success } from '#contracts/endpoint.ts'
import type { Database } from '#db/database.ts'
import { IdempotencyRace, type Scope } from '#db/work.ts'
import { BadRequest, Invalid } from '#domain/errors.ts'
import type { ApiLog } from '#domain/request-logs/api-log.ts'
import { SealBroken, type Secrets } from '#protocols/envelope.ts'
import { identifyApiCaller, type Caller, type KeyUses, productOf, type Remembered } from './callers.ts'
import { type DashboardDeps, enter, type Visitor } from './dashboard/visit.ts'
import { answerFor } from './errors.ts'
import { checkBody, checkNesting, checkQuery, checkText } from './input.ts'
import { JsonStream } from './json-stream.ts'
import { queryOf } from './server.ts'

export interface ServeDeps extends DashboardDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly keyUses: KeyUses
  readonly apiLog: ApiLog
  readonly secrets: Secrets
}

/** The caller of one request, and the scope its changes are made in. */
export interface ApiRequest extends Caller {
  readonly scope: Scope
}

type Answer<E> = Promise<Output<E> | RawJson | JsonStream>
type Handler<E> = (input: Input<E>, caller: ApiRequest) => Answer<E>

export interface ServeOptions {
  /** For operations whose bodies are larger than others'. */
  readonly bodyLimitBytes?: number
}

/** An answer that is JSON text already, such as a page of the log. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * Joins an operation of the contract to the verb behind it: authentication, validation, idempotency, status. What API
 * keys may call, dashboard users may call as well, under another path and with their session: same handler, same answer.
 * A handler that changes something returns what `change(deps, caller.scope, …)` returned, which is also what a repeat of
 * the request with the same Idempotency-Key gets.
 */
export function serve<P extends TSchema, Q extends TSchema, B extends TSchema, Out>(
  app: FastifyInstance,
  deps: ServeDeps,
  endpoint: Endpoint<P, Q, B, Out>,
  handler: Handler<Endpoint<P, Q, B, Out>>,
  { bodyLimitBytes }: ServeOptions = {},
): void {
  const limits = bodyLimitBytes === undefined ? {} : { bodyLimit: bodyLimitBytes }
  const { method, path } = endpoint
  if (endpoint.access === 'api_key')
    app.route({
      ...limits,
      method,
      url: routeOf(path),
      handler: (request, reply) => handle(deps, endpoint, handler, request, reply),
    })
  app.route({
    ...limits,
    method,
    url: routeOf(`${dashboardPath(endpoint.access, '{dashboard_environment}')}${path}`),
    handler: (request, reply) =>
      handleVisit(deps, endpoint, request, reply, ({ environment }) => {
        // The route has the parameter, and `enter` found what it names.
        if (!environment) throw new Error(`${path} is served for an environment.`)
        const caller = { environment: environment.id, kind: environment.kind, clientId: environment.clientId }
        return handler(readInput(endpoint, request), { ...caller, scope: { environment: environment.id } })
      }),
  })
}

/** Joins an operation that is about the whole installation, which dashboard users alone may call. */
export function serveInstallation<P extends TSchema, Q extends TSchema, B extends TSchema, Out>(
  app: FastifyInstance,
  deps: ServeDeps,
  endpoint: Endpoint<P, Q, B, Out>,
  handler: (
    input: Input<Endpoint<P, Q, B, Out>>,
    visitor: Visitor,
    reply: FastifyReply,
  ) => Answer<Endpoint<P, Q, B, Out>>,
): void {
  app.route({
    method: endpoint.method,
    url: routeOf(`${dashboardPath(endpoint.access, '')}${endpoint.path}`),
    handler: (request, reply) =>
      handleVisit(deps, endpoint, request, reply, (visitor) => handler(readInput(endpoint, request), visitor, reply)),
  })
}

async function handleVisit<E extends AnyEndpoint>(
  deps: ServeDeps,
  endpoint: E,
  request: FastifyRequest,
  reply: FastifyReply,
  act: (visitor: Visitor) => Promise<unknown>,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  checkNesting(request.body)
  const { visitor, conclude } = await enter(deps, endpoint, request, reply)
  let result: unknown
  try {
    result = await act(visitor)
  } catch (error) {
    await conclude(answerFor(error)?.status ?? 500)
    throw error
  }
  await conclude(endpoint.success.status, result)
  return send(reply, endpoint.success, result, visitor.role === 'viewer' ? endpoint.secretFields : undefined)
}

function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

async function handle<P extends TSchema, Q extends TSchema, B extends TSchema, Out>(
  deps: ServeDeps,
  endpoint: Endpoint<P, Q, B, Out>,
  handler: Handler<Endpoint<P, Q, B, Out>>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const route = indexable(`${endpoint.method} ${request.url}`)
  const key = endpoint.method === 'POST' ? headerText(request.headers['idempotency-key']) : undefined
  const idempotency = key === undefined ? undefined : { key, route }
  const caller = await identifyApiCaller(deps, request, idempotency)
  const call = logCall(deps, caller, request, reply)
  checkNesting(request.body)
  const place = idempotency && {
    ...idempotency,
    environment: caller.environment,
    requestHash: hashOf(JSON.stringify(bodyOf(request) ?? null)),
  }
  if (caller.previous && place) return replay(deps, reply, endpoint.success, caller.previous, place)

  const scope = {
    environment: caller.environment,
    idempotency: place && {
      ...place,
      status: endpoint.success.status,
      seal: (answer: string) => deps.secrets.seal(answer, sealedFor(place)),
    },
  }
  try {
    const input = readInput(endpoint, request)
    return await send(reply, endpoint.success, await handler(input, { ...caller, scope }))
  } catch (error) {
    call.failed(error)
    // The first request may have committed after we looked; then its answer explains our failure.
    const first = idempotency && (await identifyApiCaller(deps, request, idempotency)).previous
    if (first && place) return replay(deps, reply, endpoint.success, first, place)
    throw error instanceof IdempotencyRace ? new IdempotencyRace() : error
  }
}

/** @throws Invalid with the code that the contract gives to broken requests of this operation, if any. */
function readInput<E extends AnyEndpoint>(endpoint: E, request: FastifyRequest): Input<E> {
  try {
    // The schemas' static types are what these checks establish.
    return {
      params: checkText(request.params),
      query: endpoint.query && checkQuery(endpoint.query, queryOf(request)),
      body: endpoint.body && checkBody(endpoint.body, bodyOf(request)),
    } as Input<E>
  } catch (error) {
    const coded = error instanceof Invalid && endpoint.errors?.[422]?.includes('invalid_request_parameters')
    throw coded ? new Invalid(error.errors, 'invalid_request_parameters') : error
  }
}

/** Notes a call when it was answered. */
function logCall(
  { apiLog, clock }: ServeDeps,
  { environment, apiKeyId }: { readonly environment: EnvironmentId; readonly apiKeyId: ApiKeyId },
  request: FastifyRequest,
  reply: FastifyReply,
): { failed(error: unknown): void } {
  let errorCode: string | null = null
  reply.raw.once('close', () =>
    apiLog.note({
      environment,
      apiKeyId,
      requestId: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0] ?? '',
      status: reply.statusCode,
      errorCode,
      durationMs: reply.elapsedTime,
      client: productOf(request),
      at: clock(),
    }),
  )
  return {
    failed(error) {
      const body = answerFor(error)?.body
      errorCode = (body && 'code' in body && body.code) || null
    },
  }
}

interface Place {
  readonly environment: string
  readonly key: string
  readonly route: string
  readonly requestHash: Buffer
}

/** An answer opens where it was given, and nowhere else. */
function sealedFor({ environment, key, route }: Place): string {
  return `idempotency_keys.answer:${JSON.stringify([environment, key, route])}`
}

async function replay(
  { secrets }: ServeDeps,
  reply: FastifyReply,
  success: Success,
  previous: Remembered,
  place: Place,
): Promise<FastifyReply> {
  if (!previous.requestHash.equals(place.requestHash))
    throw new BadRequest(
      `Another idempotency key (${place.key}) with different request parameters was found. Use a new key for a new request.`,
      'idempotency_key_reused',
    )
  if (!('body' in success)) return send(reply, success, undefined)
  try {
    return sendJson(reply, previous.status, secrets.open(previous.answer, sealedFor(place)))
  } catch (error) {
    // Sealed by a key that was taken away since: the change was made, and its answer cannot be had again.
    throw error instanceof SealBroken ? new IdempotencyRace() : error
  }
}

async function send(
  reply: FastifyReply,
  success: Success,
  result: unknown,
  hidden: readonly string[] = [],
): Promise<FastifyReply> {
  switch (success.status) {
    case 202:
      return reply.status(202).type('text/plain; charset=utf-8').send('Accepted')
    case 204:
      // An empty body must carry no JSON content type: every SDK major throws on it.
      return reply.status(204).send()
    case 200:
    case 201:
      if ('empty' in success) return reply.status(200).send()
      if ('csv' in success) return reply.status(200).type('text/csv; charset=utf-8').send(result)
      if (result instanceof JsonStream) return sendJson(reply, success.status, await result.open())
      if (result instanceof RawJson) return sendJson(reply, success.status, result.text)
      return sendJson(reply, success.status, JSON.stringify(result, hiding(hidden)))
    default:
      return success satisfies never
  }
}

/** What JSON.stringify needs to leave the values of these fields out. */
function hiding(fields: readonly string[]): ((name: string, value: unknown) => unknown) | undefined {
  return fields.length === 0 ? undefined : (name, value) => (fields.includes(name) ? '' : value)
}

function sendJson(reply: FastifyReply, status: number, json: string | Readable): FastifyReply {
  return reply.status(status).type('application/json; charset=utf-8').send(json)
}

function bodyOf(request: FastifyRequest): unknown {
  return request.body instanceof URLSearchParams ? Object.fromEntries(request.body) : request.body
}

function headerText(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? indexable(value) : undefined
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The text, or past what an index entry can hold its hash: cut short, two different texts could become one. */
function indexable(text: string): string {
  return text.length <= 255 ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`
}
