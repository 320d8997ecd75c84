import { setTimeout as sleep } from 'node:timers/promises'
import { callApi } from './http.ts'
import { startPlace } from './place.ts'
import { residentMiB } from './processor-time.ts'
import type { Counted } from './receiver.ts'
import type { Report, Size } from './report.ts'
import { writeEvents } from './write-events.ts'

const backlog: Record<Size, number> = { quick: 10_000, default: 100_000, full: 1_000_000 }
const sampleMs = 100

/** A backlog that waits for a stream: how fast it drains, and whether memory and cost stay what they are. */
export async function streams(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const { server, receiver, api, db, environment, databaseMs: readDatabaseMs } = await startPlace(undo)
  const count = backlog[size]
  await writeEvents(db, environment, count)
  // Stamped, and read past by everybody else who follows.
  const stamped = async () => (await db.query<{ n: number }>('select count(*)::int as n from event_log')).rows[0]?.n
  while (((await stamped()) ?? 0) < count) await sleep(sampleMs)

  const [serverMs, databaseMs] = [server.processorMs(), readDatabaseMs()]
  const begin = performance.now()
  await callApi(api, server.ready.apiKey, '/log_streams', {
    type: 'https',
    start: 'beginning',
    https: { url: `${receiver.ready.url}/lines`, format: 'ndjson', compress: false },
  })
  const samples: { readonly at: number; readonly done: number; readonly memory: number }[] = []
  for (let done = 0; done < count;) {
    await sleep(sampleMs)
    done = (await receiver.ask<Counted>({})).lines
    samples.push({ at: performance.now(), done, memory: residentMiB(server.pid) })
  }
  const end = samples.at(-1)?.at ?? begin
  const reached = (share: number) => samples.find(({ done }) => done >= count * share)?.at ?? end
  const [first, last] = [(count * 500) / (reached(0.5) - begin), (count * 500) / (end - reached(0.5))]
  const half = samples.findIndex(({ done }) => done >= count / 2)
  const most = (part: typeof samples) => Math.max(...part.map(({ memory }) => memory))
  const memory = [most(samples.slice(0, half + 1)), most(samples.slice(half))] as const
  const rate = (count * 1000) / (end - begin)
  return {
    head: ['', 'events/s', 'server CPU µs', 'database CPU µs', 'server MiB'],
    rows: [
      [
        `${count.toLocaleString('en')} events to one stream`,
        rate,
        ((server.processorMs() - serverMs) / count) * 1000,
        ((readDatabaseMs() - databaseMs) / count) * 1000,
        Math.max(...memory),
      ],
      ['the first half of them', first, '', '', memory[0]],
      ['the second half of them', last, '', '', memory[1]],
    ],
    targets: [
      { what: 'events a second', measured: rate, unit: '', least: 5_000 },
      { what: 'cost of the second half beside the first', measured: first / last, unit: '×', most: 1.2 },
      { what: 'memory in the second half beside the first', measured: memory[1] / memory[0], unit: '×', most: 1.2 },
    ],
  }
}
