import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Pool } from 'undici'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Child, startChild } from './child.ts'
import { callApi, poolTo } from './http.ts'
import { startPostgres } from './postgres.ts'
import { residentMiB } from './processor-time.ts'
import type { Counted, ReceiverReady } from './receiver.ts'
import type { Report, Size } from './report.ts'
import { inTurns, median, pairedRatio, quantile } from './rounds.ts'
import type { ServerReady } from './server.ts'
import { writeEvents } from './write-events.ts'

const endpoints = 10
const backlog: Record<Size, number> = { quick: 1_000, default: 10_000, full: 50_000 }
const deadRounds: Record<Size, number> = { quick: 2, default: 4, full: 8 }
const eventsADeadRound = 500
const steadySeconds: Record<Size, number> = { quick: 5, default: 15, full: 60 }
const steadyPerSecond = 200
const sampleMs = 100

interface Place {
  readonly server: Child<ServerReady>
  readonly receiver: Child<ReceiverReady>
  readonly api: Pool
  readonly db: pg.Pool
  databaseMs(): number
}

interface Drained {
  readonly seconds: number
  /** Processor time of a delivery, of server and database, in ms. */
  readonly serverMs: number
  readonly databaseMs: number
  /** Of the server, the most of it in the first and in the second half. */
  readonly memoryMiB: readonly [number, number]
  /** Deliveries a second in the first and in the last third. */
  readonly rates: readonly [number, number]
}

/** Events to ten endpoints: how fast a backlog drains, how soon a first attempt comes, and what a dead endpoint costs. */
export async function webhooks(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const postgres = await startPostgres(undo)
  const databaseUrl = await postgres.database('webhooks')
  const server = await startChild<ServerReady>(undo, new URL('./server.ts', import.meta.url), {
    databaseUrl,
    development: true,
  })
  const receiver = await startChild<ReceiverReady>(undo, new URL('./receiver.ts', import.meta.url), {})
  const floor = await startChild(undo, new URL('./posting.ts', import.meta.url), receiver.ready)
  const db = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  undo.defer(() => db.end())
  const api = poolTo(undo, server.ready.url, 8)
  const place: Place = { server, receiver, api, db, databaseMs: () => postgres.processorMs() }

  const ids: string[] = []
  for (let n = 0; n < endpoints; n++) ids.push(await subscribe(place, `/${n}`, 'organization.updated'))
  await drain(place, 200, endpoints) // statements prepared, connections open
  const count = backlog[size]
  const bare = await floor.ask<{ seconds: number }>({ count: Math.min(20_000, count * endpoints) })
  const bareRate = Math.min(20_000, count * endpoints) / bare.seconds
  const drained = await drain(place, count, endpoints)
  const rate = (count * endpoints) / drained.seconds

  await unsubscribe(place, ids.pop() ?? '')
  const rounds = await inTurns(deadRounds[size], {
    alone: () => drain(place, eventsADeadRound, endpoints - 1),
    dead: async () => {
      const dead = await subscribe(place, '/dead', 'organization.updated')
      const result = await drain(place, eventsADeadRound, endpoints - 1)
      await unsubscribe(place, dead)
      return result
    },
  })
  const seconds = (runs: readonly Drained[]) => runs.map((run) => run.seconds)
  const slower = pairedRatio(seconds(rounds.dead), seconds(rounds.alone))

  for (const id of ids) await unsubscribe(place, id)
  await subscribe(place, '/timed', 'organization.created')
  const latencies = await steady(place, steadySeconds[size])

  const deliveries = (count * endpoints).toLocaleString('en')
  return {
    head: ['', 'deliveries/s', 'server CPU ms', 'database CPU ms', 'server MiB', 'p50 ms', 'p99 ms'],
    rows: [
      ['signed and posted, nothing else', bareRate, '', '', '', '', ''],
      [
        `${deliveries} deliveries to ${endpoints}`,
        rate,
        drained.serverMs,
        drained.databaseMs,
        Math.max(...drained.memoryMiB),
        '',
        '',
      ],
      ['the first third of them', drained.rates[0], '', '', drained.memoryMiB[0], '', ''],
      ['the last third of them', drained.rates[1], '', '', drained.memoryMiB[1], '', ''],
      ['nine endpoints', (eventsADeadRound * 9) / median(seconds(rounds.alone)), '', '', '', '', ''],
      ['nine endpoints beside a dead one', (eventsADeadRound * 9) / median(seconds(rounds.dead)), '', '', '', '', ''],
      [`${steadyPerSecond} events a second`, '', '', '', '', quantile(latencies, 0.5), quantile(latencies, 0.99)],
    ],
    targets: [
      { what: 'deliveries a second', measured: rate, unit: '', least: 2_000 },
      {
        what: 'cost of the last third beside the first',
        measured: drained.rates[0] / drained.rates[1],
        unit: '×',
        most: 1.2,
      },
      {
        what: 'memory in the second half beside the first',
        measured: drained.memoryMiB[1] / drained.memoryMiB[0],
        unit: '×',
        most: 1.2,
      },
      { what: 'nine endpoints, beside a dead one', measured: slower, unit: '×', most: 1.05 },
      { what: 'first attempt after the event, p99', measured: quantile(latencies, 0.99), unit: 'ms', most: 1_000 },
    ],
  }
}

async function subscribe({ api, server, receiver }: Place, path: string, event: string): Promise<string> {
  const body = { endpoint_url: receiver.ready.url + path, events: [event] }
  return (await callApi<{ id: string }>(api, server.ready.apiKey, '/webhook_endpoints', body)).id
}

async function unsubscribe({ api, server }: Place, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${server.ready.apiKey}` }
  const { statusCode, body } = await api.request({ method: 'DELETE', path: `/webhook_endpoints/${id}`, headers })
  await body.dump()
  if (statusCode !== 204) throw new Error(`Deleting ${id} answered ${statusCode}.`)
}

/** Writes events and waits until the receiver has a request for each at so many endpoints. */
async function drain(place: Place, count: number, receivers: number): Promise<Drained> {
  const { server, receiver, db } = place
  const look = () => receiver.ask<Counted>({})
  const before = (await look()).requests
  const [serverMs, databaseMs] = [server.processorMs(), place.databaseMs()]
  const wanted = count * receivers
  const begin = performance.now()
  const samples: { readonly at: number; readonly done: number; readonly memory: number }[] = []
  const writing = writeEvents(db, server.ready.environment as EnvironmentId, count)
  for (let done = 0; done < wanted;) {
    await sleep(sampleMs)
    done = (await look()).requests - before
    samples.push({ at: performance.now(), done, memory: residentMiB(server.pid) })
  }
  await writing
  const end = samples.at(-1)?.at ?? begin
  const reached = (share: number) => samples.find(({ done }) => done >= wanted * share)?.at ?? end
  const third = wanted / 3
  const most = (part: typeof samples) => Math.max(...part.map(({ memory }) => memory))
  const half = samples.findIndex(({ done }) => done >= wanted / 2)
  return {
    seconds: (end - begin) / 1000,
    serverMs: (server.processorMs() - serverMs) / wanted,
    databaseMs: (place.databaseMs() - databaseMs) / wanted,
    memoryMiB: [most(samples.slice(0, half + 1)), most(samples.slice(half))],
    rates: [(third * 1000) / (reached(1 / 3) - begin), (third * 1000) / (end - reached(2 / 3))],
  }
}

/** Makes organizations through the API at a pace, whatever the answers take. @returns how late their first attempts were. */
async function steady({ api, server, receiver }: Place, seconds: number): Promise<readonly number[]> {
  await receiver.ask<Counted>({})
  const total = seconds * steadyPerSecond
  const begin = performance.now()
  const calls: Promise<unknown>[] = []
  while (calls.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1000) * steadyPerSecond))
    while (calls.length < due)
      calls.push(callApi(api, server.ready.apiKey, '/organizations', { name: `Organization ${calls.length}` }))
    await sleep(5)
  }
  await Promise.all(calls)
  const latencies: number[] = []
  while (latencies.length < total) {
    await sleep(sampleMs)
    latencies.push(...(await receiver.ask<Counted>({})).latenciesMs)
  }
  return latencies
}
