import { createHash, randomBytes } from 'node:crypto'
import { decodeJwt, type JWTPayload } from 'jose'
import type { AuthenticateResponse, AuthenticationErrorBody } from '#contracts/authentication.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { change } from '#db/work.ts'
import { createAuthorizationCode } from '#domain/authentication/codes.ts'
import { plainFacts, type SignInFacts } from '#domain/authentication/facts.ts'
import type { Answer, TestEnvironment, TestServer } from './server.ts'

export type Authenticated = Required<Pick<AuthenticateResponse, 'refresh_token'>> & AuthenticateResponse

/** What an application does with AuthKit, without an SDK in between. */
export interface People {
  /** A user, whose address is verified unless told. */
  user(email?: string, more?: object): Promise<User>
  organization(name?: string, more?: object): Promise<Organization>
  join(user: User, organization: Organization): Promise<string>
  /** What the hosted pages leave the application with. */
  code(user: User, facts?: Partial<SignInFacts>, codeChallenge?: string | null): Promise<string>
  /** POST /user_management/authenticate as the application with its secret; null fields are left out. */
  authenticate<T = AuthenticationErrorBody>(fields: Readonly<Record<string, unknown>>): Promise<Answer<T>>
  /** A session by code. */
  signIn(user: User, facts?: Partial<SignInFacts>): Promise<Authenticated>
  refresh<T = Authenticated>(token: string, more?: object): Promise<Answer<T>>
}

let counter = 0

export function peopleOf(server: TestServer, environment: TestEnvironment): People {
  const { api } = environment
  const people: People = {
    async user(email = `ann${++counter}@people.test`, more = {}) {
      const body = { email, email_verified: true, ...more }
      return (await api<User>('POST', '/user_management/users', { body })).body
    },
    async organization(name = 'Acme', more = {}) {
      return (await api<Organization>('POST', '/organizations', { body: { name, ...more } })).body
    },
    async join(user, organization) {
      const body = { user_id: user.id, organization_id: organization.id }
      return (await api<{ id: string }>('POST', '/user_management/organization_memberships', { body })).body.id
    },
    code(user, facts = {}, codeChallenge = null) {
      return change(server.deps, { environment: environment.id }, (work) =>
        createAuthorizationCode(work, {
          user: user.id,
          redirectUri: 'https://app.test/callback',
          codeChallenge,
          facts: { ...plainFacts('Password', { ipAddress: null, userAgent: null }), ...facts },
        }),
      )
    },
    authenticate(fields) {
      const body = Object.fromEntries(
        Object.entries({
          client_id: environment.client_id,
          client_secret: environment.apiKey.value,
          ...fields,
        }).filter(([, value]) => value !== null),
      )
      return api('POST', '/user_management/authenticate', { body, key: null })
    },
    async signIn(user, facts = {}) {
      const code = await people.code(user, facts)
      const { body, status, text } = await people.authenticate<Authenticated>({
        grant_type: 'authorization_code',
        code,
      })
      if (status !== 200) throw new Error(text)
      return body
    },
    refresh: (token, more = {}) => people.authenticate({ grant_type: 'refresh_token', refresh_token: token, ...more }),
  }
  return people
}

/** Without a look at the signature. */
export function claimsOf({
  access_token: token,
}: Pick<AuthenticateResponse, 'access_token'>): JWTPayload & { readonly sid: string } {
  return decodeJwt<{ sid: string }>(token)
}

/** RFC 7636. */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}
