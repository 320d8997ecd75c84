import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { peopleOf, type People, pkcePair } from '../support/people.ts'
import type { TestEnvironment, TestServer } from '../support/server.ts'

interface Signed {
  readonly user: { readonly id: string; readonly email: string; readonly emailVerified: boolean }
  readonly organizationId?: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly authenticationMethod?: string
  readonly impersonator?: { readonly email: string; readonly reason: string | null }
  readonly sealedSession?: string
}

interface Verdict {
  readonly authenticated: boolean
  readonly reason?: string
  readonly sessionId?: string
  readonly organizationId?: string
  readonly role?: string
  readonly sealedSession?: string
  readonly user?: Signed['user']
}

interface CookieSession {
  authenticate(): Promise<Verdict>
  refresh(options?: { organizationId?: string; cookiePassword?: string }): Promise<Verdict>
  getLogoutUrl(options?: { returnTo?: string }): Promise<string>
}

interface SealOptions {
  readonly sealSession: true
  readonly cookiePassword: string
}

interface SealedSession {
  readonly sessionData: string
  readonly cookiePassword: string
}

/** The part of an SDK that signs people in, whatever a major calls it. */
export interface AuthKit {
  authenticateWithCode(options: {
    clientId: string
    code: string
    codeVerifier?: string
    ipAddress?: string
    userAgent?: string
    session?: SealOptions
  }): Promise<Signed>
  getAuthorizationUrl(options: {
    clientId: string
    provider: string
    redirectUri: string
    state: string
    loginHint: string
    screenHint: 'sign-in'
    codeChallenge: string
    codeChallengeMethod: 'S256'
  }): string
  authenticateWithCodeAndVerifier(options: { clientId: string; code: string; codeVerifier: string }): Promise<Signed>
  authenticateWithPassword(options: { clientId: string; email: string; password: string }): Promise<Signed>
  authenticateWithRefreshToken(options: {
    clientId: string
    refreshToken: string
    organizationId?: string
  }): Promise<Signed>
  authenticateWithMagicAuth(options: { clientId: string; code: string; email: string }): Promise<Signed>
  authenticateWithEmailVerification(options: {
    clientId: string
    code: string
    pendingAuthenticationToken: string
  }): Promise<Signed>
  authenticateWithOrganizationSelection(options: {
    clientId: string
    organizationId: string
    pendingAuthenticationToken: string
  }): Promise<Signed>
  authenticateWithTotp(options: {
    clientId: string
    code: string
    authenticationChallengeId: string
    pendingAuthenticationToken: string
  }): Promise<Signed>
  createMagicAuth(options: { email: string }): Promise<{ id: string; code: string }>
  createPasswordReset(options: { email: string }): Promise<{ passwordResetToken: string; passwordResetUrl: string }>
  resetPassword(options: { token: string; newPassword: string }): Promise<{ user: Signed['user'] }>
  getEmailVerification(id: string): Promise<{ code: string }>
  sendVerificationEmail(options: { userId: string }): Promise<{ user: Signed['user'] }>
  verifyEmail(options: { userId: string; code: string }): Promise<{ user: Signed['user'] }>
  listSessions(userId: string): Promise<{ data: { id: string; status: string; authMethod: string }[] }>
  revokeSession(options: { sessionId: string }): Promise<void>
  loadSealedSession(options: SealedSession): CookieSession
  authenticateWithSessionCookie(options: SealedSession): Promise<Verdict>
  getSessionFromCookie(
    options: SealedSession,
  ): Promise<Pick<Signed, 'accessToken' | 'refreshToken' | 'user'> | undefined>
  getJwksUrl(clientId: string): string
}

export interface FactorsClient {
  enroll(userId: string): Promise<{
    authenticationFactor: { id: string; totp?: { secret: string } }
    authenticationChallenge: { id: string }
  }>
  challenge(factorId: string): Promise<{ id: string }>
}

export interface AuthKitClient {
  readonly authKit: AuthKit
  readonly factors: FactorsClient
}

export type ConnectAuthKit = (
  apiKey: string,
  options: { clientId: string; apiHostname: string; port: number; https: false },
) => AuthKitClient

/** What an SDK throws, as far as applications look at it. */
interface Thrown {
  readonly name: string
  readonly rawData: {
    code?: string
    error?: string
    pending_authentication_token: string
    email_verification_id?: string
  }
}

export const caught = async (refused: Promise<unknown>): Promise<Thrown> =>
  refused.then(
    () => {
      throw new Error('it was not refused')
    },
    (error: unknown) => error as Thrown, // the SDKs' exceptions carry the answer
  )

/** What every major must be able to do with people who sign in, unmodified. */
export function describeAuthKit(server: TestServer, connect: ConnectAuthKit): void {
  const password = 'correct horse battery'
  const cookiePassword = randomBytes(32).toString('hex')
  let environment: TestEnvironment
  let people: People
  let kit: AuthKitClient
  let clientId: string

  beforeAll(async () => {
    // The SDKs verify tokens by the clock of this machine.
    server.clock.advance(Date.now() - server.clock.read().getTime())
    environment = await server.environment()
    people = peopleOf(server, environment)
    clientId = environment.client_id
    const options = { clientId, apiHostname: '127.0.0.1', port: server.port, https: false } as const
    kit = connect(environment.apiKey.value, options)
  })

  describe('AuthKit', () => {
    test('exchanges codes, with a verifier too', async () => {
      const user = await people.user()
      const { authKit } = kit
      const plain = await authKit.authenticateWithCode({ clientId, code: await people.code(user) })
      expect(plain).toMatchObject({ user: { id: user.id, email: user.email }, authenticationMethod: 'Password' })
      const { verifier, challenge } = pkcePair()
      const code = await people.code(user, {}, challenge)
      expect(
        (await authKit.authenticateWithCode({ clientId, code, codeVerifier: verifier, userAgent: 'x' })).user.id,
      ).toBe(user.id)
      const refused = await caught(authKit.authenticateWithCode({ clientId, code }))
      expect(refused.rawData.error).toBe('invalid_grant')
    })

    test('signs in by password, resets it, and refreshes', async () => {
      const { authKit } = kit
      const user = await people.user(undefined, { password })
      const { email } = user
      const first = await authKit.authenticateWithPassword({ clientId, email, password })
      const next = await authKit.authenticateWithRefreshToken({ clientId, refreshToken: first.refreshToken })
      expect([next.user.id, next.refreshToken === first.refreshToken]).toEqual([user.id, false])
      const reset = await authKit.createPasswordReset({ email })
      expect(reset.passwordResetUrl).toContain(reset.passwordResetToken)
      await authKit.resetPassword({ token: reset.passwordResetToken, newPassword: 'a wholly new secret' })
      const refused = await caught(authKit.authenticateWithPassword({ clientId, email, password }))
      expect(refused.rawData.code).toBe('invalid_credentials')
      const over = await caught(authKit.authenticateWithRefreshToken({ clientId, refreshToken: next.refreshToken }))
      expect(over.rawData.error).toBe('invalid_grant')
    })

    test('signs in by magic code', async () => {
      const { authKit } = kit
      const { code } = await authKit.createMagicAuth({ email: 'magic@sdk.test' })
      const signed = await authKit.authenticateWithMagicAuth({ clientId, code, email: 'magic@sdk.test' })
      expect(signed).toMatchObject({ user: { emailVerified: true }, authenticationMethod: 'MagicAuth' })
    })

    test('goes on after each interrupt', async () => {
      const { authKit, factors } = kit
      const user = await people.user(undefined, { email_verified: false })
      const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
      await people.join(user, acme)
      await people.join(user, beta)
      await environment.api('PUT', `/organizations/${beta.id}/authentication_settings`, { body: { mfa: 'required' } })

      const unverified = await caught(authKit.authenticateWithCode({ clientId, code: await people.code(user) }))
      expect(unverified.rawData.code).toBe('email_verification_required')
      const { code } = await authKit.getEmailVerification(unverified.rawData.email_verification_id ?? '')
      const undecided = await caught(
        authKit.authenticateWithEmailVerification({
          clientId,
          code,
          pendingAuthenticationToken: unverified.rawData.pending_authentication_token,
        }),
      )
      expect(undecided.rawData.code).toBe('organization_selection_required')
      const unguarded = await caught(
        authKit.authenticateWithOrganizationSelection({
          clientId,
          organizationId: beta.id,
          pendingAuthenticationToken: undecided.rawData.pending_authentication_token,
        }),
      )
      expect(unguarded.rawData.code).toBe('mfa_enrollment')
      const factor = await factors.enroll(user.id)
      const secret = decodeBase32(factor.authenticationFactor.totp?.secret ?? '') ?? Buffer.alloc(0)
      const signed = await authKit.authenticateWithTotp({
        clientId,
        code: totp(secret, server.clock.read()),
        authenticationChallengeId: factor.authenticationChallenge.id,
        pendingAuthenticationToken: unguarded.rawData.pending_authentication_token,
      })
      expect(signed.organizationId).toBe(beta.id)
      expect((await factors.challenge(factor.authenticationFactor.id)).id).toMatch(/^auth_challenge_/)
    })

    test('signs in by the code that proves the inbox, and by the choice of an organization', async () => {
      const { authKit } = kit
      const user = await people.user(undefined, { email_verified: false })
      const unverified = await caught(authKit.authenticateWithCode({ clientId, code: await people.code(user) }))
      const { code } = await authKit.getEmailVerification(unverified.rawData.email_verification_id ?? '')
      const verified = await authKit.authenticateWithEmailVerification({
        clientId,
        code,
        pendingAuthenticationToken: unverified.rawData.pending_authentication_token,
      })
      expect(verified.user).toMatchObject({ id: user.id, emailVerified: true })

      const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
      await people.join(user, acme)
      await people.join(user, beta)
      const undecided = await caught(authKit.authenticateWithCode({ clientId, code: await people.code(user) }))
      const chosen = await authKit.authenticateWithOrganizationSelection({
        clientId,
        organizationId: beta.id,
        pendingAuthenticationToken: undecided.rawData.pending_authentication_token,
      })
      expect(chosen.organizationId).toBe(beta.id)
    })

    test('verifies an address by mail', async () => {
      const { authKit } = kit
      const user = await people.user(undefined, { email_verified: false })
      await authKit.sendVerificationEmail({ userId: user.id })
      const { body } = await environment.api<{ data: { data: { id: string; user_id: string } }[] }>(
        'GET',
        '/events?events=email_verification.created&limit=100',
      )
      const id = body.data.findLast(({ data }) => data.user_id === user.id)?.data.id ?? ''
      const { code } = await authKit.getEmailVerification(id)
      expect((await authKit.verifyEmail({ userId: user.id, code })).user.emailVerified).toBe(true)
    })
  })

  describe('a sealed session', () => {
    const seal = async (facts = {}) => {
      const user = await people.user()
      const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
      await people.join(user, acme)
      await people.join(user, beta)
      const signed = await kit.authKit.authenticateWithCode({
        clientId,
        code: await people.code(user, { organization: acme.id, ...facts }),
        session: { sealSession: true, cookiePassword },
      })
      const load = (sessionData = '') => kit.authKit.loadSealedSession({ sessionData, cookiePassword })
      const sealed: SealedSession = { sessionData: signed.sealedSession ?? '', cookiePassword }
      return { user, acme, beta, session: load(signed.sealedSession), load, sealed }
    }

    test('is verified with our keys, refreshed, and moves between organizations', async () => {
      const { user, acme, beta, session, load } = await seal()
      const verdict = await session.authenticate()
      expect(verdict).toMatchObject({
        authenticated: true,
        organizationId: acme.id,
        role: 'member',
        user: { id: user.id },
      })
      const refreshed = await session.refresh()
      expect(refreshed).toMatchObject({ authenticated: true })
      const moved = await load(refreshed.sealedSession).refresh({ organizationId: beta.id })
      expect(moved.authenticated).toBe(true)
      const there = await load(moved.sealedSession).authenticate()
      expect(there).toMatchObject({ organizationId: beta.id, sessionId: verdict.sessionId })
    })

    test('is read from its cookie alone, and from no other', async () => {
      const { user, acme, sealed } = await seal()
      const { authKit } = kit
      const verdict = await authKit.authenticateWithSessionCookie(sealed)
      expect(verdict).toMatchObject({ authenticated: true, organizationId: acme.id, user: { id: user.id } })
      expect(await authKit.getSessionFromCookie(sealed)).toMatchObject({
        user: { id: user.id },
        accessToken: expect.stringMatching(/^ey/),
        refreshToken: expect.any(String),
      })
      const foreign = { ...sealed, cookiePassword: randomBytes(32).toString('hex') }
      expect(await authKit.authenticateWithSessionCookie(foreign)).toMatchObject({ authenticated: false })
    })

    test('ends when it is revoked, and says so', async () => {
      const { user, session } = await seal()
      const { authKit } = kit
      const [listed] = (await authKit.listSessions(user.id)).data
      expect(listed).toMatchObject({ status: 'active', authMethod: 'password' })
      await authKit.revokeSession({ sessionId: listed?.id ?? '' })
      expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'invalid_grant' })
    })

    test('leads out of the door', async () => {
      const { session } = await seal()
      await environment.api('POST', '/user_management/logout_uris', { body: { uri: 'https://app.test/bye' } })
      const url = new URL(await session.getLogoutUrl({ returnTo: 'https://app.test/bye' }))
      const left = await fetch(url, { redirect: 'manual' })
      expect([left.status, left.headers.get('location')]).toEqual([302, 'https://app.test/bye'])
      expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'invalid_grant' })
    })
  })
}
