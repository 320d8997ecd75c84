import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { change } from '#db/work.ts'
import { rotateSigningKey } from '#domain/environments/signing-keys.ts'
import { readLog } from '../support/log.ts'
import { claimsOf, peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
})

const minute = 60_000
const jwksOf = async ({ api, client_id }: TestEnvironment) =>
  (await api<JSONWebKeySet>('GET', `/sso/jwks/${client_id}`, { key: null })).body
const verify = (token: string, keys: JSONWebKeySet) =>
  jwtVerify(token, createLocalJWKSet(keys), { currentDate: server.clock.read() })

describe('revoking', () => {
  test('ends a session once, with its event', async () => {
    const session = await people.signIn(await people.user())
    const body = { session_id: claimsOf(session)['sid'] }
    for (let times = 0; times < 2; times++) {
      const { status, text, headers } = await environment.api('POST', '/user_management/sessions/revoke', { body })
      expect([status, text, headers.get('content-type')]).toEqual([200, '', null])
    }
    const events = (await readLog(environment.api)).filter(({ event }) => event === 'session.revoked')
    expect(events.map(({ data }) => data)).toMatchObject([
      { id: body.session_id, status: 'revoked', ended_at: server.clock.read().toISOString() },
    ])
    expect((await people.refresh(session.refresh_token)).status).toBe(400)
  })

  test.each([
    ['a session nobody had', async () => 'session_nobody'],
    [
      'another tenant’s',
      async () => {
        const other = peopleOf(server, await server.environment())
        return claimsOf(await other.signIn(await other.user()))['sid']
      },
    ],
  ])('%s is not found', async (_what, id) => {
    const answer = await environment.api('POST', '/user_management/sessions/revoke', {
      body: { session_id: await id() },
    })
    expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
  })
})

describe('signing out in the browser', () => {
  const leave = (session: string | undefined, returnTo?: string) => {
    const query = new URLSearchParams({
      ...(session !== undefined && { session_id: session }),
      ...(returnTo !== undefined && { return_to: returnTo }),
    })
    return environment.api('GET', `/user_management/sessions/logout?${query}`, { key: null })
  }
  const fresh = async () => {
    const session = await people.signIn(await people.user())
    return { session, id: claimsOf(session).sid }
  }

  test('without a registered address ends in a page of ours', async () => {
    const { session, id } = await fresh()
    const left = await leave(id, 'https://evil.test/')
    expect([left.status, left.headers.get('location')]).toEqual([200, null])
    expect(left.text).toContain('You are signed out')
    expect((await people.refresh(session.refresh_token)).status).toBe(400)
  })

  test('goes where it was told if that is registered, and to the default otherwise', async () => {
    for (const uri of ['https://app.test/bye', 'https://app.test/other'])
      await environment.api('POST', '/user_management/logout_uris', { body: { uri } })
    for (const [returnTo, expected] of [
      ['https://app.test/other', 'https://app.test/other'],
      ['https://evil.test/', 'https://app.test/bye'],
      ['https://app.test/other/../../evil', 'https://app.test/bye'],
      ['//evil.test', 'https://app.test/bye'],
      ['javascript:alert(1)', 'https://app.test/bye'],
      [undefined, 'https://app.test/bye'],
    ] as const) {
      const { id } = await fresh()
      const left = await leave(id, returnTo)
      expect([returnTo, left.status, left.headers.get('location')]).toEqual([returnTo, 302, expected])
    }
  })

  test('twice, or from a session nobody had, is no accident', async () => {
    const { id } = await fresh()
    expect((await leave(id)).status).toBe(302)
    expect((await leave(id)).status).toBe(302)
    expect((await leave('session_nobody', 'https://app.test/bye')).status).toBe(200)
    expect((await leave(undefined)).status).toBe(400)
  })
})

describe('pages of other origins', () => {
  const preflight = (origin: string) =>
    environment.api('OPTIONS', '/user_management/authenticate', {
      key: null,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
  const post = async (origin: string, tenant: TestEnvironment) =>
    tenant.api('POST', '/user_management/authenticate', {
      key: null,
      headers: { origin },
      body: { client_id: tenant.client_id, grant_type: 'refresh_token', refresh_token: 'nope' },
    })

  test('may ask and read once they are registered, and only what is their tenant’s', async () => {
    const origin = 'https://spa.test'
    expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull()
    await environment.api('POST', '/user_management/cors_origins', { body: { origin } })
    const asked = await preflight(origin)
    expect([
      asked.status,
      asked.headers.get('access-control-allow-origin'),
      asked.headers.get('access-control-allow-credentials'),
      asked.headers.get('vary'),
    ]).toEqual([204, origin, 'true', 'Origin'])
    expect(asked.headers.get('access-control-allow-headers')).toContain('content-type')

    // Refusals are read too: an application must know that its session is over.
    const answer = await post(origin, environment)
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([400, origin])
    const elsewhere = await post(origin, await server.environment())
    expect(elsewhere.headers.get('access-control-allow-origin')).toBeNull()
    expect(
      (await post('https://spa.test.evil.test', environment)).headers.get('access-control-allow-origin'),
    ).toBeNull()
    expect((await preflight('null')).headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('keys', () => {
  test('ES256 is used once everybody can have the key, and RS256 goes on until then', async () => {
    const own = await server.environment()
    const theirs = peopleOf(server, own)
    const user = await theirs.user()
    await own.api('PUT', '/authentication_settings', { body: { session: { signing_algorithm: 'ES256' } } })
    const early = await theirs.signIn(user)
    expect((await verify(early.access_token, await jwksOf(own))).protectedHeader.alg).toBe('RS256')
    const keys = await jwksOf(own)
    expect(keys.keys.map(({ alg, kty, crv }) => [alg, kty, crv])).toContainEqual(['ES256', 'EC', 'P-256'])

    server.clock.advance(11 * minute)
    const later = await theirs.signIn(user)
    // With keys that were fetched at the switch: nobody had to fetch anew.
    expect((await verify(later.access_token, keys)).protectedHeader.alg).toBe('ES256')
  })

  test('change hands without a token that cannot be verified', async () => {
    const own = await server.environment()
    const theirs = peopleOf(server, own)
    const user = await theirs.user()
    const before = await theirs.signIn(user)
    const [old] = (await jwksOf(own)).keys
    await change(server.deps, { environment: own.id }, (work) => rotateSigningKey(work, 'RS256', server.deps.secrets))
    server.clock.advance(minute)
    const published = await jwksOf(own)
    expect(published.keys).toHaveLength(2)
    expect((await verify((await theirs.signIn(user)).access_token, published)).protectedHeader.kid).toBe(old?.kid)

    server.clock.advance(11 * minute)
    const after = await theirs.signIn(user)
    const { protectedHeader } = await verify(after.access_token, published)
    expect(protectedHeader.kid).not.toBe(old?.kid)
    expect((await jwksOf(own)).keys.map(({ kid }) => kid)).toContain(old?.kid)
    expect(before.access_token).toBeDefined()

    server.clock.advance(25 * 60 * minute)
    expect((await jwksOf(own)).keys.map(({ kid }) => kid)).toEqual([protectedHeader.kid])
  })

  test('the issuer is what the settings say', async () => {
    const own = await server.environment()
    const theirs = peopleOf(server, own)
    await own.api('PUT', '/authentication_settings', { body: { session: { issuer: 'https://id.acme.test' } } })
    expect(claimsOf(await theirs.signIn(await theirs.user())).iss).toBe('https://id.acme.test')
  })
})

describe('a JWT template', () => {
  let own: TestEnvironment
  let theirs: People
  const set = (content: string) =>
    own.api<{ code: string; content: string }>('PUT', '/user_management/jwt_template', { body: { content } })

  beforeAll(async () => {
    own = await server.environment()
    theirs = peopleOf(server, own)
  })

  test('adds claims and cannot change ours', async () => {
    expect((await own.api('GET', '/user_management/jwt_template')).status).toBe(404)
    const content = JSON.stringify({
      'urn:acme:name': '{{user.first_name}} at {{organization.name}}',
      tier: '{{organization.metadata.tier}}',
      aud: 'acme',
      sid: 'session_other',
      org_id: 'org_other',
      role: 'admin',
      permissions: ['everything'],
    })
    expect((await set(content)).body).toMatchObject({ object: 'jwt_template', content })
    const user = await theirs.user(undefined, { first_name: 'Ann' })
    const organization = await theirs.organization('Acme', { metadata: { tier: 'gold' } })
    await theirs.join(user, organization)
    const claims = claimsOf(await theirs.signIn(user))
    expect(claims).toMatchObject({
      'urn:acme:name': 'Ann at Acme',
      tier: 'gold',
      aud: 'acme',
      sid: expect.not.stringMatching('other'),
      org_id: organization.id,
      role: 'member',
      permissions: [],
    })
  })

  test('cannot make up a role where there is no organization', async () => {
    await set('{"role": "admin", "permissions": ["everything"], "act": {"sub": "x"}, "org_id": "org_x", "mine": 1}')
    const claims = claimsOf(await theirs.signIn(await theirs.user()))
    expect(claims).toMatchObject({ mine: 1 })
    for (const name of ['role', 'permissions', 'act', 'org_id']) expect(claims).not.toHaveProperty(name)
  })

  test.each([
    ['a reserved claim', '{"sub": "user_other"}'],
    ['no JSON', 'hello'],
    ['code', '{"a": {{user.email.constructor("x")}}}'],
  ])('with %s is refused', async (_what, content) => {
    const answer = await set(content)
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request_parameters'])
  })

  test('that grows too big for a cookie refuses the sign-in rather than lose it', async () => {
    await set('{"all": {{user.metadata}}}')
    const metadata = Object.fromEntries(Array.from({ length: 8 }, (_none, index) => [`key${index}`, 'x'.repeat(600)]))
    const user = await theirs.user(undefined, { metadata })
    const answer = await theirs.authenticate({ grant_type: 'authorization_code', code: await theirs.code(user) })
    expect([answer.status, answer.body.code]).toEqual([400, 'token_too_big'])
    const sessions = await own.api<{ data: [] }>('GET', `/user_management/users/${user.id}/sessions`)
    expect(sessions.body.data).toEqual([])
  })
})

describe('settings', () => {
  test('start with the defaults, change by the field and refuse what is misspelt', async () => {
    const { api } = await server.environment()
    const { body: defaults } = await api<Record<string, object>>('GET', '/authentication_settings')
    expect(defaults).toMatchObject({ sign_up: 'open', mfa: 'optional', session: { access_token_seconds: 300 } })
    const change = { methods: { magic_auth: false }, session: { access_token_seconds: 60 } }
    const { body: changed } = await api<Record<string, object>>('PUT', '/authentication_settings', { body: change })
    expect(changed).toEqual({
      ...defaults,
      methods: { ...defaults['methods'], magic_auth: false },
      session: { ...defaults['session'], access_token_seconds: 60 },
    })
    expect((await api('GET', '/authentication_settings')).body).toEqual(changed)
    for (const body of [{ mfaa: 'off' }, { methods: { passwort: false } }, { mfa: 'sometimes' }])
      expect((await api('PUT', '/authentication_settings', { body })).status).toBe(422)
  })

  test('of an organization are replaced as a whole', async () => {
    const own = await server.environment()
    const { id } = await peopleOf(server, own).organization()
    const path = `/organizations/${id}/authentication_settings`
    expect((await own.api('GET', path)).body).toEqual({})
    await own.api('PUT', path, { body: { mfa: 'required', methods: { password: false } } })
    await own.api('PUT', path, { body: { sso_required: false } })
    expect((await own.api('GET', path)).body).toEqual({ sso_required: false })
    expect((await own.api('GET', '/organizations/org_none/authentication_settings')).status).toBe(404)
  })
})
