import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Busy } from '#domain/errors.ts'
import { type Limit, type Tried, tryUnder } from '#domain/tallies/tally.ts'

const windowMs = 60_000
/** Nobody mistypes so often within a minute. */
const ofAccount = { most: 10, atOnce: 50 }
/** A whole office may share an address. */
const ofAddress = { most: 100, atOnce: 500 }

/** Who tries: the account by its email address, as far as it is said, and the network address, as far as it is known. */
export interface Attempt {
  readonly environment: EnvironmentId
  readonly email: string | undefined
  readonly ipAddress: string | null
}

/** Refusals that mean somebody may be guessing. */
const guesses = new Set(['invalid_credentials', 'invalid_one_time_code', 'invalid_pending_authentication_token'])

/** Slows guessing down, by account and by address, over all processes. Only what fails counts, and a wait says how long it is. */
export class SignInLimits {
  readonly #deps: { readonly db: Database; readonly clock: () => Date }

  constructor(db: Database, clock: () => Date) {
    this.#deps = { db, clock }
  }

  /**
   * Lets an attempt be made, and counts it if it looks like a guess.
   * @throws Busy saying when to come back; whether an account exists makes no difference to it.
   */
  async attempt<T>(attempt: Attempt, act: () => Promise<T>): Promise<T> {
    const tried = await this.tryTo(attempt, act)
    if (tried.kind === 'answered') return tried.answer
    const { seconds } = tried
    throw new Busy(`Too many attempts. Try again in ${seconds} seconds.`, 'too_many_requests', seconds)
  }

  /** The same for what shows a wait in its own way, and has answers that are wrong. */
  tryTo<T>(attempt: Attempt, act: () => Promise<T>, isWrong: (answer: T) => boolean = () => false): Promise<Tried<T>> {
    return tryUnder(this.#deps, limitsOf(attempt), windowMs, act, { answer: isWrong, error: isGuess })
  }
}

function isGuess(error: unknown): boolean {
  return error instanceof BadRequest && error.code !== undefined && guesses.has(error.code)
}

function limitsOf({ environment, email, ipAddress }: Attempt): Limit[] {
  const limits: Limit[] = []
  if (email !== undefined)
    limits.push({ name: ['account', `${environment} ${email.trim().toLowerCase()}`], ...ofAccount })
  if (ipAddress !== null) limits.push({ name: ['address', `${environment} ${ipAddress}`], ...ofAddress })
  return limits
}
