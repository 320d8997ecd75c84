import { expect, test } from 'vitest'
import { backOff } from './back-off.ts'

test.each([
  ['the first wait is a second', 1, 0, undefined, 1_000],
  ['the next is twice as long', 2, 0, undefined, 2_000],
  ['chance shortens it by a tenth at most', 2, 1, undefined, 1_800],
  ['five minutes are the most', 10, 0, undefined, 300_000],
  ['also after a year of failures', 1_000_000, 0, undefined, 300_000],
  ['a wish is honoured', 1, 0, 60_000, 60_000],
  ['up to five minutes', 1, 0, 86_400_000, 300_000],
  ['and never to come sooner', 5, 0, 1_000, 16_000],
])('%s', (_claim, failures, chance, retryAfter, expected) => {
  expect(backOff(failures, chance, retryAfter)).toBe(expected)
})
