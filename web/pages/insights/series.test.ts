import { expect, test } from 'vitest'
import { barsOf, totalsBy } from './series.ts'

const start = '2026-03-01T00:00:00.000Z'
const end = '2026-03-04T00:00:00.000Z'

test('days without anything have a bar too, what is not good is bad, and what has begun is neither', () => {
  const counts = [
    { at: start, outcome: 'succeeded', count: 3 },
    { at: start, outcome: 'failed', count: 1 },
    { at: start, outcome: 'started', count: 5 },
    { at: '2026-03-03T00:00:00.000Z', outcome: 'timed_out', count: 2 },
    { at: '2026-03-09T00:00:00.000Z', outcome: 'succeeded', count: 9 },
  ]
  expect(barsOf(counts, start, end, new Set(['succeeded']))).toEqual([
    { day: '2026-03-01', good: 3, bad: 1 },
    { day: '2026-03-02', good: 0, bad: 0 },
    { day: '2026-03-03', good: 0, bad: 2 },
  ])
})

test('totals are added over days, largest first, and what has no name is left out', () => {
  const counts = [
    { at: start, reason: 'expired', count: 1 },
    { at: start, reason: null, count: 7 },
    { at: start, reason: 'wrong_audience', count: 2 },
    { at: end, reason: 'expired', count: 3 },
  ]
  expect(totalsBy(counts, 'reason')).toEqual([
    { name: 'expired', count: 4 },
    { name: 'wrong_audience', count: 2 },
  ])
})
