import * as oauth from 'oauth4webapi'

/** Why an OAuth server's answer signs nobody in. `message` is for the administrator. */
export interface OidcProblem {
  readonly code:
    | 'unreachable'
    | 'metadata_invalid'
    | 'issuer_mismatch'
    | 'authorization_refused'
    | 'response_invalid'
    | 'code_refused'
    | 'token_response_invalid'
    | 'id_token_invalid'
    | 'id_token_expired'
    | 'id_token_signature_invalid'
    | 'profile_unavailable'
  readonly message: string
  /** The server's own error code, where it gave one. */
  readonly error?: string
}

/** What a fetch throws when the server cannot be reached, with a sentence about the cause. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Where in the protocol something went wrong: the same library error means different things at different steps. */
export type Step = 'discovery' | 'callback' | 'token' | 'signature' | 'profile'

const otherwise: Readonly<Record<Step, OidcProblem['code']>> = {
  discovery: 'metadata_invalid',
  callback: 'response_invalid',
  token: 'token_response_invalid',
  signature: 'id_token_signature_invalid',
  profile: 'profile_unavailable',
}

/**
 * Names what the library threw.
 * @throws what is none of the server's faults but a mistake of ours.
 */
export function problemOf(error: unknown, step: Step): OidcProblem {
  if (error instanceof Unreachable) return { code: 'unreachable', message: error.message }
  if (error instanceof oauth.AuthorizationResponseError)
    return {
      code: 'authorization_refused',
      error: error.error,
      message: `The server refused the sign-in: ${told(error.error, error.error_description)}.`,
    }
  if (error instanceof oauth.ResponseBodyError)
    return {
      code: 'code_refused',
      error: error.error,
      message: `The token endpoint answered ${error.status}: ${told(error.error, error.error_description)}.`,
    }
  if (error instanceof oauth.WWWAuthenticateChallengeError)
    return { code: otherwise[step], message: `The server answered ${error.status} and asks for other credentials.` }
  if (error instanceof oauth.UnsupportedOperationError)
    return { code: otherwise[step], message: sentence(error.message) }
  if (error instanceof oauth.OperationProcessingError) return { code: codeOf(error, step), message: explain(error) }
  throw error
}

function codeOf(error: oauth.OperationProcessingError, step: Step): OidcProblem['code'] {
  if (error.code === oauth.JWT_TIMESTAMP_CHECK) return 'id_token_expired'
  if (error.code === oauth.JWT_CLAIM_COMPARISON) return 'id_token_invalid'
  if (step === 'discovery' && error.code === oauth.JSON_ATTRIBUTE_COMPARISON) return 'issuer_mismatch'
  if (step === 'token' && /JWT|ID Token/.test(error.message)) return 'id_token_invalid'
  return otherwise[step]
}

/** The library's sentence with what it expected and found, where it says so. Never the tokens themselves. */
function explain(error: oauth.OperationProcessingError): string {
  const cause = (typeof error.cause === 'object' && error.cause !== null ? error.cause : {}) as Cause // read defensively below
  if (cause.claim !== undefined && cause.expected !== undefined)
    return `The ID token's ${cause.claim} is ${shown(cause.claims?.[cause.claim])}; expected ${shown(cause.expected)}.`
  if (cause.attribute !== undefined && cause.expected !== undefined)
    return `The server's ${cause.attribute} is ${shown(cause.body?.[cause.attribute])}; expected ${shown(cause.expected)}.`
  if (cause.now !== undefined && cause.claim !== undefined)
    return `The ID token's ${cause.claim} is ${shown(cause.claims?.[cause.claim])} and it is ${cause.now} now. Compare the two clocks.`
  return sentence(error.message)
}

interface Cause {
  readonly claim?: string
  readonly claims?: Readonly<Record<string, unknown>>
  readonly attribute?: string
  readonly body?: Readonly<Record<string, unknown>>
  readonly expected?: unknown
  readonly now?: number
}

function told(error: string, description: string | undefined): string {
  return [error, description].filter(Boolean).join(', ').slice(0, 500)
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 300)
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}
