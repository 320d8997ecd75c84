import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'
import { signInAsGrace, signInAsLela } from './support/login-box.ts'
import { buildNextApp, type NextApp, startNextApp } from './support/nextjs-app.ts'
import { addSecondOrganization, callApi, impersonationOf, revokeSessionsOf } from './support/tenant.ts'

let gatehouse: Gatehouse
let app: NextApp
let browser: Browser

/** A build takes ten seconds, and a minute on a machine that is busy with something else. */
const buildLimitMs = 300_000

beforeAll(async () => {
  ;[gatehouse, browser] = await Promise.all([startGatehouse(), launchBrowser(), buildNextApp()])
  app = await startNextApp(gatehouse)
  await addSecondOrganization(gatehouse)
}, buildLimitMs)

afterAll(async () => {
  await browser?.close()
  await app?.stop()
  await gatehouse?.stop()
})

/** For an app whose clock is ahead, so that nobody has to wait for a token to run out. */
const sixMinutesLater = `--import=data:text/javascript,${encodeURIComponent(
  'const now=Date.now;Date=class extends Date{constructor(...a){super(...(a.length?a:[now()+360000]))}static now(){return now()+360000}}',
)}`

async function seeSignedIn(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name: `Signed in as ${name}` }).waitFor()
}

/** The session as the browser keeps it. */
async function sealedOn(page: Page): Promise<string | undefined> {
  return (await page.context().cookies(app.url)).find(({ name }) => name === 'wos-session')?.value
}

test('a protected page leads through the identity provider and back to itself', async () => {
  const visitor = await visit(browser)
  const { page } = visitor
  await page.goto(app.url)
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  await page.goto(`${app.url}/account?tab=1`)
  expect(new URL(page.url()).port).toBe(String(gatehouse.port))
  await signInAsLela(page)
  await seeSignedIn(page, 'Lela Block')
  expect(page.url()).toBe(`${app.url}/account?tab=1`)
  await page.getByText('In the browser: lela.block@example.com, org_test_idp, with an access token.').waitFor()
  await expectGoodPage(page, 'nextjs-account')
  expect(visitor.complaints).toEqual([])
})

test('a session moves to another organization, goes on when its token has run out, and ends', async () => {
  const kept = await visit(browser)
  const ended = await visit(browser)
  const { page } = kept
  await page.goto(app.url)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signInAsGrace(page)
  await seeSignedIn(page, 'Grace Hopper')
  await page.getByRole('button', { name: 'Switch to Second Organization' }).click()
  await page.getByText('Second Organization (current)').waitFor()
  await page.reload()
  await page.getByText('Second Organization (current)').waitFor()
  const before = await sealedOn(page)
  await ended.page.goto(`${app.url}/account`)
  await signInAsLela(ended.page)
  await seeSignedIn(ended.page, 'Lela Block')
  await revokeSessionsOf(gatehouse, 'lela.block@example.com')

  await app.stop()
  app = await startNextApp(gatehouse, { NODE_OPTIONS: sixMinutesLater })
  await page.reload()
  await page.getByText('Second Organization (current)').waitFor()
  const after = await sealedOn(page)
  expect(after).toBeTruthy()
  expect(after).not.toBe(before)
  await ended.page.goto(app.url)
  await ended.page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(await sealedOn(ended.page)).toBeUndefined()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(page.url()).toBe(`${app.url}/`)
  expect(await sealedOn(page)).toBeUndefined()
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Email address').waitFor()
  expect(kept.complaints).toEqual([])
})

test('whoever looks as somebody else is told so on every page, and can stop', async () => {
  await callApi(gatehouse, 'PUT', '/authentication_settings', {
    impersonation: true,
    sign_in_endpoint: `${app.url}/login`,
  })
  const url = await impersonationOf(gatehouse, 'grace@example.org', 'org_test_idp')
  const visitor = await visit(browser)
  const { page } = visitor
  await page.goto(url)
  await seeSignedIn(page, 'Grace Hopper')
  await page.getByText('You are impersonating grace@example.org within the Test Organization').waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('link', { name: 'Sign in' }).waitFor()
  expect(await sealedOn(page)).toBeUndefined()
  expect(visitor.complaints).toEqual([])
})

test('an answer that belongs to no sign-in of this browser signs nobody in', async () => {
  const visitor = await visit(browser)
  const { page } = visitor
  await page.goto(`${app.url}/callback?code=somebody-elses&state=made-up`)
  await page.getByRole('alert').filter({ hasText: 'You are not signed in' }).waitFor()
  expect(await sealedOn(page)).toBeUndefined()
})

test('an address to come back to that nobody registered is refused before anybody signs in', async () => {
  const location = (await fetch(`${app.url}/login`, { redirect: 'manual' })).headers.get('location') ?? ''
  const wrong = new URL(location)
  wrong.searchParams.set('redirect_uri', `${app.url}/elsewhere`)
  const answer = await fetch(wrong, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  const right = await fetch(location, { redirect: 'manual' })
  expect(right.headers.get('location')).toMatch(/^\/authkit\/login\//)
})
