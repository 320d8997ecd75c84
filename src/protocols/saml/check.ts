import type { KeyObject } from 'node:crypto'
import type { VerificationKey } from '../xmldsig/verify.ts'
import type { CheckName, Rejection } from './rejection.ts'

/** What the connection knows, and when it is. */
export interface Expected {
  readonly idpEntityId: string
  /** Every stored signing certificate of the connection. None means that nothing can be verified. */
  readonly keys: readonly VerificationKey[]
  readonly spEntityId: string
  readonly acsUrl: string
  /** The AuthnRequest this must answer; null when the response is unsolicited. */
  readonly requestId: string | null
  readonly now: Date
  readonly clockSkewSeconds: number
  readonly requireSignedResponse: boolean
  readonly allowSha1: boolean
  /** Empty when the connection does not take encrypted assertions. */
  readonly decryptionKeys: readonly KeyObject[]
}

/** One rule, removable by itself: test/guards/removed-checks.test.ts does so, and some test must notice. */
export interface Check<Facts> {
  readonly name: CheckName
  readonly run: (facts: Facts) => Rejection | undefined
}

export function firstRejection<Facts>(checks: readonly Check<Facts>[], facts: Facts): Rejection | undefined {
  for (const check of checks) {
    const rejection = check.run(facts)
    if (rejection !== undefined) return rejection
  }
  return undefined
}
