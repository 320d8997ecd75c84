import type { Pool } from 'undici'
import { startChild } from './child.ts'
import { commonType, eventId, eventTime, fill, organizationId, rareType } from './fill.ts'
import { poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { median } from './rounds.ts'
import type { ServerReady } from './server.ts'

const small = 1000
const large: Record<Size, number> = { quick: 10_000, default: 100_000, full: 1_000_000 }
const pairs: Record<Size, number> = { quick: 50, default: 200, full: 200 }
const warmUps = 30
const flat = 1.2

/** A list request in an environment of so many rows. */
type Case = (rows: number) => string

const organizations: Readonly<Record<string, Case>> = {
  'organizations, first page': () => '/organizations?limit=10',
  'organizations, from the middle': (rows) => `/organizations?limit=10&after=${organizationId(rows / 2)}`,
  'organizations, last page': () => `/organizations?limit=10&after=${organizationId(11)}`,
  'organizations, by domain': (rows) =>
    `/organizations?limit=10&domains=customer-${String(rows / 2).padStart(8, '0')}.example`,
  'organizations, a word in every name': () => '/organizations?limit=10&search=customer',
  'organizations, search in all names': (rows) => `/organizations?limit=10&search=${String(rows / 2).padStart(8, '0')}`,
}

const log: Readonly<Record<string, Case>> = {
  'events, first page': () => `/events?limit=10&events=${commonType}`,
  'events, from the middle': (rows) => `/events?limit=10&events=${commonType}&after=${eventId(rows / 2)}`,
  'events, last page': (rows) => `/events?limit=10&events=${commonType}&after=${eventId(rows - 11)}`,
  'events, backwards from the end': (rows) => `/events?limit=10&events=${commonType}&before=${eventId(rows)}`,
  'events, two types, one rare': (rows) =>
    `/events?limit=10&events=${commonType},${rareType}&after=${eventId(rows / 2)}`,
  'events, a rare type': () => `/events?limit=10&events=${rareType}`,
  'events, of an organization': () => `/events?limit=10&events=${commonType}&organization_id=${organizationId(5)}`,
  'events, a rare type since a time': (rows) =>
    `/events?limit=10&events=${rareType}&range_start=${eventTime(rows / 2, rows).toISOString()}`,
}

/** The same pages in a small environment and a large one: what a page costs must not depend on what else there is. */
export async function pages(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const open = async (name: string, rows: number) => {
    const databaseUrl = await postgres.database(name)
    const { ready } = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
    await fill(databaseUrl, ready.environment, rows)
    const pool = poolTo(undo, ready.url, 1)
    return (path: Case) => timeOf(pool, ready.apiKey, path(rows))
  }
  const inSmall = await open('pages-small', small)
  const inLarge = await open('pages-large', large[size])

  const rows: [string, number, number, number][] = []
  for (const [name, path] of Object.entries({ ...organizations, ...log })) {
    const times: [number[], number[]] = [[], []]
    for (let pair = -warmUps; pair < pairs[size]; pair++) {
      const one = await inSmall(path)
      const other = await inLarge(path)
      if (pair >= 0) {
        times[0].push(one)
        times[1].push(other)
      }
      // A page that is not flat at all would take all day, and has shown what it is.
      if (other > 500 && pair >= 0) break
    }
    rows.push([name, median(times[0]), median(times[1]), median(times[1]) / median(times[0])])
  }
  return {
    head: ['page of 10, ms, one at a time', small.toLocaleString('en'), large[size].toLocaleString('en'), 'ratio'],
    rows,
    targets: rows.map(([what, , , measured]) => ({ what, measured, unit: '×', most: flat })),
  }
}

async function timeOf(pool: Pool, apiKey: string, path: string): Promise<number> {
  const begin = performance.now()
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path,
    headers: { authorization: `Bearer ${apiKey}` },
  })
  const text = await body.text()
  const time = performance.now() - begin
  // An empty page would be quick whatever is in the way of finding one.
  if (statusCode !== 200 || text.includes('"data":[]')) throw new Error(`${path} answered ${statusCode}: ${text}`)
  return time
}
