import type { EnvironmentId } from '#contracts/ids.ts'
import { BadRequest, Busy } from '#domain/errors.ts'
import { FailureLimit } from '../sso/failure-limit.ts'

/** Nobody mistypes so often within a minute. */
const failuresPerAccount = 10
/** A whole office may share an address. */
const failuresPerAddress = 100

/** Who tries: the account by its email address, as far as it is said, and the network address, as far as it is known. */
export interface Attempt {
  readonly environment: EnvironmentId
  readonly email: string | undefined
  readonly ipAddress: string | null
}

/** Refusals that mean somebody may be guessing. */
const guesses = new Set(['invalid_credentials', 'invalid_one_time_code', 'invalid_pending_authentication_token'])

/** Slows guessing down, by account and by address. Only what fails counts, and a wait says how long it is. */
export class SignInLimits {
  readonly #accounts: FailureLimit
  readonly #addresses: FailureLimit

  constructor(clock: () => Date) {
    this.#accounts = new FailureLimit(failuresPerAccount, clock)
    this.#addresses = new FailureLimit(failuresPerAddress, clock)
  }

  /**
   * Runs one attempt to prove something, unless there were too many wrong ones just now.
   * @throws Busy saying when to come back; whether an account exists makes no difference to it.
   */
  async attempt<T>(attempt: Attempt, act: () => Promise<T>): Promise<T> {
    const { account, address } = namesOf(attempt)
    const seconds = Math.max(
      account === undefined ? 0 : this.#accounts.secondsToWait(account),
      address === undefined ? 0 : this.#addresses.secondsToWait(address),
    )
    if (seconds > 0) throw new Busy(`Too many attempts. Try again in ${seconds} seconds.`, 'too_many_requests', seconds)
    try {
      return await act()
    } catch (error) {
      if (error instanceof BadRequest && error.code !== undefined && guesses.has(error.code)) {
        if (account !== undefined) this.#accounts.count(account)
        if (address !== undefined) this.#addresses.count(address)
      }
      throw error
    }
  }
}

function namesOf({ environment, email, ipAddress }: Attempt) {
  return {
    account: email === undefined ? undefined : `${environment} ${email.trim().toLowerCase().slice(0, 320)}`,
    address: ipAddress === null ? undefined : `${environment} ${ipAddress}`,
  }
}
