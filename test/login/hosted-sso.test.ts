import { describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Invitation } from '#contracts/invitations.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Authenticated, claimsOf, peopleOf } from '../support/people.ts'
import { answer, createIdp, readRedirect, refuse } from '../support/saml-idp.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'

/** A company that owns example.com and signs in through its own identity provider. */
async function company(change: { organization?: object; settings?: object } = {}) {
  const environment = await server.environment()
  const { api } = environment
  const people = peopleOf(server, environment)
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const { body: organization } = await api<Organization>('POST', '/organizations', {
    body: { name: 'Acme', domain_data: [{ domain: 'example.com', state: 'verified' }], ...change.organization },
  })
  if (change.settings)
    await api('PUT', `/organizations/${organization.id}/authentication_settings`, { body: change.settings })
  const idp = await createIdp()
  const { body: connection } = await api<ConfiguredConnection>('POST', '/connections', {
    body: { organization_id: organization.id, connection_type: 'OktaSAML', idp_metadata_xml: idp.metadata },
  })
  // The first sign-in activates it.
  await server.db.pool.query(`update connections set state = 'active' where id = $1`, [connection.id])
  const url = (query: Record<string, string> = {}) =>
    `/user_management/authorize?${new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      state: 'app state',
      ...query,
    })}`
  return { environment, people, organization, connection, idp, url }
}

type Company = Awaited<ReturnType<typeof company>>

/** As far as the identity provider's door, by the address alone. */
async function toIdp({ url }: Company, browser: LoginBrowser, email: string) {
  await browser.get(url())
  const page = await browser.submit('sign-in', { email })
  expect(page.page).toBe('sso')
  const location = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&')
  return readRedirect(location ?? '')
}

type Sent = ReturnType<typeof readRedirect>
type Answering = Omit<Parameters<typeof answer>[2], 'now'>

async function back({ idp }: Company, browser: LoginBrowser, sent: Sent, how: Answering = {}) {
  const form = answer(idp, sent, { now: server.clock.read(), ...how })
  return browser.post(new URL(sent.acsUrl).pathname, form)
}

async function redeem({ people }: Company, left: URL | undefined) {
  const code = left?.searchParams.get('code')
  const { body, status, text } = await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
  if (status !== 200) throw new Error(text)
  return body
}

describe('an address of a company’s domain', () => {
  test('goes to its identity provider at once, and comes back as a member', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const sent = await toIdp(acme, browser, 'todd@example.com')
    const { left } = await back(acme, browser, sent)
    expect(left?.href).toMatch(/^https:\/\/app\.test\/callback\?code=[\w-]+&state=app\+state$/)
    const signedIn = await redeem(acme, left)
    expect(signedIn).toMatchObject({
      authentication_method: 'SSO',
      organization_id: acme.organization.id,
      user: { email: 'todd@example.com', email_verified: true, first_name: 'Todd' },
    })
    expect(claimsOf(signedIn)['org_id']).toBe(acme.organization.id)

    const again = new LoginBrowser(server)
    const second = await back(acme, again, await toIdp(acme, again, 'todd@example.com'))
    expect((await redeem(acme, second.left)).user.id).toBe(signedIn.user.id)
  })

  test('a password of before is no way around it', async () => {
    const acme = await company()
    await acme.people.user('todd@example.com', { password: 'horse battery staple' })
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(acme.url())
    await browser.submit('sign-in', { email: 'somebody@elsewhere.test' })
    const csrf = /name="csrf" value="([^"]*)"/.exec(browser.last?.text ?? '')?.[1] ?? ''
    await browser.post(url, { csrf, email: 'todd@example.com' })
    const page = await browser.post(url.replace('sign-in', 'password'), { csrf, password: 'horse battery staple' })
    expect([page.left, page.page]).toEqual([undefined, 'sso'])
  })

  test('connection_id and organization_id lead straight there', async () => {
    const acme = await company()
    for (const query of [
      { provider: '', connection_id: acme.connection.id },
      { provider: '', organization_id: acme.organization.id },
    ]) {
      const browser = new LoginBrowser(server)
      const { left } = await browser.get(acme.url(query))
      expect(left?.origin).toBe('https://idp.test')
      const page = await back(acme, browser, readRedirect(left?.href ?? ''))
      expect((await redeem(acme, page.left)).organization_id).toBe(acme.organization.id)
    }
  })

  test('connection_id leads there also whoever is signed in by another way', async () => {
    const acme = await company()
    const user = await acme.people.user('bob@elsewhere.test', { password: 'horse battery staple' })
    await acme.people.join(user, acme.organization)
    const browser = new LoginBrowser(server)
    await browser.get(acme.url())
    await browser.submit('sign-in', { email: user.email })
    expect((await browser.submit('password', { password: 'horse battery staple' })).left?.host).toBe('app.test')
    const { left } = await browser.get(acme.url({ provider: '', connection_id: acme.connection.id }))
    expect(left?.host).toBe('idp.test')
  })

  test('joins nobody where the organization wants to say so itself', async () => {
    const acme = await company({ settings: { jit_membership: false } })
    const browser = new LoginBrowser(server)
    const page = await back(acme, browser, await toIdp(acme, browser, 'todd@example.com'))
    expect(page).toMatchObject({ status: 403, left: undefined, text: expect.stringContaining('not a member') })
  })
})

describe('an invitation of a company with its own identity provider', () => {
  /** As far as the identity provider's door, from the invitation's page. */
  async function invited() {
    const acme = await company({ settings: { jit_membership: false } })
    const { body } = await acme.environment.api<Invitation>('POST', '/user_management/invitations', {
      body: { email: 'ann@example.com', organization_id: acme.organization.id },
    })
    const browser = new LoginBrowser(server)
    expect(await browser.get(acme.url({ invitation_token: body.token }))).toMatchObject({ page: 'invite' })
    const { text } = await browser.submit('invite')
    const location = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    const stateNow = async () =>
      (await acme.environment.api<Invitation>('GET', `/user_management/invitations/${body.id}`)).body.state
    return { acme, browser, sent: readRedirect(location ?? ''), stateNow }
  }

  test('makes a member of whoever comes back with its address', async () => {
    const { acme, browser, sent, stateNow } = await invited()
    const { left } = await back(acme, browser, sent, { email: 'ann@example.com' })
    expect(await redeem(acme, left)).toMatchObject({
      organization_id: acme.organization.id,
      user: { email: 'ann@example.com' },
    })
    expect(await stateNow()).toBe('accepted')
  })

  test('makes none of whoever comes back with another', async () => {
    const { acme, browser, sent, stateNow } = await invited()
    const page = await back(acme, browser, sent, { email: 'todd@example.com' })
    expect(page).toMatchObject({
      status: 403,
      left: undefined,
      text: expect.stringContaining('This invitation is for ann@example.com. You tried'),
    })
    expect(await stateNow()).toBe('pending')
    const { body } = await acme.environment.api<Page<unknown>>(
      'GET',
      `/user_management/organization_memberships?organization_id=${acme.organization.id}`,
    )
    expect(body.data).toEqual([])
  })
})

describe('what an identity provider says of others', () => {
  const guests = { organization: { allow_profiles_outside_organization: true } }

  test('opens no account of another domain without its inbox', async () => {
    const acme = await company(guests)
    const victim = await acme.people.user('boss@victim.test', { password: 'horse battery staple' })
    await acme.people.join(victim, acme.organization)
    const browser = new LoginBrowser(server)
    const page = await back(acme, browser, await toIdp(acme, browser, 'todd@example.com'), {
      email: 'boss@victim.test',
    })
    expect(page).toMatchObject({ page: 'email-verification', left: undefined })
    expect((await browser.submit('email-verification', { code: '000000' })).left).toBeUndefined()
    const { body } = await acme.environment.api<Page<Mail>>('GET', '/mailbox?to=boss@victim.test')
    const { left } = await browser.submit('email-verification', { code: body.data[0]?.code ?? '' })
    expect((await redeem(acme, left)).user.id).toBe(victim.id)
    // From now on the two are one.
    const again = new LoginBrowser(server)
    const second = await back(acme, again, await toIdp(acme, again, 'todd@example.com'), { email: 'boss@victim.test' })
    expect((await redeem(acme, second.left)).user.id).toBe(victim.id)
  })

  test('a refusal comes back as a page with a reference, and the person can start again', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const sent = await toIdp(acme, browser, 'todd@example.com')
    const form = refuse(acme.idp, sent, server.clock.read(), 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied')
    const page = await browser.post(new URL(sent.acsUrl).pathname, form)
    expect(page).toMatchObject({ status: 400, heading: 'You could not be signed in' })
    expect(page.text).toContain('prompt=login')
  })
})

describe('the way back', () => {
  test('is of the browser that went there: another one gets nothing', async () => {
    const acme = await company()
    const victim = new LoginBrowser(server)
    const sent = await toIdp(acme, victim, 'todd@example.com')
    const thief = new LoginBrowser(server)
    await thief.get(acme.url())
    const page = await back(acme, thief, sent)
    expect(page).toMatchObject({ status: 400, left: undefined, heading: 'This sign-in belongs to another browser' })
  })

  test('a code of another sign-in of the same browser is not taken', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const sent = await toIdp(acme, browser, 'todd@example.com')
    const form = answer(acme.idp, sent, { now: server.clock.read() })
    const response = await fetch(server.url + new URL(sent.acsUrl).pathname, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    })
    const stolen = new URL(response.headers.get('location') ?? '')
    const other = await browser.get(acme.url())
    stolen.searchParams.set('state', other.url.split('/')[3] ?? '')
    const page = await browser.get(stolen.pathname + stolen.search)
    expect(page).toMatchObject({ status: 400, left: undefined, heading: 'You could not be signed in' })
  })

  test('works once', async () => {
    const acme = await company()
    const browser = new LoginBrowser(server)
    const sent = await toIdp(acme, browser, 'todd@example.com')
    const form = answer(acme.idp, sent, { now: server.clock.read() })
    const path = new URL(sent.acsUrl).pathname
    expect((await browser.post(path, form)).left?.searchParams.get('code')).toBeTruthy()
    expect((await browser.post(path, form)).left?.searchParams.get('code')).toBeFalsy()
  })
})

describe('an application that asks for an organization', () => {
  const password = 'horse battery staple'
  const [todd, guest, partner] = ['todd@example.com', 'gus@guest.test', 'pia@partner.test']

  /** Acme owns example.com; its guests are of nobody's domain, or of another company's that has a policy of its own. */
  async function asked(change: Parameters<typeof company>[0] = {}, members: readonly string[] = [guest, partner]) {
    const acme = await company(change)
    const { api } = acme.environment
    for (const email of members) await acme.people.join(await acme.people.user(email, { password }), acme.organization)
    const { body: beta } = await api<Organization>('POST', '/organizations', {
      body: { name: 'Beta', domain_data: [{ domain: 'partner.test', state: 'verified' }] },
    })
    const metadata = (await createIdp('https://idp.beta.test')).metadata.replaceAll('idp.test', 'idp.beta.test')
    const { body: connection } = await api<ConfiguredConnection>('POST', '/connections', {
      body: { organization_id: beta.id, connection_type: 'OktaSAML', idp_metadata_xml: metadata },
    })
    await server.db.pool.query(`update connections set state = 'active' where id = $1`, [connection.id])
    return { ...acme, beta: connection }
  }

  /** What a browser that nobody is signed in in gets to see. */
  async function placeOf(acme: Company, hint: string | undefined, provider: string): Promise<string | undefined> {
    const query = { provider, organization_id: acme.organization.id, ...(hint !== undefined && { login_hint: hint }) }
    const { left, page } = await new LoginBrowser(server).get(acme.url(query))
    return left?.host ?? page
  }

  const outsiders = { organization: { allow_profiles_outside_organization: true } }
  test.each<[string, Parameters<typeof company>[0], string | undefined, string]>([
    ['somebody of its own domain comes', {}, todd, 'idp.test'],
    ['a guest comes, whom its identity provider could not vouch for', {}, guest, 'sign-in'],
    ['a guest comes, and it takes people of other domains', outsiders, guest, 'idp.test'],
    ['a guest comes whose own company has a policy', {}, partner, 'idp.beta.test'],
    ['a guest comes whose own company has a policy, though it takes others', outsiders, partner, 'idp.beta.test'],
    ['it leaves its people the choice', { settings: { sso_required: false } }, undefined, 'sign-in'],
    ['it leaves its people the choice, whoever comes', { settings: { sso_required: false } }, todd, 'sign-in'],
    [
      'it leaves the choice, and the guest’s company does not',
      { settings: { sso_required: false } },
      partner,
      'idp.beta.test',
    ],
  ])('when %s', async (_when, change, hint, place) => {
    const acme = await asked(change, [])
    for (const provider of ['authkit', '']) expect(await placeOf(acme, hint, provider)).toBe(place)
  })

  test.each<[string, Record<string, string>, string]>([
    ['alone leads to its identity provider', { provider: '' }, 'idp.test'],
    ['with the login box lets whoever comes say who they are', {}, 'sign-in'],
    ['with the login box and a hint for its identity provider leads there', { domain_hint: 'example.com' }, 'idp.test'],
  ])('while nobody knows who comes: organization_id %s', async (_claim, query, place) => {
    for (const change of [{}, outsiders]) {
      const acme = await asked(change, [])
      const url = acme.url({ organization_id: acme.organization.id, ...query })
      const { left, page } = await new LoginBrowser(server).get(url)
      expect(left?.host ?? page).toBe(place)
    }
  })

  test('takes its guests in without a hint, past its identity provider', async () => {
    const acme = await asked()
    const browser = new LoginBrowser(server)
    await browser.get(acme.url({ organization_id: acme.organization.id }))
    await browser.submit('sign-in', { email: guest })
    const { left } = await browser.submit('password', { password })
    expect((await redeem(acme, left)).organization_id).toBe(acme.organization.id)
  })

  test.each<[string, NonNullable<Parameters<typeof company>[0]>]>([
    ['have to', {}],
    ['may', { settings: { sso_required: false } }],
  ])('offers the sign-in page that its people %s use, and leads there at once the next time', async (_how, change) => {
    const acme = await asked(change, [])
    const query = { organization_id: acme.organization.id }
    const browser = new LoginBrowser(server)
    expect((await browser.get(acme.url(query))).text).toContain('Continue to Acme’s sign-in')
    const { page, text } = await browser.submit('sso')
    expect(page).toBe('sso')
    const location = /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    const { left } = await back(acme, browser, readRedirect(location ?? ''))
    expect(await redeem(acme, left)).toMatchObject({
      authentication_method: 'SSO',
      organization_id: acme.organization.id,
    })

    // The session ended; the browser still knows which way it was.
    server.clock.advance(100 * 86_400_000)
    const next = await browser.get(acme.url(query))
    const asks = { page: 'sign-in', text: expect.stringMatching(/Acme’s sign-in\s*<span class="ak-Badge">Last used/) }
    if (change.settings) expect(next).toMatchObject(asks)
    else expect(next.left?.host).toBe('idp.test')
    expect(await browser.get(acme.url({ ...query, prompt: 'login' }))).toMatchObject(asks)
  })

  test('offers no page that the organization has not, nor that of another one', async () => {
    const acme = await asked()
    const { body: plain } = await acme.environment.api<Organization>('POST', '/organizations', {
      body: { name: 'Plain' },
    })
    const browser = new LoginBrowser(server)
    for (const organization of [{ organization_id: plain.id }, {}]) {
      const { text, url } = await browser.get(acme.url(organization))
      expect(text).not.toContain('own sign-in page')
      const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? ''
      expect(await browser.post(url.replace('sign-in', 'sso'), { csrf })).toMatchObject({ page: 'sign-in' })
    }
  })

  test('has a way on for whom its identity provider refuses', async () => {
    const acme = await asked()
    const browser = new LoginBrowser(server)
    const { left } = await browser.get(acme.url({ provider: '', organization_id: acme.organization.id }))
    const sent = readRedirect(left?.href ?? '')
    const form = refuse(acme.idp, sent, server.clock.read(), 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied')
    const { text } = await browser.post(new URL(sent.acsUrl).pathname, form)
    const again = /href="(\/user_management\/authorize[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    expect(await browser.get(again ?? '')).toMatchObject({ page: 'sign-in' })
    await browser.submit('sign-in', { email: guest })
    expect((await browser.submit('password', { password })).left?.host).toBe('app.test')
  })

  test('gets its guest from the login box as from the API, and nobody whom the API would not let in', async () => {
    const acme = await asked()
    const stranger = await acme.people.user('sam@guest.test', { password })
    const byApi = async (email: string) => {
      const { status, body } = await acme.people.authenticate<
        Authenticated & { error?: string; connection_ids?: string[] }
      >({
        grant_type: 'password',
        email,
        password,
      })
      return { status, organization: body.organization_id, error: body.error, connections: body.connection_ids }
    }
    const byBox = async (email: string) => {
      const browser = new LoginBrowser(server)
      const query = { organization_id: acme.organization.id, login_hint: email }
      const page = await browser.get(acme.url(query))
      if (page.page !== 'sign-in') return page
      expect(page.text).toContain(`value="${email}"`)
      await browser.submit('sign-in', { email })
      return browser.submit('password', { password })
    }
    const welcome = await byBox(guest)
    expect((await redeem(acme, welcome.left)).organization_id).toBe(acme.organization.id)
    expect(await byApi(guest)).toMatchObject({ status: 200, organization: acme.organization.id })

    expect((await byBox(partner)).left?.host).toBe('idp.beta.test')
    expect(await byApi(partner)).toMatchObject({ status: 400, error: 'sso_required', connections: [acme.beta.id] })

    // Not a member at all: the API lets them in nowhere, and so does the box.
    expect(await byBox(stranger.email)).toMatchObject({
      status: 403,
      left: undefined,
      text: expect.stringContaining('not a member'),
    })
    expect(await byApi(stranger.email)).toMatchObject({ status: 200, organization: undefined })
  })
})
