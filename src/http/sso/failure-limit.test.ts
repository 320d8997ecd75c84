import { expect, test } from 'vitest'
import { FailureLimit } from './failure-limit.ts'

test('failures are counted by caller, and forgotten with the window', () => {
  let now = 1_000_000
  const limit = new FailureLimit(2, () => new Date(now))
  limit.count('a')
  expect(limit.secondsToWait('a')).toBe(0)
  limit.count('a')
  expect(limit.secondsToWait('a')).toBe(60)
  expect(limit.secondsToWait('b')).toBe(0)
  now += 59_999
  expect(limit.secondsToWait('a')).toBe(1)
  now += 1
  expect(limit.secondsToWait('a')).toBe(0)
})
