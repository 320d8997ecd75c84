import pg from 'pg'
import type { Pool } from 'undici'
import { type Child, startChild } from './child.ts'
import { poolTo } from './http.ts'
import { type BenchPostgres, startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { median } from './rounds.ts'
import type { ServerReady } from './server.ts'

const small = 1000
const large: Record<Size, number> = { quick: 100_000, default: 1_000_000, full: 1_000_000 }
const rounds: Record<Size, number> = { quick: 200, default: 500, full: 2000 }
const warmUps = 500
const redirectUri = 'https://app.test/callback'

interface Place {
  readonly people: number
  readonly child: Child<ServerReady>
  readonly pool: Pool
}

interface Compared {
  readonly few: number
  readonly many: number
  readonly serverMs: number
  readonly databaseMs: number
}

/** Ends with the first byte, and says after how long. */
type Operation = () => Promise<number>

/** What a sign-in begins with and what applications ask for all the time, one at a time, among few people and many. */
export async function authkit(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const open = async (name: string, people: number): Promise<Place> => {
    const databaseUrl = await postgres.database(name)
    const child = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
    await fillUsers(databaseUrl, child.ready.environment, people)
    return { people, child, pool: poolTo(undo, child.ready.url, 1) }
  }
  const places: [Place, Place] = [await open('authkit-small', small), await open('authkit-large', large[size])]
  const results: ({ readonly name: string } & Compared)[] = []
  for (const [name, operation] of Object.entries(operations))
    results.push({ name, ...(await compare(size, postgres, places, operation)) })
  const page = results.find(({ name }) => name === 'authorize and its page')
  const atMost = (what: string, measured = Number.NaN, most: number, unit: string) => ({ what, measured, unit, most })
  return {
    head: [
      'to the first byte, ms',
      `p50, ${small.toLocaleString('en')}`,
      `p50, ${large[size].toLocaleString('en')}`,
      'ratio',
      'server CPU',
      'database CPU',
    ],
    rows: results.map(({ name, few, many, serverMs, databaseMs }) => [
      name,
      few,
      many,
      many / few,
      serverMs,
      databaseMs,
    ]),
    targets: [
      atMost('authorize and its page, p50', page?.many, 10, 'ms'),
      ...results
        .filter(({ name }) => name.startsWith('users'))
        .map(({ name, few, many }) => atMost(name, many / few, 1.2, '×')),
    ],
  }
}

const operations = {
  'authorize and its page': signInPage,
  JWKS: ({ pool, child }: Place) => {
    const path = `/sso/jwks/${child.ready.clientId}`
    return () => firstByte(pool, path)
  },
  'users, first page': listUsers(() => 'limit=10'),
  'users, from the middle': listUsers((people) => `limit=10&after=${userId(people / 2)}`),
  'users, last page': listUsers(() => `limit=10&after=${userId(11)}`),
  'users, by address': listUsers((people) => `email=user${people / 2}@bench.test`),
}

function listUsers(query: (people: number) => string): (place: Place) => Operation {
  return ({ people, pool, child }) => {
    const headers = { authorization: `Bearer ${child.ready.apiKey}` }
    return () => firstByte(pool, `/user_management/users?${query(people)}`, headers)
  }
}

/** As a browser that was never here: sent to the page, which it asks for with the cookie it was given. */
function signInPage({ pool, child }: Place): Operation {
  const query = new URLSearchParams({
    client_id: child.ready.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    provider: 'authkit',
  })
  const path = `/user_management/authorize?${query}`
  return async () => {
    const begin = performance.now()
    const { statusCode, headers, body } = await pool.request({ method: 'GET', path })
    await body.dump()
    if (statusCode !== 302) throw new Error(`authorize answered ${statusCode}`)
    const cookies = [headers['set-cookie'] ?? []].flat()
    const cookie = cookies.map((each) => each.split(';')[0]).join('; ')
    const redirected = performance.now() - begin
    return redirected + (await firstByte(pool, String(headers['location']), { cookie }))
  }
}

async function firstByte(pool: Pool, path: string, headers: Record<string, string> = {}): Promise<number> {
  const begin = performance.now()
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers })
  const took = performance.now() - begin
  const text = await body.text()
  // An empty page would be quick whatever is in the way of finding one.
  if (statusCode !== 200 || text.includes('"data":[]')) throw new Error(`${path} answered ${statusCode}: ${text}`)
  return took
}

/** Both in turn, so that what disturbs the machine disturbs both; the server is the one with many people. */
async function compare(
  size: Size,
  postgres: BenchPostgres,
  places: readonly [Place, Place],
  operation: (place: Place) => Operation,
): Promise<Compared> {
  const [one, other] = [operation(places[0]), operation(places[1])]
  for (let round = 0; round < warmUps; round++) {
    await one()
    await other()
  }
  const [, { child }] = places
  const before = { server: child.processorMs(), database: postgres.processorMs() }
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds[size]; round++) {
    times[0].push(await one())
    times[1].push(await other())
  }
  return {
    few: median(times[0]),
    many: median(times[1]),
    serverMs: (child.processorMs() - before.server) / rounds[size],
    databaseMs: (postgres.processorMs() - before.database) / (2 * rounds[size]),
  }
}

function userId(number: number): string {
  return `user_01K${String(number).padStart(23, '0')}`
}

/** As if they had been made through the API. */
async function fillUsers(connectionString: string, environment: string, people: number): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(
      `insert into users (environment_id, id, email, email_verified, first_name, last_name, metadata, created_at, updated_at)
       select $1, 'user_01K' || lpad(n::text, 23, '0'), 'user' || n || '@bench.test', true, 'User', n::text, '{}', now(), now()
       from generate_series(1, $2::int) as n`,
      [environment, people],
    )
    await client.query(
      `insert into redirect_uris (environment_id, id, uri, is_default, created_at, updated_at)
       values ($1, 'redirect_uri_bench', $2, true, now(), now())`,
      [environment, redirectUri],
    )
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}
