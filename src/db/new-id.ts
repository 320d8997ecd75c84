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

const ulid = monotonicFactory(nextRandom)

/** A fresh id. Ids made by one process sort in the order they were made, also within a millisecond. */
export function newId<K extends IdKind>(kind: K, now: Date): IdOf<K> {
  return `${idPrefixes[kind]}_${ulid(now.getTime())}` as IdOf<K> // the template is IdOf<K>; TypeScript cannot index it by K
}
