import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Endpoint, Input, Output } from '#contracts/endpoint.ts'
import type { Database } from '#db/database.ts'
import { IdempotencyRace, type Scope } from '#db/work.ts'
import { BadRequest } from '#domain/errors.ts'
import { SealBroken, type Secrets } from '#protocols/envelope.ts'
import { type ApiCaller, identifyApiCaller, type KeyUses } from './callers.ts'
import { checkBody, checkNesting, checkQuery, checkText } from './input.ts'
import { JsonStream } from './json-stream.ts'
import { queryOf } from './server.ts'

export interface ServeDeps {
  readonly db: Database
  readonly clock: () => Date
  readonly keyUses: KeyUses
  readonly secrets: Secrets
}

/** The caller of one request, and the scope its changes are made in. */
export interface ApiRequest extends ApiCaller {
  readonly scope: Scope
}

type Handler<E> = (input: Input<E>, caller: ApiRequest) => Promise<Output<E> | RawJson | JsonStream>

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
 * Joins an operation of the contract to the verb behind it: authentication by API key, validation, idempotency, status.
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
  app.route({
    ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
    method: endpoint.method,
    url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    handler: (request, reply) => handle(deps, endpoint, handler, request, reply),
  })
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
  checkNesting(request.body)
  const place = idempotency && {
    ...idempotency,
    environment: caller.environment,
    requestHash: hashOf(JSON.stringify(bodyOf(request) ?? null)),
  }
  if (caller.previous && place) return replay(deps, reply, caller.previous, place)

  const scope = {
    environment: caller.environment,
    idempotency: place && {
      ...place,
      status: endpoint.success.status,
      seal: (answer: string) => deps.secrets.seal(answer, sealedFor(place)),
    },
  }
  try {
    // The schemas' static types are what these checks establish.
    const input = {
      params: checkText(request.params),
      query: endpoint.query && checkQuery(endpoint.query, queryOf(request)),
      body: endpoint.body && checkBody(endpoint.body, bodyOf(request)),
    } as Input<Endpoint<P, Q, B, Out>>
    return await send(reply, endpoint.success, await handler(input, { ...caller, scope }))
  } catch (error) {
    // The first request may have committed after we looked; then its answer explains our failure.
    const first = idempotency && (await identifyApiCaller(deps, request, idempotency)).previous
    if (first && place) return replay(deps, reply, first, place)
    throw error instanceof IdempotencyRace ? new IdempotencyRace() : error
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
  previous: NonNullable<ApiCaller['previous']>,
  place: Place,
): Promise<FastifyReply> {
  if (!previous.requestHash.equals(place.requestHash))
    throw new BadRequest(
      `Another idempotency key (${place.key}) with different request parameters was found. Use a new key for a new request.`,
      'idempotency_key_reused',
    )
  if (previous.status === 204 || previous.status === 202) return send(reply, { status: previous.status }, undefined)
  try {
    return sendJson(reply, previous.status, secrets.open(previous.answer, sealedFor(place)))
  } catch (error) {
    // Sealed by a key that was taken away since: the change was made, and its answer cannot be had again.
    throw error instanceof SealBroken ? new IdempotencyRace() : error
  }
}

async function send(
  reply: FastifyReply,
  success: Endpoint<TSchema, TSchema, TSchema, unknown>['success'],
  result: unknown,
): Promise<FastifyReply> {
  switch (success.status) {
    case 202:
      return reply.status(202).type('text/plain; charset=utf-8').send('Accepted')
    case 204:
      // An empty body must carry no JSON content type: every SDK major throws on it.
      return reply.status(204).send()
    case 200:
    case 201:
      if (result instanceof JsonStream) return sendJson(reply, success.status, await result.open())
      return sendJson(reply, success.status, result instanceof RawJson ? result.text : JSON.stringify(result))
    default:
      return success satisfies never
  }
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
