/** One thing wrong, or merely unusual, with what a sign-in ends in. */
export interface OidcScenario {
  readonly slug: string
  readonly title: string
  /** What a client should make of it. */
  readonly explanation: string
}

export const oidcScenarios = [
  {
    slug: 'unverified-email',
    title: 'Unverified e-mail',
    explanation: 'email_verified is false: the address proves nothing.',
  },
  { slug: 'no-email', title: 'No e-mail', explanation: 'Neither the ID token nor userinfo holds an address.' },
  {
    slug: 'email-in-userinfo',
    title: 'E-mail in userinfo alone',
    explanation: 'Fine: the ID token leaves it out, userinfo has it.',
  },
  {
    slug: 'wrong-signature',
    title: 'Signed by somebody else',
    explanation: 'Refused: the key is not among the published ones.',
  },
  { slug: 'unsigned', title: 'Not signed', explanation: 'Refused: alg is none.' },
  { slug: 'wrong-issuer', title: 'Another issuer', explanation: 'Refused: the ID token names another server.' },
  {
    slug: 'wrong-audience',
    title: 'For another client',
    explanation: 'Refused: the ID token was made for somebody else.',
  },
  { slug: 'wrong-nonce', title: 'Another nonce', explanation: 'Refused: the ID token belongs to another sign-in.' },
  { slug: 'expired', title: 'Expired', explanation: 'Refused: the ID token ran out an hour ago.' },
  { slug: 'no-id-token', title: 'No ID token', explanation: 'Refused: without one nobody is vouched for.' },
  {
    slug: 'mix-up',
    title: 'Mixed up',
    explanation: 'Refused: the answer says that another server gave it (RFC 9207).',
  },
] as const satisfies readonly OidcScenario[]

export type OidcScenarioSlug = (typeof oidcScenarios)[number]['slug']

export function isScenario(text: string | null): text is OidcScenarioSlug {
  return oidcScenarios.some(({ slug }) => slug === text)
}
