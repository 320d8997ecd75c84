import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'
import { signInAsGrace, signInAsLela } from './support/login-box.ts'
import { freePort } from './support/program.ts'
import { buildReactSpa, type ReactSpa, startReactSpa } from './support/react-spa.ts'
import { addSecondOrganization, callApi, impersonationOf, revokeSessionsOf } from './support/tenant.ts'

let gatehouse: Gatehouse
let browser: Browser
/** Keeps the refresh token in local storage, as authkit-js does in development. */
let stored: ReactSpa
/** Lets the browser keep it in a cookie, as authkit-js does otherwise. */
let cookied: ReactSpa
/** Nobody registered this one. */
let stranger: ReactSpa

beforeAll(async () => {
  ;[gatehouse, browser] = await Promise.all([startGatehouse(), launchBrowser(), buildReactSpa()])
  const [second, third] = [await freePort(), await freePort()]
  ;[stored, cookied, stranger] = await Promise.all([
    startReactSpa(gatehouse, { port: gatehouse.appPort, sessionInCookie: false }),
    startReactSpa(gatehouse, { port: second, sessionInCookie: true }),
    startReactSpa(gatehouse, { port: third, sessionInCookie: true }),
  ])
  await callApi(gatehouse, 'POST', '/user_management/redirect_uris', { uri: `${cookied.url}/callback` })
  for (const { url } of [stored, cookied]) {
    await callApi(gatehouse, 'POST', '/user_management/cors_origins', { origin: url })
    await callApi(gatehouse, 'POST', '/user_management/logout_uris', { uri: `${url}/` })
  }
  await addSecondOrganization(gatehouse)
})

afterAll(async () => {
  await browser?.close()
  await Promise.all([stored, cookied, stranger].map((app) => app?.stop()))
  await gatehouse?.stop()
})

async function begin(page: Page, app: ReactSpa): Promise<void> {
  await page.goto(app.url)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function seeSignedIn(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name: `Signed in as ${name}` }).waitFor()
}

async function seeSignedOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** What the example's API found in the access token. */
async function askTheApi(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Ask the API' }).click()
  const answer = page.getByRole('status').filter({ hasText: /\w/ })
  await answer.waitFor()
  return answer.innerText()
}

const refreshTokens = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('workos:refresh-token')))

describe.each([
  ['in local storage', () => stored, false],
  ['in a cookie of the server', () => cookied, true],
])('a session %s', (_where, appOf, isCookied) => {
  test('goes on after a reload and when its token has run out, moves to another organization, and ends', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    const app = appOf()
    await begin(page, app)
    await signInAsGrace(page)
    await seeSignedIn(page, 'Grace Hopper')
    await page.waitForURL(`${app.url}/`)
    expect(await askTheApi(page)).toMatch(/^The API knows user_\w+ in org_test_idp\.$/)
    expect(await refreshTokens(page)).toHaveLength(isCookied ? 0 : 1)
    const scriptsSee = await page.evaluate(() => document.cookie)
    expect(scriptsSee).toBe(isCookied ? `workos-has-session=${gatehouse.clientId}` : '')
    const hidden = (await page.context().cookies()).filter(({ name }) => name.includes('refresh'))
    expect(hidden.map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual(isCookied ? [[true, 'Strict']] : [])

    // The clock of the page: nobody has to wait.
    await page.clock.install()
    await page.reload()
    await seeSignedIn(page, 'Grace Hopper')
    const refreshed = page.waitForResponse((response) => response.url().endsWith('/user_management/authenticate'))
    await page.clock.fastForward(6 * 60_000)
    expect((await refreshed).status()).toBe(200)
    await page.clock.resume()
    // The library forgets the wish to switch while it still takes in new tokens; it asks the API after that.
    expect(await askTheApi(page)).toContain('org_test_idp')

    await page.getByRole('button', { name: 'Switch to Second Organization' }).click()
    await page.getByText('Second Organization (current)').waitFor()
    await page.reload()
    await page.getByText('Second Organization (current)').waitFor()
    expect(await askTheApi(page)).not.toContain('org_test_idp')
    await page.reload()
    await page.getByText('Second Organization (current)').waitFor()

    // The library looks every second for a token to renew, and does so while it leaves the page: stop its clock.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1000)
    const back = page.waitForResponse((response) => response.url() === `${app.url}/`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await back
    await page.clock.resume()
    await seeSignedOut(page)
    expect(await refreshTokens(page)).toEqual([])
    expect(await page.evaluate(() => document.cookie)).toBe('')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Email address').waitFor()
    expect(visitor.complaints).toEqual([])
  })
})

test('what the browser keeps is of no use to a neighbour that nobody registered, and over once the server ended it', async () => {
  const visitor = await visit(browser)
  const { page } = visitor
  await begin(page, cookied)
  await signInAsLela(page)
  await seeSignedIn(page, 'Lela Block')
  await page.getByText('Test Organization (current)').waitFor()
  await expectGoodPage(page, 'react-spa-signed-in')
  expect(visitor.complaints).toEqual([])
  const tokenNow = async () => (await page.context().cookies()).find(({ name }) => name.includes('refresh'))?.value
  const before = await tokenNow()
  expect(before).toBeTruthy()

  await page.goto(stranger.url)
  const target = `${gatehouse.url}/user_management/authenticate`
  const fields = { client_id: gatehouse.clientId, grant_type: 'refresh_token' }
  const got = await page.evaluate(
    async ([url, body]) => {
      const outcome = (sent: Promise<Response>) => sent.then(({ status, type }) => [status, type]).catch(String)
      const call = { method: 'POST', credentials: 'include' } as const
      const headers = { 'content-type': 'application/json' }
      return [
        await outcome(fetch(url, { ...call, headers, body: JSON.stringify(body) })),
        await outcome(fetch(url, { ...call, mode: 'no-cors', body: new URLSearchParams(body) })),
      ]
    },
    [target, fields] as const,
  )
  expect(got).toEqual(['TypeError: Failed to fetch', [0, 'opaque']])
  expect(await tokenNow()).toBe(before)

  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('redirect').first().waitFor()
  expect(new URL(page.url()).port).toBe(String(gatehouse.port))
  expect(new URL(page.url()).searchParams.get('redirect_uri')).toBe(`${stranger.url}/callback`)

  await page.goto(cookied.url)
  await seeSignedIn(page, 'Lela Block')
  expect(await tokenNow()).not.toBe(before)
  await revokeSessionsOf(gatehouse, 'lela.block@example.com')
  await page.reload()
  await seeSignedOut(page)
  expect(await tokenNow()).toBeUndefined()
})

test('whoever looks as somebody else begins at the application, which tells them', async () => {
  await callApi(gatehouse, 'PUT', '/authentication_settings', {
    impersonation: true,
    sign_in_endpoint: `${cookied.url}/login`,
  })
  const visitor = await visit(browser)
  const { page } = visitor
  await page.goto(await impersonationOf(gatehouse, 'grace@example.org', 'org_test_idp'))
  await seeSignedIn(page, 'Grace Hopper')
  await page.getByText('support@vendor.test looks as grace@example.org: Ticket 4711').waitFor()
  expect(visitor.complaints).toEqual([])
})
