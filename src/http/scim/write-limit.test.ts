import { describe, expect, test } from 'vitest'
import { WriteLimit } from './write-limit.ts'

describe('a directory', () => {
  const start = new Date('2026-03-01T12:00:00.000Z').getTime()

  /** How many of so many requests go on. */
  const allowed = (limit: WriteLimit, directory: string, requests: number) =>
    Array.from({ length: requests }, () => limit.secondsToWait(directory)).filter((wait) => wait === 0).length

  test('may make 2,000 requests at once, and is then told to wait a second', () => {
    const limit = new WriteLimit(() => new Date(start))
    expect(allowed(limit, 'directory_1', 3_000)).toBe(2_000)
    expect(limit.secondsToWait('directory_1')).toBe(1)
  })

  test('may make 500 more after each second, and never more than 2,000 at once', () => {
    let now = start
    const limit = new WriteLimit(() => new Date(now))
    allowed(limit, 'directory_1', 2_000)
    now += 1_000
    expect(allowed(limit, 'directory_1', 3_000)).toBe(500)
    now += 3_600_000
    expect(allowed(limit, 'directory_1', 3_000)).toBe(2_000)
  })

  test('that is refused does not pay for it', () => {
    let now = start
    const limit = new WriteLimit(() => new Date(now))
    allowed(limit, 'directory_1', 10_000)
    now += 1_000
    expect(allowed(limit, 'directory_1', 500)).toBe(500)
  })

  test('takes nothing from another', () => {
    const limit = new WriteLimit(() => new Date(start))
    allowed(limit, 'directory_1', 3_000)
    expect(allowed(limit, 'directory_2', 3_000)).toBe(2_000)
  })

  test('gains nothing from a clock that is set back', () => {
    let now = start
    const limit = new WriteLimit(() => new Date(now))
    allowed(limit, 'directory_1', 2_000)
    now -= 3_600_000
    expect(limit.secondsToWait('directory_1')).toBe(1)
  })
})
