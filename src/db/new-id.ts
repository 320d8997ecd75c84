import { monotonicFactory } from 'ulid'
import { type IdKind, type IdOf, idPrefixes } from '#contracts/ids.ts'

const ulid = monotonicFactory()

/** A fresh id. Ids made by one process sort in the order they were made, also within a millisecond. */
export function newId<K extends IdKind>(kind: K, now: Date): IdOf<K> {
  return `${idPrefixes[kind]}_${ulid(now.getTime())}` as IdOf<K> // the template is IdOf<K>; TypeScript cannot index it by K
}
