import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArticleApp, startArticleApp } from './support/article-app.ts'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
import { clockAhead, type Gatehouse, startGatehouse } from './support/gatehouse.ts'

let gatehouse: Gatehouse
let app: ArticleApp
let browser: Browser

beforeAll(async () => {
  gatehouse = await startGatehouse()
  app = await startArticleApp(gatehouse)
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await gatehouse?.stop()
})

async function api(method: string, path: string, body: object): Promise<void> {
  const response = await fetch(gatehouse.url + path, {
    method,
    headers: { authorization: `Bearer ${gatehouse.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** From the app's page to the login box. */
async function openLoginBox(page: Page): Promise<void> {
  await page.goto(app.url)
  await page.getByRole('link', { name: 'Continue with AuthKit' }).click()
  await page.getByLabel('Email address').waitFor()
  expect(new URL(page.url()).port).toBe(String(gatehouse.port))
}

async function giveAddress(page: Page, email: string): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
}

async function signInAsGrace(page: Page): Promise<void> {
  await openLoginBox(page)
  await giveAddress(page, 'grace@example.org')
  await page.getByLabel('Password', { exact: true }).fill('sample-password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Signed in as Grace Hopper' }).waitFor()
}

async function sessionOn(page: Page): Promise<unknown> {
  return JSON.parse(await page.getByRole('region', { name: 'Session as JSON' }).innerText())
}

/** The app's session as the browser keeps it. */
async function sealedOn(page: Page): Promise<string | undefined> {
  const cookies = await page.context().cookies(app.url)
  return cookies.find(({ name }) => name === 'article_authkit')?.value
}

/** What the article prints, but for the tokens, which stay at the app's server. */
const printed = {
  user: {
    object: 'user',
    id: expect.stringMatching(/^user_/),
    email: 'lela.block@example.com',
    first_name: 'Lela',
    last_name: 'Block',
    email_verified: true,
    profile_picture_url: null,
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
  },
  organization_id: 'org_test_idp',
}

describe('Step 6: SSO with AuthKit', () => {
  test('an address of the test organization leads to its identity provider and back to the app with a user', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await openLoginBox(page)
    await giveAddress(page, 'lela.block@example.com')
    await page.waitForURL((url) => url.hostname === '127.0.0.1')
    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.getByRole('heading', { name: 'Signed in as Lela Block' }).waitFor()
    expect(page.url()).toBe(`${app.url}/`)
    expect(await sessionOn(page)).toEqual(printed)
    expect(await page.content()).not.toMatch(/eyJ[\w-]+\./)
    await expectGoodPage(page, 'app-authkit')
    expect(visitor.complaints).toEqual([])
  })

  test('the sample user signs in with a password, signs out of the app and the login box, and is asked again', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await signInAsGrace(page)
    expect(await sessionOn(page)).toMatchObject({
      user: { email: 'grace@example.org', email_verified: true },
      organization_id: 'org_test_idp',
    })
    await page.reload()
    await page.getByRole('heading', { name: 'Signed in as Grace Hopper' }).waitFor()

    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(`${app.url}/`)
    await expect.poll(() => page.getByText('Signed in as').count()).toBe(0)
    expect(await sealedOn(page)).toBeUndefined()
    await openLoginBox(page)
    expect(visitor.complaints).toEqual([])
  })

  test('one sign-in takes the place of another', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await signInAsGrace(page)
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Todd Rundgren' }).click()
    await page.getByRole('heading', { name: 'Signed in as Todd Rundgren' }).waitFor()
    expect(await sealedOn(page)).toBeUndefined()
  })
})

describe('a social provider', () => {
  beforeAll(() =>
    api('PUT', '/oauth_providers/GoogleOAuth', {
      client_id: 'app',
      client_secret: 'test-secret',
      issuer: `${gatehouse.testIdpUrl}/oidc`,
    }),
  )

  async function openGoogle(page: Page): Promise<void> {
    await openLoginBox(page)
    await expectGoodPage(page, 'login-with-provider')
    await page.getByRole('button', { name: 'Continue with Google' }).click()
    await page.waitForURL(`${gatehouse.testIdpUrl}/oidc/authorize?*`)
  }

  test('signs people in who belong to no organization', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await openGoogle(page)
    await page.getByRole('button', { name: 'Frida Freelancer' }).click()
    await page.getByRole('heading', { name: 'Signed in as Frida Freelancer' }).waitFor()
    expect(await sessionOn(page)).toMatchObject({
      user: { email: 'freelancer@guest.test', email_verified: true },
      organization_id: null,
    })
    expect(visitor.complaints).toEqual([])
  })

  test('is no way around the identity provider of a company', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await openGoogle(page)
    await page.getByRole('button', { name: 'Jacob Morris' }).click()
    await page.waitForURL(`${gatehouse.testIdpUrl}/sso?*`)
    await page.getByRole('button', { name: 'Jacob Morris' }).click()
    await page.getByRole('heading', { name: 'Signed in as Jacob Morris' }).waitFor()
    expect(await sessionOn(page)).toMatchObject({ organization_id: 'org_test_idp' })
  })
})

describe('a session whose access token has run out', () => {
  test('goes on with a new one, and is over once it was ended at the server', async () => {
    const kept = await visit(browser)
    const ended = await visit(browser)
    await signInAsGrace(kept.page)
    await signInAsGrace(ended.page)
    const before = await sealedOn(kept.page)
    const copied = (await ended.page.context().cookies(app.url)).filter(({ name }) => name === 'article_authkit')
    await ended.page.getByRole('link', { name: 'Sign out' }).click()
    await expect.poll(() => ended.page.getByText('Signed in as').count()).toBe(0)
    // Whoever copied the cookie has it until its access token runs out, and no longer.
    await ended.page.context().addCookies(copied)
    await ended.page.reload()
    await ended.page.getByRole('heading', { name: 'Signed in as Grace Hopper' }).waitFor()

    await app.stop()
    app = await startArticleApp(gatehouse, { NODE_OPTIONS: clockAhead(6 * 60_000) })
    await kept.page.reload()
    await kept.page.getByRole('heading', { name: 'Signed in as Grace Hopper' }).waitFor()
    const after = await sealedOn(kept.page)
    expect(after).toBeTruthy()
    expect(after).not.toBe(before)
    await ended.page.reload()
    expect(await ended.page.getByText('Signed in as').count()).toBe(0)
    expect(await sealedOn(ended.page)).toBeUndefined()
  })
})
