import { BadRequest, Busy } from '#domain/errors.ts'
import type { HostedLogin } from '#domain/login/state.ts'
import type { Deps } from '../deps.ts'

export type Guess<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'wait'; readonly seconds: number }

/** Checks something that could be guessed, under the same limits as the API: by account and by address. */
export async function guess<T>(
  { signInLimits }: Deps,
  { environment, state }: HostedLogin,
  ipAddress: string,
  act: () => Promise<T>,
  isWrong: (answer: T) => boolean,
): Promise<Guess<T>> {
  let wrong: { readonly answer: T } | undefined
  try {
    const answer = await signInLimits.attempt({ environment, email: state.email ?? undefined, ipAddress }, async () => {
      const given = await act()
      if (!isWrong(given)) return given
      wrong = { answer: given }
      // This is how the limits hear of a wrong guess.
      throw new BadRequest('Wrong.', 'invalid_credentials')
    })
    return { kind: 'answered', answer }
  } catch (error) {
    if (wrong) return { kind: 'answered', answer: wrong.answer }
    if (error instanceof Busy) return { kind: 'wait', seconds: error.retryAfterSeconds }
    throw error
  }
}
