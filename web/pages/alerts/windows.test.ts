import { expect, test } from 'vitest'
import { durationOf, windows } from './windows.ts'

test.each([
  [1, 'a second'],
  [90, '90 seconds'],
  [60, 'a minute'],
  [5400, '90 minutes'],
  [3600, 'an hour'],
  [86_400, 'a day'],
  [604_800, '7 days'],
])('%d seconds are %s', (seconds, text) => expect(durationOf(seconds)).toBe(text))

test('each window that is offered reads otherwise', () =>
  expect(new Set(windows.map(durationOf))).toHaveLength(windows.length))
