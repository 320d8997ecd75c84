import { BadRequest, Invalid } from '../errors.ts'
import type { CodeVerdict } from './one-time-code.ts'

/** Why a code was not taken, in the vendor's words. */
export const codeRefusals = {
  incorrect: ['invalid_one_time_code', 'The code is incorrect.'],
  expired: ['one_time_code_expired', 'The code has expired. Ask for a new one.'],
  used: ['one_time_code_previously_used', 'The code has been used already. Ask for a new one.'],
  too_many_attempts: [
    'one_time_code_too_many_attempts',
    'Too many wrong codes. Ask for a new one, or try again later.',
  ],
} as const satisfies Record<Exclude<CodeVerdict, 'right'>, readonly [string, string]>

/** @throws BadRequest always. */
export function refuseCode(verdict: Exclude<CodeVerdict, 'right'>): never {
  const [code, message] = codeRefusals[verdict]
  throw new BadRequest(message, code)
}

/** The stand-alone MFA API has its own words. @throws always. */
export function refuseChallenge(verdict: Exclude<CodeVerdict, 'right' | 'incorrect'>): never {
  switch (verdict) {
    case 'expired':
      throw new Invalid([], 'authentication_challenge_expired', 'The authentication challenge has expired.')
    case 'used':
      throw new Invalid(
        [],
        'authentication_challenge_previously_verified',
        'The authentication challenge has been verified already.',
      )
    case 'too_many_attempts':
      throw new BadRequest('Too many wrong codes. Try again later.', 'one_time_code_too_many_attempts')
    default:
      return verdict satisfies never
  }
}

/** And so has the confirmation of an address. @throws BadRequest always. */
export function refuseEmailCode(verdict: Exclude<CodeVerdict, 'right'>): never {
  switch (verdict) {
    case 'expired':
      throw new BadRequest('The code has expired. Ask for a new one.', 'email_verification_code_expired')
    case 'used':
      throw new BadRequest('The code has been used already.', 'email_verification_code_previously_used')
    // A guesser need not know that guessing is over.
    case 'incorrect':
    case 'too_many_attempts':
      throw new BadRequest('The code is incorrect.', 'email_verification_code_incorrect')
    default:
      return verdict satisfies never
  }
}
