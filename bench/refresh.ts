import pg from 'pg'
import type { Pool } from 'undici'
import { startChild } from './child.ts'
import { callApi, poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { closedLoop, median, quantile } from './rounds.ts'
import type { ServerReady } from './server.ts'

const concurrency = 8
const warmUpMs = 3000
const rounds: Record<Size, number> = { quick: 3, default: 6, full: 12 }
const roundMs = 2500
const password = 'correct horse battery'

interface Measured {
  readonly perSecond: number
  readonly p99Ms: number
  readonly serverMs: number
  readonly databaseMs: number
}

interface Tokens {
  readonly refresh_token: string
}

/** Refreshes of sessions that live side by side, each with the token the last one gave. */
export function refresh(size: Size): Promise<Report> {
  return measure(size, 'refresh, 8 at a time', { perSecond: 800, p99Ms: 40 }, async (pool, ready) => {
    const tokens: string[] = []
    for (let index = 0; index < 2 * concurrency; index++) tokens.push(await signUp(pool, ready, index))
    return async () => {
      // Whoever takes a token is its only holder until its successor is put back.
      const token = tokens.shift()
      if (token === undefined) throw new Error('there are more callers than sessions')
      const next = await authenticate(pool, ready, { grant_type: 'refresh_token', refresh_token: token })
      tokens.push(next.refresh_token)
    }
  })
}

/** Sign-ins by password: what Argon2id costs is meant to be spent. */
export function passwords(size: Size): Promise<Report> {
  return measure(size, 'password, 8 at a time', { perSecond: 30, p99Ms: 1500 }, async (pool, ready) => {
    const email = 'password@bench.test'
    await callApi(pool, ready.apiKey, '/user_management/users', { email, email_verified: true, password })
    return async () => {
      await authenticate(pool, ready, { grant_type: 'password', email, password })
    }
  })
}

async function measure(
  size: Size,
  title: string,
  goal: Pick<Measured, 'perSecond' | 'p99Ms'>,
  prepare: (pool: Pool, ready: ServerReady) => Promise<() => Promise<void>>,
): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const databaseUrl = await postgres.database('refresh')
  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
  const operation = await prepare(poolTo(undo, server.ready.url, concurrency), server.ready)
  await grow(databaseUrl)
  await closedLoop(concurrency, warmUpMs, operation)
  const results: Measured[] = []
  for (let round = 0; round < rounds[size]; round++) {
    const before = { server: server.processorMs(), database: postgres.processorMs() }
    const times: number[] = []
    const { operations, seconds } = await closedLoop(concurrency, roundMs, async () => {
      const begin = performance.now()
      await operation()
      times.push(performance.now() - begin)
    })
    results.push({
      perSecond: operations / seconds,
      p99Ms: quantile(times, 0.99),
      serverMs: (server.processorMs() - before.server) / operations,
      databaseMs: (postgres.processorMs() - before.database) / operations,
    })
  }
  const of = (field: keyof Measured) => median(results.map((result) => result[field]))
  return {
    head: [title, 'per second', 'p99 ms', 'server CPU ms', 'database CPU ms'],
    rows: [['gatehouse', of('perSecond'), of('p99Ms'), of('serverMs'), of('databaseMs')]],
    targets: [
      { what: 'a second', measured: of('perSecond'), unit: '', least: goal.perSecond },
      { what: 'slowest of a hundred', measured: of('p99Ms'), unit: 'ms', most: goal.p99Ms },
    ],
  }
}

/** People who were changed a minute ago are looked at more closely at every refresh; few are. */
async function grow(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  await client.query(`update users set updated_at = updated_at - interval '1 hour'`)
  await client.end()
}

async function signUp(pool: Pool, ready: ServerReady, index: number): Promise<string> {
  const email = `user${index}@bench.test`
  const { code } = await callApi<{ code: string }>(pool, ready.apiKey, '/user_management/magic_auth', { email })
  const grant_type = 'urn:workos:oauth:grant-type:magic-auth:code'
  return (await authenticate(pool, ready, { grant_type, email, code })).refresh_token
}

function authenticate(pool: Pool, { apiKey, clientId }: ServerReady, fields: object): Promise<Tokens> {
  const body = { client_id: clientId, client_secret: apiKey, ...fields }
  return callApi(pool, apiKey, '/user_management/authenticate', body)
}
