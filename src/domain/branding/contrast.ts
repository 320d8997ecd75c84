/** The least ratio at which text of any size is readable (WCAG 2.2, 1.4.3). */
export const readableRatio = 4.5

type Rgb = readonly [number, number, number]

function rgbOf(color: string): Rgb {
  const number = Number.parseInt(color.slice(1), 16)
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255]
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** WCAG 2.2, relative luminance. */
function luminance(color: string): number {
  const [r, g, b] = rgbOf(color).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb // three in, three out
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** From 1, the same, to 21, black on white. Colours are `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number] // two in, two out
  return (light + 0.05) / (dark + 0.05)
}

export function blackOrWhite(background: string): '#000000' | '#ffffff' {
  return contrast('#000000', background) >= contrast('#ffffff', background) ? '#000000' : '#ffffff'
}

/** The colour itself where it can be read, or the nearest shade of it towards black or white that can. */
export function readableOn(background: string, color: string, wanted = readableRatio): string {
  if (contrast(color, background) >= wanted) return color
  const towards = rgbOf(blackOrWhite(background))
  const from = rgbOf(color)
  for (let step = 1; step < 50; step++) {
    const share = step / 50
    const shade = hexOf(from.map((part, i) => part + ((towards[i] ?? 0) - part) * share) as unknown as Rgb) // three parts
    if (contrast(shade, background) >= wanted) return shade
  }
  return hexOf(towards)
}
