import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenResponse } from '#contracts/sso.ts'
import { type AppleAccount, type ApplePost, type FakeApple, startApple } from '../support/apple.ts'
import { readLog } from '../support/log.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Authenticated, peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
let apple: FakeApple

beforeAll(async () => {
  apple = await startApple(server.clock.read)
})
afterAll(() => apple.close())

let count = 0
/** Somebody who hides their address, as most do. */
const hidden = (more: Partial<AppleAccount> = {}): AppleAccount => ({
  sub: `000123.${++count}`,
  email: `dpdcnf87nu${count}@privaterelay.appleid.com`,
  is_private_email: 'true',
  name: { firstName: 'Todd', lastName: 'Rundgren' },
  ...more,
})

async function application(input: object = {}) {
  const environment = await server.environment()
  const { api, client_id } = environment
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const { status, text } = await api('PUT', '/oauth_providers/AppleOAuth', {
    body: {
      client_id: 'test.app.service',
      client_secret: apple.privateKey,
      apple: apple.settings,
      issuer: apple.issuer,
      ...input,
    },
  })
  if (status !== 200) throw new Error(text)
  const query = { client_id, redirect_uri: callback, response_type: 'code' }
  const people = peopleOf(server, environment)
  return {
    environment,
    api,
    people,
    /** As far as Apple's page. */
    async leave(browser: LoginBrowser): Promise<string> {
      await browser.get(
        `/user_management/authorize?${new URLSearchParams({ ...query, provider: 'authkit', prompt: 'login' })}`,
      )
      const { text: page } = await browser.submit('provider', { choice: 'AppleOAuth' })
      return /<meta http-equiv="refresh" content="0;url=([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
    },
    async redeem(left: URL | undefined) {
      const code = left?.searchParams.get('code')
      return (await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })).body
    },
    /** By the stand-alone API. */
    async profile(account: AppleAccount) {
      const start = await fetch(
        `${server.url}/sso/authorize?${new URLSearchParams({ ...query, provider: 'AppleOAuth' })}`,
        {
          redirect: 'manual',
        },
      )
      const cookie = start.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      const at = await arrive(apple.agree(start.headers.get('location') ?? '', account))
      const end = await fetch(at, { redirect: 'manual', headers: { cookie } })
      const code = new URL(end.headers.get('location') ?? '').searchParams.get('code') ?? ''
      const body = new URLSearchParams({
        client_id,
        client_secret: environment.apiKey.value,
        grant_type: 'authorization_code',
        code,
      })
      return ((await (await fetch(`${server.url}/sso/token`, { method: 'POST', body })).json()) as TokenResponse)
        .profile
    },
  }
}

/** What the browser does with Apple's form: a post from another site, which no cookie of ours goes along with. */
async function arrive({ to, fields }: ApplePost): Promise<string> {
  const posted = await fetch(server.url + new URL(to).pathname, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: 'https://appleid.apple.com', 'sec-fetch-site': 'cross-site' },
    redirect: 'manual',
  })
  expect([posted.status, posted.headers.get('set-cookie')]).toEqual([303, null])
  return new URL(posted.headers.get('location') ?? '', server.url).href
}

async function signIn(app: Awaited<ReturnType<typeof application>>, account: AppleAccount) {
  const browser = new LoginBrowser(server)
  return browser.get(await arrive(apple.agree(await app.leave(browser), account)))
}

describe('somebody with an account at Apple', () => {
  test('comes in with the address that Apple made for them, and with the name it tells once', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const location = new URL(await app.leave(browser))
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      response_mode: 'form_post',
      scope: 'openid email name',
      redirect_uri: 'http://gatehouse.test/sso/oauth/callback',
    })
    const account = hidden()
    const { left } = await browser.get(await arrive(apple.agree(location.href, account)))
    const first = await app.redeem(left)
    expect(first).toMatchObject({
      authentication_method: 'AppleOAuth',
      user: { email: account.email, email_verified: true, first_name: 'Todd', last_name: 'Rundgren' },
    })
    // And nothing is asked by mail: "true" is what Apple means by true.
    const second = await app.redeem((await signIn(app, account)).left)
    expect(second.user).toMatchObject({ id: first.user.id, first_name: 'Todd', last_name: 'Rundgren' })
    expect(apple.refusals).toEqual([])
  })

  test('keeps the name in their profile, which Apple does not tell again', async () => {
    const app = await application()
    const account = hidden()
    const first = await app.profile(account)
    expect(first).toMatchObject({ first_name: 'Todd', last_name: 'Rundgren', email: account.email })
    expect(await app.profile(account)).toEqual(first)
    // Nobody else's.
    const { name: _name, ...nameless } = hidden()
    expect(await app.profile(nameless)).toMatchObject({ first_name: null, name: null })
  })

  test('is the same person with another address', async () => {
    const app = await application()
    const account = hidden()
    const { user } = await app.redeem((await signIn(app, account)).left)
    const moved = await app.redeem((await signIn(app, { ...account, email: 'todd@example.com' })).left)
    expect(moved.user).toMatchObject({ id: user.id, email: account.email })
  })

  test.each([
    ['an address', JSON.stringify({ email: 'boss@example.com', name: { firstName: 'Boss' } }), 'Boss'],
    ['no JSON', '{', null],
    ['no object', '[1]', null],
    ['no name', JSON.stringify({ name: null }), null],
    ['a name that is no text', JSON.stringify({ name: { firstName: { a: 1 }, lastName: 5n.toString() } }), null],
  ])('is who the signed token says, whatever is posted beside it: %s', async (_what, user, firstName) => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const account = hidden()
    const { to, fields } = apple.agree(await app.leave(browser), account)
    const { left } = await browser.get(await arrive({ to, fields: { ...fields, user } }))
    expect((await app.redeem(left)).user).toMatchObject({ email: account.email, first_name: firstName })
  })

  test('shows their inbox where Apple says that they have not', async () => {
    const app = await application()
    const { page } = await signIn(app, hidden({ email: 'ann@example.com', email_verified: 'false' }))
    expect(page).toBe('email-verification')
  })

  test('who turns away is told so, and signed in nowhere', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const { to, fields } = apple.agree(await app.leave(browser), hidden())
    const error = { state: fields['state'] ?? '', error: 'user_cancelled_authorize' }
    const page = await browser.get(await arrive({ to, fields: error }))
    expect([page.left, page.page]).toEqual([undefined, 'not-found'])
    expect(page.text).toContain('Start again')
  })
})

describe('Apple’s answer', () => {
  test('posted by a browser that did not ask signs nobody in, and is used up by nobody but the one that did', async () => {
    const app = await application()
    const browser = new LoginBrowser(server)
    const post = apple.agree(await app.leave(browser), hidden())
    const victim = new LoginBrowser(server)
    await app.leave(victim)
    expect((await victim.get(await arrive(post))).left).toBeUndefined()
    expect((await browser.get(await arrive(post))).left?.searchParams.get('code')).toBeTruthy()
  })

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  test.each([
    [
      'the key of another team',
      { client_secret: stranger.export({ type: 'pkcs8', format: 'pem' }).toString() },
      'signature',
    ],
    ['another key id', { apple: { team_id: 'TEAM567890', key_id: 'OTHER67890' } }, 'kid'],
    ['another team id', { apple: { team_id: 'OTHER67890', key_id: 'KEY4567890' } }, 'iss'],
  ])('is not had with %s, and only the administrator learns why', async (_what, input, problem) => {
    const app = await application(input)
    apple.refusals.length = 0
    const page = await signIn(app, hidden())
    expect(apple.refusals).toEqual([expect.stringContaining(problem)])
    expect([page.left, page.text.includes('invalid_client')]).toEqual([undefined, false])
    expect((await readLog(app.api)).at(-1)).toMatchObject({
      event: 'authentication.oauth_failed',
      data: { error: { code: 'code_refused', message: expect.stringContaining('invalid_client') } },
    })
  })
})
