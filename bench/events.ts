import { startChild } from './child.ts'
import { commonType, eventId, fill, rareType } from './fill.ts'
import { parsedEventsPath } from './parsed-events.ts'
import { startPostgres } from './postgres.ts'
import type { Report, Size } from './report.ts'
import { closedLoop, inTurns, median, pairedRatio } from './rounds.ts'
import type { ServerReady } from './server.ts'
import { poolTo } from './http.ts'

const concurrency = 4
const rows = 20_000
const pageSize = 100
const rounds: Record<Size, number> = { quick: 4, default: 8, full: 16 }
const roundMs = 1500

/** Pages of the log as text, beside the same pages parsed and written again. */
export async function events(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const databaseUrl = await postgres.database('events')
  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), { databaseUrl })
  const { url, apiKey, environment } = server.ready
  await fill(databaseUrl, environment, rows)
  const pool = poolTo(undo, url, concurrency)

  let pages = 0
  const read = (path: string) => async () => {
    const cursor = eventId(1 + ((pages++ * pageSize) % (rows - pageSize - 1)))
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `${path}?events=${commonType},${rareType}&limit=${pageSize}&after=${cursor}`,
      headers: { authorization: `Bearer ${apiKey}` },
    })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`)
  }
  const measure = async (path: string, milliseconds: number) => {
    const before = { server: server.processorMs(), database: postgres.processorMs() }
    const { operations, seconds } = await closedLoop(concurrency, milliseconds, read(path))
    return {
      perSecond: operations / seconds,
      serverMs: (server.processorMs() - before.server) / operations,
      databaseMs: (postgres.processorMs() - before.database) / operations,
    }
  }
  for (const path of ['/events', parsedEventsPath]) await measure(path, 1500)
  const results = await inTurns(rounds[size], {
    text: () => measure('/events', roundMs),
    parsed: () => measure(parsedEventsPath, roundMs),
  })
  const of = (name: keyof typeof results, field: 'perSecond' | 'serverMs' | 'databaseMs') =>
    results[name].map((result) => result[field])
  return {
    head: [`page of ${pageSize} events, ${concurrency} at a time`, 'pages/s', 'server CPU ms', 'database CPU ms'],
    rows: (['text', 'parsed'] as const).map((name) => [
      name === 'text' ? 'gatehouse' : 'parsed and written again',
      median(of(name, 'perSecond')),
      median(of(name, 'serverMs')),
      median(of(name, 'databaseMs')),
    ]),
    targets: [
      { what: 'server CPU of a page', measured: median(of('text', 'serverMs')), unit: 'ms', most: 0.25 },
      {
        what: 'server CPU of a page, of the parsing one’s',
        measured: pairedRatio(of('text', 'serverMs'), of('parsed', 'serverMs')),
        unit: '×',
        most: 0.5,
      },
    ],
  }
}
