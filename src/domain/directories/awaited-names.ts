import { AsyncLocalStorage } from 'node:async_hooks'

const collecting = new AsyncLocalStorage<Set<string>>()

/** Runs something and collects whom groups were left waiting for, by the names they were given. For logs of requests only. */
export function collectAwaited<T>(names: Set<string>, act: () => T): T {
  return collecting.run(names, act)
}

/** Members who are nobody here yet, and join when they arrive. */
export function noteAwaited(names: readonly string[]): void {
  const collected = collecting.getStore()
  for (const name of names) collected?.add(name)
}
