import { describe, expect, test } from 'vitest'
import { compareText, foldCase } from './compare-text.ts'

describe('foldCase', () => {
  test.each([
    ['ANN', 'ann'],
    ['Ä', 'ä'],
    ['ẞ', 'ß'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['οδος', 'οδοσ'],
  ])('%s becomes %s', (text, folded) => {
    expect(foldCase(text)).toBe(folded)
  })

  test('keeps a prefix a prefix', () => {
    expect(foldCase('ΟΔΟΣΑ').startsWith(foldCase('ΟΔΟΣ'))).toBe(true)
  })
})

describe('compareText', () => {
  test('orders by code point, which UTF-8 bytes do and UTF-16 units do not', () => {
    const sorted = ['😀', '\uE000', 'b', 'a', 'ab', '\uFFFF', '\u{10000}'].toSorted(compareText)
    const byBytes = ['😀', '\uE000', 'b', 'a', 'ab', '\uFFFF', '\u{10000}'].toSorted((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    expect(sorted).toEqual(byBytes)
    expect(sorted.at(-1)).toBe('😀')
  })
})
