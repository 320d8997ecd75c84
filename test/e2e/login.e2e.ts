import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { previewScreens } from '#http/login/preview.ts'
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
    headers: { authorization: `Bearer ${gatehouse.apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as T // as its contract says
}

const authorizeUrl = () =>
  `${gatehouse.url}/user_management/authorize?${new URLSearchParams({
    client_id: gatehouse.clientId,
    redirect_uri: `http://localhost:${gatehouse.appPort}/callback`,
    response_type: 'code',
    provider: 'authkit',
  })}`

/** Nothing listens at the application: where the browser was sent is all there is to see. */
async function codeFrom(page: Page, act: () => Promise<unknown>): Promise<string> {
  const [request] = await Promise.all([
    page.waitForRequest((sent) => sent.url().includes(`:${gatehouse.appPort}/callback?code=`)),
    act().catch(() => undefined),
  ])
  return new URL(request.url()).searchParams.get('code') ?? ''
}

async function redeem(code: string) {
  return api<{ user: { email: string }; authentication_method: string }>('POST', '/user_management/authenticate', {
    client_id: gatehouse.clientId,
    client_secret: gatehouse.apiKey,
    grant_type: 'authorization_code',
    code,
  })
}

describe.each([
  ['with scripts', true],
  ['without scripts', false],
])('%s', (_how, javaScriptEnabled) => {
  test('an address of a company’s domain leads to its identity provider and back to the application', async () => {
    const visitor = await visit(browser, { javaScriptEnabled })
    const { page } = visitor
    await page.goto(authorizeUrl())
    await page.getByLabel('Email address').fill('lela.block@example.com')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.waitForURL((url) => url.hostname === '127.0.0.1')
    const code = await codeFrom(page, async () => {
      await page.getByRole('button', { name: 'Lela Block' }).click()
      // Its answer posts itself where scripts run.
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click()
    })
    expect(await redeem(code)).toMatchObject({
      authentication_method: 'SSO',
      user: { email: 'lela.block@example.com' },
    })
  })

  test('a code from the mailbox signs in', async () => {
    const visitor = await visit(browser, { javaScriptEnabled })
    const { page } = visitor
    const email = `ann${String(javaScriptEnabled)}@people.test`
    await page.goto(authorizeUrl())
    await page.getByLabel('Email address').fill(email)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Email me a code instead' }).click()
    await page.getByRole('heading', { name: 'Check your email' }).waitFor()
    const { data } = await api<{ data: { code: string }[] }>('GET', `/mailbox?to=${email}`)
    const code = await codeFrom(page, async () => {
      await page.getByLabel('Six-digit code').fill(data[0]?.code ?? '')
      // With scripts, six digits send themselves.
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click()
    })
    expect(await redeem(code)).toMatchObject({ authentication_method: 'MagicAuth', user: { email } })
  })
})

describe('every screen', () => {
  const brand = {
    application_name: 'Acme',
    light: { link: '#ccff00', button_background: '#ccff00' },
    terms_url: 'https://acme.test/terms',
    privacy_url: 'https://acme.test/privacy',
  }
  test('can be used by everybody, whatever the brand’s colours', async () => {
    const visitor = await visit(browser)
    const { url } = await api<{ url: string }>('POST', '/branding/previews', brand)
    expect(previewScreens.length).toBeGreaterThan(25)
    // In both themes and two widths each.
    for (const screen of previewScreens) {
      await visitor.page.goto(`${url}&screen=${screen}`)
      await expectGoodPage(visitor.page, `login-${screen}`)
      expect(visitor.complaints, screen).toEqual([])
    }
  })
})
