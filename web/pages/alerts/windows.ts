const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Windows that are offered; the API takes any up to a week. */
export const windows: readonly number[] = [minute, 5 * minute, 15 * minute, hour, day, 7 * day]

/** As people say it, in the largest unit that goes into it. */
export function durationOf(seconds: number): string {
  const [size, unit] = (
    [
      [day, 'day'],
      [hour, 'hour'],
      [minute, 'minute'],
    ] as const
  ).find(([each]) => seconds % each === 0) ?? [1, 'second']
  const count = seconds / size
  return count === 1 ? `a${unit === 'hour' ? 'n' : ''} ${unit}` : `${count} ${unit}s`
}
