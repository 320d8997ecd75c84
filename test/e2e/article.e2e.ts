import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArticleApp, startArticleApp, startMinimalApp } from './support/article-app.ts'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'
import { signIn } from './support/sign-in.ts'

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

/** Chromium reports every page that was answered with an error status; these pages are. */
const answeredWithError = 'Failed to load resource: the server responded with a status of 400 (Bad Request)'

async function clickSignIn(page: Page): Promise<void> {
  await page.goto(app.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  // Another site than the app's, as in life: cookies that only work within one site would be lost on the way back.
  await page.waitForURL((url) => url.hostname === '127.0.0.1')
}

async function profileOn(page: Page): Promise<unknown> {
  return JSON.parse(await page.getByRole('region', { name: 'Profile as JSON' }).innerText())
}

const printed = {
  object: 'profile',
  id: expect.stringMatching(/^prof_/),
  connection_id: expect.stringMatching(/^conn_/),
  connection_type: 'TestIdp',
  organization_id: 'org_test_idp',
  email: 'lela.block@example.com',
  first_name: 'Lela',
  last_name: 'Block',
  idp_id: '8931',
  role: { slug: 'member' },
  raw_attributes: {},
}

describe('Step 7: service provider-initiated', () => {
  test('a click, a person, and back with a profile; then signed out', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await page.goto(app.url)
    await page.getByRole('heading', { name: 'SSO example' }).waitFor()
    await expectGoodPage(page, 'app-signed-out')

    await clickSignIn(page)
    await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor()
    await expectGoodPage(page, 'idp-sign-in')

    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.getByRole('heading', { name: 'Signed in as Lela Block' }).waitFor()
    expect(page.url()).toBe(`${app.url}/`)
    expect(await profileOn(page)).toEqual(printed)
    await expectGoodPage(page, 'app-signed-in')

    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.waitForURL(`${app.url}/`)
    await expect.poll(() => page.getByText('Signed in as').count()).toBe(0)
    await page.goBack()
    expect(await page.getByText('Signed in as').count()).toBe(0)
    expect(visitor.complaints).toEqual([])
  })

  test('the JSON can be copied', async () => {
    const visitor = await visit(browser, { permissions: ['clipboard-read', 'clipboard-write'] })
    const { page } = visitor
    await clickSignIn(page)
    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.getByRole('button', { name: 'Copy JSON' }).click()
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
    expect(JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))).toEqual(printed)
  })

  test('works without JavaScript', async () => {
    const visitor = await visit(browser, { javaScriptEnabled: false })
    const { page } = visitor
    await clickSignIn(page)
    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Signed in as Lela Block' }).waitFor()
    expect(page.url()).toBe(`${app.url}/`)
    expect(await profileOn(page)).toEqual(printed)
    expect(await page.getByRole('button', { name: 'Copy JSON' }).isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Sign out' }).click()
    await expect.poll(() => page.getByText('Signed in as').count()).toBe(0)
  })
})

describe('Step 7: identity provider-initiated', () => {
  // The identity provider shows a tile for every app that somebody signed in to.
  beforeAll(async () => {
    const link = await fetch(`${app.url}/login`, { redirect: 'manual' })
    await signIn(link.headers.get('location') ?? '', { user: 'lela.block@example.com' })
  })

  async function openTile(page: Page): Promise<void> {
    await page.goto(gatehouse.testIdpUrl)
    await page.getByRole('link', { name: `localhost:${gatehouse.port}` }).click()
    await page.getByRole('button', { name: 'Jacob Morris' }).click()
  }

  test('a tile, a person, and the app knows who it is', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await page.goto(gatehouse.testIdpUrl)
    await expectGoodPage(page, 'idp-home')
    await openTile(page)
    await page.getByRole('heading', { name: 'Signed in as Jacob Morris' }).waitFor()
    expect(page.url()).toBe(`${app.url}/`)
    expect(visitor.complaints).toEqual([])
  })

  test('is refused while a sign-in of the app waits for its answer', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await clickSignIn(page)
    await openTile(page)
    await page.getByText('does not belong to a sign-in that was started in this browser').waitFor()
    expect(await page.getByText('Signed in as').count()).toBe(0)
    await expectGoodPage(page, 'app-foreign-answer')
    expect(new Set(visitor.complaints)).toEqual(new Set([answeredWithError]))
  })
})

describe('Step 7: error response', () => {
  test('the app says what happened and what to do, and the next try works', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await clickSignIn(page)
    await page.getByRole('button', { name: 'Error response' }).click()
    const problem = page.getByRole('alert')
    await problem.getByRole('heading', { name: 'You are not signed in' }).waitFor()
    expect(await problem.innerText()).toMatch(/The sign-in server says/)
    expect(new URL(page.url()).searchParams.get('error')).toMatch(/^(server_error|access_denied)$/)
    await expectGoodPage(page, 'app-error-response')

    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.getByRole('heading', { name: 'Signed in as Lela Block' }).waitFor()
    expect(new Set(visitor.complaints)).toEqual(new Set([answeredWithError]))
  })

  test('an answer that cannot be trusted ends on a page with a reference and a way back', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await clickSignIn(page)
    await page.locator('summary', { hasText: /^Signature$/ }).click()
    await page
      .getByRole('button', { name: /unsigned/i })
      .first()
      .click()
    await page.getByRole('heading', { name: 'You could not be signed in' }).waitFor()
    await expectGoodPage(page, 'gatehouse-refused')
    await page.getByRole('link', { name: 'Return to the application' }).click()
    await page.getByRole('alert').getByText('The sign-in server failed.').waitFor()
    expect(await page.getByText('Signed in as').count()).toBe(0)
  })
})

describe('Step 7: guest email domain', () => {
  test('is told that the organization does not take guests', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await clickSignIn(page)
    await page.getByRole('button', { name: 'Guest email domain' }).click()
    const problem = page.getByRole('alert')
    await problem.getByText('profile_not_allowed_outside_organization').waitFor()
    expect(await problem.innerText()).toContain('outside the domains of this organization')
    await expectGoodPage(page, 'app-guest')
    expect(new Set(visitor.complaints)).toEqual(new Set([answeredWithError]))
  })
})

describe('an app that never heard of us', () => {
  let minimal: ArticleApp
  beforeAll(async () => {
    await app.stop()
    minimal = await startMinimalApp(gatehouse)
  })
  afterAll(() => minimal?.stop())

  test('signs people in when it is started with --import gatehouse/register', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    await page.goto(minimal.url)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Lela Block' }).click()
    await page.waitForURL(`${minimal.url}/callback?code=*`)
    const { profile } = JSON.parse(await page.locator('body').innerText()) as { profile: unknown } // what the app sends
    expect(profile).toMatchObject({ email: 'lela.block@example.com', connectionType: 'TestIdp' })
  })
})
