import { expect, test } from 'vitest'
import { gapBetween } from './gap.ts'

test.each([
  ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.250Z', '250 ms'],
  ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:10.900Z', '10 s'],
  ['2026-03-01T12:00:00.000Z', '2026-03-01T12:02:04.000Z', '2 min 4 s'],
  ['2026-03-01T12:00:00.000Z', '2026-03-01T14:00:09.000Z', '2 h'],
  ['2026-03-01T12:00:00.000Z', '2026-03-01T11:59:59.000Z', '0 ms'],
])('from %s to %s are %s', (earlier, later, words) => expect(gapBetween(earlier, later)).toBe(words))
