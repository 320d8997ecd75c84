import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Invitation } from '#contracts/invitations.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { peopleOf, type People, pkcePair } from '../support/people.ts'
import type { TestEnvironment, TestServer } from '../support/server.ts'
import { type AuthKitClient, caught, type ConnectAuthKit } from './authkit-suite.ts'

const callback = 'https://app.test/callback'
const password = 'correct horse battery'
const cookiePassword = randomBytes(32).toString('hex')

/** What the exception of a major is called, by what the answer looks like. */
export interface Exceptions {
  /** A `code` that asks for something. */
  readonly interrupt: string
  /** An `error` that asks for something. */
  readonly ssoRequired: string
}

/** Each way to be interrupted and to go on, and each way to be refused, as an application has it that uses an SDK. */
export function describeInterrupts(server: TestServer, connect: ConnectAuthKit, exceptions: Exceptions): void {
  let environment: TestEnvironment
  let people: People
  let kit: AuthKitClient
  let clientId: string
  let count = 0

  beforeAll(async () => {
    server.clock.advance(Date.now() - server.clock.read().getTime())
    environment = await server.environment()
    people = peopleOf(server, environment)
    clientId = environment.client_id
    await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
    const options = { clientId, apiHostname: '127.0.0.1', port: server.port, https: false } as const
    kit = connect(environment.apiKey.value, options)
  })

  const newEmail = () => `ann${++count}@interrupts.test`
  const byPassword = (email: string, more: object = {}) =>
    kit.authKit.authenticateWithPassword({ clientId, email, password, ...more })

  /** Somebody with a second factor, and what makes its codes. */
  async function guarded() {
    const user = await people.user(newEmail(), { password })
    const { authenticationFactor, authenticationChallenge } = await kit.factors.enroll(user.id)
    const secret = decodeBase32(authenticationFactor.totp?.secret ?? '') ?? Buffer.alloc(0)
    const body = { code: totp(secret, server.clock.read()) }
    await environment.api('POST', `/auth/challenges/${authenticationChallenge.id}/verify`, { body })
    return { user, factor: authenticationFactor.id, secret }
  }

  /** A company whose people must come by its identity provider. */
  async function company(): Promise<{ organization: Organization; connection: string; domain: string }> {
    const domain = `sso${++count}.test`
    const organization = await people.organization('Sso', { domain_data: [{ domain, state: 'verified' }] })
    const { body } = await environment.api<{ id: string }>('POST', '/connections', {
      body: { organization_id: organization.id, connection_type: 'GenericSAML', name: 'Sso' },
    })
    await server.db.pool.query(`update connections set state = 'active', updated_at = $2 where id = $1`, [
      body.id,
      server.clock.read(),
    ])
    return { organization, connection: body.id, domain }
  }

  describe('an application is told', () => {
    test('mfa_challenge: a wrong code can be corrected, a used one is refused', async () => {
      const { user, factor, secret } = await guarded()
      const stopped = await caught(byPassword(user.email))
      expect([stopped.name, stopped.rawData]).toMatchObject([
        exceptions.interrupt,
        { code: 'mfa_challenge', authentication_factors: [{ id: factor, type: 'totp' }], user: { id: user.id } },
      ])
      const challenge = await kit.factors.challenge(factor)
      const answer = (code: string, authenticationChallengeId = challenge.id) =>
        kit.authKit.authenticateWithTotp({
          clientId,
          code,
          authenticationChallengeId,
          pendingAuthenticationToken: stopped.rawData.pending_authentication_token,
        })
      // The code that proved the factor is used up with its half minute.
      server.clock.advance(30_000)
      const right = totp(secret, server.clock.read())
      const wrong = await caught(answer(right === '000000' ? '000001' : '000000'))
      expect(wrong.rawData.code).toBe('invalid_one_time_code')
      expect((await answer(right)).user.id).toBe(user.id)
      const again = await caught(answer(right, (await kit.factors.challenge(factor)).id))
      expect(again.rawData.code).toBe('invalid_pending_authentication_token')
      server.clock.advance(-30_000)
    })

    test('sso_required, with the connections; the password is no way in', async () => {
      const { connection, domain } = await company()
      const user = await people.user(`ann@${domain}`, { password })
      const stopped = await caught(byPassword(user.email))
      expect([stopped.name, stopped.rawData]).toMatchObject([
        exceptions.ssoRequired,
        { error: 'sso_required', email: user.email, connection_ids: [connection] },
      ])
    })

    test('organization_authentication_methods_required, with what the organization takes', async () => {
      const user = await people.user(newEmail(), { password })
      const strict = await people.organization('Strict')
      await people.join(user, strict)
      const path = `/organizations/${strict.id}/authentication_settings`
      await environment.api('PUT', path, { body: { methods: { password: false } } })
      const stopped = await caught(byPassword(user.email))
      expect([stopped.name, stopped.rawData]).toMatchObject([
        'OauthException',
        {
          error: 'organization_authentication_methods_required',
          email: user.email,
          sso_connection_ids: [],
          auth_methods: { password: false, magic_auth: true, google_oauth: true },
        },
      ])
    })

    test('that a way is switched off', async () => {
      const user = await people.user(newEmail(), { password })
      const set = (methods: object) => environment.api('PUT', '/authentication_settings', { body: { methods } })
      const { code } = await kit.authKit.createMagicAuth({ email: user.email })
      await set({ password: false, magic_auth: false })
      expect((await caught(byPassword(user.email))).rawData.code).toBe('email_password_auth_disabled')
      const byCode = kit.authKit.authenticateWithMagicAuth({ clientId, email: user.email, code })
      expect((await caught(byCode)).rawData.code).toBe('authentication_method_not_allowed')
      await set({ password: true, magic_auth: true })
    })

    test('why a code, a password or a token is not taken, never as a wrong key', async () => {
      const user = await people.user(newEmail(), { password })
      const { email } = user
      const { authKit } = kit
      const { code } = await authKit.createMagicAuth({ email })
      const wrong = code === '000000' ? '000001' : '000000'
      const pendingAuthenticationToken = 'nobodys'
      const refusals: [() => Promise<unknown>, string][] = [
        [
          () => authKit.authenticateWithPassword({ clientId, email, password: 'wrong horse battery' }),
          'invalid_credentials',
        ],
        [() => authKit.authenticateWithMagicAuth({ clientId, email, code: wrong }), 'invalid_one_time_code'],
        [() => authKit.authenticateWithCode({ clientId, code: 'nobodys' }), 'invalid_grant'],
        [() => authKit.authenticateWithRefreshToken({ clientId, refreshToken: 'nobodys' }), 'invalid_grant'],
        [
          () => authKit.authenticateWithEmailVerification({ clientId, code, pendingAuthenticationToken }),
          'invalid_pending_authentication_token',
        ],
        [
          () =>
            authKit.authenticateWithOrganizationSelection({
              clientId,
              organizationId: 'x',
              pendingAuthenticationToken,
            }),
          'invalid_pending_authentication_token',
        ],
      ]
      for (const [refused, reason] of refusals) {
        const { name, rawData } = await caught(refused())
        expect([rawData.code ?? rawData.error, name]).toEqual([
          reason,
          reason === 'invalid_grant' ? 'OauthException' : 'GenericServerException',
        ])
      }
    })
  })

  describe('an invitation brought along', () => {
    const invite = async (email: string, organization: Organization) =>
      (
        await environment.api<Invitation>('POST', '/user_management/invitations', {
          body: { email, organization_id: organization.id },
        })
      ).body.token

    test.each<[string, (user: User, invitationToken: string) => Promise<{ organizationId?: string; user: object }>]>([
      ['a password', ({ email }, invitationToken) => byPassword(email, { invitationToken })],
      [
        'a magic code',
        async ({ email }, invitationToken) => {
          const { code } = await kit.authKit.createMagicAuth({ email })
          return kit.authKit.authenticateWithMagicAuth({ clientId, email, code, ...{ invitationToken } })
        },
      ],
      [
        'a code of the login box',
        async (user, invitationToken) =>
          kit.authKit.authenticateWithCode({ clientId, code: await people.code(user), ...{ invitationToken } }),
      ],
    ])('makes a member by %s, and proves the inbox', async (_way, signIn) => {
      const user = await people.user(newEmail(), { password, email_verified: false })
      const organization = await people.organization('Inviting')
      const token = await invite(user.email, organization)
      const other = await invite(newEmail(), organization)
      expect((await caught(signIn(user, other))).rawData.code).toBe('invitation_invalid')
      expect(await signIn(user, token)).toMatchObject({
        organizationId: organization.id,
        user: { id: user.id, emailVerified: true },
      })
    })
  })

  test('signs somebody in at the login box, from the SDK’s own address to its exchange with a verifier', async () => {
    const user = await people.user(newEmail(), { password })
    const { verifier, challenge } = pkcePair()
    const url = new URL(
      kit.authKit.getAuthorizationUrl({
        clientId,
        provider: 'authkit',
        redirectUri: callback,
        state: 'of the application',
        loginHint: user.email,
        screenHint: 'sign-in',
        codeChallenge: challenge,
        codeChallengeMethod: 'S256',
      }),
    )
    const browser = new LoginBrowser(server)
    await browser.get(url.href)
    await browser.submit('sign-in', { email: user.email })
    const { left } = await browser.submit('password', { password })
    expect(left?.searchParams.get('state')).toBe('of the application')
    const code = left?.searchParams.get('code') ?? ''
    const without = await caught(kit.authKit.authenticateWithCode({ clientId, code }))
    expect(without.rawData.error).toBe('invalid_grant')
    const signed = await kit.authKit.authenticateWithCodeAndVerifier({ clientId, code, codeVerifier: verifier })
    expect(signed).toMatchObject({ user: { id: user.id }, authenticationMethod: 'Password' })
  })

  test('a sealed session says that rules have changed since, and which', async () => {
    const seal = async (user: User) => {
      const session = { sealSession: true, cookiePassword } as const
      const signed = await kit.authKit.authenticateWithCode({ clientId, code: await people.code(user), session })
      return kit.authKit.loadSealedSession({ sessionData: signed.sealedSession ?? '', cookiePassword })
    }
    const { organization, domain } = await company()
    const settings = (body: object) =>
      environment.api('PUT', `/organizations/${organization.id}/authentication_settings`, { body })
    await settings({ sso_required: false })
    const user = await people.user(`bob@${domain}`)
    await people.join(user, organization)
    const session = await seal(user)
    expect(await session.refresh()).toMatchObject({ authenticated: true })
    await settings({ sso_required: false, mfa: 'required' })
    expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'mfa_enrollment' })
    await settings({})
    expect(await session.refresh()).toMatchObject({ authenticated: false, reason: 'sso_required' })
    // Nothing was used up by asking.
    await settings({ sso_required: false })
    expect(await session.refresh()).toMatchObject({ authenticated: true })
  })
}
