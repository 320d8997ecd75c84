import { randomFillSync } from 'node:crypto'
import { monotonicFactory } from 'ulid'
import { type IdKind, type IdOf, idPrefixes } from '#contracts/ids.ts'

const random = new Uint8Array(1024)
let used = random.length

/** A number from 0 to below 1. ulid asks for one a letter, and asking the system each time would cost 20 µs an id. */
function nextRandom(): number {
  if (used === random.length) {
    randomFillSync(random)
    used = 0
  }
  const byte = random[used++] ?? Number.NaN // within bounds
  return byte / 256
}

/** How far a clock may be set back before ids follow it: longer than corrections in passing, shorter than a mistake. */
const toleratedMs = 10_000
let ulid = monotonicFactory(nextRandom)
let latest = 0

/**
 * A fresh id. Ids made by one process sort in the order they were made, also within a millisecond and when the clock is
 * set back a little. After a clock that was badly ahead ids tell the time again, or they would sort after those of every
 * other process until the wrong time comes.
 */
export function newId<K extends IdKind>(kind: K, now: Date): IdOf<K> {
  const time = now.getTime()
  if (time < latest - toleratedMs) {
    ulid = monotonicFactory(nextRandom)
    latest = time
  }
  latest = Math.max(latest, time)
  return `${idPrefixes[kind]}_${ulid(time)}` as IdOf<K> // the template is IdOf<K>; TypeScript cannot index it by K
}
