import { WorkOS as WorkOS11 } from 'workos-11'
import { WorkOS as WorkOS7 } from 'workos-7'
import { WorkOS as WorkOS8 } from 'workos-8'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Gatehouse, startGatehouse } from '../e2e/support/gatehouse.ts'
import { signIn } from '../e2e/support/sign-in.ts'

const organization = 'org_test_idp'
let gatehouse: Gatehouse

beforeAll(async () => {
  gatehouse = await startGatehouse()
})
afterAll(() => gatehouse.stop())

/** The unmodified SDKs with the three options of the documentation. */
const sdks = {
  7: (apiKey: string) => new WorkOS7(apiKey, ours()),
  8: (apiKey: string) => new WorkOS8(apiKey, ours()),
  11: (apiKey: string) => new WorkOS11(apiKey, ours()),
}

function ours() {
  return { clientId: gatehouse.clientId, apiHostname: 'localhost', port: gatehouse.port, https: false }
}

describe.each([7, 8, 11] as const)('SDK %i', (major) => {
  function start() {
    const { clientId, apiKey, appPort } = gatehouse
    const workos = sdks[major](apiKey)
    const redirectUri = `http://localhost:${appPort}/callback`
    const state = `state of ${major} & more`
    return {
      workos,
      clientId,
      redirectUri,
      state,
      url: workos.sso.getAuthorizationUrl({ organization, redirectUri, clientId, state }),
    }
  }

  test('signs a person in: link, identity provider, code, profile and token', async () => {
    const { workos, clientId, redirectUri, state, url } = start()
    const callback = await signIn(url, { user: 'todd@example.com' })
    expect(`${callback.origin}${callback.pathname}`).toBe(redirectUri)
    expect(Object.fromEntries(callback.searchParams)).toEqual({ code: expect.stringMatching(/^\S{20,}$/), state })

    const { profile, accessToken } = await workos.sso.getProfileAndToken({ code: codeOf(callback), clientId })
    expect(profile).toMatchObject({
      id: expect.stringMatching(/^prof_/),
      connectionId: expect.stringMatching(/^conn_/),
      connectionType: 'TestIdp',
      organizationId: organization,
      email: 'todd@example.com',
      firstName: 'Todd',
      lastName: 'Rundgren',
      idpId: '00u1a0ufowBJlzPlk357',
      rawAttributes: {},
    })
    expect(await workos.sso.getProfile({ accessToken })).toEqual(profile)
  })

  test('keeps the profile of a person, and tells people apart', async () => {
    const { workos, clientId, url } = start()
    const profiles = []
    for (const user of ['lela.block@example.com', 'lela.block@example.com', 'jacob.morris@example.com']) {
      const callback = await signIn(url, { user })
      profiles.push((await workos.sso.getProfileAndToken({ code: codeOf(callback), clientId })).profile)
    }
    const [first, again, other] = profiles
    expect(again).toEqual(first)
    expect(other?.id).not.toBe(first?.id)
  })

  test('lists and reads the connection that was used', async () => {
    const { workos, clientId, url } = start()
    const callback = await signIn(url, { user: 'todd@example.com' })
    const { profile } = await workos.sso.getProfileAndToken({ code: codeOf(callback), clientId })
    const list = await workos.sso.listConnections({ organizationId: organization })
    const used = { id: profile.connectionId, organizationId: organization, type: 'TestIdp', state: 'active' }
    expect(list.data).toEqual([expect.objectContaining(used)])
    expect(await workos.sso.getConnection(profile.connectionId)).toMatchObject(used)
  })

  test('reads what happened from the events, in order and as names it knows', async () => {
    const { workos, url } = start()
    const events = ['authentication.sso_succeeded', 'authentication.sso_failed'] as const
    const before = await workos.events.listEvents({ events: [...events], limit: 100 })
    await signIn(url, { user: 'todd@example.com' })
    await signIn(url, { scenario: 'error-response' })
    const after = before.data.at(-1)?.id
    const { data } = await workos.events.listEvents({ events: [...events], ...(after !== undefined && { after }) })
    expect(data).toMatchObject([
      { event: 'authentication.sso_succeeded', data: { email: 'todd@example.com', status: 'succeeded', type: 'sso' } },
      { event: 'authentication.sso_failed', data: { status: 'failed', type: 'sso' } },
    ])
  })

  test('a code works once, for its own client, with its own key', async () => {
    const { workos, clientId, url } = start()
    const code = codeOf(await signIn(url, { user: 'todd@example.com' }))
    await expect(sdks[major]('sk_test_unknown').sso.getProfileAndToken({ code, clientId })).rejects.toMatchObject({
      error: 'invalid_client',
    })
    await expect(workos.sso.getProfileAndToken({ code, clientId: 'client_unknown' })).rejects.toMatchObject({
      error: 'invalid_client',
    })
    await expect(workos.sso.getProfileAndToken({ code: `${code}x`, clientId })).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await workos.sso.getProfileAndToken({ code, clientId })
    await expect(workos.sso.getProfileAndToken({ code, clientId })).rejects.toMatchObject({
      name: 'OauthException',
      status: 400,
      error: 'invalid_grant',
    })
  })

  test('an access token that nobody issued is unauthorized', async () => {
    await expect(start().workos.sso.getProfile({ accessToken: 'nonsense' })).rejects.toMatchObject({
      name: 'UnauthorizedException',
      status: 401,
    })
  })
})

function codeOf(callback: URL): string {
  const code = callback.searchParams.get('code')
  if (code === null) throw new Error(`The callback has no code: ${callback.href}`)
  return code
}
