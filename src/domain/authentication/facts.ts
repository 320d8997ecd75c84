import type { AuthenticationMethod, Impersonator } from '#contracts/authentication.ts'
import type { ConnectionId, OrganizationId } from '#contracts/ids.ts'

/** What a sign-in has shown so far; stored with codes and pending tokens until a session comes of it. */
export interface SignInFacts {
  readonly method: AuthenticationMethod
  /** The organization asked for or chosen. */
  readonly organization: OrganizationId | null
  readonly connection: { readonly id: ConnectionId; readonly organization: OrganizationId } | null
  readonly mfa: boolean
  readonly emailProven: boolean
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly impersonator: Impersonator | null
  /** Sealed for `oauthTokensContext`: tokens of a social provider that the application asked for. */
  readonly oauthTokens: string | null
}

/** Facts of a sign-in that has shown nothing but its method. */
export function plainFacts(
  method: AuthenticationMethod,
  client: Pick<SignInFacts, 'ipAddress' | 'userAgent'>,
): SignInFacts {
  return {
    method,
    organization: null,
    connection: null,
    mfa: false,
    emailProven: false,
    impersonator: null,
    oauthTokens: null,
    ...client,
  }
}

/**
 * What is known of whoever shows the inbox: that they know the password, that they have another way into the account, or
 * nothing besides.
 */
export type ShownWith = 'password' | 'other_way_in' | 'nothing'

/**
 * An inbox that is shown next, in the same sign-in, is the inbox of whoever came in so.
 * @param isLinked false for an account elsewhere that the inbox is to open this one for.
 */
export function shownWith({ method }: Pick<SignInFacts, 'method'>, isLinked = true): ShownWith {
  if (method === 'Password') return 'password'
  return isLinked && method !== 'MagicAuth' ? 'other_way_in' : 'nothing'
}

/** What a provider's tokens are sealed for while they wait for the application. */
export function oauthTokensContext(environment: string): string {
  return `sign_in_facts.oauth_tokens:${environment}`
}
