import { beforeAll, describe, expect, test } from 'vitest'
import type { AuthenticateResponse, AuthenticationErrorBody } from '#contracts/authentication.ts'
import type { User } from '#contracts/users.ts'
import { claimsOf, type People, peopleOf, pkcePair } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer({ baseUrl: 'https://auth.shop.test' })
const page = 'https://app.shop.test'
const callback = `${page}/callback`

interface Tenant extends TestEnvironment {
  readonly people: People
}

async function tenant(): Promise<Tenant> {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/cors_origins', { body: { origin: page } })
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  return { ...environment, people: peopleOf(server, environment) }
}

interface Call {
  readonly origin?: string | null
  /** Whether it says `credentials: 'include'`. */
  readonly credentials?: boolean
  readonly form?: boolean
}

/** A browser with one cookie jar, as far as this needs one. */
class Browser {
  readonly jar = new Map<string, { readonly value: string; readonly attributes: string }>()

  /** The page was sent to sign in, as authkit-js does; where to does not matter. */
  async visit({ client_id, api }: Tenant): Promise<void> {
    const query = { client_id, redirect_uri: callback, response_type: 'code', provider: 'authkit' }
    const { headers } = await api('GET', `/user_management/authorize?${new URLSearchParams(query)}`, { key: null })
    this.#take(headers)
  }

  async authenticate({ client_id, api }: Tenant, fields: Record<string, string>, call: Call = {}) {
    const { origin = page, credentials = true, form = false } = call
    const body = { client_id, ...fields }
    const answer = await api<AuthenticateResponse & AuthenticationErrorBody>('POST', '/user_management/authenticate', {
      key: null,
      headers: {
        ...(origin !== null && { origin }),
        ...(credentials && { cookie: this.sent() }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form ? { raw: new URLSearchParams(body).toString() } : { body }),
    })
    if (credentials) this.#take(answer.headers)
    return answer
  }

  /** What authkit-js does after the redirect back. */
  async exchange(where: Tenant, user: User, call: Call = {}) {
    const { verifier, challenge } = pkcePair()
    const code = await where.people.code(user, {}, challenge)
    return this.authenticate(where, { grant_type: 'authorization_code', code, code_verifier: verifier }, call)
  }

  async signIn(where: Tenant, user: User): Promise<AuthenticateResponse> {
    await this.visit(where)
    const answer = await this.exchange(where, user)
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body
  }

  refresh(where: Tenant, call: Call = {}) {
    return this.authenticate(where, { grant_type: 'refresh_token' }, call)
  }

  async leave({ api }: Tenant, session: string) {
    const headers = { cookie: this.sent() }
    const path = `/user_management/sessions/logout?session_id=${session}`
    this.#take((await api('GET', path, { key: null, headers })).headers)
  }

  sent(): string {
    return [...this.jar].map(([name, { value }]) => `${name}=${value}`).join('; ')
  }

  named(part: string) {
    return [...this.jar].filter(([name]) => name.includes(part)).map(([name, cookie]) => ({ name, ...cookie }))
  }

  #take(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) {
      const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/.exec(cookie) ?? []
      if (attributes.includes('Max-Age=0')) this.jar.delete(name)
      else this.jar.set(name, { value, attributes })
    }
  }
}

let shop: Tenant
let ann: User

beforeAll(async () => {
  shop = await tenant()
  ann = await shop.people.user()
})

describe('a page that asks the browser to keep its session', () => {
  test('never sees the refresh token, which no script and no other site can use', async () => {
    const browser = new Browser()
    const session = await browser.signIn(shop, ann)
    expect(session).not.toHaveProperty('refresh_token')
    expect(session.user.id).toBe(ann.id)
    expect(browser.named('refresh')).toEqual([
      {
        name: expect.stringMatching(/^__Host-/),
        value: expect.stringMatching(/^[\w-]{32}$/),
        attributes: '; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=34560000',
      },
    ])
    expect(browser.named('workos-has-session')).toMatchObject([
      { value: shop.client_id, attributes: '; Path=/; SameSite=Lax; Secure; Max-Age=34560000; Domain=shop.test' },
    ])
  })

  test('goes on with the cookie alone, which changes each time', async () => {
    const browser = new Browser()
    const { sid } = claimsOf(await browser.signIn(shop, ann))
    const [before] = browser.named('refresh')
    const answer = await browser.refresh(shop)
    expect([answer.status, answer.headers.get('access-control-allow-credentials')]).toEqual([200, 'true'])
    expect(answer.body).not.toHaveProperty('refresh_token')
    expect(claimsOf(answer.body).sid).toBe(sid)
    expect(browser.named('refresh')[0]?.value).not.toBe(before?.value)
    expect((await browser.refresh(shop)).status).toBe(200)
  })

  test('is told by a late token that the session is over, and forgets it', async () => {
    const browser = new Browser()
    await browser.signIn(shop, ann)
    const stolen = new Browser()
    for (const [name, cookie] of browser.jar) stolen.jar.set(name, cookie)
    await browser.refresh(shop)
    server.clock.advance(31_000)
    for (const who of [stolen, browser]) {
      const answer = await who.refresh(shop)
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
      expect([who.named('refresh'), who.named('has-session')]).toEqual([[], []])
    }
  })

  test('keeps its session when only another organization is refused', async () => {
    const browser = new Browser()
    await browser.signIn(shop, ann)
    const other = await shop.people.organization()
    const fields = { grant_type: 'refresh_token', organization_id: other.id }
    expect((await browser.authenticate(shop, fields)).status).toBe(400)
    expect((await browser.refresh(shop)).status).toBe(200)
  })

  test('shares the browser with the pages of other clients', async () => {
    const bank = await tenant()
    const browser = new Browser()
    await browser.signIn(shop, ann)
    await browser.signIn(bank, await bank.people.user())
    expect(browser.named('refresh')).toHaveLength(2)
    expect(browser.named('has-session')[0]?.value).toBe(`${shop.client_id}.${bank.client_id}`)
    await browser.leave(shop, claimsOf((await browser.refresh(shop)).body).sid)
    expect(browser.named('has-session')[0]?.value).toBe(bank.client_id)
    expect([(await browser.refresh(shop)).status, (await browser.refresh(bank)).status]).toEqual([422, 200])
  })
})

describe('a page that keeps its refresh token itself', () => {
  test('gets it in the answer, and no cookie', async () => {
    const browser = new Browser()
    await browser.visit(shop)
    const { body, headers } = await browser.exchange(shop, ann, { credentials: false })
    expect([typeof body.refresh_token, headers.getSetCookie()]).toEqual(['string', []])
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }
    const next = await browser.authenticate(shop, fields)
    expect([next.status, typeof next.body.refresh_token, next.headers.getSetCookie()]).toEqual([200, 'string', []])
  })

  test('an application with its secret gets it too, whatever cookies come along', async () => {
    const browser = new Browser()
    await browser.visit(shop)
    const code = await shop.people.code(ann)
    const secret = { client_secret: shop.apiKey.value }
    const answer = await browser.authenticate(shop, { grant_type: 'authorization_code', code, ...secret })
    expect([typeof answer.body.refresh_token, answer.headers.getSetCookie()]).toEqual(['string', []])
  })
})

describe('the cookie is worth nothing', () => {
  test.each<[string, Call]>([
    ['a neighbour on the same site', { origin: 'https://blog.shop.test' }],
    ['another site', { origin: 'https://evil.test' }],
    ['a form of a page without a name', { origin: 'null', form: true }],
    ['a form of a neighbour', { origin: 'https://blog.shop.test', form: true }],
    ['whoever does not say where from', { origin: null }],
  ])('to %s, who changes nothing with it', async (_who, call) => {
    const browser = new Browser()
    await browser.signIn(shop, ann)
    const before = browser.sent()
    const answer = await browser.refresh(shop, call)
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([422, null])
    expect([answer.headers.getSetCookie(), browser.sent()]).toEqual([[], before])
    expect((await browser.refresh(shop)).status).toBe(200)
  })

  test('at another client, under its own name or that of the other’s', async () => {
    const bank = await tenant()
    const browser = new Browser()
    await browser.signIn(shop, ann)
    expect((await browser.refresh(bank)).status).toBe(422)
    const [cookie] = browser.named('refresh')
    await browser.signIn(bank, await bank.people.user())
    const name = browser.named('refresh').find((other) => other.name !== cookie?.name)?.name ?? ''
    const moved = new Browser()
    moved.jar.set(name, { value: cookie?.value ?? '', attributes: '' })
    const answer = await moved.refresh(bank)
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
    expect((await browser.refresh(shop)).status).toBe(200)
  })

  test('when there are two, since somebody planted one of them', async () => {
    const browser = new Browser()
    await browser.signIn(shop, ann)
    const [cookie] = browser.named('refresh')
    const twice = { cookie: `${browser.sent()}; ${cookie?.name}=${cookie?.value}`, origin: page }
    const body = { client_id: shop.client_id, grant_type: 'refresh_token' }
    const answer = await shop.api('POST', '/user_management/authenticate', { key: null, headers: twice, body })
    expect(answer.status).toBe(422)
  })

  test('and none is set for a code that a neighbour brings: it may be the code of somebody else’s session', async () => {
    const browser = new Browser()
    await browser.visit(shop)
    const { headers, body } = await browser.exchange(shop, ann, { origin: 'https://blog.shop.test' })
    expect(headers.getSetCookie()).toEqual([])
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(body.user.id).toBe(ann.id)
  })
})

describe('signing out', () => {
  test('ends the session and clears both cookies', async () => {
    const browser = new Browser()
    const { sid } = claimsOf(await browser.signIn(shop, ann))
    const [kept] = browser.named('refresh')
    await browser.leave(shop, sid)
    expect([browser.named('refresh'), browser.named('has-session')]).toEqual([[], []])
    browser.jar.set(kept?.name ?? '', { value: kept?.value ?? '', attributes: '' })
    expect((await browser.refresh(shop)).body.error).toBe('invalid_grant')
  })

  test('from a link to another session leaves this one alone', async () => {
    const browser = new Browser()
    await browser.signIn(shop, ann)
    const stranger = await shop.people.signIn(await shop.people.user())
    const before = browser.sent()
    await browser.leave(shop, claimsOf(stranger).sid)
    expect(browser.sent()).toBe(before)
    expect((await browser.refresh(shop)).status).toBe(200)
  })
})
