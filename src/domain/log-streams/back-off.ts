const firstWaitMs = 1_000
const longestWaitMs = 5 * 60_000
const jitterShare = 0.1

/**
 * How long to wait after a failure: twice as long each time, five minutes at most, for ever.
 * @param failures in a row, counted from 1.
 * @param chance between 0 and 1: spreads streams that failed together.
 * @param retryAfter what the receiver asked for, in milliseconds.
 */
export function backOff(failures: number, chance: number, retryAfter = 0): number {
  const wait = Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 20), longestWaitMs)
  const spread = wait * (1 - jitterShare * chance)
  return Math.round(Math.min(Math.max(spread, retryAfter), longestWaitMs))
}
