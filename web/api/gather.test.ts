import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gather } from './gather.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const gatherMs = 250

/** Looks that end when they are told to. */
function slowLooks() {
  const looks: { readonly names: readonly string[]; readonly end: PromiseWithResolvers<void> }[] = []
  const look = (names: readonly string[]) => {
    const end = Promise.withResolvers<void>()
    looks.push({ names, end })
    return end.promise
  }
  return { looks, gathering: gather(look, gatherMs), seen: () => looks.map(({ names }) => names) }
}

test('a thousand hints at once are one look', async () => {
  const { gathering, seen } = slowLooks()
  for (let times = 0; times < 1000; times += 1) gathering.add(['events', 'users'])
  await vi.advanceTimersByTimeAsync(gatherMs)
  expect(seen()).toEqual([['events', 'users']])
})

test('hints that do not stop coming end no look, and what they tell of is looked at after it', async () => {
  const { looks, gathering, seen } = slowLooks()
  gathering.add(['events'])
  await vi.advanceTimersByTimeAsync(gatherMs)
  for (let times = 0; times < 10; times += 1) {
    gathering.add(['users'])
    await vi.advanceTimersByTimeAsync(gatherMs)
  }
  expect(seen()).toEqual([['events']])
  looks[0]?.end.resolve()
  await vi.advanceTimersByTimeAsync(gatherMs)
  expect(seen()).toEqual([['events'], ['users']])
})

test('nothing is looked at once the page is left', async () => {
  const { looks, gathering, seen } = slowLooks()
  gathering.add(['events'])
  await vi.advanceTimersByTimeAsync(gatherMs)
  gathering.add(['users'])
  gathering.stop()
  looks[0]?.end.resolve()
  await vi.advanceTimersByTimeAsync(gatherMs)
  expect(seen()).toEqual([['events']])
})
