import type { InsightCount } from '#contracts/insights.ts'

export interface Bar {
  /** The day, as `2026-03-01`. */
  readonly day: string
  readonly good: number
  readonly bad: number
}

const dayMs = 86_400_000

/** A bar for each day of the range, also for those in which nothing happened and which the API leaves out. */
export function barsOf(counts: readonly InsightCount[], start: string, end: string, good: ReadonlySet<string>): Bar[] {
  const days = new Map<string, { good: number; bad: number }>()
  for (let time = Date.parse(start); time < Date.parse(end); time += dayMs)
    days.set(new Date(time).toISOString().slice(0, 10), { good: 0, bad: 0 })
  for (const { at, outcome, count } of counts) {
    if (outcome === 'started') continue // how it ended is counted by itself
    const bar = days.get(at.slice(0, 10))
    if (bar) bar[outcome !== undefined && outcome !== null && good.has(outcome) ? 'good' : 'bad'] += count
  }
  return [...days].map(([day, bar]) => ({ day, ...bar }))
}

/** What there was most of, largest first. */
export function totalsBy(
  counts: readonly InsightCount[],
  key: 'reason' | 'organization_id',
): readonly { readonly name: string; readonly count: number }[] {
  const totals = new Map<string, number>()
  for (const each of counts) {
    const name = each[key]
    if (name !== undefined && name !== null) totals.set(name, (totals.get(name) ?? 0) + each.count)
  }
  return [...totals].map(([name, count]) => ({ name, count })).toSorted((one, other) => other.count - one.count)
}
