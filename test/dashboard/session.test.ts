import { describe, expect, test } from 'vitest'
import type { DashboardSession } from '#contracts/console.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { WebhookEndpoint } from '#contracts/webhooks.ts'
import { endpoints } from '#contracts/all.ts'
import type { Page } from '#contracts/list.ts'
import { askWith, openDashboard } from '../support/dashboard.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const session = '/dashboard/api/session'
const hour = 60 * 60_000

const cookieOf = (headers: NodeJS.Dict<string | string[]>) => String(headers['set-cookie']?.[0]).split(';', 1)[0] ?? ''

describe('in development', () => {
  test('whoever opens it on this machine is signed in as an owner, by a cookie no script can read', async () => {
    const environment = await server.environment()
    const answer = await askWith<DashboardSession>(server, 'GET', session)
    expect(answer.status).toBe(200)
    expect(answer.body.user).toMatchObject({ email: 'developer@localhost', role: 'owner' })
    expect(answer.body.development).toBe(true)
    expect(answer.body.environments).toContainEqual({
      id: environment.id,
      name: 'Test',
      kind: 'staging',
      client_id: environment.client_id,
      live_place: expect.stringMatching(/^\d+\.$/),
    })
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^\S+=\S+; Path=\/; HttpOnly; SameSite=Lax$/)])
    const again = await askWith<DashboardSession>(server, 'GET', session, {
      headers: { cookie: cookieOf(answer.headers) },
    })
    expect([again.status, again.headers['set-cookie']]).toEqual([200, undefined])
    expect(again.body.csrf_token).toBe(answer.body.csrf_token)
  })

  test.each([
    ['under a name that was made to point here', { host: 'evil.test' }, 403, 'host_not_ours'],
    ['under a name that begins like ours', { host: 'localhost.evil.test' }, 403, 'host_not_ours'],
    ['through a tunnel or proxy', { 'x-forwarded-for': '203.0.113.9' }, 401, 'dashboard_session_required'],
    ['under the name the world knows', { host: 'gatehouse.test' }, 401, 'dashboard_session_required'],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }, 403, 'cross_origin'],
    ['from a page of another port', { origin: 'http://localhost:3000' }, 403, 'cross_origin'],
    ['from a page without an origin', { origin: 'null' }, 403, 'cross_origin'],
  ])('nobody is signed in %s', async (_how, headers, status, code) => {
    const answer = await askWith(server, 'GET', session, { headers })
    expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([status, code, undefined])
  })

  test('a cookie that somebody planted is not taken over', async () => {
    const planted = `gatehouse_dashboard_80=${'a'.repeat(43)}`
    const answer = await askWith<DashboardSession>(server, 'GET', session, { headers: { cookie: planted } })
    expect(cookieOf(answer.headers)).toMatch(/^gatehouse_dashboard_80=[\w-]{43}$/)
    expect(cookieOf(answer.headers)).not.toBe(planted)
  })

  test('of two cookies of one name neither opens anything', async () => {
    const environment = await server.environment()
    const { cookie } = await openDashboard(server)
    const { status } = await askWith(server, 'GET', `/dashboard/api/${environment.id}/organizations`, {
      headers: { cookie: `${cookie}; gatehouse_dashboard_80=x` },
    })
    expect(status).toBe(401)
  })
})

describe('a session', () => {
  test('ends when its user signs out, and the cookie is taken away', async () => {
    const { ask, cookie } = await openDashboard(server)
    const environment = await server.environment()
    const out = await ask('DELETE', session)
    expect([out.status, out.headers['set-cookie']]).toEqual([204, [expect.stringContaining('Max-Age=0')]])
    const after = await askWith(server, 'GET', `/dashboard/api/${environment.id}/organizations`, {
      headers: { cookie },
    })
    expect([after.status, after.body.code]).toEqual([401, 'dashboard_session_required'])
  })

  test('ends after eight hours without use, and after a day with it', async () => {
    const environment = await server.environment()
    const [used, idle] = [await openDashboard(server), await openDashboard(server)]
    const look = async ({ ask }: typeof used) =>
      (await ask('GET', `/dashboard/api/${environment.id}/organizations`)).status
    server.clock.advance(7 * hour)
    expect(await look(used)).toBe(200)
    server.clock.advance(2 * hour)
    expect([await look(used), await look(idle)]).toEqual([200, 401])
    server.clock.advance(7 * hour)
    expect(await look(used)).toBe(200)
    server.clock.advance(7 * hour)
    expect(await look(used)).toBe(200)
    server.clock.advance(2 * hour)
    expect(await look(used)).toBe(401)
  })

  test('is kept as a hash', async () => {
    const { cookie } = await openDashboard(server)
    const token = cookie.split('=')[1] ?? ''
    const { rows } = await server.deps.db.pool.query('select s::text as row from dashboard_sessions s')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(token).toString('hex'))
  })
})

describe('what API keys may call', () => {
  test('dashboard users may call too, under the environment, with the same answer', async () => {
    const environment = await server.environment()
    const { ask } = await openDashboard(server)
    const path = `/dashboard/api/${environment.id}/organizations`
    const made = await ask<Organization>('POST', path, { body: { name: 'Acme' } })
    expect(made.status).toBe(201)
    const [byKey, bySession] = [
      await environment.api('GET', `/organizations/${made.body.id}`),
      await ask('GET', `${path}/${made.body.id}`),
    ]
    expect(bySession.text).toBe(byKey.text)
    expect(bySession.headers['cache-control']).toBe('no-store')
  })

  test('an API key opens nothing there', async () => {
    const environment = await server.environment()
    const answer = await environment.api('GET', `/dashboard/api/${environment.id}/organizations`)
    expect([answer.status, answer.body.code]).toEqual([401, 'dashboard_session_required'])
  })

  test('an environment that does not exist is not found', async () => {
    const { ask } = await openDashboard(server)
    const answer = await ask('GET', '/dashboard/api/environment_nobody/organizations')
    expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
  })

  test('nothing of one environment is found in another', async () => {
    const [one, other] = [await server.environment(), await server.environment()]
    const { ask } = await openDashboard(server)
    const { body } = await one.api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
    const found = await ask('GET', `/dashboard/api/${other.id}/organizations/${body.id}`)
    expect([found.status, found.body.code]).toEqual([404, 'entity_not_found'])
    const keys = await ask('GET', `/dashboard/api/${other.id}/environments/${one.id}/api_keys`)
    expect(keys.status).toBe(404)
  })
})

describe('a write', () => {
  test.each([
    ['without the CSRF token', { 'x-gatehouse-csrf': null }, 'csrf_token_invalid'],
    ['with another token', { 'x-gatehouse-csrf': 'a'.repeat(43) }, 'csrf_token_invalid'],
    ['with half a token', { 'x-gatehouse-csrf': 'a' }, 'csrf_token_invalid'],
    ['from another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, 'cross_origin'],
    ['from a neighbour on the same site', { 'sec-fetch-site': 'same-site' }, 'cross_origin'],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }, 'cross_origin'],
    ['from the address bar', { origin: null, 'sec-fetch-site': 'none' }, 'cross_origin'],
    ['from nowhere', { origin: null, 'sec-fetch-site': null }, 'cross_origin'],
    ['under a foreign name', { host: 'evil.test', origin: 'http://evil.test' }, 'host_not_ours'],
  ])('%s is refused', async (_how, headers, code) => {
    const environment = await server.environment()
    const { ask } = await openDashboard(server, 'owner')
    const answer = await ask('POST', `/dashboard/api/${environment.id}/organizations`, { body: { name: 'A' }, headers })
    expect([answer.status, answer.body.code]).toEqual([403, code])
    const { body } = await environment.api<Page<Organization>>('GET', '/organizations')
    expect(body.data).toEqual([])
  })

  test('with the CSRF token of another session is refused', async () => {
    const environment = await server.environment()
    const [one, other] = [await openDashboard(server), await openDashboard(server)]
    const answer = await one.ask('POST', `/dashboard/api/${environment.id}/organizations`, {
      body: { name: 'A' },
      headers: { 'x-gatehouse-csrf': other.csrf },
    })
    expect([answer.status, answer.body.code]).toEqual([403, 'csrf_token_invalid'])
  })
})

describe('a viewer', () => {
  test.each(
    endpoints
      .filter(({ access, method }) => access === 'api_key' && method !== 'GET')
      .map(({ method, path }) => [method, path] as const),
  )('may not %s %s', async (method, path) => {
    const environment = await server.environment()
    const { ask } = await openDashboard(server, 'viewer')
    const url = `/dashboard/api/${environment.id}${path.replaceAll(/\{\w+\}/g, 'x')}`
    const answer = await ask(method, url, { body: {} })
    expect([answer.status, answer.body.code]).toEqual([403, 'role_not_sufficient'])
  })

  test('sees no secret of a webhook endpoint; an admin does', async () => {
    const environment = await server.environment()
    const { body: made } = await environment.api<WebhookEndpoint>('POST', '/webhook_endpoints', {
      body: { endpoint_url: 'https://acme.test/', events: ['dsync.user.created'] },
    })
    const [viewer, admin] = [await openDashboard(server, 'viewer'), await openDashboard(server)]
    for (const path of ['/webhook_endpoints', `/webhook_endpoints/${made.id}`]) {
      const url = `/dashboard/api/${environment.id}${path}`
      expect((await admin.ask('GET', url)).text).toContain(made.secret)
      const seen = await viewer.ask('GET', url)
      expect(seen.status).toBe(200)
      expect(seen.text).toContain(made.id)
      expect(seen.text).not.toContain(made.secret)
    }
  })

  test('cannot become a user of the application: invitations and their mail show no token', async () => {
    const environment = await server.environment()
    const { body: made } = await environment.api<{ id: string; token: string }>(
      'POST',
      '/user_management/invitations',
      {
        body: { email: 'ann@acme.test' },
      },
    )
    expect(made.token.length).toBeGreaterThan(10)
    const [viewer, admin] = [await openDashboard(server, 'viewer'), await openDashboard(server)]
    for (const path of ['/user_management/invitations', `/user_management/invitations/${made.id}`, '/mailbox']) {
      const url = `/dashboard/api/${environment.id}${path}`
      expect((await admin.ask('GET', url)).text).toContain(made.token)
      const seen = await viewer.ask('GET', url)
      expect(seen.status).toBe(200)
      expect(seen.text).toContain('ann@acme.test')
      expect(seen.text).not.toContain(made.token)
    }
  })

  test.each(
    endpoints
      .filter(({ access, method }) => access === 'api_key' && method === 'GET')
      .map((endpoint) => [endpoint.path, endpoint] as const),
  )('is shown no field of GET %s that sounds like a secret', (_path, endpoint) => {
    const names = [
      ...JSON.stringify(endpoint.success).matchAll(/"(\w*(?:secret|password|token)|code|html|link)":\{"type":"string/g),
    ]
    // A domain's token is published in DNS, a colour of links is seen.
    const harmless = ['verification_token', ...(endpoint.path === '/branding' ? ['link'] : [])]
    const open = names.flatMap((match) => match[1] ?? []).filter((name) => !harmless.includes(name))
    expect(open.filter((name) => !endpoint.secretFields?.includes(name))).toEqual([])
  })
})
