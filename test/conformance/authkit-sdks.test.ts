import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WorkOS as WorkOS7 } from 'workos-7'
import { WorkOS as WorkOS8 } from 'workos-8'
import { WorkOS as WorkOS11 } from 'workos-11'
import { peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'
import { SdkTraffic } from './authkit-driven.ts'
import { describeInterrupts, type Exceptions } from './authkit-interrupts-suite.ts'
import { caught, type ConnectAuthKit, describeAuthKit } from './authkit-suite.ts'

const server = useTestServer()

const traffic = new SdkTraffic()
const { fetch } = globalThis
beforeAll(() => {
  globalThis.fetch = traffic.listen(fetch)
})
afterAll(() => {
  globalThis.fetch = fetch
})

/** Before 11 there was no exception of its own for them. */
const former: Exceptions = { interrupt: 'GenericServerException', ssoRequired: 'OauthException' }

const majors: [string, Exceptions, ConnectAuthKit][] = [
  [
    'SDK 7',
    former,
    (apiKey, options) => {
      const { userManagement, mfa } = new WorkOS7(apiKey, options)
      return {
        authKit: userManagement,
        factors: {
          enroll: (userId) => userManagement.enrollAuthFactor({ userId, type: 'totp' }),
          challenge: (authenticationFactorId) => mfa.challengeFactor({ authenticationFactorId }),
        },
      }
    },
  ],
  [
    'SDK 8',
    former,
    (apiKey, options) => {
      const { userManagement, mfa } = new WorkOS8(apiKey, options)
      return {
        authKit: userManagement,
        factors: {
          enroll: (userId) => userManagement.enrollAuthFactor({ userId, type: 'totp' }),
          challenge: (authenticationFactorId) => mfa.challengeFactor({ authenticationFactorId }),
        },
      }
    },
  ],
  [
    'SDK 11',
    { interrupt: 'AuthenticationException', ssoRequired: 'AuthenticationException' },
    (apiKey, options) => {
      const { userManagement, multiFactorAuth } = new WorkOS11(apiKey, options)
      return {
        authKit: userManagement,
        factors: {
          enroll: (userId) => multiFactorAuth.createUserAuthFactor({ userId, type: 'totp' }),
          challenge: (authenticationFactorId) => multiFactorAuth.challengeFactor({ authenticationFactorId }),
        },
      }
    },
  ],
]

describe.each(majors)('%s', (_major, exceptions, connect) => {
  describeAuthKit(server, connect)
  describeInterrupts(server, connect, exceptions)
})

test.each([
  ['SDK 8', WorkOS8],
  ['SDK 11', WorkOS11],
])('%s without a key: a code with its verifier, refreshes, and nothing else', async (_major, WorkOS) => {
  const environment = await server.environment()
  const people = peopleOf(server, environment)
  const user = await people.user(undefined, { password: 'correct horse battery' })
  const { client_id: clientId } = environment
  const { userManagement } = new WorkOS({ clientId, apiHostname: '127.0.0.1', port: server.port, https: false })
  const redirectUri = 'https://app.test/callback'
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: redirectUri } })
  const { url, codeVerifier } = await userManagement.getAuthorizationUrlWithPKCE({ provider: 'authkit', redirectUri })
  const begun = await fetch(url, { redirect: 'manual' })
  expect([begun.status, begun.headers.get('location')]).toEqual([302, expect.stringContaining('/login')])
  const code = await people.code(user, {}, new URL(url).searchParams.get('code_challenge') ?? '')
  const signed = await userManagement.authenticateWithCode({ code, codeVerifier })
  expect(signed.user.id).toBe(user.id)
  const next = await userManagement.authenticateWithRefreshToken({ refreshToken: signed.refreshToken })
  expect(next.refreshToken).not.toBe(signed.refreshToken)
  const { status, body } = await people.authenticate<{ error: string }>({
    client_secret: null,
    grant_type: 'password',
    email: user.email,
    password: 'correct horse battery',
  })
  expect([status, body.error]).toEqual([400, 'invalid_client'])
})

test('SDK 7 refreshes a sealed session and leaves by it without loading it', async () => {
  const environment = await server.environment()
  const people = peopleOf(server, environment)
  const user = await people.user()
  const clientId = environment.client_id
  const options = { clientId, apiHostname: '127.0.0.1', port: server.port, https: false }
  const { userManagement } = new WorkOS7(environment.apiKey.value, options)
  const cookiePassword = 'a password of at least thirty-two characters'
  const { sealedSession: sessionData = '' } = await userManagement.authenticateWithCode({
    clientId,
    code: await people.code(user),
    session: { sealSession: true, cookiePassword },
  })
  const refreshed = await userManagement.refreshAndSealSessionData({ sessionData, cookiePassword })
  if (!refreshed.authenticated) throw new Error(refreshed.reason)
  const next = { sessionData: refreshed.sealedSession ?? '', cookiePassword }
  expect(await userManagement.authenticateWithSessionCookie(next)).toMatchObject({ authenticated: true })
  await fetch(await userManagement.getLogoutUrlFromSessionCookie(next), { redirect: 'manual' })
  expect(await userManagement.refreshAndSealSessionData(next)).toMatchObject({ authenticated: false })
})

test('SDK 7 mails codes and resets itself', async () => {
  const environment = await server.environment()
  const user = await peopleOf(server, environment).user()
  const options = { clientId: environment.client_id, apiHostname: '127.0.0.1', port: server.port, https: false }
  const { userManagement } = new WorkOS7(environment.apiKey.value, options)
  await userManagement.sendMagicAuthCode({ email: user.email })
  await userManagement.sendPasswordResetEmail({ email: user.email, passwordResetUrl: 'https://app.test/reset' })
  const { body } = await environment.api<{ data: { subject: string; code?: string; link?: string }[] }>(
    'GET',
    `/mailbox?to=${user.email}`,
  )
  expect(body.data.map(({ code, link }) => code ?? link)).toEqual([
    expect.stringMatching(/^https:\/\/app\.test\/reset\?token=/),
    expect.stringMatching(/^\d{6}$/),
  ])
})

interface RadarShared {
  readonly clientId: string
  readonly code: string
  readonly pendingAuthenticationToken: string
}

test.each([
  [
    'email',
    (kit: WorkOS11['userManagement'], shared: RadarShared) =>
      kit.authenticateWithRadarEmailChallenge({ ...shared, radarChallengeId: 'radar_challenge_1' }),
  ],
  [
    'SMS',
    (kit: WorkOS11['userManagement'], shared: RadarShared) =>
      kit.authenticateWithRadarSmsChallenge({ ...shared, verificationId: 'x', phoneNumber: '+15550100' }),
  ],
])('SDK 11: what Radar would ask for by %s is refused as a grant that is not offered', async (_by, authenticate) => {
  const environment = await server.environment()
  const options = { clientId: environment.client_id, apiHostname: '127.0.0.1', port: server.port, https: false }
  const { userManagement } = new WorkOS11(environment.apiKey.value, options)
  const shared = { clientId: environment.client_id, code: '123456', pendingAuthenticationToken: 'x' }
  const refused = authenticate(userManagement, shared)
  expect((await caught(refused)).rawData.error).toBe('unsupported_grant_type')
})

/** What docs/conformance.md is made of: after a change here, `vitest -u` on this file and `npm run gen`. */
test('each grant and interrupt that is listed as driven was, by each SDK, and no other', async () => {
  await expect(`${JSON.stringify(traffic.read(), undefined, 2)}\n`).toMatchFileSnapshot('authkit-driven.json')
})
