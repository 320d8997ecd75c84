import { describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Authenticated, claimsOf, peopleOf } from '../support/people.ts'
import { answer, createIdp } from '../support/saml-idp.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
const endpoint = 'https://app.test/sign-in'

/** A company whose people open the application from their identity provider's portal. */
async function company(settings: object = { sign_in_endpoint: endpoint }) {
  const environment = await server.environment()
  const { api, client_id } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback, default: true } })
  await api('PUT', '/authentication_settings', { body: settings })
  const { body: organization } = await api<Organization>('POST', '/organizations', {
    body: { name: 'Acme', domain_data: [{ domain: 'example.com', state: 'verified' }] },
  })
  const idp = await createIdp()
  const { body: connection } = await api<ConfiguredConnection>('POST', '/connections', {
    body: { organization_id: organization.id, connection_type: 'OktaSAML', idp_metadata_xml: idp.metadata },
  })
  const { acs_url: acsUrl, sp_entity_id: issuer } = connection
  return {
    api,
    organization,
    people: peopleOf(server, environment),
    path: new URL(acsUrl).pathname,
    /** What the tile at the identity provider makes a browser post. */
    tile: (email = 'todd@example.com', more: Record<string, string> = {}) => ({
      ...answer(idp, { issuer, acsUrl }, { now: server.clock.read(), email, idpId: email }),
      ...more,
    }),
    /** Where the application goes on, by itself. */
    url: `/user_management/authorize?${new URLSearchParams({
      client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      state: 'of the application',
    })}`,
    async users() {
      return (await api<Page<{ email: string }>>('GET', '/user_management/users')).body.data.map(({ email }) => email)
    },
  }
}

type Company = Awaited<ReturnType<typeof company>>

const click = (acme: Company, browser: LoginBrowser, email?: string) => browser.post(acme.path, acme.tile(email))

/** As far as the address the answer leads to, without going there. */
async function leadOf(acme: Company, fields = acme.tile()): Promise<URL> {
  const body = new URLSearchParams(fields)
  const response = await fetch(server.url + acme.path, { method: 'POST', body, redirect: 'manual' })
  return new URL(response.headers.get('location') ?? '')
}

describe('a sign-in that begins at the identity provider', () => {
  test('asks who it is, and goes through the application’s sign-in endpoint to a code with its own state', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const page = await click(acme, browser)
    expect(page).toMatchObject({ status: 200, page: 'consent', heading: 'Is it you who is signing in?' })
    expect(page.text).toContain('You are signing in as todd@example.com by way of idp.test.')
    // Nothing is made of it until then.
    expect(await acme.users()).toEqual([])
    const { left } = await browser.submit('consent')
    expect(left?.href).toBe(endpoint)
    const back = await browser.get(acme.url)
    expect(back.left?.searchParams.get('state')).toBe('of the application')
    const code = back.left?.searchParams.get('code')
    const { body } = await acme.people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
    expect(body).toMatchObject({ authentication_method: 'SSO', user: { email: 'todd@example.com' } })
    expect(claimsOf(body)['org_id']).toBe(acme.organization.id)
  })

  test('asks once in a browser, and again for another account, in another browser, or once that is long ago', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    await click(acme, browser)
    await browser.submit('consent')
    expect((await click(acme, browser)).left?.href).toBe(endpoint)
    expect((await click(acme, browser, 'eve@example.com')).page).toBe('consent')
    expect((await click(acme, new LoginBrowser(server))).page).toBe('consent')
    await server.db.pool.query(`update sign_in_consents set expires_at = '2026-01-01'`)
    expect((await click(acme, browser)).page).toBe('consent')
  })

  test('is remembered for one connection alone', async () => {
    const [acme, other] = [await company(), await company()]
    const browser = new LoginBrowser(server)
    await click(acme, browser)
    await browser.submit('consent')
    const [name, value] = [...browser.cookies].find(([each]) => each.includes('consent')) ?? []
    expect((await click(other, browser)).page).toBe('consent')
    const { text } = await browser.submit('consent/deny')
    expect(text).toContain('data-hak-page="sign-in"')
    // Nor by the secret of another under its name.
    const { rows } = await server.db.pool.query<{ id: string }>(
      `select id from connections where organization_id = $1`,
      [other.organization.id],
    )
    const suffix = rows[0]?.id.slice(-12).toLowerCase() ?? ''
    browser.cookies.set((name ?? '').replace(/consent_[^_]+/, `consent_${suffix}`), value ?? '')
    expect((await click(other, browser)).page).toBe('consent')
  })

  test('makes nothing of an answer that is somebody else’s', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    await click(acme, browser)
    expect(await browser.submit('consent/deny')).toMatchObject({ page: 'sign-in', left: undefined })
    expect(browser.last?.text).not.toContain('todd@example.com')
    expect(await acme.users()).toEqual([])
    expect((await browser.get(acme.url)).left).toBeUndefined()
  })

  test('leads nowhere else by what the answer brings along', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    for (const to of [callback, 'https://evil.test/']) {
      const page = await browser.post(acme.path, acme.tile('todd@example.com', { RelayState: `redirect_uri=${to}` }))
      expect([page.page, page.left]).toEqual(['consent', undefined])
    }
  })

  test('gives the application a code without state where it has no such endpoint', async () => {
    const acme = await company({})
    expect((await leadOf(acme)).href).toMatch(/^https:\/\/app\.test\/callback\?code=[\w-]+$/)
  })
})

describe('nobody is signed in unawares', () => {
  test('by a form of another site', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const page = await click(acme, browser)
    expect(await browser.post(page.url, { csrf: 'x'.repeat(43) })).toMatchObject({ status: 403, left: undefined })
    expect(await acme.users()).toEqual([])
  })

  test('by a link to a consent of another browser', async () => {
    const acme = await company()
    const stranger = new LoginBrowser(server)
    const { url } = await click(acme, stranger)
    const victim = new LoginBrowser(server)
    await victim.get(acme.url)
    expect((await victim.get(url)).status).toBe(400)
    expect((await victim.post(url, { csrf: 'x'.repeat(43) })).left).toBeUndefined()
  })

  test('by posting the consent of a sign-in that began elsewhere', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const page = await browser.get(acme.url)
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    expect((await browser.post(page.url.replace('sign-in', 'consent'), { csrf })).page).toBe('sign-in')
  })

  test('by a link that was followed before, is ten minutes old, or of another kind of sign-in', async () => {
    const acme = await company()
    const lead = await leadOf(acme)
    expect(lead.pathname).toBe('/authkit/sso/unasked')
    expect((await new LoginBrowser(server).get(lead.href)).page).toBe('consent')
    expect((await new LoginBrowser(server).get(lead.href)).status).toBe(400)
    const old = await leadOf(acme)
    server.clock.advance(10 * 60_000)
    expect((await new LoginBrowser(server).get(old.href)).status).toBe(400)
    const standalone = await company({})
    const code = (await leadOf(standalone)).searchParams.get('code') ?? ''
    // The code was the application's own, whatever is set up since.
    await standalone.api('PUT', '/authentication_settings', { body: { sign_in_endpoint: endpoint } })
    expect((await new LoginBrowser(server).get(`/authkit/sso/unasked?code=${code}`)).status).toBe(400)
    expect(await standalone.users()).toEqual([])
    for (const query of ['', '?code='])
      expect((await new LoginBrowser(server).get(`/authkit/sso/unasked${query}`)).status).toBe(400)
  })

  test('by a browser that looks ahead, which uses nothing up', async () => {
    const acme = await company()
    const lead = await leadOf(acme)
    const browser = new LoginBrowser(server)
    expect((await browser.get(lead.href, { 'sec-purpose': 'prefetch' })).status).toBe(204)
    expect((await browser.get(lead.href)).page).toBe('consent')
  })

  test('twice by one answer', async () => {
    const acme = await company()
    const fields = acme.tile()
    await leadOf(acme, fields)
    const page = await new LoginBrowser(server).post(acme.path, fields)
    expect([page.status, page.page, page.left]).toEqual([400, undefined, undefined])
  })
})
