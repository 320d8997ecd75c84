import { randomInt, timingSafeEqual } from 'node:crypto'
import { SealBroken, type Secrets } from '#protocols/envelope.ts'

export const codeLifetimeMs = 10 * 60_000
/** Six digits and this many guesses: one chance in 200 000 for each code that is sent. */
const maxWrongAttempts = 5

export interface CodeRow {
  /** Sealed. */
  readonly code: string
  readonly wrong_attempts: number
  readonly expires_at: Date
  readonly used_at: Date | null
}

export type CodeVerdict = 'right' | 'incorrect' | 'expired' | 'used' | 'too_many_attempts'

export function newOneTimeCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** @param context what the code was sealed for. */
export function checkOneTimeCode(
  row: CodeRow,
  code: string,
  secrets: Secrets,
  context: string,
  now: Date,
): CodeVerdict {
  if (row.used_at !== null) return 'used'
  if (row.expires_at <= now) return 'expired'
  if (row.wrong_attempts >= maxWrongAttempts) return 'too_many_attempts'
  const sealed = openCode(secrets, row.code, context)
  if (sealed === undefined) return 'expired'
  const [right, given] = [Buffer.from(sealed), Buffer.from(code)]
  return right.length === given.length && timingSafeEqual(right, given) ? 'right' : 'incorrect'
}

/** @returns undefined for a code sealed by a key that was taken away since: they live too short to be sealed again. */
export function openCode(secrets: Secrets, sealed: string, context: string): string | undefined {
  try {
    return secrets.open(sealed, context)
  } catch (error) {
    if (error instanceof SealBroken && error.code === 'unknown_key') return undefined
    throw error
  }
}
