import { expect, test } from 'vitest'
import { formatInstant, parseInstant } from './instant.ts'

test.each([
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
  ['2026-01-31T12:00:00.1239999Z', '2026-01-31T12:00:00.123Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
])('%s is %s', (text, instant) => {
  expect(parseInstant(text)?.toISOString()).toBe(instant)
})

test.each([
  '',
  'now',
  '2026-01-31',
  '2026-01-31T12:00Z',
  '2026-01-31T12:00:00',
  '2026-01-31T12:00:00z',
  '2026-01-31T12:00:00+00:00',
  '2026-01-31T12:00:00.Z',
  ' 2026-01-31T12:00:00Z',
  '2026-01-31T12:00:00Z\n',
  '2026-02-29T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-00-10T12:00:00Z',
  '2026-13-10T12:00:00Z',
  '2026-01-00T12:00:00Z',
  '2026-01-31T24:00:00Z',
  '2026-01-31T12:60:00Z',
  '2026-01-31T12:00:60Z',
  '+002026-01-31T12:00:00Z',
  '２０２６-01-31T12:00:00Z',
])('%j is no UTC time', (text) => {
  expect(parseInstant(text)).toBeNull()
})

test('times are written to the second, and to the millisecond where there are any', () => {
  expect(formatInstant(new Date('2026-01-31T12:00:00.000Z'))).toBe('2026-01-31T12:00:00Z')
  expect(formatInstant(new Date('2026-01-31T12:00:00.120Z'))).toBe('2026-01-31T12:00:00.120Z')
})
