import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { expectAccessible } from './support/dashboard.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'

let gatehouse: Gatehouse
let browser: Browser

beforeAll(async () => {
  gatehouse = await startGatehouse()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gatehouse?.stop()
})

/** A browser, a server and a database on what is left of two cores: against hanging, not against slowness. */
vi.setConfig({ testTimeout: 600_000 })

/** Would run if any page put it into itself as markup. */
const hostile = 'Acme <img src=x onerror="document.title=\'broken\'"> & Söhne'

const clipboard = { permissions: ['clipboard-read', 'clipboard-write'] }

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function createOrganization(page: Page, name: string, domains: string): Promise<void> {
  await page.goto(`${gatehouse.url}/dashboard/organizations`)
  await button(page, 'Create organization').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByLabel('Domains').fill(domains)
  await button(page, 'Create organization').last().click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

async function configure(page: Page, section: string): Promise<void> {
  await page.getByRole('region', { name: section }).getByRole('button', { name: 'Configure manually' }).click()
}

test('an Okta connection is made, configured, signed in through, and becomes Active on the open page', async () => {
  await using visitor = await visit(browser, clipboard)
  const { page } = visitor
  await createOrganization(page, hostile, 'sso.test, example.org')
  await expectAccessible(page, 'organization')
  await configure(page, 'Single Sign-On')
  await page.getByRole('button', { name: /^Identity provider/ }).click()
  await page.getByRole('combobox', { name: 'Identity provider' }).fill('okta saml')
  await page.keyboard.press('Enter')
  await button(page, 'Create Connection').click()
  await page.getByText('No one can sign in through this connection yet').waitFor()
  await expectAccessible(page, 'connection')

  const details = page.getByRole('region', { name: 'Service Provider Details' })
  await details.getByRole('button', { name: 'Copy SP Entity ID' }).click()
  await page.getByText('SP Entity ID copied').waitFor()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  const shown = await details.locator('code').allTextContents()
  expect(shown).toContain(copied)

  await button(page, 'Edit Configuration').click()
  const save = button(page, 'Save Metadata Configuration')
  const metadataUrl = page.getByLabel('Metadata URL', { exact: true })
  await metadataUrl.fill(`${gatehouse.url}/healthz`)
  await save.click()
  await page.getByRole('alert').waitFor()
  expect(await metadataUrl.inputValue(), 'a refused value stays').toBe(`${gatehouse.url}/healthz`)
  await expectAccessible(page, 'metadata refused')
  await metadataUrl.fill(`${gatehouse.testIdpUrl}/metadata`)
  await save.click()
  await page.getByText('Ready, waiting for the first sign-in').waitFor()
  await expectAccessible(page, 'metadata saved')
  await button(page, 'Close').click()
  await page.getByText('Ready, waiting for first sign-in').waitFor()
  expect(await details.locator('code').allTextContents(), 'our values never change').toEqual(shown)

  const signIn = await page.getByRole('link', { name: 'Test sign-in' }).getAttribute('href')
  await page.evaluate(() => Object.assign(globalThis, { stayedOpen: true }))
  await using other = await visit(browser)
  await signInAt(other.page, signIn ?? '')
  await page.getByText('Active', { exact: true }).waitFor()
  await page.getByRole('tab', { name: 'Sign-in attempts' }).click()
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: 'someone@example.org' }).waitFor()
  await page.getByText('The application was given a code').waitFor()
  await expectAccessible(page, 'sign-in attempt')
  expect(await page.evaluate(() => 'stayedOpen' in globalThis), 'without a reload').toBe(true)
  expect(await page.title(), 'markup in a name does nothing').not.toBe('broken')
  expect(visitor.complaints).toEqual([expect.stringContaining('422')])
})

/** As far as the callback, where nobody listens. */
async function signInAt(page: Page, url: string): Promise<void> {
  await page.route(`http://localhost:${gatehouse.appPort}/**`, (route) => route.fulfill({ body: 'signed in' }))
  const asked = new URL(url)
  asked.searchParams.set('login_hint', 'someone@example.org')
  await page.goto(asked.href)
  await page
    .getByLabel(/e-?mail/i)
    .first()
    .fill('someone@example.org')
  await page.getByRole('button', { name: 'Sign in', exact: true }).last().click()
  await page.getByText('signed in').waitFor()
}

test('a directory is made, and users and groups appear on the open page as they are pushed', async () => {
  await using visitor = await visit(browser, clipboard)
  const { page } = visitor
  await createOrganization(page, 'Provisioned', '')
  await configure(page, 'Directory Sync')
  await page.getByRole('button', { name: /^Directory provider/ }).click()
  await page.getByRole('combobox', { name: 'Directory provider' }).fill('okta')
  await page.keyboard.press('Enter')
  await button(page, 'Create Directory').click()
  await page.getByText('Your Okta directory sync has been created').waitFor()
  await expectAccessible(page, 'directory')
  const values = page.getByRole('region', { name: 'Endpoint and Bearer Token' })
  const [endpoint, token] = await values.locator('code').allTextContents()
  await page.getByText('Waiting for the first request of Okta').waitFor()

  const client = scimClient(endpoint ?? '', token ?? '')
  await client('GET', '/Users?startIndex=1&count=2')
  await page.getByText('Okta reached us').waitFor()
  const { id } = await client('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'lela.block@example.com',
    name: { givenName: '<b>Lela</b>', familyName: 'Block' },
    emails: [{ primary: true, value: 'lela.block@example.com', type: 'work' }],
    active: true,
  })
  await page.getByText('1 users, 1 active').waitFor()
  await page.getByRole('tab', { name: /Users/ }).click()
  await page.getByRole('link', { name: '<b>Lela</b> Block' }).waitFor()
  await expectAccessible(page, 'directory users')
  await page.getByRole('tab', { name: 'Groups 0' }).click()
  await client('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Engineering',
    members: [{ value: id }],
  })
  await page.getByRole('link', { name: 'Engineering' }).click()
  await page.getByRole('link', { name: '<b>Lela</b> Block' }).click()
  await page.getByRole('heading', { level: 1, name: '<b>Lela</b> Block' }).waitFor()
  await expectAccessible(page, 'directory user')
  await page.goto(page.url().replace(/directory-users.*/, 'organizations'))
  expect(await page.content(), 'the token is gone with the page').not.toContain(token)
  expect(visitor.complaints).toEqual([])
})

function scimClient(endpoint: string, token: string) {
  return async (method: string, path: string, body?: object): Promise<{ id: string }> => {
    const response = await fetch(endpoint + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    expect(response.ok, await response.clone().text()).toBe(true)
    return (await response.json()) as { id: string } // lists are not looked at
  }
}

test('events arrive live, their filters are in the address, and an address opens one', async () => {
  await using visitor = await visit(browser)
  const { page } = visitor
  await page.goto(`${gatehouse.url}/dashboard/events?type=organization.*`)
  await page.getByRole('table').waitFor()
  await expectAccessible(page, 'events')
  const before = await page.getByRole('row').count()
  const authorization = `Bearer ${gatehouse.apiKey}`
  const headers = { authorization, 'content-type': 'application/json' }
  await fetch(`${gatehouse.url}/organizations`, { method: 'POST', headers, body: '{"name":"Made elsewhere"}' })
  await page.getByRole('cell', { name: 'Made elsewhere' }).waitFor()
  expect(await page.getByRole('row').count()).toBe(before + 1)
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'organization.created' }).waitFor()
  await expectAccessible(page, 'event')

  const events = await fetch(`${gatehouse.url}/events?order=desc&limit=1&events=organization.created`, { headers })
  const { data } = (await events.json()) as { data: { id: string }[] }
  const json = await page.getByLabel('event', { exact: true }).textContent()
  expect(JSON.parse(json ?? ''), 'what the API answers').toEqual(data[0])
  await using other = await visit(browser)
  await other.page.goto(page.url())
  await other.page.getByRole('dialog').getByText('Made elsewhere').waitFor()
  expect([...visitor.complaints, ...other.complaints]).toEqual([])
})

test('whoever may only look finds nothing to press, and is told why', async () => {
  await using visitor = await visit(browser)
  const { page } = visitor
  await page.route('**/dashboard/api/session', async (route) => {
    const response = await route.fetch()
    const session = (await response.json()) as { user: object } // as its contract says
    await route.fulfill({ response, json: { ...session, user: { ...session.user, role: 'viewer' } } })
  })
  await page.goto(`${gatehouse.url}/dashboard/organizations/org_test_idp`)
  const configure = page.getByRole('region', { name: 'Single Sign-On' }).getByRole('button')
  await configure.waitFor()
  expect(await configure.getAttribute('aria-disabled')).toBe('true')
  expect(await configure.getAttribute('aria-description')).toContain('viewer')
  await configure.click({ force: true })
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.getByRole('button', { name: 'More about this organization' }).click()
  expect(await page.getByRole('menuitem', { name: 'Delete' }).getAttribute('aria-disabled')).toBe('true')
})

test('a deletion waits until the name is typed, and says what breaks', async () => {
  await using visitor = await visit(browser)
  const { page } = visitor
  await createOrganization(page, 'Short-lived', '')
  await page.getByRole('button', { name: 'More about this organization' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByText('stop signing people in').waitFor()
  const confirm = dialog.getByRole('button', { name: 'Delete organization' })
  await dialog.getByRole('textbox').fill('Short')
  expect(await confirm.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill('Short-lived')
  await confirm.click()
  await page.getByRole('heading', { level: 1, name: 'Organizations' }).waitFor()
  await page.getByRole('table').waitFor()
  expect(await page.getByRole('link', { name: 'Short-lived' }).count()).toBe(0)
  // The live stream may tell of the deletion while the page is still being left.
  expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([])
})

test('the first page costs less than 200 kB', async () => {
  await using visitor = await visit(browser)
  const sizes: number[] = []
  visitor.page.on('response', (response) => {
    if (response.url().includes('/dashboard/assets/')) sizes.push(Number(response.headers()['content-length']))
  })
  await visitor.page.goto(`${gatehouse.url}/dashboard`)
  await visitor.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(total, sizes.join(' + ')).toBeGreaterThan(50_000)
  expect(total, sizes.join(' + ')).toBeLessThan(200_000)
})

test('every page can be read by everybody, in both colour schemes and on a telephone', async () => {
  await using visitor = await visit(browser)
  const { page } = visitor
  const pages = [
    ['', 'Overview'],
    ['organizations', 'Organizations'],
    ['test-sso', 'Test SSO'],
    ['users', 'Users'],
    ['invitations', 'Invitations'],
    ['roles', 'Roles'],
    ['branding', 'Branding'],
    ['environments', 'Environments'],
    ['audit', 'Audit trail'],
    ['emails', 'Mailbox'],
    ['authentication', 'Authentication'],
    ['redirects', 'Redirects'],
    ['api-keys', 'API keys'],
    ['insights', 'Insights'],
    ['requests', 'Requests'],
    ['webhooks', 'Webhooks'],
    ['log-streams', 'Log streams'],
    ['settings', 'Settings'],
    ['nowhere', 'There is no such page'],
  ] as const
  for (const [path, title] of pages) {
    await page.goto(`${gatehouse.url}/dashboard/${path}`)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.waitForFunction(() => document.querySelector('[role=status][aria-busy=true]') === null)
    await expectAccessible(page, title)
    await page.setViewportSize({ width: 390, height: 844 })
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    expect(sideways, `${title} fits a telephone`).toBe(false)
    await page.setViewportSize({ width: 1280, height: 720 })
  }
  expect(visitor.complaints).toEqual([])
  await page.goto(`${gatehouse.url}/dashboard/connections/conn_nobody`)
  await page.getByRole('heading', { name: 'There is no such connection here' }).waitFor()
  expect(visitor.complaints).toEqual([expect.stringContaining('404')])
})
