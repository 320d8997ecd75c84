import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ArticleApp, startArticleApp } from './support/article-app.ts'
import { type Gatehouse, startGatehouse } from './support/gatehouse.ts'
import { freePort } from './support/program.ts'
import { launchAtIdp, postAnswer, signIn } from './support/sign-in.ts'

let gatehouse: Gatehouse
let app: ArticleApp
/** The same app with the other answer to both of its switches. */
let strictApp: ArticleApp

beforeAll(async () => {
  gatehouse = await startGatehouse()
  app = await startArticleApp(gatehouse)
  const switches = { IDP_INITIATED: 'false', SSO_LOGOUT: 'true' }
  strictApp = await startArticleApp({ ...gatehouse, appPort: await freePort() }, switches)
})

afterAll(async () => {
  await Promise.all([app?.stop(), strictApp?.stop()])
  await gatehouse?.stop()
})

/** A browser's part in this: it keeps cookies and follows nothing by itself. */
class Jar {
  readonly #cookies = new Map<string, string>()

  async get(url: string | URL, headers: Readonly<Record<string, string>> = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { ...headers, cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return { status: response.status, location: response.headers.get('location'), text: await response.text() }
  }

  copy(from: string, to: string): void {
    this.#cookies.set(to, this.#cookies.get(from) ?? '')
  }
}

/** Where a click on "Sign in" leads. */
async function clickSignIn(jar: Jar, at = app): Promise<string> {
  const { location } = await jar.get(`${at.url}/login`)
  if (location === null) throw new Error('/login does not redirect.')
  return location
}

/** The address at the app that a click on its tile at the identity provider ends at. */
async function openFromIdp(user = 'jacob.morris@example.com'): Promise<URL> {
  return postAnswer(await launchAtIdp(gatehouse, user))
}

async function whoIsSignedIn(jar: Jar, at = app): Promise<string | undefined> {
  const { text } = await jar.get(at.url)
  return /Signed in as ([^<]*)/.exec(text)?.[1]
}

describe('signing in', () => {
  test('shows the profile as the article prints it', async () => {
    const jar = new Jar()
    const callback = await signIn(await clickSignIn(jar), { user: 'todd@example.com' })
    expect(await jar.get(callback)).toMatchObject({ status: 302, location: '/' })
    const { text } = await jar.get(app.url)
    const state: unknown = JSON.parse(/<script id="state"[^>]*>(.*?)<\/script>/.exec(text)?.[1] ?? '{}')
    expect(state).toMatchObject({
      profile: {
        object: 'profile',
        id: expect.stringMatching(/^prof_/),
        connection_id: expect.stringMatching(/^conn_/),
        connection_type: 'TestIdp',
        organization_id: 'org_test_idp',
        email: 'todd@example.com',
        first_name: 'Todd',
        last_name: 'Rundgren',
        idp_id: '00u1a0ufowBJlzPlk357',
        raw_attributes: {},
      },
    })
  })

  test('two tabs may sign in at once', async () => {
    const jar = new Jar()
    const links = [await clickSignIn(jar), await clickSignIn(jar)]
    for (const link of links) {
      const callback = await signIn(link, { user: 'todd@example.com' })
      expect(await jar.get(callback)).toMatchObject({ status: 302, location: '/' })
    }
  })

  test('pages cannot be framed, run strangers’ scripts, or be found in a cache', async () => {
    const { headers } = await fetch(app.url)
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
      ),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  test('text of the identity provider stays text', async () => {
    const jar = new Jar()
    const choice = { user: 'todd@example.com', last_name: '</script><img src=x onerror=alert(1)>' }
    await jar.get(await signIn(await clickSignIn(jar), choice))
    const { text } = await jar.get(app.url)
    expect(text).toContain('Signed in as Todd &lt;/script&gt;&lt;img')
    expect(text).not.toContain('<img')
  })
})

describe('an answer that is not ours is not believed', () => {
  test.each([
    ['a wrong state', (callback: URL) => callback.searchParams.set('state', 'x'.repeat(32))],
    ['an empty state', (callback: URL) => callback.searchParams.set('state', '')],
    ['no state while our own is awaited', (callback: URL) => callback.searchParams.delete('state')],
    ['two states', (callback: URL) => callback.searchParams.append('state', 'x'.repeat(32))],
  ])('%s', async (_claim, change) => {
    const jar = new Jar()
    const callback = await signIn(await clickSignIn(jar), { user: 'todd@example.com' })
    change(callback)
    expect(await jar.get(callback)).toMatchObject({ status: 400, text: expect.stringContaining('does not belong') })
    expect(await whoIsSignedIn(jar)).toBeUndefined()
  })

  test('the state of another browser', async () => {
    const attacker = await signIn(await clickSignIn(new Jar()), { user: 'todd@example.com' })
    const victim = new Jar()
    expect((await victim.get(attacker)).status).toBe(400)
    expect(await whoIsSignedIn(victim)).toBeUndefined()
  })

  test('a state that was answered before', async () => {
    const jar = new Jar()
    const link = await clickSignIn(jar)
    await jar.get(await signIn(link, { user: 'todd@example.com' }))
    expect((await jar.get(await signIn(link, { user: 'jacob.morris@example.com' }))).status).toBe(400)
    expect(await whoIsSignedIn(jar)).toBe('Todd Rundgren')
  })

  test('a pending sign-in passed off as a session', async () => {
    const jar = new Jar()
    await clickSignIn(jar)
    jar.copy('article_pending', 'article_session')
    expect(await whoIsSignedIn(jar)).toBeUndefined()
  })

  test('words in a link somebody made', async () => {
    const error = { error: 'access_denied', error_description: 'Call 555-0100 to unlock' }
    const { status, text } = await new Jar().get(`${app.url}/callback?${new URLSearchParams(error)}`)
    expect(status).toBe(400)
    expect(text).toContain('Your identity provider did not let you in.')
    expect(text).not.toContain('555-0100')
  })

  test('a code the server never issued', async () => {
    const { status, text } = await new Jar().get(`${app.url}/callback?code=nonsense`)
    expect(status).toBe(502)
    expect(text).toContain('already used, or is too old')
  })

  test('no code at all', async () => {
    expect(await new Jar().get(`${app.url}/callback`)).toMatchObject({ status: 400 })
  })
})

describe('with AuthKit', () => {
  const begin = async (jar: Jar) => new URL((await jar.get(`${app.url}/login/authkit`)).location ?? '')

  test('the browser goes to the login box', async () => {
    const { origin, pathname, searchParams } = await begin(new Jar())
    expect([origin, pathname]).toEqual([gatehouse.url, '/user_management/authorize'])
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: gatehouse.clientId,
      provider: 'authkit',
      redirect_uri: `${app.url}/callback`,
      response_type: 'code',
      state: expect.stringMatching(/^authkit\.[\w-]{32}$/),
    })
  })

  test('a code from the other way is not taken', async () => {
    const jar = new Jar()
    const callback = await signIn(await clickSignIn(jar), { user: 'todd@example.com' })
    callback.searchParams.set('state', (await begin(jar)).searchParams.get('state') ?? '')
    expect(await jar.get(callback)).toMatchObject({ status: 502, text: expect.stringContaining('already used') })
    expect(await whoIsSignedIn(jar)).toBeUndefined()
  })

  test('a cookie that was not sealed here is no session, and goes', async () => {
    const jar = new Jar()
    await begin(jar)
    jar.copy('article_pending', 'article_authkit')
    expect(await whoIsSignedIn(jar)).toBeUndefined()
    for (const forged of ['Fe26.2*1*a*b*c**d*ZQ~2', 'Fe26.2*1*a*b*c**d*e~2', 'e30=']) {
      const { status, headers } = await fetch(app.url, { headers: { cookie: `article_authkit=${forged}` } })
      expect([status, headers.getSetCookie()]).toEqual([200, [expect.stringMatching(/^article_authkit=;/)]])
    }
  })
})

describe('a sign-in that starts at the identity provider', () => {
  test('is accepted where no sign-in of ours is waiting', async () => {
    const jar = new Jar()
    const callback = await openFromIdp()
    expect(callback.searchParams.has('state')).toBe(false)
    expect(await jar.get(callback)).toMatchObject({ status: 302, location: '/' })
    expect(await whoIsSignedIn(jar)).toBe('Jacob Morris')
  })

  test('is refused by an app that wants none', async () => {
    const jar = new Jar()
    const callback = new URL(await openFromIdp())
    callback.port = new URL(strictApp.url).port
    expect((await jar.get(callback)).status).toBe(400)
    expect(await whoIsSignedIn(jar, strictApp)).toBeUndefined()
  })
})

describe('what went wrong is explained', () => {
  test('an error response of the identity provider, with the words that came with it', async () => {
    const jar = new Jar()
    const callback = await signIn(await clickSignIn(jar), { scenario: 'error-response' })
    const { status, text } = await jar.get(callback)
    expect(status).toBe(400)
    expect(text).toContain('You are not signed in')
    expect(text).toContain('The sign-in server says')
  })

  test('a guest’s address', async () => {
    const jar = new Jar()
    const callback = await signIn(await clickSignIn(jar), { user: 'freelancer@guest.test' })
    const { text } = await jar.get(callback)
    expect(text).toContain('outside the domains of this organization')
    expect(text).toContain('profile_not_allowed_outside_organization')
  })

  test('a server that does not run', async () => {
    const away = { ...gatehouse, appPort: await freePort(), port: await freePort() }
    const lonely = await startArticleApp(away)
    try {
      const { text } = await new Jar().get(`${lonely.url}/callback?code=any`)
      expect(text).toContain(`Nothing is listening on http://localhost:${away.port}.`)
    } finally {
      await lonely.stop()
    }
  })

  test('an address that is no page', async () => {
    expect(await new Jar().get(`${app.url}/nowhere`)).toMatchObject({ status: 404 })
  })
})

describe('signing out', () => {
  async function signedIn(at: ArticleApp): Promise<Jar> {
    const jar = new Jar()
    // The registered redirect URI leads to `app`; the state and the cookies are those of `at`.
    const link = new URL(await clickSignIn(jar, at))
    link.searchParams.set('redirect_uri', `${app.url}/callback`)
    const callback = await signIn(link.href, { user: 'todd@example.com' })
    callback.port = new URL(at.url).port
    await jar.get(callback)
    return jar
  }

  test('ends the session of the app', async () => {
    const jar = await signedIn(app)
    expect(await whoIsSignedIn(jar)).toBe('Todd Rundgren')
    expect(await jar.get(`${app.url}/logout`)).toMatchObject({ status: 302, location: '/' })
    expect(await whoIsSignedIn(jar)).toBeUndefined()
  })

  test('is harmless when nobody is signed in', async () => {
    expect(await new Jar().get(`${app.url}/logout`)).toMatchObject({ status: 302, location: '/' })
  })

  test('cannot be done by a picture on another site', async () => {
    const jar = await signedIn(app)
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }
    expect((await jar.get(`${app.url}/logout`, headers)).status).toBe(403)
    expect(await whoIsSignedIn(jar)).toBe('Todd Rundgren')
  })

  test('ends the SSO session too, where that is asked for', async () => {
    const jar = await signedIn(strictApp)
    const { location } = await jar.get(`${strictApp.url}/logout`)
    expect(location).toMatch(`${gatehouse.url}/sso/logout?token=`)
    expect(await whoIsSignedIn(jar, strictApp)).toBeUndefined()
    const end = await jar.get(location ?? '')
    expect(end).toMatchObject({ status: 302, location: expect.stringMatching(`^${app.url}`) })
  })
})
