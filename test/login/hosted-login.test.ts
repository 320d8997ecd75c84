import { describe, expect, test } from 'vitest'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import { totp } from '#protocols/totp.ts'
import { decodeBase32 } from '#protocols/totp.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Authenticated, claimsOf, type People, peopleOf, pkcePair } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
const password = 'horse battery staple'

interface Tenant {
  readonly environment: TestEnvironment
  readonly people: People
  url(query?: Record<string, string>): string
  /** What the application gets for the code that the browser brought. */
  redeem(left: URL | undefined, more?: object): Promise<Authenticated>
  mail(to: string): Promise<Mail>
}

async function tenant(settings: object = {}): Promise<Tenant> {
  const environment = await server.environment()
  const { api } = environment
  const people = peopleOf(server, environment)
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  if (Object.keys(settings).length > 0) await api('PUT', '/authentication_settings', { body: settings })
  return {
    environment,
    people,
    url: (query = {}) =>
      `/user_management/authorize?${new URLSearchParams({
        client_id: environment.client_id,
        redirect_uri: callback,
        response_type: 'code',
        provider: 'authkit',
        state: 'app state',
        ...query,
      })}`,
    async redeem(left, more = {}) {
      const code = left?.searchParams.get('code')
      const answer = await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code, ...more })
      if (answer.status !== 200) throw new Error(answer.text)
      return answer.body
    },
    async mail(to) {
      const { body } = await api<Page<Mail>>('GET', `/mailbox?to=${encodeURIComponent(to)}`)
      const [mail] = body.data
      if (!mail) throw new Error(`No mail for ${to}`)
      return mail
    },
  }
}

/** Signs in as far as the password page and beyond. */
async function byPassword({ url }: Tenant, email: string, query: Record<string, string> = {}) {
  const browser = new LoginBrowser(server)
  await browser.get(url(query))
  await browser.submit('sign-in', { email })
  return { browser, page: await browser.submit('password', { password }) }
}

describe('a password', () => {
  test('brings the person to the application with a code and its state', async () => {
    const where = await tenant()
    const user = await where.people.user('ann@example.com', { password })
    const browser = new LoginBrowser(server)
    expect(await browser.get(where.url())).toMatchObject({ status: 200, page: 'sign-in', heading: 'Sign in' })
    expect(await browser.submit('sign-in', { email: ' Ann@Example.com ' })).toMatchObject({ page: 'sign-in/password' })
    const wrong = await browser.submit('password', { password: 'wrong wrong wrong' })
    expect(wrong).toMatchObject({
      status: 422,
      page: 'sign-in/password',
      alert: expect.stringContaining('don’t match'),
    })
    const { left } = await browser.submit('password', { password })
    expect(left?.href).toMatch(/^https:\/\/app\.test\/callback\?code=[\w-]+&state=app\+state$/)
    const signedIn = await where.redeem(left)
    expect(signedIn.user.id).toBe(user.id)
    expect(signedIn.authentication_method).toBe('Password')
  })

  test('with PKCE, the code needs its verifier', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { verifier, challenge } = pkcePair()
    const { page } = await byPassword(where, 'ann@example.com', {
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    await expect(where.redeem(page.left)).rejects.toThrow('invalid_grant')
    const again = await byPassword(where, 'ann@example.com', {
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    expect((await where.redeem(again.page.left, { code_verifier: verifier })).user.email).toBe('ann@example.com')
  })

  test('guessing slows down, also where nobody has the address', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    await browser.get(where.url())
    await browser.submit('sign-in', { email: 'nobody@example.com' })
    for (let i = 0; i < 10; i++)
      expect((await browser.submit('password', { password: 'wrong wrong' })).status).toBe(422)
    expect(await browser.submit('password', { password: 'wrong wrong' })).toMatchObject({
      status: 429,
      alert: expect.stringMatching(/Try again in \d+ seconds/),
    })
    server.clock.advance(61_000)
  })
})

describe('a code by mail', () => {
  test('signs in; wrong, old and worn-out codes say so differently', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com')
    const browser = new LoginBrowser(server, { 'accept-language': 'de' })
    await browser.get(where.url())
    await browser.submit('sign-in', { email: 'ann@example.com' })
    expect(await browser.submit('magic-code/send')).toMatchObject({ page: 'magic-code' })
    const mail = await where.mail('ann@example.com')
    expect(mail.subject).toContain('Anmeldecode')
    const wrong = mail.code === '000000' ? '000001' : '000000'
    expect((await browser.submit('magic-code', { code: '12' })).alert).toContain('sechs Ziffern')
    expect((await browser.submit('magic-code', { code: wrong })).alert).toContain('falsch')
    const { left } = await browser.submit('magic-code', { code: `${mail.code?.slice(0, 3)} ${mail.code?.slice(3)}` })
    expect((await where.redeem(left)).authentication_method).toBe('MagicAuth')

    const other = new LoginBrowser(server)
    await other.get(where.url())
    await other.submit('sign-in', { email: 'ann@example.com' })
    await other.submit('magic-code/send')
    expect(await other.submit('magic-code/send')).toMatchObject({
      status: 429,
      alert: expect.stringContaining('another code in'),
    })
    const next = await where.mail('ann@example.com')
    const bad = next.code === '000000' ? '000001' : '000000'
    for (let i = 0; i < 5; i++) await other.submit('magic-code', { code: bad })
    expect((await other.submit('magic-code', { code: next.code ?? '' })).alert).toContain('too many wrong codes')
    server.clock.advance(601_000)
    expect((await other.submit('magic-code', { code: next.code ?? '' })).alert).toContain('expired')
  })

  test('pages are the same for somebody and for nobody', async () => {
    const where = await tenant({ sign_up: 'closed' })
    await where.people.user('ann@example.com')
    const walk = async (email: string) => {
      const browser = new LoginBrowser(server)
      await browser.get(where.url())
      const pages = [
        await browser.submit('sign-in', { email }),
        await browser.submit('magic-code/send'),
        ...[0, 1, 2, 3, 4, 5].map(() => undefined),
      ]
      for (let i = 2; i < pages.length; i++) pages[i] = await browser.submit('magic-code', { code: '999999' })
      return pages.map(
        (page) =>
          page && [
            page.status,
            page.text.replaceAll(email, 'X').replaceAll(/login_\w+|nonce="[^"]*"|value="[\w-]{43}"/g, ''),
          ],
      )
    }
    expect(await walk('ann@example.com')).toEqual(await walk('bob@example.com'))
  })
})

test('a wrong code tells nobody whether somebody has the address, also where another page has used up its tries', async () => {
  const where = await tenant({ sign_up: 'closed' })
  const { email } = await where.people.user('ann@example.com')
  const alertsFor = async (address: string) => {
    const [earlier, later] = [new LoginBrowser(server), new LoginBrowser(server)]
    for (const browser of [earlier, later]) {
      await browser.get(where.url())
      await browser.submit('sign-in', { email: address })
      await browser.submit('magic-code/send')
    }
    const alerts: (string | undefined)[] = []
    for (let count = 0; count < 6; count++) alerts.push((await earlier.submit('magic-code', { code: '000000' })).alert)
    return [...alerts, (await later.submit('magic-code', { code: '000000' })).alert]
  }
  expect(await alertsFor('nobody@example.com')).toEqual(await alertsFor(email))
})

describe('signing up', () => {
  const account = { email: 'new@example.com', first_name: 'Nia', last_name: 'Ewe', password }

  test('asks for the inbox and then goes to the application', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    expect(await browser.get(where.url({ screen_hint: 'sign-up' }))).toMatchObject({ page: 'sign-up' })
    expect((await browser.submit('sign-up', { ...account, password: 'short' })).alert).toContain(
      'at least 10 characters',
    )
    expect((await browser.submit('sign-up', { ...account, password: 'password1234' })).alert).toContain('common')
    expect((await browser.submit('sign-up', { ...account, email: 'new' })).alert).toContain('Enter an email address')
    expect(await browser.submit('sign-up', account)).toMatchObject({ page: 'email-verification' })
    const { code } = await where.mail('new@example.com')
    const { left } = await browser.submit('email-verification', { code: code ?? '' })
    const { user } = await where.redeem(left)
    expect(user).toMatchObject({ email: 'new@example.com', email_verified: true, first_name: 'Nia', last_name: 'Ewe' })
  })

  test('with an address somebody has shows the same page; the inbox learns why, and no code is right', async () => {
    const where = await tenant()
    await where.people.user(account.email, { password: 'another horse staple' })
    const browser = new LoginBrowser(server)
    await browser.get(where.url({ screen_hint: 'sign-up' }))
    expect(await browser.submit('sign-up', account)).toMatchObject({ page: 'email-verification', status: 200 })
    const mail = await where.mail(account.email)
    expect(mail).toMatchObject({ kind: 'account_exists', code: null })
    expect((await browser.submit('email-verification', { code: '123456' })).alert).toContain('wrong')
    const { page } = await byPassword(where, account.email)
    expect(page.alert).toContain('don’t match')
  })

  test('is not possible where it is closed, and tells nobody who has an account', async () => {
    const where = await tenant({ sign_up: 'closed' })
    await where.people.user('known@example.com', { password })
    const browser = new LoginBrowser(server)
    expect((await browser.get(where.url())).text).not.toContain('/sign-up"')
    await browser.get(where.url({ screen_hint: 'sign-up' }))
    for (const email of [account.email, 'known@example.com'])
      expect(await browser.submit('sign-up', { ...account, email })).toMatchObject({
        status: 403,
        alert: expect.stringContaining('by invitation only'),
      })
  })
})

describe('a forgotten password', () => {
  const forget = async (where: Tenant, email: string) => {
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(where.url())
    await browser.get(url.replace('sign-in', 'forgot'))
    return { browser, page: await browser.submit('forgot', { email }) }
  }
  const chosen = 'correct zebra battery'

  test('is replaced by way of a mail, once, and everybody is signed out', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const before = await byPassword(where, 'ann@example.com')
    await forget(where, 'ann@example.com')
    const { link } = await where.mail('ann@example.com')
    const browser = new LoginBrowser(server)
    expect(await browser.get(link ?? '')).toMatchObject({ status: 200, heading: 'Choose a new password' })
    expect(await browser.submit('reset-password', { password: 'short' })).toMatchObject({
      status: 422,
      alert: expect.stringContaining('at least 10 characters'),
    })
    expect((await browser.submit('reset-password', { password: chosen })).heading).toContain('is changed')
    expect(await browser.get(link ?? '')).toMatchObject({ status: 410 })
    expect((await before.browser.get(where.url())).left).toBeUndefined()
    expect((await byPassword(where, 'ann@example.com')).page.alert).toContain('don’t match')
    await before.browser.submit('sign-in', { email: 'ann@example.com' })
    expect((await before.browser.submit('password', { password: chosen })).left).toBeDefined()
  })

  test('of somebody and of nobody look the same', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const [ann, bob] = [await forget(where, 'ann@example.com'), await forget(where, 'bob@example.com')]
    const faceless = (text: string) => text.replaceAll(/ann@|bob@|login_\w+|nonce="[^"]*"|value="[\w-]{43}"/g, '')
    expect(faceless(ann.page.text)).toBe(faceless(bob.page.text))
    await expect(where.mail('bob@example.com')).rejects.toThrow('No mail')
  })

  test('a link that is too old or invented opens nothing', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    await forget(where, 'ann@example.com')
    const { link } = await where.mail('ann@example.com')
    server.clock.advance(15 * 60_000 + 1)
    const browser = new LoginBrowser(server)
    expect((await browser.get(link ?? '')).status).toBe(410)
    expect((await browser.get('/authkit/reset-password?token=nonsense')).status).toBe(410)
    const posted = await browser.post('/authkit/reset-password', { token: 'nonsense', password: chosen })
    expect(posted.status).toBe(410)
  })
})

describe('a second factor', () => {
  test('is set up where it is demanded, asked for from then on, and has recovery codes', async () => {
    const where = await tenant({ mfa: 'required' })
    await where.people.user('ann@example.com', { password })
    const { browser, page } = await byPassword(where, 'ann@example.com')
    expect(page).toMatchObject({ page: 'mfa/enrollment' })
    const secret = decodeBase32(/data-text="([A-Z2-7]+)"/.exec(page.text)?.[1] ?? '') ?? Buffer.alloc(0)
    const code = () => totp(secret, server.clock.read())
    expect((await browser.submit('mfa/enrollment', { code: '000000' })).alert).toContain('clock')
    const codes = await browser.submit('mfa/enrollment', { code: code() })
    const recovery = [...codes.text.matchAll(/<li>([a-z2-7-]{19})<\/li>/g)].map(([, one]) => one ?? '')
    expect(recovery.length).toBe(10)
    const { left } = await browser.submit('mfa/kept')
    expect((await where.redeem(left)).user.email).toBe('ann@example.com')

    server.clock.advance(60_000)
    const second = await byPassword(where, 'ann@example.com')
    expect(second.page).toMatchObject({ page: 'mfa/verification' })
    expect((await second.browser.submit('mfa/verification', { code: '000000' })).alert).toContain('wrong')
    expect((await second.browser.submit('mfa/verification', { code: code() })).left).toBeDefined()

    const third = await byPassword(where, 'ann@example.com')
    await third.browser.get(third.page.url.replace('mfa/verification', 'mfa/recovery'))
    expect((await third.browser.submit('mfa/recovery', { code: 'aaaa-aaaa-aaaa-aaaa' })).alert).toContain(
      'recovery code',
    )
    expect((await third.browser.submit('mfa/recovery', { code: recovery[0] ?? '' })).left).toBeDefined()
    const fourth = await byPassword(where, 'ann@example.com')
    await fourth.browser.get(fourth.page.url.replace('mfa/verification', 'mfa/recovery'))
    expect((await fourth.browser.submit('mfa/recovery', { code: recovery[0] ?? '' })).left).toBeUndefined()
  })

  test('is not made by a page that was open while the person made theirs, which is asked for instead', async () => {
    const where = await tenant({ mfa: 'required' })
    await where.people.user('ann@example.com', { password })
    const pages = [await byPassword(where, 'ann@example.com'), await byPassword(where, 'ann@example.com')]
    const codeOn = ({ text }: { text: string }) =>
      totp(decodeBase32(/data-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '') ?? Buffer.alloc(0), server.clock.read())
    const answers: (string | undefined)[] = []
    for (const { browser, page } of pages)
      answers.push((await browser.submit('mfa/enrollment', { code: codeOn(page) })).page)
    expect(answers).toEqual(['mfa/enrollment', 'mfa/verification'])
  })

  test('cannot be walked around', async () => {
    const where = await tenant({ mfa: 'required' })
    await where.people.user('ann@example.com', { password })
    const { browser, page } = await byPassword(where, 'ann@example.com')
    const base = page.url.replace('mfa/enrollment', '')
    for (const step of ['finished', 'organization', 'mfa/kept', 'password', 'email-verification'])
      expect((await browser.get(base + step)).page, step).toBe('mfa/enrollment')
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    for (const step of ['mfa/kept', 'organization', 'mfa/verification', 'mfa/recovery'])
      expect((await browser.post(base + step, { csrf, code: '000000' })).left, step).toBeUndefined()
  })
})

test('a form of another step is not taken: it would begin a new count of tries', async () => {
  const where = await tenant()
  const user = await where.people.user('ann@example.com', { password })
  const acme = await where.people.organization('Acme')
  await where.people.join(user, acme)
  const { body: enrolled } = await where.environment.api<{ authentication_challenge: { id: string } }>(
    'POST',
    `/user_management/users/${user.id}/auth_factors`,
    { body: { type: 'totp' } },
  )
  expect(enrolled.authentication_challenge.id).toMatch(/^auth_challenge_/)
  await server.db.pool.query('update authentication_factors set verified_at = now() where user_id = $1', [user.id])
  const { browser, page } = await byPassword(where, 'ann@example.com')
  expect(page.page).toBe('mfa/verification')
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
  const challenges = async () =>
    (
      await server.db.pool.query<{ count: string }>(
        `select count(*) from authentication_challenges c join authentication_factors f on f.id = c.factor_id where f.user_id = $1`,
        [user.id],
      )
    ).rows
  const before = await challenges()
  for (const step of ['organization', 'mfa/kept'])
    expect((await browser.post(page.url.replace('mfa/verification', step), { csrf, choice: acme.id })).page).toBe(
      'mfa/verification',
    )
  expect(await challenges()).toEqual(before)
})

describe('organizations', () => {
  test('somebody with several chooses, and gets a session there', async () => {
    const where = await tenant()
    const user = await where.people.user('ann@example.com', { password })
    const [acme, umbrella] = [await where.people.organization('Acme'), await where.people.organization('Umbrella')]
    await where.people.join(user, acme)
    await where.people.join(user, umbrella)
    const { browser, page } = await byPassword(where, 'ann@example.com')
    expect(page).toMatchObject({ page: 'organization-selection' })
    const { left } = await browser.submit('organization', { choice: umbrella.id })
    expect(claimsOf(await where.redeem(left))['org_id']).toBe(umbrella.id)
  })

  test('one that is not theirs cannot be chosen or asked for', async () => {
    const where = await tenant()
    const user = await where.people.user('ann@example.com', { password })
    const [acme, umbrella] = [await where.people.organization('Acme'), await where.people.organization('Umbrella')]
    const other = await where.people.organization('Other')
    await where.people.join(user, acme)
    await where.people.join(user, umbrella)
    const { browser } = await byPassword(where, 'ann@example.com')
    expect(await browser.submit('organization', { choice: other.id })).toMatchObject({ status: 403, left: undefined })
    const asked = await byPassword(where, 'ann@example.com', { organization_id: other.id })
    expect(asked.page).toMatchObject({ status: 403, text: expect.stringContaining('not a member') })
  })
})

describe('who is signed in already', () => {
  test('is let into the next application without being asked, with a session of its own', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser, page } = await byPassword(where, 'ann@example.com')
    const first = claimsOf(await where.redeem(page.left))
    const { left } = await browser.get(where.url({ state: 'other' }))
    expect(left?.searchParams.get('state')).toBe('other')
    const second = claimsOf(await where.redeem(left))
    expect([second.sub, second['sid'] === first['sid']]).toEqual([first.sub, false])
  })

  test.each([
    ['prompt=login', { prompt: 'login' }],
    ['a sign-up', { screen_hint: 'sign-up' }],
    ['an address that is somebody else’s', { login_hint: 'bob@example.com' }],
  ])('is asked for %s', async (_claim, query) => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser } = await byPassword(where, 'ann@example.com')
    expect((await browser.get(where.url(query))).left).toBeUndefined()
  })

  test('is asked once max_age has passed, and not before', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser } = await byPassword(where, 'ann@example.com')
    expect((await browser.get(where.url({ max_age: '60' }))).left).toBeDefined()
    server.clock.advance(61_000)
    expect((await browser.get(where.url({ max_age: '60' }))).left).toBeUndefined()
  })

  test('is asked for the inbox once the address has become another, whatever inbox was shown before', async () => {
    const where = await tenant()
    const user = await where.people.user('ann@example.com', { email_verified: false })
    const browser = new LoginBrowser(server)
    await browser.get(where.url())
    await browser.submit('sign-in', { email: user.email })
    await browser.submit('magic-code/send')
    const { code } = await where.mail(user.email)
    expect((await browser.submit('magic-code', { code: code ?? '' })).left).toBeDefined()
    expect((await browser.get(where.url())).left).toBeDefined()
    const body = { email: 'bob@example.com' }
    await where.environment.api('PUT', `/user_management/users/${user.id}`, { body })
    expect((await browser.get(where.url())).page).toBe('email-verification')
  })

  test('is asked again after signing out', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser, page } = await byPassword(where, 'ann@example.com')
    const sid = claimsOf(await where.redeem(page.left))['sid']
    await browser.get(`/user_management/sessions/logout?session_id=${sid}`)
    expect((await browser.get(where.url())).left).toBeUndefined()
  })

  test('is not somebody in another environment', async () => {
    const [here, there] = [await tenant(), await tenant()]
    await here.people.user('ann@example.com', { password })
    await there.people.user('ann@example.com', { password })
    const { browser } = await byPassword(here, 'ann@example.com')
    expect((await browser.get(there.url())).left).toBeUndefined()
  })

  test('prompt=none says that nobody is', async () => {
    const where = await tenant()
    const { left } = await new LoginBrowser(server).get(where.url({ prompt: 'none' }))
    expect(left?.searchParams.get('error')).toBe('login_required')
  })
})

describe('the request', () => {
  test.each([
    ['no selector', { provider: '' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'invalid_request'],
    ['a plain challenge', { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    ['a connection nobody knows', { provider: '', connection_id: 'conn_nope' }, 'connection_invalid'],
    ['an organization nobody knows', { organization_id: 'org_nope' }, 'organization_invalid'],
    ['a max_age that is no number', { max_age: 'soon' }, 'invalid_request'],
  ])('%s goes back to the application as an error with its state', async (_claim, query, error) => {
    const where = await tenant()
    const { left } = await new LoginBrowser(server).get(where.url(query))
    expect([left?.searchParams.get('error'), left?.searchParams.get('state')]).toEqual([error, 'app state'])
  })

  test('an unknown client and an unregistered address never lead away', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    expect(await browser.get(where.url({ client_id: 'client_nope' }))).toMatchObject({ status: 400, left: undefined })
    const page = await browser.get(where.url({ redirect_uri: 'https://evil.test/callback' }))
    expect(page).toMatchObject({ status: 400, left: undefined })
    expect(page.text).toContain('https://evil.test/callback')
  })

  test('a prefetch starts nothing', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    expect((await browser.get(where.url(), { 'sec-purpose': 'prefetch;prerender' })).status).toBe(204)
    expect(browser.cookies.size).toBe(0)
    expect((await fetch(new URL(where.url(), server.url), { method: 'HEAD', redirect: 'manual' })).status).toBe(204)
  })

  test('an application that keeps asking gets an explanation instead of a loop', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser } = await byPassword(where, 'ann@example.com')
    for (let i = 0; i < 3; i++) expect((await browser.get(where.url())).left).toBeDefined()
    const page = await browser.get(where.url())
    expect(page).toMatchObject({ status: 400, heading: 'The application keeps asking you to sign in' })
    expect((await browser.get(`${where.url()}&insist=1`)).left).toBeDefined()
  })
})

describe('a sign-in belongs to its browser', () => {
  test('another browser cannot see it or go on with it', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const { browser, page } = await byPassword(where, 'ann@example.com', { organization_id: '' })
    expect(page.left).toBeDefined()
    await browser.get(where.url({ prompt: 'login' }))
    const { url = '', text = '' } = browser.last ?? {}
    const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const stranger = new LoginBrowser(server)
    expect(await stranger.get(url)).toMatchObject({ status: 400, heading: 'This sign-in belongs to another browser' })
    expect(await stranger.post(url, { csrf, email: 'eve@example.com' })).toMatchObject({ status: 400 })
    await stranger.get(where.url())
    expect(await stranger.get(url)).toMatchObject({ status: 400 })
  })

  test('a form of another site has no token, and changes nothing', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(where.url())
    for (const csrf of ['', 'x'.repeat(43)])
      expect(await browser.post(url, { csrf, email: 'eve@example.com' })).toMatchObject({
        status: 403,
        page: 'sign-in',
      })
    expect((await browser.get(url.replace('sign-in', 'password'))).page).toBe('sign-in')
  })

  test('the token of one sign-in is worth nothing in another of the same browser', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    const one = await browser.get(where.url())
    const csrf = /name="csrf" value="([^"]*)"/.exec(one.text)?.[1] ?? ''
    const other = await browser.get(where.url())
    expect((await browser.post(other.url, { csrf, email: 'a@example.com' })).status).toBe(403)
    expect((await browser.post(one.url, { csrf, email: 'a@example.com' })).page).toBe('sign-in/password')
  })

  test('a planted second cookie of the name is not taken for ours', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(where.url())
    const [name, value] = [...browser.cookies].find(([key]) => key.includes('login')) ?? []
    const planted = `${name}=${'x'.repeat(43)}; ${name}=${value}`
    expect((await browser.get(url, { cookie: planted })).status).toBe(400)
  })

  test('a session token that somebody planted opens nothing, and signing in replaces it', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const victim = await byPassword(where, 'ann@example.com')
    const [name = '', token] = [...victim.browser.cookies].find(([key]) => key.includes('session')) ?? []
    const { browser } = await byPassword(where, 'ann@example.com')
    expect(browser.cookies.get(name)).not.toBe(token)
    const forged = new LoginBrowser(server)
    forged.cookies.set(name, 'x'.repeat(43))
    expect((await forged.get(where.url())).left).toBeUndefined()
  })

  test('it ends after an hour, and says so', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    const { url } = await browser.get(where.url())
    server.clock.advance(3_600_001)
    expect(await browser.get(url)).toMatchObject({ status: 410, heading: 'This sign-in took too long' })
  })

  test('going back after the end goes on to the application, and no second code comes of the old form', async () => {
    const where = await tenant()
    await where.people.user('ann@example.com', { password })
    const browser = new LoginBrowser(server)
    await browser.get(where.url())
    const form = await browser.submit('sign-in', { email: 'ann@example.com' })
    const csrf = /name="csrf" value="([^"]*)"/.exec(form.text)?.[1] ?? ''
    expect((await browser.submit('password', { password })).left).toBeDefined()
    expect(await browser.post(form.url, { csrf, password })).toMatchObject({
      page: 'default-redirect',
      left: undefined,
    })
    expect(await browser.get(form.url)).toMatchObject({ page: 'default-redirect' })
  })
})

describe('pages', () => {
  test('are not framed, load nothing from elsewhere, and post nowhere but here and to the application', async () => {
    const where = await tenant()
    const { headers } = await new LoginBrowser(server).get(where.url())
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self' https://app.test https:")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('say what was typed back as text', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server)
    await browser.get(where.url())
    const evil = '"><script>alert(1)</script>@x'
    const { text } = await browser.submit('sign-in', { email: evil })
    expect(text).not.toContain('<script>alert')
    expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)')
  })

  test('an organization whose name is markup is text', async () => {
    const where = await tenant()
    const user = await where.people.user('ann@example.com', { password })
    for (const name of ['<img src=x onerror=alert(1)>', 'Other'])
      await where.people.join(user, await where.people.organization(name))
    const { page } = await byPassword(where, 'ann@example.com')
    expect(page.page).toBe('organization-selection')
    expect(page.text).not.toContain('<img src=x')
  })

  test('speak the language asked for', async () => {
    const where = await tenant()
    const browser = new LoginBrowser(server, { 'accept-language': 'fr' })
    expect((await browser.get(where.url())).heading).toBe('Se connecter')
    expect((await browser.get(where.url({ ui_locales: 'de' }))).heading).toBe('Anmelden')
  })
})
