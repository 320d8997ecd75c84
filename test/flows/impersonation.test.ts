import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { AuthenticateResponse } from '#contracts/authentication.ts'
import type { Impersonation } from '#contracts/impersonation.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { readLog } from '../support/log.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { pkcePair } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'http://localhost:3000/callback'
const look = { impersonator_email: 'support@vendor.test', reason: 'Ticket 4711' }

async function withUser(settings: object = { impersonation: true }) {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  await environment.api('PUT', '/authentication_settings', { body: settings })
  const { body: user } = await environment.api<User>('POST', '/user_management/users', {
    body: { email: 'ann@acme.test' },
  })
  return { environment, user, path: `/user_management/users/${user.id}/impersonate` }
}

async function open(url: string, headers: Record<string, string> = {}) {
  const { pathname, search } = new URL(url)
  const response = await fetch(`${server.url}${pathname}${search}`, { redirect: 'manual', headers })
  const location = response.headers.get('location')
  return { status: response.status, location, code: location && new URL(location).searchParams.get('code') }
}

async function authenticate(environment: TestEnvironment, fields: Record<string, unknown>) {
  const response = await fetch(`${server.url}/user_management/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: environment.client_id,
      client_secret: environment.apiKey.value,
      ...fields,
    }),
  })
  return { status: response.status, body: (await response.json()) as AuthenticateResponse & { error?: string } }
}

const byCode = (code: string | null) => ({ grant_type: 'authorization_code', code })

describe('impersonation', () => {
  test('is for everybody to see: in the answer, in the token, in the log', async () => {
    const { environment, user, path } = await withUser()
    const { status, body } = await environment.api<Impersonation>('POST', path, { body: look })
    expect([status, body.user_id]).toEqual([201, user.id])
    const opened = await open(body.url)
    expect(opened.location?.startsWith(`${callback}?code=`)).toBe(true)
    const signedIn = await authenticate(environment, byCode(opened.code))
    const impersonator = { email: 'support@vendor.test', reason: 'Ticket 4711' }
    expect(signedIn.body).toMatchObject({
      user: { id: user.id, last_sign_in_at: null },
      authentication_method: 'Impersonation',
      impersonator,
    })
    expect(decodeJwt(signedIn.body.access_token)).toMatchObject({ sub: user.id, act: { sub: 'support@vendor.test' } })
    const log = await readLog(environment.api)
    expect(log.find(({ event }) => event === 'session.created')?.data).toMatchObject({
      impersonator,
      auth_method: 'impersonation',
    })
  })

  test('ends after an hour, however it is used', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    const { code } = await open(body.url)
    let { refresh_token: token } = (await authenticate(environment, byCode(code))).body
    for (let minutes = 0; minutes < 60; minutes += 20) {
      const answer = await authenticate(environment, { grant_type: 'refresh_token', refresh_token: token })
      expect(answer.status).toBe(200)
      token = answer.body.refresh_token
      server.clock.advance(20 * 60_000)
    }
    const late = await authenticate(environment, { grant_type: 'refresh_token', refresh_token: token })
    expect([late.status, late.body.error]).toEqual([400, 'invalid_grant'])
  })

  test('is into an organization of theirs, and into no other', async () => {
    const { environment, user, path } = await withUser()
    const make = async (name: string) =>
      (await environment.api<Organization>('POST', '/organizations', { body: { name } })).body.id
    const [theirs, foreign] = [await make('Acme'), await make('Other')]
    await environment.api('POST', '/user_management/organization_memberships', {
      body: { user_id: user.id, organization_id: theirs },
    })
    expect((await environment.api('POST', path, { body: { ...look, organization_id: foreign } })).status).toBe(404)
    const { body } = await environment.api<Impersonation>('POST', path, { body: { ...look, organization_id: theirs } })
    const { code } = await open(body.url)
    expect((await authenticate(environment, byCode(code))).body.organization_id).toBe(theirs)
  })

  test('is off unless it was switched on', async () => {
    const { environment, path } = await withUser({})
    const { status, body } = await environment.api('POST', path, { body: look })
    expect([status, body.code]).toEqual([400, 'impersonation_disabled'])
  })

  test.each([
    ['no reason', { reason: undefined }],
    ['an empty reason', { reason: '  ' }],
    ['nobody who looks', { impersonator_email: undefined }],
    ['nobody with an address', { impersonator_email: 'support' }],
  ])('with %s is refused', async (_what, change) => {
    const { environment, path } = await withUser()
    expect((await environment.api('POST', path, { body: { ...look, ...change } })).status).toBe(422)
  })

  test('sends nobody to an address that is not registered', async () => {
    const { environment, path } = await withUser()
    const { status, body } = await environment.api('POST', path, {
      body: { ...look, redirect_uri: 'https://evil.test/' },
    })
    expect([status, body.code]).toEqual([400, 'redirect_uri_not_registered'])
  })
})

describe('the link', () => {
  test('works once, also when it is opened twice at once', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    const answers = await Promise.all([open(body.url), open(body.url), open(body.url)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([302, 400, 400])
  })

  test('works for five minutes', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    server.clock.advance(5 * 60_000)
    expect((await open(body.url)).status).toBe(400)
  })

  test('is not used up by a browser that looks ahead', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    expect((await open(body.url, { 'sec-purpose': 'prefetch' })).status).toBe(204)
    expect((await open(body.url)).status).toBe(302)
  })

  test('is worth nothing once impersonation is switched off', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    await environment.api('PUT', '/authentication_settings', { body: { impersonation: false } })
    expect((await open(body.url)).status).toBe(400)
  })

  test.each(['', '?token=', '?token=unknown'])('that nobody made opens nothing: %s', async (query) => {
    expect((await open(`http://gatehouse.test/user_management/impersonate${query}`)).status).toBe(400)
  })

  test('is not stored', async () => {
    const { environment, path } = await withUser()
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    const token = new URL(body.url).searchParams.get('token') ?? ''
    const { rows } = await server.db.pool.query('select i::text as row from impersonations i')
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('where the application begins its sign-ins itself', () => {
  const settings = { impersonation: true, sign_in_endpoint: 'https://app.test/login' }
  const { verifier, challenge } = pkcePair()
  const authorizeAt = ({ client_id }: TestEnvironment, more: Record<string, string> = {}) =>
    `/user_management/authorize?${new URLSearchParams({
      client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      state: 'app state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...more,
    })}`

  async function opened() {
    const tenant = await withUser(settings)
    const { body } = await tenant.environment.api<Impersonation>('POST', tenant.path, { body: look })
    const browser = new LoginBrowser(server)
    expect((await browser.get(body.url)).left?.href).toBe('https://app.test/login')
    return { ...tenant, browser, url: body.url }
  }

  test('the link leads there, and its sign-in to a code with its state that wants its verifier', async () => {
    const { environment, user, browser } = await opened()
    const { left } = await browser.get(authorizeAt(environment))
    expect(left?.href).toMatch(/^http:\/\/localhost:3000\/callback\?code=[\w-]+&state=app\+state$/)
    const fields = { ...byCode(left?.searchParams.get('code') ?? null), client_secret: undefined }
    expect((await authenticate(environment, fields)).body.error).toBe('invalid_client')
    const { body } = await authenticate(environment, { ...fields, code_verifier: verifier })
    expect([body.user.id, body.impersonator?.email]).toEqual([user.id, 'support@vendor.test'])
  })

  test('once, by one browser, and the link is worth nothing afterwards', async () => {
    const { environment, browser, url } = await opened()
    const other = new LoginBrowser(server)
    await other.get(url)
    expect((await browser.get(authorizeAt(environment))).left).toBeDefined()
    expect((await browser.get(authorizeAt(environment))).page).toBe('sign-in')
    expect((await other.get(authorizeAt(environment))).page).toBe('sign-in')
    expect((await open(url)).location).toBeNull()
  })

  test.each<[string, (opened: { environment: TestEnvironment }) => Promise<TestEnvironment>]>([
    [
      'at another tenant',
      async () => {
        const { environment } = await withUser(settings)
        return environment
      },
    ],
    [
      'after five minutes',
      async ({ environment }) => {
        server.clock.advance(5 * 60_000)
        return environment
      },
    ],
    [
      'once impersonation was switched off',
      async ({ environment }) => {
        await environment.api('PUT', '/authentication_settings', { body: { impersonation: false } })
        return environment
      },
    ],
  ])('%s it is an ordinary sign-in', async (_when, change) => {
    const { environment, browser } = await opened()
    const where = await change({ environment })
    expect((await browser.get(authorizeAt(where))).page).toBe('sign-in')
  })

  test('a sign-in to an address that is not registered does not use it up', async () => {
    const { environment, browser } = await opened()
    const astray = await browser.get(authorizeAt(environment, { redirect_uri: 'https://evil.test/' }))
    expect([astray.status, astray.left]).toEqual([400, undefined])
    expect((await browser.get(authorizeAt(environment))).left).toBeDefined()
  })

  test('an endpoint that is one no longer gets no code', async () => {
    const { environment, path } = await withUser(settings)
    const { body } = await environment.api<Impersonation>('POST', path, { body: look })
    await environment.api('PUT', '/authentication_settings', { body: { sign_in_endpoint: null } })
    expect((await open(body.url)).location).toBeNull()
  })

  test('a redirect URI that was asked for is where the link leads', async () => {
    const { environment, path } = await withUser(settings)
    const { body } = await environment.api<Impersonation>('POST', path, { body: { ...look, redirect_uri: callback } })
    expect((await open(body.url)).location).toMatch(/^http:\/\/localhost:3000\/callback\?code=/)
  })
})
