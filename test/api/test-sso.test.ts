import { describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Page } from '#contracts/list.ts'
import type { TestSsoRun } from '#contracts/test-sso.ts'
import { change } from '#db/work.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { peopleOf } from '../support/people.ts'
import { answer, createIdp, readRedirect, refuse, type SamlIdp } from '../support/saml-idp.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { callback } from '../support/sso-tenant.ts'

const server = useTestServer()

interface Tenant {
  readonly environment: TestEnvironment
  readonly idp: SamlIdp
  readonly connection: ConfiguredConnection
}

/** As `gatehouse dev` plants it, with an identity provider of the test's own. */
async function plant(): Promise<Tenant> {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback, default: true } })
  const verified = [{ domain: 'example.com', state: 'verified' as const }]
  await change(server.deps, { environment: environment.id }, (work) =>
    createOrganization(work, { name: 'Test Organization', domain_data: verified }, 'org_test_idp'),
  )
  const idp = await createIdp()
  const { body: connection } = await environment.api<ConfiguredConnection>('POST', '/connections', {
    body: { organization_id: 'org_test_idp', connection_type: 'TestIdp', idp_metadata_xml: idp.metadata },
  })
  return { environment, idp, connection }
}

async function begin({ environment }: Tenant, body: object): Promise<TestSsoRun> {
  const answered = await environment.api<TestSsoRun>('POST', '/test_sso_runs', { body })
  expect(answered.status).toBe(201)
  return answered.body
}

async function look({ environment }: Tenant, { id }: TestSsoRun): Promise<TestSsoRun> {
  return (await environment.api<TestSsoRun>('GET', `/test_sso_runs/${id}`)).body
}

async function locationOf(url: string, form?: Record<string, string>): Promise<string> {
  const response = await fetch(server.url + new URL(url).pathname + new URL(url).search, {
    redirect: 'manual',
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  })
  return response.headers.get('location') ?? ''
}

function exchange({ environment }: Tenant, code: string): Promise<Response> {
  const fields = { client_id: environment.client_id, client_secret: environment.apiKey.value, code }
  const body = new URLSearchParams({ ...fields, grant_type: 'authorization_code' })
  return fetch(`${server.url}/sso/token`, { method: 'POST', body })
}

const marks = ({ steps }: TestSsoRun) => steps.map(({ at }) => at !== null)

describe('a run', () => {
  test('goes from waiting to the exchanged code, each step when it is seen', async () => {
    const tenant = await plant()
    const run = await begin(tenant, { scenario: 'sp_initiated' })
    expect([run.state, run.flow, marks(run), run.happened]).toEqual([
      'waiting',
      'standalone',
      [false, false, false],
      null,
    ])
    const request = readRedirect(await locationOf(run.url))
    const asked = await look(tenant, run)
    expect([asked.state, marks(asked)]).toEqual(['under_way', [true, false, false]])
    const form = answer(tenant.idp, request, { now: server.clock.read() })
    const back = new URL(await locationOf(request.acsUrl, form)).searchParams
    expect(back.get('state')).toBe(run.id)
    const answered = await look(tenant, run)
    expect([answered.state, marks(answered)]).toEqual(['under_way', [true, true, false]])
    expect((await exchange(tenant, 'another')).status).toBe(400)
    expect((await look(tenant, run)).state).toBe('under_way')
    expect((await exchange(tenant, back.get('code') ?? '')).status).toBe(200)
    expect(await look(tenant, run)).toMatchObject({ state: 'passed', email: 'todd@example.com' })
    const { rows } = await server.deps.db.pool.query(
      'select exchanged_at from sso_sessions where environment_id = $1 and exchanged_at is not null',
      [tenant.environment.id],
    )
    expect(rows).toHaveLength(1)
  })

  test('passes by the error it is about, and fails by success', async () => {
    const tenant = await plant()
    const run = await begin(tenant, { scenario: 'error_response' })
    const request = readRedirect(await locationOf(run.url))
    const denied = 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed'
    const back = await locationOf(request.acsUrl, refuse(tenant.idp, request, server.clock.read(), denied))
    expect(new URL(back).searchParams.get('error')).toBe(run.expected_error)
    expect((await look(tenant, run)).state).toBe('passed')

    const guest = await begin(tenant, { scenario: 'guest_email_domain' })
    const next = readRedirect(await locationOf(guest.url))
    await locationOf(next.acsUrl, answer(tenant.idp, next, { now: server.clock.read() }))
    expect(await look(tenant, guest)).toMatchObject({ state: 'failed', happened: 'todd@example.com was signed in.' })
  })

  test('begun at the identity provider follows the first unasked answer after it, not an older one', async () => {
    const tenant = await plant()
    const { sp_entity_id: issuer, acs_url: acsUrl } = tenant.connection
    const tile = () => locationOf(acsUrl, answer(tenant.idp, { issuer, acsUrl }, { now: server.clock.read() }))
    await tile()
    server.clock.advance(1000)
    const run = await begin(tenant, { scenario: 'idp_initiated' })
    expect(run.url).toContain(`/launch?sp=${encodeURIComponent(issuer)}`)
    expect((await look(tenant, run)).state).toBe('waiting')
    const code = new URL(await tile()).searchParams.get('code') ?? ''
    await exchange(tenant, code)
    expect((await look(tenant, run)).state).toBe('passed')
  })

  test('begun at the identity provider ends, with a sign-in endpoint, at the login box', async () => {
    const tenant = await plant()
    const { environment } = tenant
    await environment.api('PUT', '/authentication_settings', { body: { sign_in_endpoint: 'https://app.test/sign-in' } })
    const run = await begin(tenant, { scenario: 'idp_initiated', flow: 'authkit' })
    const { sp_entity_id: issuer, acs_url: acsUrl } = tenant.connection
    const browser = new LoginBrowser(server)
    const form = answer(tenant.idp, { issuer, acsUrl }, { now: server.clock.read() })
    expect((await browser.post(new URL(acsUrl).pathname, form)).page).toBe('consent')
    expect((await browser.submit('consent')).left?.pathname).toBe('/sign-in')
    expect(await look(tenant, run)).toMatchObject({ state: 'under_way' })
    const query = { client_id: environment.client_id, redirect_uri: callback, response_type: 'code' }
    const { left } = await browser.get(
      `/user_management/authorize?${new URLSearchParams({ ...query, provider: 'authkit' })}`,
    )
    const code = left?.searchParams.get('code')
    const { status } = await peopleOf(server, environment).authenticate({ grant_type: 'authorization_code', code })
    expect(status).toBe(200)
    expect(await look(tenant, run)).toMatchObject({ state: 'passed', email: 'todd@example.com' })
    const refused = await environment.api('POST', '/test_sso_runs', { body: { scenario: 'idp_initiated' } })
    expect([refused.status, refused.body.code]).toEqual([400, 'scenario_needs_authkit'])
  })

  test('takes a sign-in of the application’s own, but none of another run', async () => {
    const tenant = await plant()
    const [first, second] = [
      await begin(tenant, { scenario: 'sp_initiated' }),
      await begin(tenant, { scenario: 'sp_initiated' }),
    ]
    await locationOf(first.url)
    expect([(await look(tenant, first)).state, (await look(tenant, second)).state]).toEqual(['under_way', 'waiting'])
    const own = new URL(second.url)
    own.searchParams.set('state', 'of-the-application')
    await locationOf(own.href)
    expect((await look(tenant, second)).state).toBe('under_way')
    const { data } = (await tenant.environment.api<Page<TestSsoRun>>('GET', '/test_sso_runs?limit=1')).body
    expect(data.map(({ id, state }) => [id, state])).toEqual([[second.id, 'under_way']])
  })

  test('for the login box goes through it', async () => {
    const tenant = await plant()
    const run = await begin(tenant, { scenario: 'sp_initiated', flow: 'authkit' })
    readRedirect(await locationOf(run.url))
    expect(await look(tenant, run)).toMatchObject({ flow: 'authkit', state: 'under_way' })
  })
})

describe('a run is not begun', () => {
  test('without the test identity provider', async () => {
    const environment = await server.environment()
    const answered = await environment.api('POST', '/test_sso_runs', { body: { scenario: 'sp_initiated' } })
    expect([answered.status, answered.body.code]).toEqual([400, 'test_sso_unavailable'])
  })

  test.each([
    [
      'an address that is not registered',
      { scenario: 'sp_initiated', redirect_uri: 'https://evil.test/' },
      'redirect_uri_not_registered',
    ],
    ['the login box, unasked', { scenario: 'idp_initiated', flow: 'authkit' }, 'scenario_needs_standalone'],
  ])('for %s', async (_what, body, code) => {
    const answered = await (await plant()).environment.api('POST', '/test_sso_runs', { body })
    expect([answered.status, answered.body.code]).toEqual([400, code])
  })
})
