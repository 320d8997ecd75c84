import { describe, expect, test } from 'vitest'
import { nextWait, readRetryAfter, type Schedule } from './retry.ts'

const minute = 60_000
const hour = 60 * minute

/** What a delivery that always fails waits between its attempts. */
function waits(schedule: Schedule, chance: number): number[] {
  const all: number[] = []
  for (let wait = nextWait(1, chance, schedule); wait !== undefined; wait = nextWait(all.length + 1, chance, schedule))
    all.push(wait)
  return all
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

describe('the schedule of retries', () => {
  test.each([
    ['as fast as it can be', 0, 64.8],
    ['on average', 0.5, 72],
    ['as slow as it can be', 1, 79.2],
  ])('lasts about three days %s', (_claim, chance, hours) => {
    const total = sum(waits('days', chance)) / hour
    expect(total).toBeGreaterThan(hours)
    expect(total).toBeLessThan(hours + 1)
  })

  test.each([
    ['days', 16],
    ['minutes', 5],
  ] as const)('of %s grows with every attempt, and ends', (schedule, attempts) => {
    const numbers = waits(schedule, 0.5)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect([numbers[0], numbers.length + 1]).toEqual([10_000, attempts])
  })

  test('of minutes is over within eight', () => {
    expect(sum(waits('minutes', 0.5))).toBe(7 * minute + 40_000)
  })

  test.each([
    ['waits longer when the receiver asks', 60_000, 60_000],
    ['does not come sooner because the receiver asks', 1_000, 10_000],
    ['does not wait for ever because the receiver asks', 1000 * hour, 12 * hour],
  ])('%s', (_claim, wish, expected) => {
    expect(nextWait(1, 0.5, 'days', wish)).toBe(expected)
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
