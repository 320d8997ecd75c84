import { writeBacklog } from './backlog.ts'
import { drain, subscribeMany } from './deliveries.ts'
import { startPlace } from './place.ts'
import { type Report, shown, type Size } from './report.ts'
import { writeEvents } from './write-events.ts'

const endpoints = 10
const events: Record<Size, number> = { quick: 2_000, default: 10_000, full: 100_000 }

/** Deliveries that wait: how fast they drain, and whether memory and the cost of each stay what they are. */
export async function webhookBacklog(size: Size): Promise<Report> {
  await using undo = new AsyncDisposableStack()
  const place = await startPlace(undo)
  const count = events[size] * endpoints
  await subscribeMany(place, endpoints, () =>
    drain(place, 200 * endpoints, () => writeEvents(place.db, place.environment, 200)),
  )
  const making = await writeBacklog(place.db, place.environment, events[size])
  console.log(`${count.toLocaleString('en')} deliveries wait. Each tenth of them:`)
  const drained = await drain(
    place,
    count,
    () => Promise.resolve(),
    (tenth, memoryMiB) =>
      console.log(
        `${shown(tenth.rate)}/s, server ${shown(tenth.serverMs)} ms, database ${shown(tenth.databaseMs)} ms, ${shown(memoryMiB)} MiB`,
      ),
  )
  const [first, last] = drained.thirds
  return {
    head: ['', 'deliveries/s', 'server CPU ms', 'database CPU ms', 'bytes written', 'server MiB'],
    rows: [
      [
        `${count.toLocaleString('en')} deliveries, made in ${making.toFixed(0)} s`,
        count / drained.seconds,
        drained.serverMs,
        drained.databaseMs,
        drained.written,
        Math.max(...drained.memoryMiB),
      ],
      ['the first third', first.rate, first.serverMs, first.databaseMs, '', drained.memoryMiB[0]],
      ['the last third', last.rate, last.serverMs, last.databaseMs, '', drained.memoryMiB[1]],
    ],
    targets: [
      {
        what: 'processor time of a delivery in the last third beside the first',
        measured: (last.serverMs + last.databaseMs) / (first.serverMs + first.databaseMs),
        unit: '×',
        most: 1.2,
      },
      {
        what: 'memory in the second half beside the first',
        measured: drained.memoryMiB[1] / drained.memoryMiB[0],
        unit: '×',
        most: 1.2,
      },
    ],
  }
}
