import { describe, expect, test } from 'vitest'
import { maxAttempts, nextWait, readRetryAfter } from './retry.ts'

const hour = 60 * 60_000

describe('the schedule of retries', () => {
  test.each([
    ['as fast as it can be', 0, 64.8],
    ['on average', 0.5, 72],
    ['as slow as it can be', 1, 79.2],
  ])('lasts about three days %s', (_claim, chance, hours) => {
    let total = 0
    for (let attempt = 1; attempt < maxAttempts; attempt++) total += nextWait(attempt, chance) ?? 0
    expect(total / hour).toBeGreaterThan(hours)
    expect(total / hour).toBeLessThan(hours + 1)
  })

  test('grows with every attempt, and ends', () => {
    const waits = Array.from({ length: maxAttempts }, (_, i) => nextWait(i + 1, 0.5))
    expect(waits.at(-1)).toBeUndefined()
    const numbers = waits.slice(0, -1).map((wait) => wait ?? 0)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(numbers[0]).toBe(10_000)
  })

  test.each([
    ['waits longer when the receiver asks', 60_000, 60_000],
    ['does not come sooner because the receiver asks', 1_000, 10_000],
    ['does not wait for ever because the receiver asks', 1000 * hour, 12 * hour],
  ])('%s', (_claim, wish, expected) => {
    expect(nextWait(1, 0.5, wish)).toBe(expected)
  })
})

test.each([
  ['120', 120_000],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(readRetryAfter(header, new Date('2026-03-01T12:00:00Z'))).toBe(expected)
})
