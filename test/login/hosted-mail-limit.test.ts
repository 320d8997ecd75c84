import { expect, test } from 'vitest'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import { LoginBrowser, type LoginPage } from '../support/login-browser.ts'
import { peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const uri = 'https://app.test/callback'
const account = { first_name: 'Ann', last_name: 'Ewe', password: 'horse battery staple' }

/** Every button of the login box that anybody can press to have mail sent to an address. */
const buttons: Record<string, (browser: LoginBrowser, email: string) => Promise<LoginPage>> = {
  async 'a code by mail'(browser, email) {
    await browser.submit('sign-in', { email })
    return browser.submit('magic-code/send')
  },
  async 'a forgotten password'(browser, email) {
    await browser.get(browser.last?.url.replace('sign-in', 'forgot') ?? '')
    return browser.submit('forgot', { email })
  },
  async 'a sign-up'(browser, email) {
    await browser.get(browser.last?.url.replace('sign-in', 'sign-up') ?? '')
    return browser.submit('sign-up', { ...account, email })
  },
}

async function pressing() {
  const environment = await server.environment()
  const { api, client_id } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri } })
  const query = new URLSearchParams({ client_id, redirect_uri: uri, response_type: 'code', provider: 'authkit' })
  const url = `/user_management/authorize?${query}`
  return {
    environment,
    url,
    async press(button: string, email: string) {
      const browser = new LoginBrowser(server)
      await browser.get(url)
      const page = await buttons[button]?.(browser, email)
      return { status: page?.status, alert: page?.alert }
    },
    async mails(to: string) {
      return (await api<Page<Mail>>('GET', `/mailbox?limit=100&to=${to}`)).body.data.length
    },
  }
}

test('nobody’s inbox is filled, whatever the button, and the page is the same where there is nobody', async () => {
  const { environment, press, mails } = await pressing()
  const { email } = await peopleOf(server, environment).user('ann@example.com')
  const names = Object.keys(buttons)
  const seen: Record<string, { status: number | undefined; alert: string | undefined }[]> = {}
  for (const address of [email, 'nobody@example.com']) {
    seen[address] = []
    for (const name of [...names, ...names, ...names]) seen[address].push(await press(name, address))
  }
  const [of = [], ofNobody] = Object.values(seen)
  expect(of.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429, 429, 429])
  expect(of.at(-1)?.alert).toMatch(/^Too many attempts. Try again in \d+ seconds/)
  expect(ofNobody).toEqual(of)
  expect(await mails(email)).toBe(6)
  // Another address is another, and time heals.
  expect((await press('a forgotten password', 'carol@example.com')).status).toBe(200)
  server.clock.advance(10 * 60_000)
  expect((await press('a code by mail', email)).status).toBe(200)
})

test('a browser that is signed in, whose address has to be shown again, is told to wait as well', async () => {
  const { environment, url } = await pressing()
  const { password } = account
  const { id, email } = await peopleOf(server, environment).user('ann@example.com', { password })
  const browser = new LoginBrowser(server)
  await browser.get(url)
  await browser.submit('sign-in', { email })
  expect((await browser.submit('password', { password })).left).toBeDefined()
  await environment.api('PUT', `/user_management/users/${id}`, { body: { email_verified: false } })
  for (let count = 0; count < 6; count++) expect((await browser.get(url)).page).toBe('email-verification')
  expect(await browser.get(url)).toMatchObject({
    status: 429,
    text: expect.stringContaining('Try again in 600 seconds'),
  })
})
