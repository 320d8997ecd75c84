import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
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

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(gatehouse.url + path, {
    method,
    headers: {
      authorization: `Bearer ${gatehouse.apiKey}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as T // the caller names what it expects
}

interface Created {
  readonly id: string
  readonly endpoint: string
  readonly bearer_token: string
}

async function createDirectory(): Promise<Created> {
  const { id } = await api<{ id: string }>('POST', '/organizations', { name: 'Acme' })
  return api('POST', '/directories', { organization_id: id, type: 'okta scim v2.0', name: 'Acme’s Okta' })
}

test.each([true, false])('people and groups are sent to a directory; with scripts: %s', async (javaScriptEnabled) => {
  const directory = await createDirectory()
  const visitor = await visit(browser, { javaScriptEnabled })
  const { page } = visitor
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const done = (action: string) => page.getByRole('heading', { name: `${action}: done` }).waitFor()
  const look = async (name: string) => void (javaScriptEnabled && (await expectGoodPage(page, name)))

  await page.goto(gatehouse.testIdpUrl)
  await page.getByRole('link', { name: 'Apps with provisioning' }).click()
  await look('provisioning-apps')
  await page.getByLabel('Name').fill('Acme’s app')
  await page.getByLabel('Endpoint').fill('not an endpoint')
  await page.getByLabel('Bearer token').fill(directory.bearer_token)
  // The browser would not let it pass, programs would.
  await page.evaluate(() => document.forms[0]?.setAttribute('novalidate', ''))
  await press('Create')
  await page.getByRole('alert').waitFor()
  await look('provisioning-apps-refused')
  await page.getByLabel('Endpoint').fill(directory.endpoint)
  await page.getByLabel('Bearer token').fill(directory.bearer_token)
  await press('Create')

  await page.getByRole('heading', { name: 'Acme’s app' }).waitFor()
  await look('provisioning-app-new')
  await press('Test API credentials')
  await done('Test API credentials')
  for (const person of ['Lela Block', 'Todd Rundgren', 'Renée 田中 日本']) {
    await press(`Assign ${person}`)
    await done(`Assign ${person}`)
  }
  await press('Push Engineering')
  await done('Push Engineering')
  const lela = page.getByRole('listitem').filter({ hasText: 'lela.block@example.com' })
  await lela.getByText('Change the job title').click()
  await page.getByLabel('Job title of Lela Block').fill('Lead Engineer')
  await lela.getByRole('button', { name: 'Save the title' }).click()
  await done('Change the job title of Lela Block')
  await press('Deactivate Todd Rundgren')
  await done('Deactivate Todd Rundgren')
  await page.locator('.entry summary').first().click()
  await look('provisioning-app')
  await page.getByText('Change or remove').click()
  await page.getByLabel('Another bearer token').fill('wrong')
  await press('Replace the token')
  // On the page that comes back it is put away again.
  await page.getByLabel('Another bearer token').waitFor({ state: 'hidden' })
  await press('Test API credentials')
  await page.getByRole('heading', { name: 'Test API credentials: not as it should be' }).waitFor()
  await look('provisioning-app-refused')
  expect(await page.content()).not.toContain(directory.bearer_token)
  expect(visitor.complaints).toEqual([
    'Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)',
  ])

  const { data } = await api<{ data: { email: string; job_title: string; groups: { name: string }[] }[] }>(
    'GET',
    `/directory_users?directory=${directory.id}`,
  )
  expect(data).toMatchObject([
    { email: 'renee.tanaka@example.com', groups: [] },
    { email: 'lela.block@example.com', job_title: 'Lead Engineer', groups: [{ name: 'Engineering' }] },
  ])
})
