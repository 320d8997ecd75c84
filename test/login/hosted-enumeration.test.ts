import { expect, test } from 'vitest'
import { LoginBrowser, type LoginPage } from '../support/login-browser.ts'
import { peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const uri = 'https://app.test/callback'
const password = 'horse battery staple'
const account = { first_name: 'Ann', last_name: 'Ewe', password }

/** All that a browser gets to see, but for what is new on every page and the address that it typed. */
function seen({ status, url, text, headers, left }: LoginPage, browser: LoginBrowser, email: string) {
  const plain = (part: string) =>
    part
      .replaceAll(email, 'ADDRESS')
      .replaceAll(encodeURIComponent(email), 'ADDRESS')
      .replaceAll(/hosted_login_\w+|login_[0-9A-HJKMNP-TV-Z]{26}/g, 'LOGIN')
      .replaceAll(/(name="csrf" value=|nonce=)"[^"]*"/g, '$1""')
      .replaceAll(/nonce-[\w+/=-]+/g, 'NONCE')
      .replaceAll(/challenge&quot;:&quot;[\w-]+|"challenge":"[\w-]+/g, 'CHALLENGE')
  const kept = [...headers].filter(([name]) => !/^(?:date|set-cookie|x-request-id|x-ratelimit-.*)$/.test(name))
  return {
    status,
    url: plain(url),
    text: plain(text),
    headers: kept.map(([name, value]) => [name, plain(value)]),
    cookies: [...browser.cookies.keys()].toSorted(),
    left: left?.host,
  }
}

const to = (step: string) => async (browser: LoginBrowser) =>
  browser.get(browser.last?.url.replace(/\/sign-in$/, `/${step}`) ?? '')

type Press = (browser: LoginBrowser, email: string) => Promise<unknown>

/** What somebody can press who knows an address, one after the other; after each, the pages are compared. */
const ways: Record<string, readonly Press[]> = {
  'a wrong password': [
    (browser, email) => browser.submit('sign-in', { email }),
    (browser) => browser.submit('password', { password: 'wrong horse battery' }),
  ],
  'codes by mail, wrong ones until no more are taken, and another one': [
    (browser, email) => browser.submit('sign-in', { email }),
    (browser) => browser.submit('magic-code/send'),
    ...Array.from({ length: 6 }, () => (browser: LoginBrowser) => browser.submit('magic-code', { code: '000000' })),
    (browser) => browser.submit('magic-code/send'),
  ],
  'a code that is too old': [
    (browser, email) => browser.submit('sign-in', { email }),
    (browser) => browser.submit('magic-code/send'),
    async (browser) => {
      server.clock.advance(11 * 60_000)
      return browser.submit('magic-code', { code: '000000' })
    },
  ],
  'a forgotten password': [to('forgot'), (browser, email) => browser.submit('forgot', { email })],
  'a sign-up, wrong codes, and another one': [
    to('sign-up'),
    (browser, email) => browser.submit('sign-up', { ...account, email }),
    ...Array.from(
      { length: 6 },
      () => (browser: LoginBrowser) => browser.submit('email-verification', { code: '000000' }),
    ),
    async (browser) => {
      server.clock.advance(60_000)
      return browser.submit('email-verification/send')
    },
  ],
  'a sign-up with a password that is too weak': [
    to('sign-up'),
    (browser, email) => browser.submit('sign-up', { ...account, email, password: 'short' }),
  ],
}

/** Of one length, so that nothing differs by that. */
const people: [string, string, object | undefined][] = [
  ['nobody', 'nob@example.com', undefined],
  ['somebody with a password', 'ann@example.com', { password }],
  ['somebody without one', 'bob@example.com', {}],
  ['somebody whose inbox was never shown', 'eve@example.com', { password, email_verified: false }],
]

const open = Object.keys(ways)
test.each<[string, string, object]>([
  ...open.map((way): [string, string, object] => [way, 'is made', {}]),
  ...open.slice(2, 5).map((way): [string, string, object] => [way, 'nobody may sign up to', { sign_up: 'closed' }]),
  [open[2] ?? '', 'takes codes alone', { methods: { password: false } }],
])('%s shows the same, whoever has the address, in an environment that %s', async (way, _environment, settings) => {
  const presses = ways[way] ?? []
  const environment = await server.environment()
  const { api, client_id } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri } })
  const set = await api('PUT', '/authentication_settings', { body: settings })
  expect(set.status).toBe(200)
  const query = new URLSearchParams({ client_id, redirect_uri: uri, response_type: 'code', provider: 'authkit' })
  const shown: unknown[][] = []
  for (const [, email, user] of people) {
    if (user) await peopleOf(server, environment).user(email, user)
    const browser = new LoginBrowser(server)
    await browser.get(`/user_management/authorize?${query}`)
    const pages: unknown[] = []
    for (const press of presses) {
      // Where there is no such form, there is none for anybody.
      const absent = await press(browser, email).then(
        () => undefined,
        (error: Error) => error.message.split(' on ')[0],
      )
      pages.push(absent ?? (browser.last && seen(browser.last, browser, email)))
    }
    shown.push(pages)
  }
  const [ofNobody, ...others] = shown
  expect(ofNobody?.length).toBe(presses.length)
  for (const [index, pages] of others.entries()) expect(pages, people[index + 1]?.[0]).toEqual(ofNobody)
})
