import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.ts'
import { drain, type Drained, subscribe, subscribeMany, unsubscribe } from './deliveries.ts'
import { type Place, startPlace } from './place.ts'
import { callApi } from './http.ts'
import type { Counted } from './receiver.ts'
import type { Report, Size } from './report.ts'
import { inTurns, median, pairedRatio, quantile } from './rounds.ts'
import { writeEvents } from './write-events.ts'

const endpoints = 10
const burst: Record<Size, number> = { quick: 1_000, default: 10_000, full: 10_000 }
const deadRounds: Record<Size, number> = { quick: 2, default: 4, full: 8 }
const eventsADeadRound = 1_000
const steadySeconds: Record<Size, number> = { quick: 5, default: 15, full: 60 }
const steadyPerSecond = 200
const sampleMs = 50
/** Port 9 is for discarding; nobody listens there. */
const nobody = 'http://127.0.0.1:9/refused'

/** Events to ten endpoints: how fast they go out, what a dead endpoint costs, how soon a first attempt comes. */
export async function webhooks(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const place = await startPlace(undo)
  const { db, receiver, environment } = place
  const floor = await startChild(undo, new URL('./posting.ts', import.meta.url), receiver.ready)
  const written = (count: number) => () => writeEvents(db, environment, count)

  const ids = await subscribeMany(place, endpoints, () => drain(place, 200 * endpoints, written(200)))
  const posts = Math.min(20_000, burst[size] * endpoints)
  const bareRate = posts / (await floor.ask<{ seconds: number }>({ count: posts })).seconds
  const fresh = await drain(place, burst[size] * endpoints, written(burst[size]))
  const rate = (burst[size] * endpoints) / fresh.seconds

  await unsubscribe(place, ids.pop() ?? '')
  const others = eventsADeadRound * (endpoints - 1)
  const beside = async (url: string) => {
    const dead = await subscribe(place, url, 'organization.updated')
    const result = await drain(place, others, written(eventsADeadRound))
    await unsubscribe(place, dead)
    return result
  }
  const rounds = await inTurns(deadRounds[size], {
    alone: () => drain(place, others, written(eventsADeadRound)),
    silent: () => beside(`${receiver.ready.url}/dead`),
    refusing: () => beside(nobody),
  })
  const of = (runs: readonly Drained[], what: (run: Drained) => number) => median(runs.map(what))
  const shown = (name: keyof typeof rounds) => [
    others / of(rounds[name], ({ seconds }) => seconds),
    of(rounds[name], ({ serverMs }) => serverMs),
    of(rounds[name], ({ databaseMs }) => databaseMs),
    of(rounds[name], (run) => run.written),
    '',
    '',
  ]
  const dearer = (name: 'silent' | 'refusing', what: (run: Drained) => number) =>
    pairedRatio(rounds[name].map(what), rounds.alone.map(what))
  const processor = (run: Drained) => run.serverMs + run.databaseMs

  for (const id of ids) await unsubscribe(place, id)
  await subscribe(place, `${receiver.ready.url}/timed`, 'organization.created')
  const latencies = await steady(place, steadySeconds[size])

  return {
    head: ['', 'deliveries/s', 'server CPU ms', 'database CPU ms', 'bytes written', 'p50 ms', 'p99 ms'],
    rows: [
      ['signed and posted, nothing else', bareRate, '', '', '', '', ''],
      [
        `${(burst[size] * endpoints).toLocaleString('en')} deliveries to ${endpoints}`,
        rate,
        fresh.serverMs,
        fresh.databaseMs,
        fresh.written,
        '',
        '',
      ],
      ['nine endpoints', ...shown('alone')],
      ['nine endpoints beside one that says nothing', ...shown('silent')],
      ['nine endpoints beside one that refuses', ...shown('refusing')],
      [`${steadyPerSecond} events a second`, '', '', '', '', '', quantile(latencies, 0.5), quantile(latencies, 0.99)],
    ],
    targets: [
      { what: 'deliveries a second', measured: rate, unit: '', least: 2_000 },
      ...(['silent', 'refusing'] as const).flatMap((name) =>
        [
          { what: `time of nine endpoints, beside a ${name} one`, measured: dearer(name, (run) => run.seconds) },
          { what: `processor time of nine endpoints, beside a ${name} one`, measured: dearer(name, processor) },
        ].map((target) => ({ ...target, unit: '×', most: 1.05 })),
      ),
      { what: 'first attempt after the event, p99', measured: quantile(latencies, 0.99), unit: 'ms', most: 1_000 },
    ],
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
