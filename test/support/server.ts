import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { ErrorBody } from '#contracts/errors.ts'
import type { Environment, IssuedApiKey } from '#contracts/environments.ts'
import { newId } from '#db/new-id.ts'
import { change } from '#db/work.ts'
import { createApiKey } from '#domain/environments/api-keys.ts'
import { createEnvironment } from '#domain/environments/create.ts'
import type { Deps } from '#http/deps.ts'
import { Secrets } from '#protocols/envelope.ts'
import { type App, type AppOptions, createApp } from '../../src/app.ts'
import { problemsOf } from './conforms.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { nextFirstKeys } from './first-keys.ts'

/** A clock that moves only when told. */
export class TestClock {
  #now = new Date('2026-03-01T12:00:00.000Z')

  readonly read = (): Date => new Date(this.#now)

  advance(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds)
  }
}

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Another API key than the environment's own; null sends none. */
  readonly key?: string | null
}

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: T
}

/** A tenant of its own, so that tests cannot meet each other's data. */
export interface TestEnvironment extends Environment {
  readonly apiKey: IssuedApiKey
  /** Calls the API as this tenant. Whatever comes back was checked against the contract; a redirect is not followed. */
  api<T = ErrorBody>(method: string, path: string, options?: RequestOptions): Promise<Answer<T>>
}

export interface TestServer {
  readonly url: string
  readonly port: number
  readonly db: TestDatabase
  readonly deps: Deps
  readonly clock: TestClock
  /** TXT records by name. A name that is not here does not exist; an error instead of records is thrown. */
  readonly dns: Map<string, string[][] | Error>
  environment(kind?: 'staging' | 'production'): Promise<TestEnvironment>
  /** Another process of the same installation, as far as it is one: the database is all that they share. */
  twin(): Promise<Pick<TestServer, 'url' | 'deps'>>
  /** Every route that the server has, as Fastify prints its tree. */
  routes(): string
  close(): Promise<void>
}

/** Where log streams go, and whether it serves a developer or others. */
type TestOptions = Partial<Pick<AppOptions, 'logStreamFolder' | 'datadogIntake' | 'development' | 'baseUrl'>>

/**
 * The API over HTTP on a database of its own, for the tests of the file that calls this at its top. A test fails when
 * any answer it caused, through whatever client, breaks the contract.
 */
export function useTestServer(options: TestOptions = {}): TestServer {
  const server = {} as TestServer // filled before the first test runs
  const problems: string[] = []
  beforeAll(async () => {
    Object.assign(server, await start(problems, options))
  })
  afterEach(() => expect(problems.splice(0)).toEqual([]))
  afterAll(() => server.close())
  return server
}

async function start(problems: string[], options: TestOptions): Promise<TestServer> {
  const db = await createTestDatabase()
  const clock = new TestClock()
  const dns: TestServer['dns'] = new Map()
  const secrets = new Secrets([randomBytes(32)])
  const open = async () => {
    const app = await createApp({
      databaseUrl: db.url,
      baseUrl: 'http://gatehouse.test',
      secrets,
      development: true,
      ...options,
      logger: false,
      trustProxy: false,
      poolSize: 10,
      publicRequestsPerMinute: 1_000_000,
      clock: clock.read,
      resolveTxt: async (name) => {
        const records = dns.get(name) ?? []
        if (records instanceof Error) throw records
        return records
      },
    })
    checkAnswers(app, problems)
    await app.server.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.server.address() as AddressInfo // it listens on a port
    return { app, port, url: `http://127.0.0.1:${port}` }
  }
  const { app, port, url } = await open()
  const twins: App[] = []

  return {
    url,
    port,
    db,
    deps: app.deps,
    clock,
    dns,
    async environment(kind = 'staging') {
      const scope = { environment: newId('environment', clock.read()) }
      return change(app.deps, scope, async (work) => {
        const environment = await createEnvironment(work, secrets, { name: 'Test', kind }, nextFirstKeys())
        const apiKey = await createApiKey(work, kind, { name: 'Test key' })
        return { ...environment, apiKey, api: (...request) => send(url, apiKey.value, ...request) }
      })
    },
    routes: () => app.server.printRoutes({ commonPrefix: false }),
    async twin() {
      const other = await open()
      twins.push(other.app)
      return { url: other.url, deps: other.app.deps }
    },
    async close() {
      for (const each of [app, ...twins]) await each.close()
      await db.drop()
    },
  }
}

/** Nothing may leave it, to whatever client, that breaks the contract. */
function checkAnswers(app: App, problems: string[]): void {
  app.server.addHook('onSend', async (request, reply, payload) => {
    const { method, url } = request
    const check = (text: string) =>
      problems.push(...problemsOf({ method, url, status: reply.statusCode, headers: reply.getHeaders(), text }))
    if (!(payload instanceof Readable)) {
      check(Buffer.isBuffer(payload) ? payload.toString('latin1') : typeof payload === 'string' ? payload : '')
      return payload
    }
    const pieces: Buffer[] = []
    const watched = new PassThrough()
    watched.on('data', (piece: Buffer) => pieces.push(piece)).pause()
    // The end of either is the end of both: a client that goes away must be noticed by whoever makes the answer.
    pipeline(payload, watched, (error) => error ?? check(Buffer.concat(pieces).toString()))
    return watched
  })
}

async function send<T>(
  base: string,
  ownKey: string,
  method: string,
  path: string,
  { body, raw, headers, key = ownKey }: RequestOptions = {},
): Promise<Answer<T>> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(base + path, {
    method,
    redirect: 'manual',
    ...(payload !== undefined && { body: payload }),
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(payload !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  // The caller names the type; the contract check in startTestServer makes sure that the answer has its shape.
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson ? JSON.parse(text) : undefined) as T,
  }
}
