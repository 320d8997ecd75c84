/** Requests a directory may make in a burst, and each second after it: an initial sync is tens of thousands. */
const burst = 2_000
const perSecond = 500
const maxTracked = 10_000

/** A token bucket a directory, so that one customer's loop does not take the others' share. */
export class WriteLimit {
  readonly #clock: () => Date
  readonly #buckets = new Map<string, { tokens: number; at: number }>()

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  /** Takes one request's share. @returns seconds to wait, or 0 when it may go on. */
  secondsToWait(directory: string): number {
    const now = this.#clock().getTime()
    if (this.#buckets.size >= maxTracked) this.#buckets.clear()
    const bucket = this.#buckets.get(directory) ?? { tokens: burst, at: now }
    const refilled = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond)
    const allowed = refilled >= 1
    this.#buckets.set(directory, { tokens: allowed ? refilled - 1 : refilled, at: now })
    return allowed ? 0 : 1
  }
}
