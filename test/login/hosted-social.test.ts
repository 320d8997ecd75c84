import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Invitation } from '#contracts/invitations.ts'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { LoginBrowser, type LoginPage } from '../support/login-browser.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'
import { type Authenticated, peopleOf } from '../support/people.ts'
import { createIdp } from '../support/saml-idp.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
const password = 'horse battery staple'
const todd = { user: 'todd@example.com' }

let google: OidcIdp
beforeAll(async () => {
  google = await startOidcIdp(server.clock.read, 'http://gatehouse.test')
})
afterAll(() => google.close())

/** An application whose people may sign in with Google, which is the test identity provider. */
async function application(provider: object = {}) {
  const environment = await server.environment()
  const { api } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const setProvider = async (name: string, input: object) => {
    const body = { client_id: 'our-client', client_secret: 'test-secret', issuer: google.issuer, ...input }
    const { status, text } = await api('PUT', `/oauth_providers/${name}`, { body })
    if (status !== 200) throw new Error(text)
  }
  await setProvider('GoogleOAuth', provider)
  const people = peopleOf(server, environment)
  const url = (query: Record<string, string> = {}) =>
    `/user_management/authorize?${new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      ...query,
    })}`
  return { api, people, url, setProvider }
}

type Application = Awaited<ReturnType<typeof application>>

const buttonsOn = ({ text }: LoginPage) => [...text.matchAll(/data-method="(\w+OAuth)"/g)].map(([, method]) => method)

/** As far as the provider's page. */
async function toGoogle({ url }: Application, browser: LoginBrowser): Promise<string> {
  await browser.get(url())
  const page = await browser.submit('provider', { choice: 'GoogleOAuth' })
  expect([page.page, page.heading]).toEqual(['sso', 'Continue with Google'])
  return /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
}

async function back(browser: LoginBrowser, at: string, fields: Record<string, string>): Promise<LoginPage> {
  return browser.get((await google.choose(at, fields)).href)
}

async function redeem({ people }: Application, left: URL | undefined) {
  const code = left?.searchParams.get('code')
  const { body, status, text } = await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
  if (status !== 200) throw new Error(text)
  return body
}

describe('buttons of providers', () => {
  test('are there for those that are set up, on the pages for signing in and up, by their names', async () => {
    const app = await application()
    await app.setProvider('GitHubOAuth', {})
    // No session could say that it was made by this one.
    await app.setProvider('GitLabOAuth', {})
    const browser = new LoginBrowser(server)
    const page = await browser.get(app.url())
    expect(buttonsOn(page)).toEqual(['GoogleOAuth', 'GitHubOAuth'])
    expect(page.text).toMatch(/Continue with GitHub\s/)
    expect(buttonsOn(await browser.get(app.url({ screen_hint: 'sign-up' })))).toEqual(['GoogleOAuth', 'GitHubOAuth'])
  })

  test('are not there for one that is off, or off as a way to sign in', async () => {
    const app = await application({ enabled: false })
    expect(buttonsOn(await new LoginBrowser(server).get(app.url()))).toEqual([])
    await app.setProvider('GoogleOAuth', { enabled: true })
    await app.api('PUT', '/authentication_settings', { body: { methods: { google_oauth: false } } })
    expect(buttonsOn(await new LoginBrowser(server).get(app.url()))).toEqual([])
  })

  test('lead nowhere once their provider is off, nor by a name that was never on the page', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    await browser.get(app.url())
    expect((await browser.submit('provider', { choice: 'GitHubOAuth' })).page).toBe('sign-in')
    await browser.get(app.url())
    await app.setProvider('GoogleOAuth', { enabled: false })
    expect((await browser.submit('provider', { choice: 'GoogleOAuth' })).page).toBe('sign-in')
  })

  test('named by the application lead there also whoever is signed in by another way', async () => {
    const app = await application()
    await app.people.user('ann@example.com', { password })
    const browser = new LoginBrowser(server)
    await browser.get(app.url())
    await browser.submit('sign-in', { email: 'ann@example.com' })
    expect((await browser.submit('password', { password })).left?.host).toBe('app.test')
    const { left } = await browser.get(app.url({ provider: 'GoogleOAuth' }))
    expect(left?.origin).toBe(new URL(google.issuer).origin)
  })

  test('named by the application that cannot be gone to are its own mistake, and it is told', async () => {
    const app = await application()
    const { body: organization } = await app.api<{ id: string }>('POST', '/organizations', { body: { name: 'Acme' } })
    const { body: unlinked } = await app.api<{ id: string }>('POST', '/connections', {
      body: { organization_id: organization.id, connection_type: 'GenericSAML', name: 'Empty' },
    })
    for (const [query, error] of [
      [{ provider: 'GitHubOAuth' }, 'connection_strategy_invalid'],
      [{ provider: 'NobodysOAuth' }, 'connection_strategy_invalid'],
      [{ provider: '', connection_id: unlinked.id }, 'connection_unlinked'],
    ] as const) {
      const { left } = await new LoginBrowser(server).get(app.url({ ...query, state: 'of the application' }))
      expect([left?.host, left?.searchParams.get('error'), left?.searchParams.get('state')]).toEqual([
        'app.test',
        error,
        'of the application',
      ])
      expect(left?.searchParams.get('error_description')).not.toBe('')
    }
  })

  test('say which was used the last time', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    await back(browser, await toGoogle(app, browser), todd)
    expect((await browser.get(app.url({ prompt: 'login' }))).text).toContain('Last used')
    expect((await new LoginBrowser(server).get(app.url())).text).not.toContain('Last used')
  })
})

describe('a provider’s answer', () => {
  test('that vouches for the address makes an account, and finds it again', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const signedIn = await redeem(app, (await back(browser, await toGoogle(app, browser), todd)).left)
    expect(signedIn).toMatchObject({
      authentication_method: 'GoogleOAuth',
      user: { email: 'todd@example.com', email_verified: true, first_name: 'Todd' },
    })
    const again = new LoginBrowser(server)
    const second = await redeem(app, (await back(again, await toGoogle(app, again), todd)).left)
    expect(second.user.id).toBe(signedIn.user.id)
  })

  test('comes with the provider’s tokens for the application, once and where that was set', async () => {
    const app = await application({ return_tokens: true })
    const browser = new LoginBrowser(server)
    const { left } = await back(browser, await toGoogle(app, browser), todd)
    const { rows } = await server.db.pool.query<{ facts: object }>(
      'select facts from authorization_codes order by created_at desc limit 1',
    )
    const { oauth_tokens: tokens } = await redeem(app, left)
    expect(tokens).toMatchObject({ provider: 'GoogleOAuth', scopes: ['openid', 'email', 'profile'] })
    const userinfo = await fetch(`${google.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens?.access_token}` },
    })
    expect(await userinfo.json()).toMatchObject({ email: 'todd@example.com' })
    expect(JSON.stringify(rows)).toContain('oauthTokens')
    expect(JSON.stringify(rows)).not.toContain(tokens?.access_token)
    // Whoever is signed in already came without the provider.
    const again = await redeem(app, (await browser.get(app.url())).left)
    expect(again).not.toHaveProperty('oauth_tokens')
    const quiet = await application()
    const other = new LoginBrowser(server)
    expect(await redeem(quiet, (await back(other, await toGoogle(quiet, other), todd)).left)).not.toHaveProperty(
      'oauth_tokens',
    )
  })

  test('that does not vouch for it opens nobody’s account without the inbox', async () => {
    const app = await application()
    const victim = await app.people.user('todd@example.com', { password })
    const browser = new LoginBrowser(server)
    const unverified = { ...todd, scenario: 'unverified-email' }
    const page = await back(browser, await toGoogle(app, browser), unverified)
    expect([page.page, page.left]).toEqual(['email-verification', undefined])
    expect((await browser.submit('email-verification', { code: '000000' })).left).toBeUndefined()

    // Asked and not answered: the two are not one.
    const thief = new LoginBrowser(server)
    expect((await back(thief, await toGoogle(app, thief), unverified)).page).toBe('email-verification')

    const { body } = await app.api<Page<Mail>>('GET', '/mailbox?to=todd@example.com')
    const { left } = await browser.submit('email-verification', { code: body.data[0]?.code ?? '' })
    expect((await redeem(app, left)).user.id).toBe(victim.id)
  })

  test('that does not vouch for it leaves a new account unproven', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const page = await back(browser, await toGoogle(app, browser), { ...todd, scenario: 'unverified-email' })
    expect([page.page, page.left]).toEqual(['email-verification', undefined])
    const { body } = await app.api<Page<{ email_verified: boolean }>>(
      'GET',
      '/user_management/users?email=todd@example.com',
    )
    expect(body.data.map(({ email_verified }) => email_verified)).toEqual([false])
  })

  test('leaves a password alone that is the owner’s', async () => {
    const app = await application()
    await app.people.user('todd@example.com', { password })
    const browser = new LoginBrowser(server)
    await redeem(app, (await back(browser, await toGoogle(app, browser), todd)).left)
    const { status } = await app.people.authenticate({ grant_type: 'password', email: 'todd@example.com', password })
    expect(status).toBe(200)
  })

  test('makes no account where sign-ups are closed and the invitation is somebody else’s', async () => {
    const app = await application()
    await app.api('PUT', '/authentication_settings', { body: { sign_up: 'closed' } })
    const { body: invitation } = await app.api<Invitation>('POST', '/user_management/invitations', {
      body: { email: 'ann@example.com' },
    })
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(app.url({ invitation_token: invitation.token }))
    await browser.get(url.replace('invite', 'sign-in'))
    const { text } = await browser.submit('provider', { choice: 'GoogleOAuth' })
    const at = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(await back(browser, at, todd)).toMatchObject({ status: 403, left: undefined })
    expect((await app.api<Page<unknown>>('GET', '/user_management/users')).body.data).toEqual([])
  })

  test('that is a refusal is told, and another way is open', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const page = await back(browser, await toGoogle(app, browser), { deny: '1' })
    expect([page.page, page.left, page.status]).toEqual(['not-found', undefined, 400])
    expect(page.text).toContain('cancelled or could not be accepted')
    const again = /href="(\/user_management\/authorize[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect((await browser.get(again)).page).toBe('sign-in')
  })

  test('is taken from the browser alone that went there', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const answer = await google.choose(await toGoogle(app, browser), todd)
    const thief = new LoginBrowser(server)
    await thief.get(app.url())
    expect((await thief.get(answer.href)).left).toBeUndefined()
  })

  test('is not waited for once an address was given whose company has a page of its own', async () => {
    const app = await application()
    const organization = { name: 'Acme', domain_data: [{ domain: 'acme.test', state: 'verified' }] }
    const { body: acme } = await app.api<Organization>('POST', '/organizations', { body: organization })
    const { body: connection } = await app.api<ConfiguredConnection>('POST', '/connections', {
      body: {
        organization_id: acme.id,
        connection_type: 'OktaSAML',
        idp_metadata_xml: (await createIdp()).metadata,
      },
    })
    await server.db.pool.query(`update connections set state = 'active' where id = $1`, [connection.id])
    const browser = new LoginBrowser(server)
    await toGoogle(app, browser)
    await browser.get(browser.last?.url.replace(/sso$/, 'sign-in') ?? '')
    const page = await browser.submit('sign-in', { email: 'ann@acme.test' })
    expect(page.page).toBe('sso')
    expect(page.text).toContain('url=https://idp.test/')
  })
})
