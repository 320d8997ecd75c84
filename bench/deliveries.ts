import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { callApi } from './http.ts'
import type { Place } from './place.ts'
import { residentMiB } from './processor-time.ts'
import type { Counted } from './receiver.ts'

const sampleMs = 100

interface Part {
  /** Deliveries a second. */
  readonly rate: number
  /** Processor time of a delivery, in ms. */
  readonly serverMs: number
  readonly databaseMs: number
}

export interface Drained {
  readonly seconds: number
  /** Processor time of a delivery, of server and database, in ms. */
  readonly serverMs: number
  readonly databaseMs: number
  /** What the database wrote for a delivery, in bytes of its log. */
  readonly written: number
  /** Of the server, the most of it in the first and in the second half. */
  readonly memoryMiB: readonly [number, number]
  /** The first and the last third. */
  readonly thirds: readonly [Part, Part]
}

/** So many endpoints that take what they get, after their first deliveries. @returns their ids. */
export async function subscribeMany(place: Place, count: number, warmUp: () => Promise<unknown>): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++)
    ids.push(await subscribe(place, `${place.receiver.ready.url}/${n}`, 'organization.updated'))
  await warmUp() // statements prepared, connections open
  return ids
}

export async function subscribe({ api, server }: Place, url: string, event: string): Promise<string> {
  const body = { endpoint_url: url, events: [event] }
  return (await callApi<{ id: string }>(api, server.ready.apiKey, '/webhook_endpoints', body)).id
}

export async function unsubscribe({ api, server }: Place, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${server.ready.apiKey}` }
  const { statusCode, body } = await api.request({ method: 'DELETE', path: `/webhook_endpoints/${id}`, headers })
  await body.dump()
  if (statusCode !== 204) throw new Error(`Deleting ${id} answered ${statusCode}.`)
}

interface Sample {
  readonly at: number
  /** Processor time so far, in ms. */
  readonly server: number
  readonly database: number
  readonly done: number
  readonly memory: number
}

/**
 * Waits until the receiver has had so many requests more.
 * @param onTenth told of each tenth: a large backlog takes a while.
 */
export async function drain(
  place: Place,
  wanted: number,
  begun: () => Promise<void>,
  onTenth: (part: Part, memoryMiB: number) => void = () => undefined,
): Promise<Drained> {
  const { server, receiver, db } = place
  const look = () => receiver.ask<Counted>({})
  const before = (await look()).requests
  const begin = { at: performance.now(), server: server.processorMs(), database: place.databaseMs() }
  const written = await writtenBytes(db)
  const samples: Sample[] = []
  const writing = begun()
  let tenth: Sample = { ...begin, done: 0, memory: 0 }
  for (let done = 0; done < wanted;) {
    await sleep(sampleMs)
    done = (await look()).requests - before
    const sample: Sample = {
      at: performance.now(),
      server: server.processorMs(),
      database: place.databaseMs(),
      done,
      memory: residentMiB(server.pid),
    }
    samples.push(sample)
    if (done < tenth.done + wanted / 10) continue
    onTenth(part(tenth, sample), sample.memory)
    tenth = sample
  }
  await writing
  const end = samples.at(-1) ?? { ...begin, done: 0, memory: 0 }
  const reached = (share: number) => samples.find(({ done }) => done >= wanted * share) ?? end
  const [first, last] = [reached(1 / 3), reached(2 / 3)]
  const most = (some: typeof samples) => some.reduce((highest, { memory }) => Math.max(highest, memory), 0)
  const half = samples.findIndex(({ done }) => done >= wanted / 2)
  return {
    seconds: (end.at - begin.at) / 1000,
    serverMs: (end.server - begin.server) / wanted,
    databaseMs: (end.database - begin.database) / wanted,
    written: ((await writtenBytes(db)) - written) / wanted,
    memoryMiB: [most(samples.slice(0, half + 1)), most(samples.slice(half))],
    thirds: [part({ ...begin, done: 0 }, first), part(last, end)],
  }
}

function part(from: Omit<Sample, 'memory'>, to: Sample): Part {
  const done = to.done - from.done
  return {
    rate: (done * 1000) / (to.at - from.at),
    serverMs: (to.server - from.server) / done,
    databaseMs: (to.database - from.database) / done,
  }
}

async function writtenBytes(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ bytes: string }>(`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes`)
  return Number(rows[0]?.bytes)
}
