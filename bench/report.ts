/** How much work a bench does. */
export type Size = 'quick' | 'default' | 'full'

/** What a bench was built to show. Exactly one of the bounds. */
export interface Target {
  readonly what: string
  readonly measured: number
  readonly unit: string
  readonly most?: number
  readonly least?: number
}

export interface Report {
  readonly head: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  readonly targets: readonly Target[]
}

export function isMet({ measured, most, least }: Target): boolean {
  return most === undefined ? measured >= (least ?? Number.NaN) : measured <= most
}

/** Numbers to three significant digits: what comes after is noise here. */
export function shown(value: string | number): string {
  if (typeof value === 'string') return value
  if (Number.isNaN(value)) return '–'
  const rounded = Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
  return rounded.toLocaleString('en')
}

export function printReport({ head, rows, targets }: Report): void {
  const cells = [head, ...rows].map((row) => row.map(shown))
  const widths = head.map((_title, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  for (const row of cells)
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
  for (const target of targets) {
    const bound = target.most === undefined ? `≥ ${shown(target.least ?? '')}` : `≤ ${shown(target.most)}`
    const verdict = isMet(target) ? 'met   ' : 'MISSED'
    console.log(`${verdict} ${target.what}: ${shown(target.measured)} ${target.unit} (${bound})`)
  }
}
