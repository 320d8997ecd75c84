import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { Profile, TokenResponse } from '#contracts/sso.ts'
import { timeOutLogins } from '#domain/sso/time-out.ts'
import {
  answer,
  createIdp,
  type Answering,
  readRedirect,
  refuse,
  type SamlIdp,
  type SentRequest,
} from '../support/saml-idp.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'http://localhost:3000/callback'

interface Tenant {
  readonly environment: TestEnvironment
  readonly organization: Organization
  readonly connection: ConfiguredConnection
  readonly idp: SamlIdp
}

/** An environment with one organization that owns example.com and signs in through one identity provider. */
async function tenant(change: { connection?: object; organization?: object } = {}): Promise<Tenant> {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
    body: { name: 'Acme', domain_data: [{ domain: 'example.com', state: 'verified' }], ...change.organization },
  })
  const idp = await createIdp()
  const created = await environment.api<ConfiguredConnection>('POST', '/connections', {
    body: {
      organization_id: organization.id,
      connection_type: 'OktaSAML',
      idp_metadata_xml: idp.metadata,
      ...change.connection,
    },
  })
  expect(created.status).toBe(201)
  return { environment, organization, connection: created.body, idp }
}

async function authorize(
  { environment, connection }: Tenant,
  query: Record<string, string> = {},
  how: RequestInit = {},
) {
  const parameters = new URLSearchParams({
    client_id: environment.client_id,
    redirect_uri: callback,
    response_type: 'code',
    connection: connection.id,
    state: 'app state',
    ...query,
  })
  for (const [name, value] of Object.entries(query)) if (value === '') parameters.delete(name)
  return fetch(`${server.url}/sso/authorize?${parameters}`, { redirect: 'manual', ...how })
}

async function start(where: Tenant, query: Record<string, string> = {}): Promise<SentRequest> {
  const response = await authorize(where, query)
  expect(response.status).toBe(302)
  return readRedirect(response.headers.get('location') ?? '')
}

async function post(acsUrl: string, form: Record<string, string>) {
  const path = new URL(acsUrl).pathname
  const response = await fetch(server.url + path, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'manual',
  })
  const location = response.headers.get('location')
  return {
    status: response.status,
    location,
    query: Object.fromEntries(location === null ? [] : new URL(location).searchParams),
    text: await response.text(),
  }
}

async function signIn(where: Tenant, options: Partial<Answering> = {}, query: Record<string, string> = {}) {
  const request = await start(where, query)
  return post(request.acsUrl, answer(where.idp, request, { now: server.clock.read(), ...options }))
}

async function exchange(where: Tenant, fields: Record<string, string>) {
  const response = await fetch(`${server.url}/sso/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: where.environment.client_id,
      client_secret: where.environment.apiKey.value,
      grant_type: 'authorization_code',
      ...fields,
    }),
  })
  return { status: response.status, body: (await response.json()) as TokenResponse & { error?: string } }
}

async function profileOf(accessToken: string) {
  const response = await fetch(`${server.url}/sso/profile`, { headers: { authorization: `Bearer ${accessToken}` } })
  return { status: response.status, body: (await response.json()) as Profile }
}

async function events({ environment }: Tenant, names: string) {
  const { body } = await environment.api<{ data: { event: string; data: Record<string, unknown> }[] }>(
    'GET',
    `/events?limit=100&events=${names}`,
  )
  return body.data
}

const ssoEvents =
  'authentication.sso_started,authentication.sso_succeeded,authentication.sso_failed,authentication.sso_timed_out'

describe('a sign-in through the identity provider', () => {
  test('ends with a code, the app state, and the profile the assertion described', async () => {
    const where = await tenant()
    const done = await signIn(where)
    expect(done.status).toBe(302)
    expect(done.location?.startsWith(`${callback}?code=`)).toBe(true)
    expect(done.query['state']).toBe('app state')

    const { status, body } = await exchange(where, { code: done.query['code'] ?? '' })
    expect(status).toBe(200)
    expect(body).toEqual({
      token_type: 'Bearer',
      access_token: expect.stringMatching(/^[\w-]{32}$/),
      expires_in: 600,
      profile: {
        object: 'profile',
        id: expect.stringMatching(/^prof_/),
        connection_id: where.connection.id,
        connection_type: 'OktaSAML',
        organization_id: where.organization.id,
        email: 'todd@example.com',
        first_name: 'Todd',
        last_name: 'Rundgren',
        name: 'Todd Rundgren',
        idp_id: '00u1a0ufowBJlzPlk357',
        role: { slug: 'member' },
        roles: [{ slug: 'member' }],
        groups: ['Engineering'],
        custom_attributes: {},
        raw_attributes: {},
      },
    })
    expect(await profileOf(body.access_token)).toEqual({ status: 200, body: body.profile })
  })

  test('activates a waiting connection once, and says in the log what happened in order', async () => {
    const where = await tenant()
    expect(where.connection.state).toBe('validating')
    await signIn(where)
    await signIn(where)
    const { body } = await where.environment.api<ConfiguredConnection>('GET', `/connections/${where.connection.id}`)
    expect(body.state).toBe('active')
    const log = await events(where, `${ssoEvents},connection.activated`)
    expect(log.map(({ event }) => event)).toEqual([
      'authentication.sso_started',
      'connection.activated',
      'authentication.sso_succeeded',
      'authentication.sso_started',
      'authentication.sso_succeeded',
    ])
    expect(log[2]?.data).toMatchObject({
      type: 'sso',
      status: 'succeeded',
      email: 'todd@example.com',
      sso: {
        organization_id: where.organization.id,
        connection_id: where.connection.id,
        session_id: expect.any(String),
      },
    })
  })

  test('two first sign-ins at once activate the connection once', async () => {
    const where = await tenant()
    await Promise.all([
      signIn(where, { email: 'a@example.com', idpId: 'a' }),
      signIn(where, { email: 'b@example.com', idpId: 'b' }),
    ])
    expect(await events(where, 'connection.activated')).toHaveLength(1)
  })

  test.each([
    ['the organization', (where: Tenant) => ({ connection: '', organization: where.organization.id })],
    ['a domain of the organization', () => ({ connection: '', domain: 'Example.com' })],
  ])('can be started by %s', async (_claim, selector) => {
    const where = await tenant()
    expect((await signIn(where, {}, selector(where))).query['code']).toBeDefined()
  })

  test('sends hints along and asks for a fresh login when told to', async () => {
    const where = await tenant()
    const response = await authorize(where, {
      login_hint: 'todd@example.com',
      domain_hint: 'example.com',
      prompt: 'login',
    })
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.searchParams.get('login_hint')).toBe('todd@example.com')
    expect(location.searchParams.get('domain_hint')).toBe('example.com')
    expect(location.searchParams.get('RelayState')?.length).toBeLessThanOrEqual(80)
  })

  test.each([
    ['is fetched ahead', { headers: { 'sec-purpose': 'prefetch' } }],
    ['is asked for its head', { method: 'HEAD' }],
  ])('does not begin where the link %s', async (_how, how) => {
    const where = await tenant()
    const response = await authorize(where, {}, how)
    expect([response.status, response.headers.get('location')]).toEqual([204, null])
    const { rows } = await server.db.pool.query('select from sso_sessions where connection_id = $1', [
      where.connection.id,
    ])
    expect(rows).toEqual([])
  })

  test('uses the default redirect URI when the application names none', async () => {
    const where = await tenant()
    expect((await signIn(where, {}, { redirect_uri: '' })).location).toMatch(
      /^http:\/\/localhost:3000\/callback\?code=/,
    )
  })

  test('accepts encrypted assertions', async () => {
    const where = await tenant({ connection: { options: { want_encrypted_assertions: true } } })
    const metadata = await (await fetch(server.url + new URL(where.connection.sp_metadata_url).pathname)).text()
    const certificate = /use="encryption"[\s\S]*?<[\w:]*X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? ''
    const done = await signIn(where, { change: { encrypt: { certificate, algorithm: 'aes256-gcm' } } })
    expect(done.query['code']).toBeDefined()
  })
})

describe('the profile id', () => {
  const idOf = async (where: Tenant, options: Partial<Answering> = {}) => {
    const { query } = await signIn(where, options)
    return (await exchange(where, { code: query['code'] ?? '' })).body.profile.id
  }

  test('is the same for the same person of a connection, whatever else changes', async () => {
    const where = await tenant()
    const first = await idOf(where)
    expect(await idOf(where, { email: 'renamed@example.com' })).toBe(first)
    expect(await idOf(where, { idpId: 'somebody-else' })).not.toBe(first)
  })

  test('survives the deletion of the connection, for the same organization and identity provider', async () => {
    const where = await tenant()
    const first = await idOf(where)
    await where.environment.api('DELETE', `/connections/${where.connection.id}`)
    const again = await where.environment.api<ConfiguredConnection>('POST', '/connections', {
      body: {
        organization_id: where.organization.id,
        connection_type: 'OktaSAML',
        idp_metadata_xml: where.idp.metadata,
      },
    })
    expect(await idOf({ ...where, connection: again.body })).toBe(first)
  })

  test('is not shared by two living connections', async () => {
    const where = await tenant()
    const second = await where.environment.api<ConfiguredConnection>('POST', '/connections', {
      body: {
        organization_id: where.organization.id,
        connection_type: 'OktaSAML',
        idp_metadata_xml: where.idp.metadata,
      },
    })
    expect(await idOf({ ...where, connection: second.body })).not.toBe(await idOf(where))
  })
})

describe('an application that asks wrongly', () => {
  test.each([
    ['without a selector', { connection: '' }, 'invalid_connection_selector'],
    ['with two selectors', { organization: 'org_x' }, 'invalid_connection_selector'],
    ['for an unknown connection', { connection: 'conn_unknown' }, 'connection_invalid'],
    ['for an unknown organization', { connection: '', organization: 'org_unknown' }, 'organization_invalid'],
    ['for a provider', { connection: '', provider: 'GoogleOAuth' }, 'connection_strategy_invalid'],
    ['for a token', { response_type: 'token' }, 'invalid_request'],
    ['with a plain challenge', { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
  ])('%s hears of it on its redirect URI', async (_claim, query, error) => {
    const where = await tenant()
    const response = await authorize(where, query)
    expect(response.status).toBe(302)
    const location = new URL(response.headers.get('location') ?? '')
    expect(`${location.origin}${location.pathname}`).toBe(callback)
    expect(location.searchParams.get('error')).toBe(error)
    expect(location.searchParams.get('state')).toBe('app state')
  })

  test.each([
    ['an unregistered redirect URI', { redirect_uri: 'http://localhost:3001/callback' }],
    ['a redirect URI that only starts like the registered one', { redirect_uri: `${callback}.evil.test` }],
    ['a script', { redirect_uri: 'javascript:alert(1)' }],
    ['an unknown client', { client_id: 'client_unknown' }],
  ])('with %s gets a page and no redirect', async (_claim, query) => {
    const where = await tenant()
    const response = await authorize(where, query)
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).not.toContain('<script')
  })

  test('sees what it sent and what is registered, escaped', async () => {
    const where = await tenant()
    const response = await authorize(where, { redirect_uri: 'http://localhost:3000/callback?<b>x' })
    const text = await response.text()
    expect(text).toContain('callback?&lt;b&gt;x')
    expect(text).toContain(callback)
  })

  test('is offered a command to register a plain address, and none that a shell would read otherwise', async () => {
    const where = await tenant()
    const page = async (redirect_uri: string) => (await authorize(where, { redirect_uri })).text()
    expect(await page('http://localhost:3001/callback')).toContain('curl -X POST')
    for (const trap of [
      "http://localhost:3001/'; touch x #",
      'http://localhost:3001/$(id)',
      'http://localhost:3001/`id`',
    ])
      expect(await page(trap)).not.toContain('curl')
  })

  test("cannot use another environment's connection", async () => {
    const [mine, theirs] = [await tenant(), await tenant()]
    const response = await authorize(mine, { connection: theirs.connection.id })
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('error')).toBe('connection_invalid')
  })
})

describe('a response that does not fit its login', () => {
  test('is refused with a reference, leaves no code, and is in the log with its reason', async () => {
    const where = await tenant()
    const done = await signIn(where, { change: { audience: 'https://another-app.test' } })
    expect(done.status).toBe(400)
    expect(done.location).toBeNull()
    const [failure] = await events(where, 'authentication.sso_failed')
    expect(failure?.data).toMatchObject({ status: 'failed', error: { code: 'wrong_audience' } })
    const { session_id: reference } = { session_id: '', ...(failure?.data['sso'] as object) }
    expect(reference).toMatch(/^sso_session_/)
    expect(done.text).toContain(reference)
    // The person may be an attacker: nothing of the reason is shown.
    expect(done.text).not.toContain('audience')
    expect(done.text).toContain('error=server_error')
  })

  test('does not use up the login: the right answer still works', async () => {
    const where = await tenant()
    const request = await start(where)
    const now = server.clock.read()
    await post(request.acsUrl, answer(where.idp, request, { now, change: { audience: 'x' } }))
    expect((await post(request.acsUrl, answer(where.idp, request, { now }))).query['code']).toBeDefined()
  })

  test.each<[string, (where: Tenant, request: SentRequest) => Record<string, string>, string]>([
    [
      'signed by a stranger',
      (where, request) =>
        answer({ ...where.idp, key: stranger.key, certificate: stranger.certificate }, request, {
          now: server.clock.read(),
        }),
      'wrong_signature',
    ],
    [
      'answering another request',
      (where, request) => answer(where.idp, { ...request, id: '_another' }, { now: server.clock.read() }),
      'wrong_request',
    ],
    [
      'unsolicited, but brought with the RelayState of a login',
      (where, request) => answer(where.idp, request, { now: server.clock.read(), change: { inResponseTo: null } }),
      'wrong_request',
    ],
    [
      'without the RelayState that went out',
      (where, { relayState: _lost, ...request }) => answer(where.idp, request, { now: server.clock.read() }),
      'request_unknown',
    ],
    [
      'with a RelayState nobody issued',
      (where, request) => answer(where.idp, { ...request, relayState: 'guessed' }, { now: server.clock.read() }),
      'request_unknown',
    ],
  ])('%s is refused', async (_claim, form, code) => {
    const where = await tenant()
    const request = await start(where)
    const done = await post(request.acsUrl, form(where, request))
    expect(done.status).toBe(400)
    expect((await events(where, 'authentication.sso_failed'))[0]?.data).toMatchObject({ error: { code } })
  })

  test('with the RelayState of one login and the request of another is refused', async () => {
    const where = await tenant()
    const [first, second] = [await start(where), await start(where)]
    const mixed = { ...first, relayState: second.relayState }
    const done = await post(first.acsUrl, answer(where.idp, mixed, { now: server.clock.read() }))
    expect(done.status).toBe(400)
    expect((await events(where, 'authentication.sso_failed'))[0]?.data).toMatchObject({
      error: { code: 'relay_state_mismatch' },
    })
  })

  test("at another connection's address is refused", async () => {
    const where = await tenant()
    const other = await where.environment.api<ConfiguredConnection>('POST', '/connections', {
      body: {
        organization_id: where.organization.id,
        connection_type: 'GenericSAML',
        idp_metadata_xml: where.idp.metadata,
      },
    })
    const request = await start(where)
    const form = answer(
      where.idp,
      { ...request, acsUrl: other.body.acs_url, issuer: other.body.sp_entity_id },
      { now: server.clock.read() },
    )
    expect((await post(other.body.acs_url, form)).status).toBe(400)
  })

  test('too late is refused, and later still counts as timed out', async () => {
    const where = await tenant()
    const request = await start(where)
    server.clock.advance(10 * 60_000)
    const done = await post(request.acsUrl, answer(where.idp, request, { now: server.clock.read() }))
    expect(done.status).toBe(400)
    await start(where)
    server.clock.advance(10 * 60_000)
    await timeOutLogins(server.deps, new AbortController().signal)
    expect((await events(where, ssoEvents)).map(({ event }) => event)).toEqual([
      'authentication.sso_started',
      'authentication.sso_failed',
      'authentication.sso_started',
      'authentication.sso_timed_out',
    ])
  })

  test('timing out goes on where it left off, and misses nobody who was stored late', async () => {
    const where = await tenant()
    const timedOut = async () => {
      await timeOutLogins(server.deps, new AbortController().signal)
      return (await events(where, 'authentication.sso_timed_out')).length
    }
    /** A sign-in whose transaction took so long that its row is as old. */
    const startedAgo = async (seconds: number) => {
      const { id } = await start(where)
      await server.db.pool.query(
        `update sso_sessions set created_at = created_at - $2 * interval '1 second' where request_id = $1`,
        [id, seconds],
      )
    }
    await start(where)
    server.clock.advance(10 * 60_000 - 1000)
    await start(where)
    expect(await timedOut()).toBe(0)
    server.clock.advance(1000)
    expect(await timedOut()).toBe(1)
    server.clock.advance(10 * 60_000)
    expect(await timedOut()).toBe(2)
    await startedAgo(10 * 60 + 90)
    expect(await timedOut()).toBe(3)
    await startedAgo(10 * 60 + 150)
    expect(await timedOut()).toBe(3)
  })
})

describe('an assertion signs in once', () => {
  test('a response posted again is refused', async () => {
    const where = await tenant()
    const request = await start(where)
    const form = answer(where.idp, request, { now: server.clock.read() })
    expect((await post(request.acsUrl, form)).status).toBe(302)
    expect((await post(request.acsUrl, form)).status).toBe(400)
  })

  test('an unsolicited response posted again is refused', async () => {
    const where = await tenant()
    const form = answer(
      where.idp,
      { issuer: where.connection.sp_entity_id, acsUrl: where.connection.acs_url },
      { now: server.clock.read() },
    )
    expect((await post(where.connection.acs_url, form)).status).toBe(302)
    expect((await post(where.connection.acs_url, form)).status).toBe(400)
    expect((await events(where, 'authentication.sso_failed'))[0]?.data).toMatchObject({ error: { code: 'replayed' } })
  })

  test('twelve posts at once give one code', async () => {
    const where = await tenant()
    const form = answer(
      where.idp,
      { issuer: where.connection.sp_entity_id, acsUrl: where.connection.acs_url },
      { now: server.clock.read() },
    )
    const results = await Promise.all(Array.from({ length: 12 }, () => post(where.connection.acs_url, form)))
    expect(results.filter(({ status }) => status === 302)).toHaveLength(1)
    expect(await events(where, 'authentication.sso_succeeded')).toHaveLength(1)
  })
})

describe('a sign-in started by the identity provider', () => {
  const unsolicited = (where: Tenant, relayState?: string) =>
    post(
      where.connection.acs_url,
      answer(
        where.idp,
        { issuer: where.connection.sp_entity_id, acsUrl: where.connection.acs_url, relayState },
        { now: server.clock.read() },
      ),
    )

  test('goes to the default redirect URI, without state', async () => {
    const where = await tenant()
    const done = await unsolicited(where)
    expect(done.location?.startsWith(`${callback}?code=`)).toBe(true)
    expect(done.query['state']).toBeUndefined()
    const { body } = await exchange(where, { code: done.query['code'] ?? '' })
    expect(body.profile.email).toBe('todd@example.com')
  })

  test.each([
    ['a registered target', 'redirect_uri=http%3A%2F%2Flocalhost%3A4000%2Fhome', 'http://localhost:4000/home'],
    ['an unregistered target, which is ignored', 'redirect_uri=https%3A%2F%2Fevil.test%2F', callback],
    ['an address, which is ignored', 'https://evil.test/', callback],
    ['a script, which is ignored', 'redirect_uri=javascript:alert(1)', callback],
  ])('honours RelayState with %s', async (_claim, relayState, target) => {
    const where = await tenant()
    await where.environment.api('POST', '/user_management/redirect_uris', {
      body: { uri: 'http://localhost:4000/home' },
    })
    expect((await unsolicited(where, relayState)).location?.startsWith(`${target}?code=`)).toBe(true)
  })

  test('is sent back with a code of its own when the connection does not allow it', async () => {
    const where = await tenant({ connection: { options: { allow_idp_initiated: false } } })
    const done = await unsolicited(where)
    expect(done.query).toMatchObject({
      error: 'idp_initiated_sso_disabled',
      connection_id: where.connection.id,
      organization_id: where.organization.id,
    })
  })
})

describe('who may enter', () => {
  test('somebody outside the verified domains is sent back', async () => {
    const where = await tenant()
    const done = await signIn(where, { email: 'guest@elsewhere.test' })
    expect(done.query).toMatchObject({ error: 'profile_not_allowed_outside_organization', state: 'app state' })
    expect(done.query['code']).toBeUndefined()
  })

  test.each(['guest@sub.example.com', 'guest@notexample.com', 'guest@example.com.evil.test'])(
    '%s is outside example.com',
    async (email) => {
      expect((await signIn(await tenant(), { email })).query['error']).toBe('profile_not_allowed_outside_organization')
    },
  )

  test('an organization may allow everybody its identity provider vouches for', async () => {
    const where = await tenant({ organization: { allow_profiles_outside_organization: true } })
    expect((await signIn(where, { email: 'guest@elsewhere.test' })).query['code']).toBeDefined()
  })

  test('a domain that is only claimed does not count', async () => {
    const where = await tenant({ organization: { domain_data: [{ domain: 'example.com', state: 'pending' }] } })
    expect((await signIn(where)).query['error']).toBe('profile_not_allowed_outside_organization')
  })

  test.each([
    ['urn:oasis:names:tc:SAML:2.0:status:RequestDenied', 'access_denied'],
    ['urn:oasis:names:tc:SAML:2.0:status:AuthnFailed', 'access_denied'],
    ['urn:oasis:names:tc:SAML:2.0:status:NoPassive', 'server_error'],
  ])('the identity provider answering %s tells the application %s', async (subStatus, error) => {
    const where = await tenant()
    const request = await start(where)
    const done = await post(request.acsUrl, refuse(where.idp, request, server.clock.read(), subStatus))
    expect(done.query).toMatchObject({ error, state: 'app state' })
  })

  test('a connection that is switched off signs nobody in, also who was under way', async () => {
    const where = await tenant()
    await signIn(where)
    const request = await start(where)
    await where.environment.api('PUT', `/connections/${where.connection.id}`, { body: { state: 'inactive' } })
    const done = await post(request.acsUrl, answer(where.idp, request, { now: server.clock.read() }))
    expect(done.query['error']).toBe('connection_invalid')
    expect((await authorize(where)).headers.get('location')).toContain('error=connection_invalid')
    await where.environment.api('PUT', `/connections/${where.connection.id}`, { body: { state: 'active' } })
    expect((await signIn(where)).query['code']).toBeDefined()
    expect((await events(where, 'connection.activated,connection.deactivated')).map(({ event }) => event)).toEqual([
      'connection.activated',
      'connection.deactivated',
      'connection.activated',
    ])
  })
})

describe('a code', () => {
  const code = async (where: Tenant, query: Record<string, string> = {}) =>
    (await signIn(where, {}, query)).query['code'] ?? ''

  test('works once, and coming back takes down what it bought', async () => {
    const where = await tenant()
    const value = await code(where)
    const { body } = await exchange(where, { code: value })
    expect((await profileOf(body.access_token)).status).toBe(200)
    expect(await exchange(where, { code: value })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await profileOf(body.access_token)).status).toBe(401)
  })

  test('lives ten minutes, and its token ten more', async () => {
    const where = await tenant()
    const [late, intime] = [await code(where), await code(where)]
    server.clock.advance(10 * 60_000 - 1)
    const { body } = await exchange(where, { code: intime })
    server.clock.advance(1)
    expect(await exchange(where, { code: late })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await profileOf(body.access_token)).status).toBe(200)
    server.clock.advance(10 * 60_000)
    expect((await profileOf(body.access_token)).status).toBe(401)
  })

  test('is bound to its environment', async () => {
    const [mine, theirs] = [await tenant(), await tenant()]
    const value = await code(mine)
    expect(await exchange(theirs, { code: value })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect(await exchange(mine, { code: value, client_secret: theirs.environment.apiKey.value })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
    expect((await exchange(mine, { code: value })).status).toBe(200)
  })

  test('is bound to its redirect URI when the client names one', async () => {
    const where = await tenant()
    const value = await code(where)
    expect(await exchange(where, { code: value, redirect_uri: 'http://localhost:3000/other' })).toMatchObject({
      body: { error: 'invalid_grant' },
    })
    expect((await exchange(where, { code: value, redirect_uri: callback })).status).toBe(200)
  })

  test('with a challenge needs its verifier, also from a client with a key; a public client needs nothing else', async () => {
    const where = await tenant()
    const verifier = randomBytes(32).toString('base64url')
    const challenge = {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    const value = await code(where, challenge)
    expect(await exchange(where, { code: value })).toMatchObject({ body: { error: 'invalid_grant' } })
    expect(await exchange(where, { code: value, code_verifier: 'wrong' })).toMatchObject({
      body: { error: 'invalid_grant' },
    })
    const response = await fetch(`${server.url}/sso/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: where.environment.client_id,
        grant_type: 'authorization_code',
        code: value,
        code_verifier: verifier,
      }),
    })
    expect(response.status).toBe(200)
  })

  test('without a challenge is not to be had by inventing a verifier', async () => {
    const where = await tenant()
    const response = await fetch(`${server.url}/sso/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: where.environment.client_id,
        grant_type: 'authorization_code',
        code: await code(where),
        code_verifier: 'anything',
      }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
  })

  test.each([
    [
      'JSON',
      (fields: object) => ({ body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } }),
      false,
    ],
    ['a query', () => ({}), true],
  ])('is exchanged by %s too', async (_claim, init, byQuery) => {
    const where = await tenant()
    const fields = {
      client_id: where.environment.client_id,
      client_secret: where.environment.apiKey.value,
      grant_type: 'authorization_code',
      code: await code(where),
    }
    const url = `${server.url}/sso/token${byQuery ? `?${new URLSearchParams(fields)}` : ''}`
    expect((await fetch(url, { method: 'POST', ...init(fields) })).status).toBe(200)
  })

  test.each([
    [{ client_secret: 'sk_test_wrong' }, 400, 'invalid_client'],
    [{ client_id: 'client_unknown' }, 400, 'invalid_client'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ code: 'never-issued' }, 400, 'invalid_grant'],
  ])('asked for with %j answers %i %s', async (fields, status, error) => {
    const where = await tenant()
    expect(await exchange(where, { code: 'x', ...fields })).toMatchObject({ status, body: { error } })
  })

  test('twelve exchanges at once give one token', async () => {
    const where = await tenant()
    const value = await code(where)
    const results = await Promise.all(Array.from({ length: 12 }, () => exchange(where, { code: value })))
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1)
  })
})

describe('signing out', () => {
  test('a logout link ends the session once and leads to the homepage', async () => {
    const where = await tenant()
    await where.environment.api('PUT', '/user_management/homepage_url', { body: { url: 'http://localhost:3000' } })
    const { query } = await signIn(where)
    const { body } = await exchange(where, { code: query['code'] ?? '' })
    const { body: link } = await where.environment.api<{ logout_url: string }>('POST', '/sso/logout/authorize', {
      body: { profile_id: body.profile.id },
    })
    const open = () =>
      fetch(server.url + new URL(link.logout_url).pathname + new URL(link.logout_url).search, { redirect: 'manual' })
    const response = await open()
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('http://localhost:3000')
    expect((await profileOf(body.access_token)).status).toBe(401)
    expect((await open()).status).toBe(400)
  })
})

const stranger = await createIdp()
