import { AsyncLocalStorage } from 'node:async_hooks'
import type { EventId } from '#contracts/ids.ts'

const most = 200
const collecting = new AsyncLocalStorage<EventId[]>()

/**
 * Runs something and collects the ids of the events it emitted, also of transactions that were undone: whoever shows
 * them asks the log which of them happened. For logs of requests only; nothing may be decided by it.
 */
export function collectEmittedIds<T>(ids: EventId[], act: () => T): T {
  return collecting.run(ids, act)
}

export function noteEmittedId(id: EventId): void {
  const ids = collecting.getStore()
  if (ids && ids.length < most) ids.push(id)
}
