import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { launchBrowser, visit } from './support/browser.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'

let gatehouse: Gatehouse
let browser: Browser

/** A browser, a server and a database on what is left of two cores: against hanging, not against slowness. */
vi.setConfig({ testTimeout: 600_000 })

beforeAll(async () => {
  gatehouse = await startGatehouse('embedded')
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await gatehouse?.stop()
})

const pictures = fileURLToPath(new URL('../../test-results/okta-in-one-day/', import.meta.url))

function button(page: Page, name: string) {
  return page.getByRole('button', { name, exact: true })
}

async function api<T>(path: string): Promise<T> {
  const response = await fetch(gatehouse.url + path, { headers: { authorization: `Bearer ${gatehouse.apiKey}` } })
  return (await response.json()) as T // the caller names what it expects
}

// docs/guides/okta-in-one-day.md is this walk in words: a step that changes here changes there.
test('from an empty installation to users and groups synced over, by clicks and through a restart', async () => {
  const visitor = await visit(browser)
  const other = await visit(browser)
  const { page } = visitor
  const idp = other.page
  await mkdir(pictures, { recursive: true })
  let step = 0
  const picture = async (of: Page, name: string) => {
    step += 1
    await of.screenshot({ path: `${pictures}${String(step).padStart(2, '0')}-${name}.png`, fullPage: true })
  }

  // 1. The customer.
  await page.goto(`${gatehouse.url}/dashboard`)
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await picture(page, 'overview')
  await page.getByRole('link', { name: 'Organizations', exact: true }).click()
  await button(page, 'Create organization').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Acme Corp')
  await dialog.getByLabel('Domains').fill('example.org')
  await button(page, 'Create organization').last().click()
  await page.getByRole('heading', { level: 1, name: 'Acme Corp' }).waitFor()
  await picture(page, 'organization')

  // 2. Single sign-on.
  await page.getByRole('region', { name: 'Single Sign-On' }).getByRole('button', { name: 'Configure manually' }).click()
  await page.getByRole('button', { name: /^Identity provider/ }).click()
  await page.getByRole('combobox', { name: 'Identity provider' }).fill('okta saml')
  await page.keyboard.press('Enter')
  await button(page, 'Create Connection').click()
  await page.getByText('No one can sign in through this connection yet').waitFor()
  await picture(page, 'connection')
  await button(page, 'Edit Configuration').click()
  await page.getByLabel('Metadata URL', { exact: true }).fill(`${gatehouse.testIdpUrl}/metadata`)
  await button(page, 'Save Metadata Configuration').click()
  await page.getByText('Ready, waiting for the first sign-in').waitFor()
  await picture(page, 'metadata')
  await button(page, 'Close').click()

  // 3. The first sign-in, by somebody else.
  const signIn = await page.getByRole('link', { name: 'Test sign-in' }).getAttribute('href')
  await page.evaluate(() => Object.assign(globalThis, { stayedOpen: true }))
  await idp.route(`http://localhost:${gatehouse.appPort}/**`, (route) => route.fulfill({ body: 'signed in' }))
  await idp.goto(signIn ?? '')
  await idp.getByLabel('Email', { exact: true }).fill('ann@example.org')
  await picture(idp, 'identity-provider')
  await button(idp, 'Sign in').last().click()
  await idp.getByText('signed in').waitFor()
  await page.getByText('Active', { exact: true }).waitFor()
  expect(await page.evaluate(() => 'stayedOpen' in globalThis), 'without a reload').toBe(true)
  await picture(page, 'active')

  // 4. The directory.
  await page.getByRole('link', { name: 'Acme Corp' }).click()
  await page.getByRole('region', { name: 'Directory Sync' }).getByRole('button', { name: 'Configure manually' }).click()
  await button(page, 'Create Directory').click()
  await page.getByText('Your Okta directory sync has been created').waitFor()
  await picture(page, 'directory')
  const values = page.getByRole('region', { name: 'Endpoint and Bearer Token' })
  const [endpoint = '', token = ''] = await values.locator('code').allTextContents()

  // 5. The same in the identity provider's console.
  await idp.goto(gatehouse.testIdpUrl)
  await idp.getByRole('link', { name: 'Apps with provisioning' }).click()
  await idp.getByLabel('Name').fill('Acme’s app')
  await idp.getByLabel('Endpoint').fill(endpoint)
  await idp.getByLabel('Bearer token').fill(token)
  await button(idp, 'Create').click()
  await button(idp, 'Test API credentials').click()
  await idp.getByRole('heading', { name: 'Test API credentials: done' }).waitFor()
  await page.getByText('Okta reached us').waitFor()
  await picture(page, 'credentials-ok')

  // The open page finds the server again by itself, and nothing that was configured is lost.
  await page.evaluate(() => Object.assign(globalThis, { stayedOpen: true }))
  await gatehouse.restart()

  // 6. People and groups.
  for (const person of ['Lela Block', 'Todd Rundgren', 'Renée 田中 日本']) {
    await button(idp, `Assign ${person}`).click()
    await idp.getByRole('heading', { name: `Assign ${person}: done` }).waitFor()
  }
  await page.getByText('3 users, 3 active').waitFor({ timeout: 60_000 })
  await button(idp, 'Push Engineering').click()
  await idp.getByRole('heading', { name: 'Push Engineering: done' }).waitFor()
  await picture(idp, 'provisioning')
  await page.getByText('1 groups').waitFor()
  await page.getByRole('tab', { name: 'Users 3' }).click()
  await page.getByRole('link', { name: 'Lela Block' }).waitFor()
  await picture(page, 'users')
  await page.getByRole('tab', { name: 'Groups 1' }).click()
  await page.getByRole('link', { name: 'Engineering' }).waitFor()
  await picture(page, 'groups')
  expect(await page.evaluate(() => 'stayedOpen' in globalThis), 'without a reload').toBe(true)

  // 7. Somebody leaves.
  await button(idp, 'Deactivate Todd Rundgren').click()
  await idp.getByRole('heading', { name: 'Deactivate Todd Rundgren: done' }).waitFor()
  await page.getByRole('tab', { name: 'Users 2' }).waitFor()
  await page.getByRole('tab', { name: 'SCIM requests' }).click()
  await page.getByRole('row').filter({ hasText: 'PATCH' }).first().waitFor()
  await picture(page, 'scim-requests')
  await page.goto(`${gatehouse.url}/dashboard/events?type=dsync.*`)
  await page.getByRole('row').filter({ hasText: 'dsync.user.deleted' }).waitFor()
  await picture(page, 'events')

  const { data: directories } = await api<{ data: { id: string; state: string }[] }>('/directories')
  expect(directories.map(({ state }) => state)).toEqual(['linked'])
  const { data } = await api<{ data: { email: string; groups: { name: string }[] }[] }>(
    `/directory_users?directory=${directories[0]?.id}&order=asc`,
  )
  expect(data.map(({ email, groups }) => [email, groups.map(({ name }) => name)])).toEqual([
    ['lela.block@example.com', ['Engineering']],
    ['renee.tanaka@example.com', []],
  ])
  const gone = (text: string) => /ERR_|Failed to load resource/.test(text)
  expect([...visitor.complaints, ...other.complaints].filter((text) => !gone(text))).toEqual([])
})
