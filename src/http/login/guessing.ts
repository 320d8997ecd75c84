import { Busy } from '#domain/errors.ts'
import type { HostedLogin } from '#domain/login/state.ts'
import type { Tried } from '#domain/tallies/tally.ts'
import type { Deps } from '../deps.ts'

/**
 * Checks something that could be guessed, under the same limits as the API: by account and by address. What cannot be
 * done yet for another reason, such as the next mail, is a wait too.
 */
export async function guess<T>(
  { signInLimits }: Deps,
  { environment, state }: HostedLogin,
  ipAddress: string,
  act: () => Promise<T>,
  isWrong: (answer: T) => boolean,
): Promise<Tried<T>> {
  const attempt = { environment, email: state.email ?? undefined, ipAddress }
  return signInLimits.tryTo(attempt, act, isWrong).catch((error: unknown) => {
    if (error instanceof Busy) return { kind: 'wait', seconds: error.retryAfterSeconds }
    throw error
  })
}
