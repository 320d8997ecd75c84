import type { AuthenticateRequest } from '#contracts/authentication.ts'
import type { ChangeDeps } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { Invalid } from '../../errors.ts'
import type { OauthClient } from '../client.ts'
import type { SignInOutcome } from '../complete.ts'
import type { SignInFacts } from '../facts.ts'

export interface GrantDeps extends ChangeDeps {
  readonly secrets: Secrets
}

export interface GrantRequest {
  readonly client: OauthClient
  readonly fields: AuthenticateRequest
  /** The person's, as far as the application says or shows it. */
  readonly origin: Pick<SignInFacts, 'ipAddress' | 'userAgent'>
}

/** One way to a session. Refusals are thrown, after what must be remembered of them was committed. */
export type Grant = (deps: GrantDeps, request: GrantRequest) => Promise<SignInOutcome>

/** @throws Invalid naming every field that is missing. */
export function requireFields<K extends keyof AuthenticateRequest>(
  fields: AuthenticateRequest,
  ...names: K[]
): Record<K, string> {
  const missing = names.filter((name) => !fields[name])
  if (missing.length > 0)
    throw new Invalid(
      missing.map((field) => ({ field, code: `${field} is required` })),
      'invalid_request_parameters',
    )
  return fields as Record<K, string> // each was just found to be text that is not empty
}
