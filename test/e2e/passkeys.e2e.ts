import { createServer } from 'node:http'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectGoodPage, launchBrowser, visit } from './support/browser.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'

let gatehouse: Gatehouse
let browser: Browser
const application = createServer((_request, response) => response.end('The application'))

beforeAll(async () => {
  gatehouse = await startGatehouse()
  application.listen(gatehouse.appPort, 'localhost')
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  application.close()
  await gatehouse?.stop()
})

const authorizeUrl = (query: Record<string, string> = {}) =>
  `${gatehouse.url}/user_management/authorize?${new URLSearchParams({
    client_id: gatehouse.clientId,
    redirect_uri: `http://localhost:${gatehouse.appPort}/callback`,
    response_type: 'code',
    provider: 'authkit',
    ...query,
  })}`

/** What the application gets for where the browser was sent. */
async function signInOf(page: Page, act: () => Promise<unknown>): Promise<unknown> {
  const callback = `http://localhost:${gatehouse.appPort}/callback?*`
  await Promise.all([page.waitForURL(callback), act()])
  const response = await fetch(`${gatehouse.url}/user_management/authenticate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: gatehouse.clientId,
      client_secret: gatehouse.apiKey,
      grant_type: 'authorization_code',
      code: new URL(page.url()).searchParams.get('code'),
    }),
  })
  return response.json()
}

/** Chromium's own authenticator, which asks its owner nothing. */
async function addAuthenticator(page: Page): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, authenticatorId }
}

/** Whether the browser has no list at the field for the address, as older ones. Pages read it as they load. */
async function withoutList(page: Page, without: boolean): Promise<void> {
  await page.goto(`${gatehouse.url}/healthz`)
  await page.evaluate((value) => localStorage.setItem('without-list', value), String(without))
  await page.addInitScript(() => {
    if (localStorage.getItem('without-list') === 'true')
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false)
  })
}

/** In the login box that is open. */
async function signInByPassword(page: Page): Promise<void> {
  await page.getByLabel('Email address').fill('grace@example.org')
  await page.getByRole('button', { name: 'Continue', exact: true }).click()
  await page.getByLabel('Password', { exact: true }).fill('sample-password')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

describe('passkeys', () => {
  test('are offered once, made, and sign in by the button and from the list at the address', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    const { cdp, authenticatorId } = await addAuthenticator(page)
    await page.goto(authorizeUrl())
    // Until the browser has told the page that this device keeps passkeys, its forms do not say so.
    await page.locator('input[name=passkeys]').first().waitFor({ state: 'attached' })
    await signInByPassword(page)
    await page.getByRole('heading', { name: 'Sign in faster next time?' }).waitFor()
    await expectGoodPage(page, 'login-passkey-enrollment')
    const first = await signInOf(page, () => page.getByRole('button', { name: 'Create a passkey' }).click())
    expect(first).toMatchObject({ authentication_method: 'Password' })
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost' }])

    await withoutList(page, true)
    await page.goto(authorizeUrl({ prompt: 'login' }))
    const button = page.getByRole('button', { name: 'Sign in with a passkey' })
    await button.waitFor()
    await expectGoodPage(page, 'login-with-passkey')
    const byButton = await signInOf(page, () => button.click())
    expect(byButton).toMatchObject({ authentication_method: 'Passkey', user: { email: 'grace@example.org' } })

    await withoutList(page, false)
    // What somebody who chooses from the list does, the authenticator does by itself, before all of the page is there.
    const fromList = await signInOf(page, () => page.goto(authorizeUrl({ prompt: 'login' }), { waitUntil: 'commit' }))
    expect(fromList).toMatchObject({ authentication_method: 'Passkey', user: { email: 'grace@example.org' } })

    await page.goto(`${gatehouse.url}/dashboard/users`)
    await page.getByRole('link', { name: 'grace@example.org' }).click()
    const row = page.getByRole('row').filter({ hasText: 'built in' })
    await row.getByRole('button', { name: 'Remove' }).waitFor()
    await expectGoodPage(page, 'dashboard-user-passkeys')
    await row.getByRole('button', { name: 'Remove' }).click()
    await page.getByLabel('Type grace@example.org to confirm').fill('grace@example.org')
    await page.getByRole('button', { name: 'Remove passkey' }).click()
    await row.waitFor({ state: 'detached' })
    await withoutList(page, true)
    await page.goto(authorizeUrl({ prompt: 'login' }))
    await button.click()
    await page.getByRole('alert').filter({ hasText: 'The passkey could not be used' }).waitFor()
    // The page without a picture of its own that the switch is set on.
    expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([])
  })

  test('are neither offered nor shown where scripts do not run', async () => {
    const visitor = await visit(browser, { javaScriptEnabled: false })
    const { page } = visitor
    await page.goto(authorizeUrl())
    expect(await page.getByText('Sign in with a passkey').isVisible()).toBe(false)
    const signedIn = await signInOf(page, () => signInByPassword(page))
    expect(signedIn).toMatchObject({ authentication_method: 'Password' })
  })

  test('that the owner does not want to use leave the other ways open', async () => {
    const visitor = await visit(browser)
    const { page } = visitor
    const { cdp, authenticatorId } = await addAuthenticator(page)
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
    await page.goto(authorizeUrl())
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('The passkey could not be used').waitFor()
    await page.getByLabel('Email address').fill('grace@example.org')
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    await page.getByLabel('Password', { exact: true }).waitFor()
    expect(page.url()).toMatch(/\/password$/)
  })
})
