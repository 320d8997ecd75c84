import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible } from './support/dashboard.ts'
import { button, keepOpen, useInstallation } from './support/installation.ts'

const installation = useInstallation()
const { open, arrive, api, restart } = installation

async function addUri(page: Page, uri: string): Promise<void> {
  const section = page.getByRole('region', { name: 'Redirect URIs' })
  await section.getByRole('textbox').fill(uri)
  await section.getByRole('button', { name: /^Add/ }).click()
}

test('redirect URIs are taken in staging with a wildcard, and refused in production by the rule they break', async () => {
  const visitor = await open('redirects')
  visitor.allow(/status of 422/)
  const { page } = visitor
  const preview = 'https://*.preview.acme.test/callback'
  // The first one is in the list, and its form still waits for the other lists of the page: the next one is typed already.
  const reads = Promise.withResolvers<undefined>()
  await page.route(/logout_uris/, async (route) => {
    await reads.promise
    await route.continue()
  })
  await addUri(page, 'http://localhost:3001/other')
  await page.getByRole('row').filter({ hasText: 'localhost:3001/other' }).waitFor()
  const section = page.getByRole('region', { name: 'Redirect URIs' })
  await section.getByRole('textbox').fill(preview)
  reads.resolve(undefined)
  await section.getByRole('button', { name: /^Add/, disabled: false }).click()
  await page.unroute(/logout_uris/)
  const row = page.getByRole('row').filter({ hasText: preview })
  await row.waitFor()
  await restart()
  const makeDefault = row.getByRole('button', { name: 'Make default' })
  expect(await makeDefault.getAttribute('aria-disabled')).toBe('true')
  expect(await makeDefault.getAttribute('aria-description')).toContain('wildcard')

  // The addresses that there is one of.
  const endpoint = page.getByRole('region', { name: 'Sign-in endpoint' })
  await endpoint.getByLabel('Sign-in URL').fill('nowhere')
  await button(page, 'Save endpoint').click()
  await endpoint.getByRole('alert').first().waitFor()
  await endpoint.getByLabel('Sign-in URL').fill('http://localhost:3001/sign-in')
  // It is saved, and not read again yet: what is typed by then stays.
  const settings = Promise.withResolvers<undefined>()
  await page.route(/authentication_settings/, async (route) => {
    if (route.request().method() === 'GET') await settings.promise
    await route.continue()
  })
  await button(page, 'Save endpoint').click()
  await expect
    .poll(() => api<object>('GET', '/authentication_settings'))
    .toMatchObject({ sign_in_endpoint: 'http://localhost:3001/sign-in' })
  await endpoint.getByLabel('Sign-in URL').fill('http://localhost:3001/next')
  settings.resolve(undefined)
  await page.getByText('Sign-in endpoint saved').waitFor()
  expect(await endpoint.getByLabel('Sign-in URL').inputValue()).toBe('http://localhost:3001/next')
  await page.unroute(/authentication_settings/)
  await api('PUT', '/authentication_settings', { sign_in_endpoint: null })
  await page.getByRole('region', { name: 'App homepage URL' }).getByLabel('URL').fill('http://localhost:3001')
  await button(page, 'Save homepage').click()
  await page.getByText('Homepage saved').waitFor()

  await page.getByRole('link', { name: 'Environments', exact: true }).click()
  await button(page, 'Create environment').click()
  await page.getByRole('dialog').getByLabel('Name').fill('Live')
  await page.getByRole('dialog').getByRole('combobox').click()
  await page.getByRole('option', { name: /production/i }).click()
  await button(page, 'Create environment').last().click()
  await page.getByRole('button', { name: 'Environment: Live' }).waitFor()
  await page.getByRole('link', { name: 'Redirects', exact: true }).click()
  await page.getByText('Production: https, without wildcards').waitFor()
  for (const [uri, rule] of [
    [preview, /wildcard/i],
    ['https://app.acme.test/callback?x=1', /quer/i],
  ] as const) {
    await addUri(page, uri)
    await page.getByRole('alert').filter({ hasText: rule }).waitFor()
  }
  await expectAccessible(page, 'refused redirect URI')
})

test('a sign-in that comes from an unregistered address says so, and is let through once it is added', async () => {
  const { gatehouse } = installation
  const uri = `http://localhost:${gatehouse.appPort}/elsewhere`
  const authorize = new URLSearchParams({
    response_type: 'code',
    client_id: gatehouse.clientId,
    organization: 'org_test_idp',
    redirect_uri: uri,
  })
  const visitor = await arrive()
  visitor.allow(/status of 400/)
  const { page } = visitor
  const begin = () => page.goto(`${gatehouse.url}/sso/authorize?${authorize}`)
  await begin()
  await page.getByRole('heading', { name: 'The redirect URI is not registered' }).waitFor()
  await page.getByText(uri, { exact: true }).waitFor()
  await page.getByText(`http://localhost:${gatehouse.appPort}/callback`).waitFor()
  await expectAccessible(page, 'unregistered redirect')
  await page.getByRole('link', { name: 'Add this URI on the dashboard' }).click()
  await page.getByText('Nothing registered allows it').waitFor()
  await page.getByRole('row').filter({ hasText: uri }).getByText('once').waitFor()
  await restart()
  await button(page, 'Register it').first().click()
  await page.getByText('It is registered.').waitFor()
  await begin()
  await page.getByRole('button', { name: 'Lela Block' }).click()
  await page.getByText('Back in the application').waitFor()
  expect(page.url()).toContain(`${uri}?code=`)
})

/** What the application does with the code it is sent: the exchange that ends a scenario. */
async function exchange(code: string | null, path = '/sso/token'): Promise<void> {
  const { gatehouse } = installation
  const fields = { client_id: gatehouse.clientId, client_secret: gatehouse.apiKey, grant_type: 'authorization_code' }
  const body = new URLSearchParams({ ...fields, code: code ?? '' })
  expect((await fetch(gatehouse.url + path, { method: 'POST', body })).status).toBe(200)
}

test('the scenarios of Test SSO tick on the open page, each to what it is about', async () => {
  const visitor = await open('test-sso')
  const other = await arrive()
  const { page } = visitor
  const browser = other.page
  const stayed = await keepOpen(page)
  const begin = async (title: string) => {
    const card = page.getByRole('region', { name: title })
    await card.getByRole('button', { name: /^Start/ }).click()
    const link = card.getByRole('link', { name: 'Open the sign-in' })
    await card
      .getByText(/waiting/)
      .first()
      .waitFor()
    await browser.goto((await link.getAttribute('href')) ?? '')
    return card
  }
  const callback = async () => {
    await browser.getByText('Back in the application').waitFor()
    return new URL(browser.url()).searchParams
  }

  const asked = await begin('Service provider-initiated SSO')
  await asked.getByText('The request came').waitFor()
  await expectAccessible(page, 'Test SSO, under way')
  await browser.getByRole('button', { name: 'Lela Block' }).click()
  const first = await callback()
  await asked.getByText('the application has not exchanged the code yet').waitFor()
  await restart()
  await exchange(first.get('code'))
  await asked.getByText('As expected. lela.block@example.com was signed in').waitFor({ timeout: 60_000 })
  await expectAccessible(page, 'Test SSO, passed')

  const choose = async (name: string) => {
    await page.getByRole('radio', { name }).click()
    // The cards of the one before may still be there to be clicked.
    await page.getByRole('radio', { name, checked: true }).waitFor()
  }
  await choose('AuthKit')
  const boxed = await begin('Service provider-initiated SSO')
  await browser.getByRole('button', { name: 'Lela Block' }).click()
  await exchange((await callback()).get('code'), '/user_management/authenticate')
  await boxed.getByText('As expected. lela.block@example.com was signed in').waitFor()
  await choose('Standalone SSO')

  const unasked = await begin('Identity provider-initiated SSO')
  await browser.getByRole('button', { name: 'Lela Block' }).click()
  const second = await callback()
  expect(second.has('state'), 'the application sees no state of its own').toBe(false)
  await exchange(second.get('code'))
  await unasked.getByText('As expected. lela.block@example.com was signed in').waitFor()

  const guest = await begin('Guest email domain')
  await browser.getByRole('button', { name: 'Guest email domain' }).click()
  expect((await callback()).get('error')).toBe('profile_not_allowed_outside_organization')
  await guest.getByText('As expected.').waitFor()
  await guest.getByRole('switch', { name: 'Allow guests' }).click()
  await expect
    .poll(async () => await api<Record<string, unknown>>('GET', '/organizations/org_test_idp'))
    .toMatchObject({ allow_profiles_outside_organization: true })
  await begin('Guest email domain')
  await browser.getByRole('button', { name: 'Guest email domain' }).click()
  await exchange((await callback()).get('code'))
  await guest.getByText('As expected. freelancer@guest.test was signed in').waitFor()

  const refused = await begin('Error response')
  await browser.getByRole('button', { name: 'Error response' }).click()
  const last = await callback()
  expect(last.get('error')).toBeTruthy()
  expect(last.get('error_description')).toBeTruthy()
  expect(last.get('state')).toBeTruthy()
  await refused.getByText('As expected.').waitFor()
  expect(await stayed(), 'without a reload').toBe(true)
  await refused.getByRole('link', { name: 'See how it went' }).click()
  await page.getByText('Failed', { exact: true }).first().waitFor()
})
