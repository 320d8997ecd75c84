import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import type { OAuthProvider } from '#contracts/oauth-providers.ts'
import { LoginBrowser, type LoginPage } from '../support/login-browser.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'
import { type Authenticated, peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
const todd = { user: 'todd@example.com' }
const path = '/oauth_providers/staff-login'

let idp: OidcIdp
let other: OidcIdp
beforeAll(async () => {
  idp = await startOidcIdp(server.clock.read, 'http://gatehouse.test')
  other = await startOidcIdp(server.clock.read, 'http://gatehouse.test')
})
afterAll(() => Promise.all([idp.close(), other.close()]))

/** An application whose people may sign in with an OpenID provider of its own. */
async function application(input: object = {}) {
  const environment = await server.environment()
  const { api } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const set = (change: object) => api<OAuthProvider>('PUT', path, { body: change })
  const made = await set({
    title: 'Staff login',
    client_id: 'our-client',
    client_secret: 'test-secret',
    issuer: idp.issuer,
    ...input,
  })
  expect(made.status).toBe(200)
  const url = (query: Record<string, string> = {}) =>
    `/user_management/authorize?${new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      ...query,
    })}`
  return { api, set, made: made.body, people: peopleOf(server, environment), url }
}

type Application = Awaited<ReturnType<typeof application>>

const namesOn = ({ text }: LoginPage) => [...text.matchAll(/name="choice" value="([\w-]+)"/g)].map(([, name]) => name)

/** By the button, and back with what the provider's page was told. */
async function enter(app: Application, browser: LoginBrowser, fields: Record<string, string> = todd, at = idp) {
  await browser.get(app.url({ prompt: 'login' }))
  const { text } = await browser.submit('provider', { choice: 'staff-login' })
  const location = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  return browser.get((await at.choose(location, fields)).href)
}

async function codeOf({ api }: Application): Promise<string> {
  const { body } = await api<Page<Mail>>('GET', '/mailbox?to=todd@example.com')
  return body.data[0]?.code ?? ''
}

async function redeem({ people }: Application, { left }: LoginPage) {
  const code = left?.searchParams.get('code')
  const { body, text } = await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
  if (!body.user) throw new Error(text)
  return body
}

describe('an OpenID provider of one’s own', () => {
  test('has a button by its title, signs in, and is remembered by its name', async () => {
    const app = await application({ trusts_email: true })
    const browser = new LoginBrowser(server)
    const page = await browser.get(app.url())
    expect(namesOn(page)).toEqual(['staff-login'])
    expect(page.text).toContain('Continue with Staff login')
    expect(namesOn(await new LoginBrowser(server).get(app.url({ screen_hint: 'sign-up' })))).toEqual(['staff-login'])
    const signedIn = await redeem(app, await enter(app, browser))
    expect(signedIn).toMatchObject({
      authentication_method: 'ExternalAuth',
      user: { email: 'todd@example.com', email_verified: true },
    })
    const { body } = await app.api<Page<{ auth_method: string }>>(
      'GET',
      `/user_management/users/${signedIn.user.id}/sessions`,
    )
    expect(body.data.map((session) => session.auth_method)).toEqual(['external_auth'])
    const again = await redeem(app, await enter(app, browser))
    expect(again.user.id).toBe(signedIn.user.id)
    expect((await browser.get(app.url())).left).toBeDefined()
    expect((await browser.get(app.url({ prompt: 'login' }))).text).toMatch(
      /value="staff-login"[^<]*Continue with Staff login\s*<span class="ak-Badge">Last used/,
    )
  })

  test('is chosen by name, for AuthKit and for standalone sign-in', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    expect((await browser.get(app.url({ provider: 'staff-login' }))).left?.origin).toBe(new URL(idp.issuer).origin)
    const query = new URL(app.url({ provider: 'staff-login' }), server.url).search
    const { status, headers } = await fetch(`${server.url}/sso/authorize${query}`, { redirect: 'manual' })
    expect([status, new URL(headers.get('location') ?? '').origin]).toEqual([302, new URL(idp.issuer).origin])
  })

  test('is nobody else’s: another tenant has neither button nor name', async () => {
    await application()
    const environment = await server.environment()
    await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
    const url = `/user_management/authorize?${new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
    })}`
    expect(namesOn(await new LoginBrowser(server).get(`${url}&provider=authkit`))).toEqual([])
    const named = await new LoginBrowser(server).get(`${url}&provider=staff-login`)
    expect(named.left?.searchParams.get('error')).toBe('connection_strategy_invalid')
  })

  test('is no way in while it is off, or all of its kind are', async () => {
    const app = await application({ trusts_email: true })
    const methods = (custom_oauth: boolean) =>
      app.api('PUT', '/authentication_settings', { body: { methods: { custom_oauth } } })
    await methods(false)
    expect(namesOn(await new LoginBrowser(server).get(app.url()))).toEqual([])
    const browser = new LoginBrowser(server)
    const { left } = await browser.get(app.url({ provider: 'staff-login' }))
    const page = await browser.get((await idp.choose(left?.href ?? '', todd)).href)
    expect([page.page, page.left]).toEqual(['sign-in', undefined])
    await methods(true)
    await app.set({ enabled: false })
    expect(namesOn(await new LoginBrowser(server).get(app.url()))).toEqual([])
  })
})

describe('its word on an address', () => {
  test('opens nobody’s account unless it was said that it counts', async () => {
    const app = await application()
    const victim = await app.people.user('todd@example.com')
    const browser = new LoginBrowser(server)
    expect(await enter(app, browser)).toMatchObject({ page: 'email-verification', left: undefined })
    expect((await browser.submit('email-verification', { code: '000000' })).left).toBeUndefined()
    const page = await browser.submit('email-verification', { code: await codeOf(app) })
    expect((await redeem(app, page)).user.id).toBe(victim.id)
    // Linked now: that it is the same account there is what counts.
    expect((await redeem(app, await enter(app, new LoginBrowser(server)))).user.id).toBe(victim.id)
  })

  test('that it did not verify itself opens none either way', async () => {
    const app = await application({ trusts_email: true })
    await app.people.user('todd@example.com')
    const page = await enter(app, new LoginBrowser(server), { ...todd, scenario: 'unverified-email' })
    expect(page).toMatchObject({ page: 'email-verification', left: undefined })
  })

  test('links the account that has the address where it counts', async () => {
    const app = await application({ trusts_email: true })
    const user = await app.people.user('todd@example.com')
    expect((await redeem(app, await enter(app, new LoginBrowser(server)))).user.id).toBe(user.id)
  })
})

test('another server under the same name has none of the accounts that the former one opened', async () => {
  const app = await application()
  const browser = new LoginBrowser(server)
  await enter(app, browser)
  await browser.submit('email-verification', { code: await codeOf(app) })
  expect((await enter(app, browser)).left).toBeDefined()
  await app.set({ issuer: other.issuer })
  // The same subject, as it is called there.
  expect(await enter(app, new LoginBrowser(server), todd, other)).toMatchObject({
    page: 'email-verification',
    left: undefined,
  })
})

test.each(['wrong-issuer', 'wrong-nonce', 'wrong-audience', 'wrong-signature', 'unsigned', 'mix-up'])(
  'an answer with a fault signs nobody in: %s',
  async (scenario) => {
    const app = await application({ trusts_email: true })
    const page = await enter(app, new LoginBrowser(server), { ...todd, scenario })
    expect([page.status, page.left]).toEqual([400, undefined])
    expect((await app.api<Page<unknown>>('GET', '/user_management/users')).body.data).toEqual([])
  },
)

describe('setting one up', () => {
  test('never shows the secret, nor stores it as it is', async () => {
    const { api, made } = await application({ client_secret: 'very-secret-indeed' })
    expect(made).toMatchObject({ provider: 'staff-login', title: 'Staff login', trusts_email: false, enabled: true })
    const answers = [await api('GET', path), await api('GET', '/oauth_providers'), await api('GET', '/events')]
    const { rows } = await server.db.pool.query('select * from oauth_providers')
    expect(JSON.stringify([made, answers.map(({ text }) => text), rows])).not.toContain('very-secret-indeed')
  })

  test.each([
    ['no title', { title: undefined }, 'title'],
    ['no issuer', { issuer: undefined }, 'issuer'],
    ['no client', { client_id: undefined }, 'client_id'],
    ['no secret', { client_secret: undefined }, 'client_secret'],
  ])('is refused with %s', async (_what, without, field) => {
    const { api } = await server.environment()
    const whole = { title: 'Staff', client_id: 'a', client_secret: 'b', issuer: idp.issuer }
    const { status, body } = await api('PUT', path, { body: { ...whole, ...without } })
    expect([status, body.errors?.map((error) => error.field)]).toEqual([422, [field]])
  })

  test('does not take an issuer that names itself otherwise, or is no server that may be asked', async () => {
    const { api } = await server.environment()
    const body = { title: 'Staff', client_id: 'a', client_secret: 'b' }
    for (const issuer of [idp.issuer.replace('127.0.0.1', 'localhost'), 'file:///etc/passwd', 'nonsense']) {
      const { status, body: answer } = await api('PUT', path, { body: { ...body, issuer } })
      expect([status, answer.errors?.[0]?.field], issuer).toEqual([422, 'issuer'])
    }
    expect((await api('GET', path)).status).toBe(404)
  })

  test.each(['Staff', 'GoogleOAuthh', 'a b', '-a', 'a'.repeat(41), '1a'])(
    'takes no name but one that can stand in a link: %s',
    async (name) => {
      const { api } = await server.environment()
      const body = { title: 'Staff', client_id: 'a', client_secret: 'b' }
      expect((await api('PUT', `/oauth_providers/${encodeURIComponent(name)}`, { body })).status).toBe(404)
    },
  )

  test('stops at twenty', async () => {
    const { api } = await server.environment()
    const set = async (name: string) =>
      (
        await api('PUT', `/oauth_providers/${name}`, {
          body: { title: name, client_id: 'a', client_secret: 'b', issuer: idp.issuer },
        })
      ).status
    for (let i = 0; i < 20; i++) expect(await set(`p${i}`)).toBe(200)
    expect([await set('one-more'), await set('p0')]).toEqual([422, 200])
  })
})
