import { describe, expect, test } from 'vitest'
import type { DeviceAuthorization } from '#contracts/device-authorization.ts'
import { LoginBrowser, type LoginPage } from '../support/login-browser.ts'
import { type Authenticated, peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const password = 'horse battery staple'

async function tenant() {
  const environment = await server.environment()
  const { api } = environment
  const people = peopleOf(server, environment)
  await api('POST', '/user_management/redirect_uris', { body: { uri: 'https://app.test/callback' } })
  const user = await people.user(undefined, { password })
  return {
    ...environment,
    people,
    user,
    async device() {
      const body = { client_id: environment.client_id }
      return (await api<DeviceAuthorization>('POST', '/user_management/authorize/device', { body, key: null })).body
    },
    /** What the device hears when it asks. */
    async ask({ device_code }: DeviceAuthorization) {
      const { status, body } = await people.authenticate<Authenticated & { error?: string }>({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code,
        client_secret: null,
      })
      return status === 200 ? body.user.id : body.error
    },
    async signIn(browser: LoginBrowser, url: string): Promise<LoginPage> {
      await browser.get(url)
      await browser.submit('sign-in', { email: user.email })
      return browser.submit('password', { password })
    },
  }
}

const shownCode = ({ text }: LoginPage) => /name="code"[\s\S]*?value="([^"]*)"/.exec(text)?.[1]

describe('RFC 8628 §3.3: the page a device sends its owner to', () => {
  test('asks who it is, then for the code, then whether it is their device, and signs it in', async () => {
    const { device, ask, signIn, user } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    const page = await signIn(browser, waiting.verification_uri)
    expect([page.page, page.heading, shownCode(page)]).toEqual(['device', 'Connect a device', ''])
    // As people type it.
    const confirm = await browser.submit('device', { code: ` ${waiting.user_code.toLowerCase().replace('-', ' ')} ` })
    expect(confirm.heading).toBe('Is this your device?')
    expect(confirm.text).toContain(`>${waiting.user_code}<`)
    expect(confirm.text).toContain(user.email)
    expect(await ask(waiting)).toBe('authorization_pending')
    const done = await browser.submit('device/confirm')
    expect([done.page, done.heading]).toEqual(['device', 'Your device is signed in'])
    server.clock.advance(6000)
    expect(await ask(waiting)).toBe(user.id)
  })

  test('has the code of the link in its field, and still asks', async () => {
    const { device, ask, signIn } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    expect(shownCode(await signIn(browser, waiting.verification_uri_complete))).toBe(waiting.user_code)
    expect((await browser.submit('device', { code: waiting.user_code })).heading).toBe('Is this your device?')
    expect(await ask(waiting)).toBe('authorization_pending')
  })

  test('does not ask who it is again where somebody is signed in, but does ask about the device', async () => {
    const { device, ask, signIn, client_id } = await tenant()
    const browser = new LoginBrowser(server)
    const query = { client_id, redirect_uri: 'https://app.test/callback', response_type: 'code', provider: 'authkit' }
    expect((await signIn(browser, `/user_management/authorize?${new URLSearchParams(query)}`)).left).toBeDefined()
    const waiting = await device()
    expect((await browser.get(waiting.verification_uri_complete)).heading).toBe('Connect a device')
    expect(await ask(waiting)).toBe('authorization_pending')
  })

  test('refuses for who says no', async () => {
    const { device, ask, signIn } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    await signIn(browser, waiting.verification_uri_complete)
    await browser.submit('device', { code: waiting.user_code })
    expect((await browser.submit('device/deny')).heading).toBe('The device was refused')
    expect(await ask(waiting)).toBe('access_denied')
  })

  test('takes no code of another tenant, an old one, or one that is none', async () => {
    const { device, signIn } = await tenant()
    const stranger = await (await tenant()).device()
    const [old, browser] = [await device(), new LoginBrowser(server)]
    await signIn(browser, old.verification_uri)
    server.clock.advance(5 * 60_000)
    for (const code of [stranger.user_code, old.user_code, 'BCDF-GHJK', '', 'x'.repeat(5000)]) {
      const page = await browser.submit('device', { code })
      expect([page.status, page.heading], code).toEqual([422, 'Connect a device'])
      expect(page.alert).toContain('No device is waiting with this code')
    }
  })

  test('does not sign in a device that has stopped waiting while the page was open', async () => {
    const { device, ask, signIn } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    await signIn(browser, waiting.verification_uri)
    await browser.submit('device', { code: waiting.user_code })
    server.clock.advance(5 * 60_000)
    expect((await browser.submit('device/confirm')).heading).toBe('Connect a device')
    expect(await ask(waiting)).toBe('expired_token')
  })

  test('lets nobody try codes for long', async () => {
    const { signIn, device } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    await signIn(browser, waiting.verification_uri)
    let page = browser.last
    for (let i = 0; i < 30 && page?.status !== 429; i++) page = await browser.submit('device', { code: 'BCDF-GHJK' })
    expect(page?.status).toBe(429)
    expect((await browser.submit('device', { code: waiting.user_code })).status).toBe(429)
  })
})

describe('nobody is signed in at a stranger’s device', () => {
  test('by a form of another site', async () => {
    const { device, ask, signIn } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    await signIn(browser, waiting.verification_uri)
    const { url } = await browser.submit('device', { code: waiting.user_code })
    for (const csrf of ['', 'x'.repeat(43)]) {
      const page = await browser.post(url.replace(/device\/confirm$/, 'device/confirm'), { csrf })
      expect(page.status).toBe(403)
    }
    expect(await ask(waiting)).toBe('authorization_pending')
  })

  test('by a browser that only has the address', async () => {
    const { device, ask, signIn } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    await signIn(browser, waiting.verification_uri)
    const { url } = await browser.submit('device', { code: waiting.user_code })
    expect((await new LoginBrowser(server).post(url, { csrf: '' })).status).toBe(400)
    expect(await ask(waiting)).toBe('authorization_pending')
  })

  test('before the code was compared, or before anybody showed who they are', async () => {
    const { device, ask, signIn, user } = await tenant()
    const waiting = await device()
    const browser = new LoginBrowser(server)
    const first = await browser.get(waiting.verification_uri_complete)
    const csrf = /name="csrf" value="([^"]*)"/.exec(first.text)?.[1] ?? ''
    const at = (step: string) => first.url.replace(/sign-in$/, step)
    expect((await browser.post(at('device'), { csrf, code: waiting.user_code })).page).toBe('sign-in')
    expect((await browser.post(at('device/confirm'), { csrf })).page).toBe('sign-in')
    await browser.get(at('sign-in'))
    await browser.submit('sign-in', { email: user.email })
    expect((await browser.submit('password', { password })).heading).toBe('Connect a device')
    expect((await browser.post(at('device/confirm'), { csrf })).heading).toBe('Connect a device')
    expect(await ask(waiting)).toBe('authorization_pending')
    await signIn(browser, waiting.verification_uri)
  })
})

test('a client nobody knows gets a page that says so, and a fetch ahead starts nothing', async () => {
  const { client_id } = await tenant()
  const browser = new LoginBrowser(server)
  expect((await browser.get('/authkit/device?client_id=client_nobody')).status).toBe(400)
  expect((await browser.get('/authkit/device')).status).toBe(400)
  const page = await browser.get(`/authkit/device?client_id=${client_id}`, { 'sec-purpose': 'prefetch' })
  expect([page.status, browser.cookies.size]).toEqual([204, 0])
})
