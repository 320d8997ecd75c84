import { type ExpectationId, expectationIds, expectations } from './expectations.ts'
import type { ScimAnswer, ScimRequest } from './wire.ts'

/** A request and what became of it. */
export interface Exchange {
  readonly request: ScimRequest
  /** Undefined when nobody answered. */
  readonly answer: ScimAnswer | undefined
  /** Why nobody answered. */
  readonly problem?: string
}

export interface Failure extends Exchange {
  /** What was found, and what was wanted. */
  readonly detail: string
}

export interface Verdict {
  readonly id: ExpectationId
  readonly source: string
  readonly claim: string
  readonly passed: number
  readonly failed: number
  /** The first few. */
  readonly failures: readonly Failure[]
}

const keptFailures = 5

/** Counts what held and what did not, and keeps the first failures of each kind. */
export class Scorecard {
  readonly #counts = new Map<ExpectationId, { passed: number; failed: number; failures: Failure[] }>()

  /** @param fault what is wrong; undefined when nothing is. @returns whether it holds. */
  check(id: ExpectationId, exchange: Exchange, fault: string | undefined): boolean {
    const count = this.#counts.get(id) ?? { passed: 0, failed: 0, failures: [] }
    this.#counts.set(id, count)
    if (fault === undefined) count.passed += 1
    else {
      count.failed += 1
      if (count.failures.length < keptFailures) count.failures.push({ ...exchange, detail: fault })
    }
    return fault === undefined
  }

  /** Those that were looked at, in the order of the catalogue. */
  verdicts(): Verdict[] {
    return expectationIds.flatMap((id) => {
      const count = this.#counts.get(id)
      return count ? [{ id, ...expectations[id], ...count }] : []
    })
  }

  get failed(): number {
    return [...this.#counts.values()].reduce((sum, { failed }) => sum + failed, 0)
  }
}
