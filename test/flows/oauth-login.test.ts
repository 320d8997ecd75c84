import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { OAuthProvider } from '#contracts/oauth-providers.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { TokenResponse } from '#contracts/sso.ts'
import { oidcScenarios } from '#test-idp/oidc/scenarios.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'http://localhost:3000/callback'
const todd = { user: 'todd@example.com' }

let idp: OidcIdp
beforeAll(async () => {
  idp = await startOidcIdp(server.clock.read, 'http://gatehouse.test')
})
afterAll(() => idp.close())

async function withGoogle(input: object = {}): Promise<TestEnvironment> {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const { status } = await environment.api('PUT', '/oauth_providers/GoogleOAuth', {
    body: { client_id: 'our-client', client_secret: 'test-secret', issuer: idp.issuer, ...input },
  })
  expect(status).toBe(200)
  return environment
}

/** A browser that left for the OAuth server. */
interface Left {
  readonly location: string
  readonly cookie: string
}

async function authorize(environment: TestEnvironment, query: Record<string, string>): Promise<Response> {
  const parameters = new URLSearchParams({
    client_id: environment.client_id,
    redirect_uri: callback,
    response_type: 'code',
    state: 'app state',
    ...query,
  })
  return fetch(`${server.url}/sso/authorize?${parameters}`, { redirect: 'manual' })
}

async function leave(environment: TestEnvironment, query: Record<string, string> = { provider: 'GoogleOAuth' }) {
  const response = await authorize(environment, query)
  expect(response.status).toBe(302)
  return {
    location: response.headers.get('location') ?? '',
    cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
  } satisfies Left
}

async function comeBack(url: URL, cookie: string) {
  expect(`${url.origin}${url.pathname}`).toBe('http://gatehouse.test/sso/oauth/callback')
  const response = await fetch(`${server.url}${url.pathname}${url.search}`, {
    redirect: 'manual',
    headers: cookie === '' ? {} : { cookie },
  })
  const location = response.headers.get('location')
  return {
    status: response.status,
    text: await response.text(),
    query: Object.fromEntries(location === null ? [] : new URL(location).searchParams),
  }
}

async function signIn(environment: TestEnvironment, fields: Record<string, string>, query?: Record<string, string>) {
  const left = await leave(environment, query)
  return comeBack(await idp.choose(left.location, fields), left.cookie)
}

async function exchange(environment: TestEnvironment, code: string | undefined) {
  const response = await fetch(`${server.url}/sso/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: environment.client_id,
      client_secret: environment.apiKey.value,
      grant_type: 'authorization_code',
      code: code ?? '',
    }),
  })
  return (await response.json()) as TokenResponse
}

async function lastEvent(environment: TestEnvironment) {
  return (await readLog(environment.api)).at(-1) as { event: string; data: { error?: { code: string } } } | undefined
}

describe('a social provider', () => {
  test('signs a person in who belongs to no organization', async () => {
    const environment = await withGoogle()
    const { body: provider } = await environment.api<OAuthProvider>('GET', '/oauth_providers/GoogleOAuth')
    const done = await signIn(environment, todd)
    expect(done.status).toBe(302)
    expect(done.query.state).toBe('app state')
    const answer = await exchange(environment, done.query.code)
    expect(answer.profile).toMatchObject({
      id: expect.stringMatching(/^prof_/),
      connection_id: provider.id,
      connection_type: 'GoogleOAuth',
      organization_id: null,
      idp_id: '00u1a0ufowBJlzPlk357',
      email: 'todd@example.com',
      first_name: 'Todd',
      last_name: 'Rundgren',
    })
    expect(answer.oauth_tokens).toBeUndefined()
    expect(await lastEvent(environment)).toMatchObject({
      event: 'authentication.oauth_succeeded',
      data: { type: 'oauth', status: 'succeeded', email: 'todd@example.com', user_id: null },
    })
  })

  test('gives a person the same profile at every sign-in, also after it was set up anew', async () => {
    const environment = await withGoogle()
    const first = await exchange(environment, (await signIn(environment, todd)).query.code)
    await environment.api('DELETE', '/oauth_providers/GoogleOAuth')
    await environment.api('PUT', '/oauth_providers/GoogleOAuth', {
      body: { client_id: 'another', client_secret: 'test-secret', issuer: idp.issuer },
    })
    const second = await exchange(environment, (await signIn(environment, todd)).query.code)
    expect(second.profile.id).toBe(first.profile.id)
  })

  test('asks with state, nonce and PKCE, and for the scopes that were set and asked for', async () => {
    const environment = await withGoogle({ scopes: ['openid', 'email'] })
    const { location } = await leave(environment, {
      provider: 'GoogleOAuth',
      provider_scopes: 'calendar',
      login_hint: 'todd@example.com',
    })
    const query = Object.fromEntries(new URL(location).searchParams)
    expect(query).toMatchObject({
      client_id: 'our-client',
      redirect_uri: 'http://gatehouse.test/sso/oauth/callback',
      scope: 'openid email calendar',
      code_challenge_method: 'S256',
      login_hint: 'todd@example.com',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) expect(query[name]?.length).toBeGreaterThan(30)
  })

  test('hands on its tokens when that was set, once', async () => {
    const environment = await withGoogle({ return_tokens: true })
    const done = await signIn(environment, todd)
    const { rows } = await server.db.pool.query<{ oauth_tokens: string }>('select oauth_tokens from sso_codes')
    const { oauth_tokens: tokens } = await exchange(environment, done.query.code)
    expect(tokens).toMatchObject({ provider: 'GoogleOAuth', scopes: ['openid', 'email', 'profile'] })
    expect(tokens?.expires_at).toBe(server.clock.read().getTime() / 1000 + 3600)
    const kept = rows.map((row) => row.oauth_tokens).filter((text) => text !== null)
    expect(kept).toHaveLength(1)
    expect(kept[0]).not.toContain(tokens?.access_token)
    const userinfo = await fetch(`${idp.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens?.access_token}` },
    })
    expect(await userinfo.json()).toMatchObject({ email: 'todd@example.com' })
  })

  test('that posts its answer, as Apple does, is taken too', async () => {
    const environment = await withGoogle()
    const left = await leave(environment)
    const url = new URL(left.location)
    url.searchParams.set('response_mode', 'form_post')
    const answer = await idp.choose(url.href, todd)
    const posted = await fetch(`${server.url}${answer.pathname}`, {
      method: 'POST',
      body: answer.searchParams,
      redirect: 'manual',
    })
    expect(posted.status).toBe(303)
    const done = await comeBack(new URL(posted.headers.get('location') ?? '', 'http://gatehouse.test'), left.cookie)
    expect(done.query.code).toBeDefined()
  })

  test('reads an address that only userinfo has', async () => {
    const environment = await withGoogle()
    const { query } = await signIn(environment, { email: 'todd@example.com', scenario: 'email-in-userinfo' })
    expect((await exchange(environment, query.code)).profile.email).toBe('todd@example.com')
  })

  test.each([
    ['unverified-email', 'email_unverified'],
    ['no-email', 'email_missing'],
    ['wrong-signature', 'id_token_signature_invalid'],
    ['unsigned', 'id_token_invalid'],
    ['wrong-issuer', 'id_token_invalid'],
    ['wrong-audience', 'id_token_invalid'],
    ['wrong-nonce', 'id_token_invalid'],
    ['expired', 'id_token_expired'],
    ['no-id-token', 'token_response_invalid'],
    ['mix-up', 'response_invalid'],
  ])('with %s signs nobody in: %s', async (scenario, code) => {
    const environment = await withGoogle()
    const done = await signIn(environment, { email: 'todd@example.com', scenario })
    expect(done.query).toMatchObject({ error: 'oauth_failed', state: 'app state' })
    expect(done.query.code).toBeUndefined()
    expect(await lastEvent(environment)).toMatchObject({
      event: 'authentication.oauth_failed',
      data: { type: 'oauth', status: 'failed', error: { code } },
    })
  })

  test('has a test for each of its scenarios', () => {
    expect(oidcScenarios).toHaveLength(11)
  })

  test('that somebody turned away from answers access_denied', async () => {
    const environment = await withGoogle()
    expect((await signIn(environment, { deny: '1' })).query).toEqual({
      error: 'access_denied',
      error_description: 'The sign-in was cancelled or refused at the provider.',
      state: 'app state',
    })
  })

  test('whose secret is wrong says so to the administrator alone', async () => {
    const environment = await withGoogle({ client_secret: 'wrong' })
    const done = await signIn(environment, todd)
    expect(done.query.error_description).not.toContain('secret')
    expect((await lastEvent(environment))?.data.error).toMatchObject({
      code: 'code_refused',
      message: expect.stringContaining('invalid_client'),
    })
  })

  test('that is switched off, or was never set up, cannot be chosen', async () => {
    const environment = await withGoogle({ enabled: false })
    for (const provider of ['GoogleOAuth', 'GitHubOAuth', 'NoSuchOAuth']) {
      const location = (await authorize(environment, { provider })).headers.get('location') ?? ''
      expect(new URL(location).searchParams.get('error')).toBe('connection_strategy_invalid')
    }
  })

  test('that is switched off while somebody is there signs nobody in', async () => {
    const environment = await withGoogle()
    const left = await leave(environment)
    const answer = await idp.choose(left.location, todd)
    await environment.api('PUT', '/oauth_providers/GoogleOAuth', { body: { enabled: false } })
    expect((await comeBack(answer, left.cookie)).query.error).toBe('connection_invalid')
  })
})

describe('the answer', () => {
  test.each([
    ['without the cookie', () => ''],
    ['with another sign-in’s cookie', (cookie: string) => cookie.replace(/=.*/, '=stolen')],
  ])('is not taken from another browser: %s', async (_how, change) => {
    const environment = await withGoogle()
    const left = await leave(environment)
    const answer = await idp.choose(left.location, todd)
    const refused = await comeBack(answer, change(left.cookie))
    expect(refused.status).toBe(400)
    expect(refused.text).not.toContain('todd@example.com')
    expect((await lastEvent(environment))?.data.error?.code).toBe('other_browser')
    // Whoever tried has not spoilt it for the browser that asked.
    expect((await comeBack(answer, left.cookie)).query.code).toBeDefined()
  })

  test('is taken once', async () => {
    const environment = await withGoogle()
    const left = await leave(environment)
    const answer = await idp.choose(left.location, todd)
    const first = await comeBack(answer, left.cookie)
    const second = await comeBack(answer, left.cookie)
    expect(first.query.code).toBeDefined()
    expect(second.status).toBe(400)
    expect((await lastEvent(environment))?.data.error?.code).toBe('already_answered')
  })

  test('is taken for ten minutes', async () => {
    const environment = await withGoogle()
    const left = await leave(environment)
    server.clock.advance(10 * 60_000)
    const answer = await idp.choose(left.location, todd)
    expect((await comeBack(answer, left.cookie)).status).toBe(400)
    expect((await lastEvent(environment))?.data.error?.code).toBe('login_expired')
  })

  test.each(['', '?state=', '?state=unknown&code=1', '?code=1'])(
    'that belongs to nothing is no page of ours: %s',
    async (query) => {
      const response = await fetch(`${server.url}/sso/oauth/callback${query}`, { redirect: 'manual' })
      expect(response.status).toBe(404)
      expect(await response.text()).toContain('This sign-in is not known here')
    },
  )

  test('of a code of another sign-in is refused by the verifier', async () => {
    const environment = await withGoogle()
    const mine = await leave(environment)
    const theirs = await leave(environment)
    const answer = await idp.choose(mine.location, todd)
    const stolen = await idp.choose(theirs.location, { user: 'lela.block@example.com' })
    answer.searchParams.set('code', stolen.searchParams.get('code') ?? '')
    expect((await comeBack(answer, mine.cookie)).query.error).toBe('oauth_failed')
    expect((await lastEvent(environment))?.data.error?.code).toBe('code_refused')
  })
})

describe('a connection by OpenID Connect', () => {
  async function withConnection(change: { oidc?: object; domain?: string } = {}) {
    const environment = await server.environment()
    await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
    const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
      body: { name: 'Acme', domain_data: [{ domain: change.domain ?? 'example.com', state: 'verified' }] },
    })
    const created = await environment.api<ConfiguredConnection>('POST', '/connections', {
      body: {
        organization_id: organization.id,
        connection_type: 'GenericOIDC',
        oidc: { issuer: idp.issuer, client_id: 'acme', client_secret: 'test-secret', ...change.oidc },
      },
    })
    expect([created.status, created.text]).toEqual([201, expect.not.stringContaining('test-secret')])
    return { environment, organization, connection: created.body }
  }

  test('waits for its first sign-in, which activates it', async () => {
    const { environment, organization, connection } = await withConnection()
    expect(connection).toMatchObject({
      state: 'validating',
      oidc: {
        issuer: idp.issuer,
        client_id: 'acme',
        scopes: ['openid', 'email', 'profile'],
        redirect_uri: 'http://gatehouse.test/sso/oauth/callback',
      },
    })
    const done = await signIn(environment, todd, { organization: organization.id })
    const { profile } = await exchange(environment, done.query.code)
    expect(profile).toMatchObject({
      connection_id: connection.id,
      connection_type: 'GenericOIDC',
      organization_id: organization.id,
      email: 'todd@example.com',
      groups: ['Engineering', 'Admins'],
      role: { slug: 'member' },
    })
    const log = await readLog(environment.api)
    expect(log.slice(-3).map(({ event }) => event)).toEqual([
      'authentication.sso_started',
      'connection.activated',
      'authentication.sso_succeeded',
    ])
  })

  test('maps claims by name', async () => {
    const { environment, connection } = await withConnection()
    await environment.api('PUT', `/connections/${connection.id}`, {
      body: { attribute_map: { first_name: 'name', custom_attributes: { audience: 'aud' } } },
    })
    const done = await signIn(environment, todd, { connection: connection.id })
    const { profile } = await exchange(environment, done.query.code)
    expect([profile.first_name, profile.custom_attributes]).toEqual(['Todd Rundgren', { audience: 'acme' }])
  })

  test('keeps its client when only something else changes, and takes a new secret', async () => {
    const { environment, connection } = await withConnection({ oidc: { client_secret: 'wrong' } })
    expect((await signIn(environment, todd, { connection: connection.id })).query.error).toBe('oauth_failed')
    await environment.api('PUT', `/connections/${connection.id}`, { body: { oidc: { client_secret: 'test-secret' } } })
    expect((await signIn(environment, todd, { connection: connection.id })).query.code).toBeDefined()
  })

  test('signs in nobody from outside the organization’s domains', async () => {
    const { environment, connection } = await withConnection({ domain: 'elsewhere.com' })
    const done = await signIn(environment, todd, { connection: connection.id })
    expect(done.query.error).toBe('profile_not_allowed_outside_organization')
  })

  test('signs in nobody whose address its provider calls unverified', async () => {
    const { environment, connection } = await withConnection()
    const fields = { email: 'todd@example.com', scenario: 'unverified-email' }
    expect((await signIn(environment, fields, { connection: connection.id })).query.error).toBe('oauth_failed')
    expect(await lastEvent(environment)).toMatchObject({
      event: 'authentication.sso_failed',
      data: { error: { code: 'email_unverified' } },
    })
  })

  test.each([
    ['an issuer where nothing answers', { issuer: 'http://127.0.0.1:1' }, 'oidc.issuer', 'unreachable'],
    ['an issuer that is none', { issuer: 'nonsense' }, 'oidc.issuer', 'metadata_invalid'],
    ['no client id', { client_id: undefined }, 'oidc.client_id', 'oidc.client_id is required'],
    ['no secret', { client_secret: undefined }, 'oidc.client_secret', 'oidc.client_secret is required'],
  ])('is not made with %s', async (_what, oidc, field, code) => {
    const environment = await server.environment()
    const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
      body: { name: 'A' },
    })
    const { status, body } = await environment.api('POST', '/connections', {
      body: {
        organization_id: organization.id,
        connection_type: 'GenericOIDC',
        oidc: { issuer: idp.issuer, client_id: 'acme', client_secret: 'test-secret', ...oidc },
      },
    })
    expect([status, body.code]).toEqual([422, 'invalid_idp_metadata'])
    expect(body.errors?.[0]).toMatchObject({ field, code })
  })

  test('is not made with the address of something else, and says what answered there', async () => {
    const { environment, organization } = await withConnection()
    const oidc = { issuer: `${server.url}/nothing`, client_id: 'acme', client_secret: 's' }
    const { body } = await environment.api('POST', '/connections', {
      body: { organization_id: organization.id, connection_type: 'GenericOIDC', oidc },
    })
    expect(body.errors?.[0]).toMatchObject({
      field: 'oidc.issuer',
      code: 'metadata_invalid',
      message: `${oidc.issuer} is no issuer: its /.well-known/openid-configuration answered 404, not with metadata.`,
    })
  })

  test('does not take an issuer that names itself otherwise', async () => {
    const environment = await server.environment()
    const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
      body: { name: 'A' },
    })
    const oidc = { issuer: idp.issuer.replace('127.0.0.1', 'localhost'), client_id: 'acme', client_secret: 's' }
    const { body } = await environment.api('POST', '/connections', {
      body: { organization_id: organization.id, connection_type: 'GenericOIDC', oidc },
    })
    expect(body.errors?.[0]).toMatchObject({ field: 'oidc.issuer', code: 'issuer_mismatch' })
  })

  test('is not configured by SAML, nor a SAML one by OpenID Connect', async () => {
    const { environment, organization } = await withConnection()
    const oidc = { issuer: idp.issuer, client_id: 'acme', client_secret: 's' }
    const { body } = await environment.api('POST', '/connections', {
      body: { organization_id: organization.id, connection_type: 'OktaSAML', oidc },
    })
    expect(body.errors?.[0]).toMatchObject({ field: 'oidc', code: 'wrong_protocol' })
  })
})

describe('setting up a provider', () => {
  test('shows no secret, and keeps what is left out', async () => {
    const environment = await withGoogle()
    const { body, text } = await environment.api<OAuthProvider>('PUT', '/oauth_providers/GoogleOAuth', {
      body: { enabled: false },
    })
    expect(body).toMatchObject({ enabled: false, client_id: 'our-client', issuer: idp.issuer })
    expect(text).not.toContain('test-secret')
    const { rows } = await server.db.pool.query<{ sealed: string }>(
      'select sealed_client_secret as sealed from oauth_providers where id = $1',
      [body.id],
    )
    expect(rows[0]?.sealed).toMatch(/^v1\./)
  })

  test.each([
    ['GoogleOAuth', { client_id: 'a' }, 'client_secret', 'client_secret is required'],
    ['XeroOAuth', { client_id: 'a', client_secret: 'b' }, 'issuer', 'issuer is required'],
    ['AppleOAuth', { client_id: 'a', client_secret: 'b' }, 'apple', 'apple is required'],
    [
      'AppleOAuth',
      { client_id: 'a', client_secret: 'b', apple: { team_id: 'TEAM567890', key_id: 'KEY4567890' } },
      'client_secret',
      'invalid_private_key',
    ],
    ['GoogleOAuth', { client_id: 'a', client_secret: 'b', issuer: 'http://127.0.0.1:1' }, 'issuer', 'unreachable'],
  ])('%s with %j is refused for its %s', async (name, input, field, code) => {
    const environment = await server.environment()
    const { status, body } = await environment.api('PUT', `/oauth_providers/${name}`, { body: input })
    expect([status, body.code]).toEqual([422, 'invalid_oauth_provider'])
    expect(body.errors).toContainEqual(expect.objectContaining({ field, code }))
  })

  test('a name that is no provider’s is not found', async () => {
    const environment = await server.environment()
    const { status } = await environment.api('PUT', '/oauth_providers/NoSuch', { body: {} })
    expect(status).toBe(404)
  })
})
