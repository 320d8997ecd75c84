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
/** Clocks that one process reads at once: one, but for tests. */
const mostSequences = 4

interface Sequence {
  readonly next: (time: number) => string
  latest: number
}
let sequences: readonly Sequence[] = []

/** The one that is furthest, of those that the time is not badly behind. */
function sequenceAt(time: number): Sequence {
  let found: Sequence | undefined
  for (const each of sequences)
    if (time >= each.latest - toleratedMs && each.latest >= (found?.latest ?? 0)) found = each
  if (found) return found
  const fresh = { next: monotonicFactory(nextRandom), latest: time }
  sequences = [fresh, ...sequences].slice(0, mostSequences)
  return fresh
}

/**
 * A fresh id. Ids made by one process sort in the order they were made, also within a millisecond and when the clock is
 * set back a little. After a clock that was badly ahead ids tell the time again, or they would sort after those of every
 * other process until the wrong time comes.
 */
export function newId<K extends IdKind>(kind: K, now: Date): IdOf<K> {
  const time = now.getTime()
  const sequence = sequenceAt(time)
  sequence.latest = Math.max(sequence.latest, time)
  return `${idPrefixes[kind]}_${sequence.next(time)}` as IdOf<K> // the template is IdOf<K>; TypeScript cannot index it by K
}
