import type { SignInAttempt } from '#contracts/sign-in-attempts.ts'

export interface Scenario {
  readonly slug: string
  readonly title: string
  readonly text: string
  /** What to do at the test identity provider. */
  readonly steps: readonly string[]
  readonly begins: 'application' | 'identity_provider'
  /** Written into the address field for whoever follows the link. */
  readonly email?: string
  /** What the application receives. */
  readonly result: string
  /** Whether an attempt is how this one should end. */
  readonly ends: (attempt: SignInAttempt, guestsAllowed: boolean) => boolean
}

const guestRefused = 'profile_not_allowed_outside_organization'

export const scenarios: readonly Scenario[] = [
  {
    slug: 'sp-initiated',
    title: 'Service provider-initiated SSO',
    text: 'Somebody signs in from your sign-in page: to the identity provider, and back to your application.',
    steps: ['Start the sign-in, here or in your application.', 'Sign in as one of the sample users.'],
    begins: 'application',
    result: 'Your callback receives a code and exchanges it for the profile.',
    ends: ({ origin, state }) => origin === 'sp' && state === 'succeeded',
  },
  {
    slug: 'idp-initiated',
    title: 'Identity provider-initiated SSO',
    text: 'Somebody opens your application from the portal of their company. Your application did not ask and sees no state of its own.',
    steps: ['Open the application’s tile at the identity provider.', 'Sign in as one of the sample users.'],
    begins: 'identity_provider',
    result: 'Your callback receives a code without a state, and has to accept that.',
    ends: ({ origin, state }) => origin === 'idp' && state === 'succeeded',
  },
  {
    slug: 'guest-email-domain',
    title: 'Guest email domain',
    text: 'Somebody signs in whose e-mail is of none of the organization’s verified domains.',
    steps: ['Start the sign-in.', 'Sign in as freelancer@guest.test.'],
    begins: 'application',
    email: 'freelancer@guest.test',
    result: `Your callback receives error=${guestRefused}, unless the organization allows guests.`,
    ends: ({ state, error }, guestsAllowed) => (guestsAllowed ? state === 'succeeded' : error?.code === guestRefused),
  },
  {
    slug: 'error-response',
    title: 'Error response',
    text: 'The identity provider could not sign somebody in and says so.',
    steps: ['Start the sign-in.', 'Choose Error response among the outcomes instead of signing in.'],
    begins: 'application',
    result: 'Your callback receives error and error_description instead of a code, and should offer another try.',
    ends: ({ error }) => error?.code === 'idp_status',
  },
]

/** How far a scenario is, told by the attempts that were made since it was begun. */
export function progressOf(
  scenario: Scenario,
  attempts: readonly SignInAttempt[],
  since: string | undefined,
  guestsAllowed: boolean,
): { readonly done?: SignInAttempt; readonly running?: SignInAttempt; readonly other?: SignInAttempt } {
  if (since === undefined) return {}
  const made = attempts.filter(({ created_at }) => created_at >= since)
  const done = made.find((attempt) => scenario.ends(attempt, guestsAllowed))
  if (done) return { done }
  const running = made.find(({ state }) => state === 'started')
  if (running) return { running }
  return made[0] ? { other: made[0] } : {}
}
