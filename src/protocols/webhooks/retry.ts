const minute = 60_000
const hour = 60 * minute

/** Waits between attempts. */
const schedules = {
  /** Seconds at first, for a deployment; then hours, for an outage. Together a little over 3 days. */
  days: [
    10_000,
    30_000,
    2 * minute,
    5 * minute,
    15 * minute,
    30 * minute,
    hour,
    2 * hour,
    4 * hour,
    6 * hour,
    8 * hour,
    10 * hour,
    12 * hour,
    14 * hour,
    14 * hour + 30 * minute,
  ],
  /** For staging: whoever tries something out sees the end of it. */
  minutes: [10_000, 30_000, 2 * minute, 5 * minute],
} as const

export type Schedule = keyof typeof schedules
const jitterShare = 0.1
const longestWish = 12 * hour

/**
 * When to try again after an attempt that failed; undefined when it was the last.
 * @param attempt counted from 1.
 * @param chance between 0 and 1: spreads deliveries that failed together.
 * @param schedule how long it goes on.
 * @param retryAfter what the receiver asked for, in milliseconds; honoured up to twelve hours, and never to come sooner.
 */
export function nextWait(attempt: number, chance: number, schedule: Schedule, retryAfter?: number): number | undefined {
  const wait = schedules[schedule][attempt - 1]
  if (wait === undefined) return undefined
  const spread = wait * (1 - jitterShare + 2 * jitterShare * chance)
  return Math.round(Math.max(spread, Math.min(retryAfter ?? 0, longestWish)))
}

/** RFC 9110 §10.2.3: seconds or a date. @returns milliseconds from now. */
export function readRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const time = Date.parse(header)
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime())
}
