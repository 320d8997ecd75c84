import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createProfile, launchBrowser, visitIn } from './support/browser.ts'
import { expectAccessible } from './support/dashboard.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'

let gatehouse: Gatehouse
let browser: Browser
let profile: BrowserContext

/** A browser, a server and a database on what is left of two cores: against hanging, not against slowness. */
vi.setConfig({ testTimeout: 600_000 })

beforeAll(async () => {
  gatehouse = await startGatehouse()
  browser = await launchBrowser()
  profile = await createProfile(browser)
})

afterAll(async () => {
  await browser?.close()
  await gatehouse?.stop()
})

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(gatehouse.url + path, {
    method,
    headers: { authorization: `Bearer ${gatehouse.apiKey}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(response.ok, `${method} ${path}: ${await response.clone().text()}`).toBe(true)
  return (response.status === 200 || response.status === 201 ? await response.json() : undefined) as T // the caller knows
}

/** Would run if any page put it into itself as markup. */
const hostile = `"><img src=x onerror="document.title='broken'"><svg onload="document.title='broken'">`
const inXml = hostile.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Everything an identity provider or a stranger's program says, put where it will be shown. */
async function plantHostile(): Promise<{ connection: string; directory: string; user: string; group: string }> {
  const organization = await api<{ id: string }>('POST', '/organizations', { name: 'Victim' })
  const directory = await api<{ id: string; endpoint: string; bearer_token: string }>('POST', '/directories', {
    organization_id: organization.id,
    type: 'okta scim v2.0',
    name: 'Directory',
  })
  const scim = async (method: string, path: string, body?: object) => {
    const response = await fetch(directory.endpoint + path, {
      method,
      headers: {
        authorization: `Bearer ${directory.bearer_token}`,
        'content-type': 'application/scim+json',
        'user-agent': hostile,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as { id: string } // refusals are not looked at
  }
  const user = await scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'victim@example.com',
    externalId: hostile,
    title: hostile,
    name: { givenName: hostile, familyName: hostile, formatted: hostile },
    emails: [{ primary: true, value: 'victim@example.com', type: hostile }],
    active: true,
  })
  const group = await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: hostile,
    members: [{ value: user.id }],
  })
  await scim('GET', `/Users?filter=${encodeURIComponent(hostile)}`)
  await scim('PATCH', `/Users/${user.id}`, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: hostile, path: hostile, value: hostile }],
  })

  const metadata = await (await fetch(`${gatehouse.testIdpUrl}/metadata`)).text()
  const connection = await api<{ id: string; acs_url: string }>('POST', '/connections', {
    organization_id: organization.id,
    connection_type: 'GenericSAML',
    idp_metadata_xml: metadata.replace(/entityID="[^"]*"/, `entityID="${inXml}"`),
    options: { allow_idp_initiated: true },
  })
  const now = new Date().toISOString()
  const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="${now}" Destination="${inXml}"><saml:Issuer>${inXml}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/><samlp:StatusMessage>${inXml}</samlp:StatusMessage></samlp:Status></samlp:Response>`
  await fetch(connection.acs_url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'user-agent': hostile },
    body: new URLSearchParams({ SAMLResponse: Buffer.from(response).toString('base64') }),
  })
  const authorize = new URLSearchParams({
    response_type: 'code',
    client_id: gatehouse.clientId,
    organization: 'org_test_idp',
    login_hint: hostile,
    redirect_uri: `http://localhost:1/${hostile}`,
  })
  await fetch(`${gatehouse.url}/sso/authorize?${authorize}`, { redirect: 'manual', headers: { 'user-agent': hostile } })
  await fetch(`${gatehouse.url}/organizations`, {
    headers: { authorization: `Bearer ${gatehouse.apiKey}`, 'user-agent': hostile.replace('">', 'sdk/1') },
  })
  return { connection: connection.id, directory: directory.id, user: user.id, group: group.id }
}

test('what identity providers and strangers say is shown as text, wherever it is shown', async () => {
  const { connection, directory, user, group } = await plantHostile()
  const visitor = await visitIn(profile)
  const { page } = visitor
  const look = async (name: string) => {
    await page.getByText('onerror').first().waitFor()
    const made = await page.evaluate(() => ({
      title: document.title,
      // React portals and drawers stand outside of main.
      foreign: [...document.querySelectorAll('body img, body svg[onload], [onerror]')].map((each) => each.outerHTML),
    }))
    expect(made.title, name).not.toBe('broken')
    expect(made.foreign, name).toEqual([])
  }
  const at = (path: string) => page.goto(`${gatehouse.url}/dashboard/${path}`)

  await at(`connections/${connection}`)
  await look('connection')
  await at(`connections/${connection}?tab=attempts`)
  await page.getByRole('row').getByRole('link').first().click()
  await page.getByRole('heading', { name: 'What happened' }).waitFor()
  await look('attempt')
  await button(page, 'Reveal').click()
  await page.getByLabel('refused response', { exact: true }).waitFor()
  await look('refused response')
  for (const [path, name] of [
    [`directories/${directory}?tab=users`, 'directory users'],
    [`directories/${directory}?tab=groups`, 'directory groups'],
    [`directories/${directory}?tab=requests`, 'SCIM requests'],
    [`directory-users/${user}`, 'directory user'],
    [`directory-groups/${group}`, 'directory group'],
    ['events?type=dsync.*', 'events'],
    ['redirects', 'redirects'],
  ] as const) {
    await at(path)
    await look(name)
  }
  await at(`directories/${directory}?tab=requests`)
  await page
    .getByRole('link', { name: /^PATCH/ })
    .first()
    .click()
  await page.getByRole('dialog').getByText('onerror').first().waitFor()
  await look('SCIM request')
  await at('events?type=dsync.*')
  await page.getByRole('link', { name: 'dsync.user.created' }).first().click()
  await page.getByRole('dialog').getByText('onerror').first().waitFor()
  await look('event')
  expect(visitor.complaints).toEqual([])
})

test('somebody is invited into a role that was made for it, and signed in as with a reason', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  const dialog = page.getByRole('dialog')
  await page.goto(`${gatehouse.url}/dashboard/roles`)
  await button(page, 'Create permission').click()
  await dialog.getByLabel('Slug').fill('documents:read')
  await dialog.getByLabel('Name').fill('Read documents')
  await button(page, 'Create permission').last().click()
  await page.getByRole('cell', { name: 'Read documents' }).waitFor()
  await button(page, 'Create role').click()
  await dialog.getByLabel('Name').fill('Billing admin')
  await dialog.getByRole('checkbox', { name: /documents:read/ }).click()
  await expectAccessible(page, 'role')
  // Made, but not given what it may do: the second try goes on from there.
  const outOfOrder = { status: 500, json: { message: 'Out of order.' } }
  await page.route('**/roles/billing-admin/permissions', (route) => route.fulfill(outOfOrder), { times: 1 })
  await button(page, 'Create role').last().click()
  await dialog.getByText('The role billing-admin is made').waitFor()
  await button(page, 'Save').click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.getByRole('row').filter({ hasText: 'billing-admin' })
  await row.getByText('documents:read').waitFor()

  // Nobody has told the page that somebody else changed it: it looks before it saves. What it read when the dialog opened
  // is still on its way then, and older than the change.
  const [read, changed] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  await page.route(
    (url) => url.pathname.endsWith('/roles/billing-admin'),
    async (route) => {
      const response = await route.fetch()
      read.resolve(undefined)
      await changed.promise
      await route.fulfill({ response })
    },
    { times: 1 },
  )
  await button(page, 'More about the role Billing admin').click()
  await page.getByRole('menuitem', { name: 'Edit and give permissions' }).click()
  const description = dialog.getByLabel('Description')
  await description.fill('Mine')
  await read.promise
  await api('PATCH', '/authorization/roles/billing-admin', { description: 'Theirs' })
  await description.press('Enter')
  changed.resolve(undefined)
  await button(page, 'keep mine').waitFor()
  expect(await button(page, 'Save').isDisabled(), 'somebody decides first').toBe(true)
  await expectAccessible(page, 'role changed meanwhile')
  const role = () => api<{ description: string }>('GET', '/authorization/roles/billing-admin')
  expect((await role()).description).toBe('Theirs')
  await button(page, 'keep mine').click()
  await button(page, 'Save').click()
  await dialog.waitFor({ state: 'detached' })
  expect((await role()).description).toBe('Mine')

  await page.getByRole('link', { name: 'Invitations', exact: true }).click()
  await button(page, 'Invite somebody').click()
  await dialog.getByLabel('E-mail').fill('ann@example.com')
  await page.getByRole('button', { name: /^Organization/ }).click()
  await page.getByRole('combobox', { name: 'Organization' }).fill('test org')
  await page.getByRole('option', { name: 'Test Organization', selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: 'Billing admin' }).click()
  await button(page, 'Send invitation').click()
  await page.getByRole('row').filter({ hasText: 'ann@example.com' }).getByText('billing-admin').waitFor()
  await expectAccessible(page, 'invitations')

  const { data } = await api<{ data: { id: string; email: string }[] }>('GET', '/user_management/users')
  const user = data.find(({ email }) => email === 'lela.block@example.com') ?? data[0]
  const memberships = `/user_management/organization_memberships?user_id=${user?.id}`
  const [membership] = (await api<{ data: { id: string }[] }>('GET', memberships)).data
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill(membership?.id ?? '')
  await page.getByRole('option', { name: user?.email ?? '' }).waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/users/${user?.id}`)
  const impersonate = button(page, 'Sign in as them')
  await expect.poll(() => impersonate.getAttribute('aria-description')).toContain('Impersonation is off')
  await api('PUT', '/authentication_settings', { impersonation: true })
  await page.reload()
  await page.locator('button:not([aria-disabled])', { hasText: 'Sign in as them' }).click()
  expect(await button(page, 'Make the link').isDisabled(), 'a reason is needed').toBe(true)
  await dialog.getByLabel('Reason').fill('Ticket 1234')
  await button(page, 'Make the link').click()
  const link = (await dialog.getByRole('link', { name: 'Open it' }).getAttribute('href')) ?? ''
  await expectAccessible(page, 'impersonation')
  const opened = await fetch(link, { redirect: 'manual' })
  const code = new URL(opened.headers.get('location') ?? '').searchParams.get('code')
  const fields = { client_id: gatehouse.clientId, client_secret: gatehouse.apiKey, grant_type: 'authorization_code' }
  const session = await api<object>('POST', '/user_management/authenticate', { ...fields, code })
  expect(session).toMatchObject({
    user: { id: user?.id },
    impersonator: { email: 'developer@localhost', reason: 'Ticket 1234' },
  })
  await page.goto(`${gatehouse.url}/dashboard/audit`)
  await page.getByRole('row').filter({ hasText: 'Impersonate user' }).getByText('developer@localhost').waitFor()
  // The permissions that were refused once.
  expect(visitor.complaints).toEqual([expect.stringContaining('500')])
})

test('a look is seen on the real pages before it is saved, and lists go on beyond their first page', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  await page.goto(`${gatehouse.url}/dashboard/branding`)
  await page.getByLabel('Name of your application').fill('Zebra')
  // Nothing that was typed is lost by a click beside it: the browser asks, and nobody answers it.
  await page.getByRole('link', { name: 'Users', exact: true }).click()
  expect(await page.getByLabel('Name of your application').inputValue()).toBe('Zebra')
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { name: 'Sign in to Zebra' }).waitFor()
  await page.getByLabel('Links', { exact: true }).first().fill('#ccff00')
  await page.getByText('light link: #ccff00').waitFor()
  const saved = () => api<{ application_name: string | null }>('GET', '/branding')
  expect((await saved()).application_name).toBe(null)
  // Saving looks first what is there. Where it cannot, it says so, and nothing that was typed is lost.
  const isGone = (url: URL) => url.pathname.endsWith('/branding') && url.pathname !== '/dashboard/branding'
  await page.route(isGone, (route) => route.abort())
  await button(page, 'Save').click()
  await page.getByRole('alert').filter({ hasText: 'The server did not answer' }).waitFor()
  await page.unroute(isGone)
  expect((await saved()).application_name).toBe(null)
  await button(page, 'Save').click()
  await page.getByText('The look is saved').waitFor()
  expect((await saved()).application_name).toBe('Zebra')
  // What others save is seen at once, and told where there is something to overwrite it with.
  await page.getByLabel('Name of your application').fill('Quagga')
  expect(await page.getByText('Somebody changed this').count()).toBe(0)
  await api('PUT', '/branding', { application_name: 'Okapi' })
  await page.reload()
  await frame.getByRole('heading', { name: 'Sign in to Okapi' }).waitFor()

  await Promise.all(
    Array.from({ length: 26 }, (_, index) => api('POST', '/organizations', { name: `Customer ${index}` })),
  )
  await page.goto(`${gatehouse.url}/dashboard/organizations`)
  await page.getByRole('row').nth(25).waitFor()
  expect(await page.getByRole('link', { name: 'Test Organization' }).count()).toBe(1)
  const before = await page.getByRole('row').count()
  // An event has the list read again while its next page is on its way.
  const [asked, answered] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  await page.route(
    (url) => url.searchParams.has('after'),
    async (route) => {
      asked.resolve(undefined)
      await answered.promise
      await route.continue()
    },
    { times: 1 },
  )
  await button(page, 'Show more').click()
  await asked.promise
  await api('POST', '/organizations', { name: 'Latest customer' })
  await page.getByRole('link', { name: 'Latest customer' }).waitFor()
  answered.resolve(undefined)
  await page.getByRole('row').nth(before).waitFor()
  await page.goto(`${gatehouse.url}/dashboard/redirects`)
  await page.getByLabel('Address').fill('http://localhost:3001/callback')
  await button(page, 'Test').click()
  await page.getByText('Nothing registered allows it. It could be registered as it is.').waitFor()
  await button(page, 'Register it').first().click()
  await page.getByText('It is registered.').waitFor()
  expect(visitor.complaints.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([])
})

test('sets up an OpenID provider, and the login box has its button', async () => {
  const visitor = await visitIn(profile)
  const { page } = visitor
  await page.goto(`${gatehouse.url}/dashboard/authentication`)
  await button(page, 'Add Provider').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Staff login')
  expect(await button(page, 'Add Provider').isDisabled(), 'an issuer is needed').toBe(true)
  await dialog.getByLabel('Issuer').fill(`${gatehouse.url}/nothing`)
  await dialog.getByLabel('Client id').fill('our-client')
  await dialog.getByLabel('Client secret').fill('test-secret')
  await button(page, 'Add Provider').click()
  await dialog.getByRole('alert').waitFor()
  await expectAccessible(page, 'provider dialog')
  await dialog.getByLabel('Issuer').fill(`${gatehouse.testIdpUrl}/oidc`)
  await button(page, 'Add Provider').click()
  await page.getByRole('row').filter({ hasText: 'Staff login' }).getByText('Asks the inbox').waitFor()
  await expectAccessible(page, 'providers')
  await button(page, 'Change').click()
  await dialog.getByLabel('Scopes').fill('openid email')
  await page.keyboard.press('Escape')
  await dialog.getByText('What you typed is kept.').waitFor()
  await api('PUT', '/oauth_providers/staff-login', { client_id: 'their-client' })
  await button(page, 'Load their values').click()
  expect(await dialog.getByLabel('Client id').inputValue()).toBe('their-client')
  await dialog.getByRole('switch', { name: 'Addresses it has verified count as proven' }).click()
  await button(page, 'Save').click()
  await dialog.waitFor({ state: 'detached' })
  expect(await api('GET', '/oauth_providers/staff-login')).toMatchObject({ trusts_email: true })
  const query = new URLSearchParams({ client_id: gatehouse.clientId, response_type: 'code', provider: 'authkit' })
  await page.goto(`${gatehouse.url}/user_management/authorize?${query}`)
  await button(page, 'Continue with Staff login').waitFor()
  // The issuer that is no server's.
  expect(visitor.complaints).toEqual([expect.stringContaining('422')])
})
