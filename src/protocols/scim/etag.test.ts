import { describe, expect, test } from 'vitest'
import { entityTag, isMatch, isUnchanged } from './etag.ts'

describe('RFC 7644 §3.14 versions', () => {
  test('are weak entity tags', () => {
    expect(entityTag(7)).toBe('W/"7"')
  })

  test.each([
    [undefined, true, false],
    ['W/"7"', true, true],
    ['"7"', true, true],
    ['w/"7"', true, true],
    ['*', true, true],
    ['"1", W/"7"', true, true],
    ['W/"8"', false, false],
    ['7', false, false],
    ['', false, false],
    ['W/"7', false, false],
    ['"77"', false, false],
  ])('%s: a write goes ahead %s, a read is unchanged %s', (header, match, unchanged) => {
    expect([isMatch(header, 7), isUnchanged(header, 7)]).toEqual([match, unchanged])
  })
})
