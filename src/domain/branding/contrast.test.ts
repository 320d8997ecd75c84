import { describe, expect, test } from 'vitest'
import { blackOrWhite, contrast, readableOn, readableRatio } from './contrast.ts'

test.each([
  ['#000000', '#ffffff', 21],
  ['#777777', '#ffffff', 4.48],
  ['#ccff00', '#ffffff', 1.14],
  ['#123456', '#123456', 1],
])('the ratio of %s and %s is %f', (one, other, ratio) => {
  expect(contrast(one, other)).toBeCloseTo(ratio, 1)
  expect(contrast(other, one)).toBe(contrast(one, other))
})

describe('text on a colour of any kind can be read', () => {
  const colors = ['#ccff00', '#3e63dd', '#ffffff', '#000000', '#777777', '#ff0000', '#808000', '#f6f7f9', '#111315']

  test.each(colors)('black or white on %s', (background) => {
    expect(contrast(blackOrWhite(background), background)).toBeGreaterThanOrEqual(readableRatio)
  })

  test.each(colors.flatMap((one) => colors.map((other) => [one, other] as const)))('%s on %s', (color, background) => {
    const shown = readableOn(background, color)
    expect(contrast(shown, background)).toBeGreaterThanOrEqual(readableRatio)
    if (contrast(color, background) >= readableRatio) expect(shown).toBe(color)
  })
})
