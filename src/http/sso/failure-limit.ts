const windowMs = 60_000
const maxTracked = 10_000

/**
 * Counts refused responses by connection and address in fixed windows. Only failures count: a whole office signing in at
 * nine through one address is not an attack.
 */
export class FailureLimit {
  readonly #max: number
  readonly #clock: () => Date
  #counts = new Map<string, number>()
  #windowEnds = 0

  constructor(max: number, clock: () => Date) {
    this.#max = max
    this.#clock = clock
  }

  /** @returns seconds to wait, or 0 when this one may try. */
  secondsToWait(who: string): number {
    const now = this.#turn()
    return (this.#counts.get(who) ?? 0) < this.#max ? 0 : Math.ceil((this.#windowEnds - now) / 1000)
  }

  count(who: string): void {
    this.#turn()
    if (this.#counts.size < maxTracked || this.#counts.has(who)) this.#counts.set(who, (this.#counts.get(who) ?? 0) + 1)
  }

  #turn(): number {
    const now = this.#clock().getTime()
    if (now >= this.#windowEnds) {
      this.#counts = new Map()
      this.#windowEnds = now + windowMs
    }
    return now
  }
}
