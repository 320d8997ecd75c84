import { describe, expect, test } from 'vitest'
import { parseDateTime } from './date-time.ts'

describe('RFC 7643 §2.3.5 times', () => {
  test.each([
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31t10:00:00z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T10:00Z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31T10:00:00.1234567Z', '2026-01-31T10:00:00.123Z'],
    ['2026-01-31T10:00:00.5+02:00', '2026-01-31T08:00:00.500Z'],
    ['2026-01-31T23:30:00-01:00', '2026-02-01T00:30:00.000Z'],
    ['2026-01-31T10:00:00', '2026-01-31T10:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(new Date(parseDateTime(text) ?? Number.NaN).toISOString()).toBe(instant)
  })

  test.each([
    ['a date', '2026-01-31'],
    ['a day February does not have', '2026-02-30T00:00:00Z'],
    ['a day no month has', '2026-01-32T00:00:00Z'],
    ['an hour no day has', '2026-01-31T25:00:00Z'],
    ['a year PostgreSQL does not have', '0000-01-01T00:00:00Z'],
    ['an instant before the first year', '0001-01-01T00:00:00+14:00'],
    ['an instant after the last year', '9999-12-31T23:59:59-14:00'],
    ['a text', 'yesterday'],
    ['nothing', ''],
  ])('%s is no time', (_claim, text) => {
    expect(parseDateTime(text)).toBeUndefined()
  })
})
