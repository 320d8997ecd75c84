import type { SsoErrorCode } from '#contracts/errors.ts'
import type { TestSsoFlow, TestSsoScenario, TestSsoStep } from '#contracts/test-sso.ts'

/** How a scenario is to end. */
export interface Expectation {
  readonly origin: 'sp' | 'idp'
  readonly steps: readonly TestSsoStep[]
  /** Code of the attempt's error; null where somebody is to be signed in. */
  readonly refusal: string | null
  /** What the application is told of it on its redirect URI; null where it is told nothing, or given a code. */
  readonly appError: SsoErrorCode | null
  readonly text: string
}

const outside = 'profile_not_allowed_outside_organization'

export function expectationOf(scenario: TestSsoScenario, flow: TestSsoFlow, guestsAllowed: boolean): Expectation {
  switch (scenario) {
    case 'sp_initiated':
      return signedIn(flow)
    case 'idp_initiated':
      return {
        ...signedIn(flow),
        origin: 'idp',
        steps: ['response_received', 'code_exchanged'],
        text:
          flow === 'authkit'
            ? 'The person is asked once; your sign-in endpoint starts a sign-in of its own, and your callback exchanges its code for the user.'
            : 'Your callback receives a code without a state of its own, and exchanges it for the profile.',
      }
    case 'guest_email_domain':
      return guestsAllowed ? signedIn(flow) : refused(flow, outside, outside)
    case 'error_response':
      return refused(flow, 'idp_status', 'access_denied')
    default:
      return scenario satisfies never
  }
}

function signedIn(flow: TestSsoFlow): Expectation {
  const bought = flow === 'authkit' ? 'the user, the organization and tokens' : 'the profile'
  return {
    origin: 'sp',
    steps: ['request_seen', 'response_received', 'code_exchanged'],
    refusal: null,
    appError: null,
    text: `Your callback receives a code and exchanges it for ${bought}.`,
  }
}

function refused(flow: TestSsoFlow, refusal: string, error: SsoErrorCode): Expectation {
  const told = flow === 'standalone'
  return {
    origin: 'sp',
    steps: ['request_seen', 'response_received'],
    refusal,
    appError: told ? error : null,
    text: told
      ? `Your callback receives error=${error} with an error_description instead of a code, and should offer another try.`
      : 'The login box says that the sign-in did not work and offers another way; your application is not called.',
  }
}
