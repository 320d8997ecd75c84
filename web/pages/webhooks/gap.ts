const units = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** How long one moment is after another, in its two largest units: such as `2 min 4 s`. */
export function gapBetween(earlier: string, later: string): string {
  const ms = Math.max(0, Date.parse(later) - Date.parse(earlier))
  const first = units.findIndex(([, size]) => ms >= size)
  if (first === -1) return `${ms} ms`
  const parts: string[] = []
  let left = ms
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.join(' ')
}
