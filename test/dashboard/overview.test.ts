import { describe, expect, test } from 'vitest'
import type { Environment } from '#contracts/environments.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { ExpiringConnection, OverviewStep, RejectedRedirect, SearchResult } from '#contracts/overview.ts'
import type { Place } from '#contracts/places.ts'
import { createSigningKey } from '#test-idp/signing-key.ts'
import { askWith, type DashboardTester, openDashboard } from '../support/dashboard.ts'
import { peopleOf } from '../support/people.ts'
import { addGroup, addUser, createScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { callback, createSsoTenant } from '../support/sso-tenant.ts'

const server = useTestServer()

const base = ({ id }: Pick<TestEnvironment, 'id'>, path: string) => `/dashboard/api/${id}${path}`

async function ask<T>(environment: Pick<TestEnvironment, 'id'>, path: string): Promise<T> {
  const { ask: send } = await openDashboard(server, 'viewer')
  const { status, body } = await send<T>('GET', base(environment, path))
  expect(status).toBe(200)
  return body
}

const search = async (environment: Pick<TestEnvironment, 'id'>, text: string) =>
  (await ask<{ data: SearchResult[] }>(environment, `/search?q=${encodeURIComponent(text)}`)).data

test('the overview ticks off what was seen, and nothing else', async () => {
  const stepsOf = async (environment: TestEnvironment) => {
    const { steps } = await ask<{ steps: OverviewStep[] }>(environment, '/overview')
    return steps.filter(({ done }) => done).map(({ step }) => step)
  }
  const environment = await server.environment()
  expect(await stepsOf(environment)).toEqual([])
  const tenant = await createSsoTenant(server)
  await server.deps.keyUses.flush(server.deps.db)
  expect(await stepsOf(tenant.environment)).toEqual(['api_called', 'organization_created', 'redirect_set'])
  await tenant.signIn()
  await tenant.environment.api('GET', '/events?events=connection.activated')
  await server.deps.apiLog.flush(server.deps.db)
  expect(await stepsOf(tenant.environment)).toEqual([
    'api_called',
    'organization_created',
    'connection_active',
    'redirect_set',
    'signed_in',
    'events_read',
  ])
  const client = await createScimClient(server)
  const directory = async () => {
    const { steps } = await ask<{ steps: OverviewStep[] }>(client.environment, '/overview')
    return steps.find(({ step }) => step === 'directory_linked')
  }
  const { id, name } = client.directory
  expect(await directory(), 'waits').toMatchObject({ done: false, at: null, evidence: id, name })
  await addUser(client, 'ann@example.com')
  expect(await directory()).toMatchObject({ done: true, evidence: id, name })
})

describe('connections whose certificates end soon', () => {
  test('are named by when the last one ends, the most urgent first, and only in their own environment', async () => {
    const [environment, other] = [await server.environment(), await server.environment()]
    const now = server.clock.read()
    const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
      body: { name: 'Acme' },
    })
    const connect = async (name: string, ...days: number[]) => {
      const keys = await Promise.all(days.map((each) => createSigningKey('IdP', now, each)))
      const body = {
        organization_id: organization.id,
        connection_type: 'GenericSAML',
        name,
        idp_entity_id: `https://${name}.test`,
        idp_sso_url: `https://${name}.test/sso`,
        x509_certificates: keys.map(({ certificate }) => certificate),
      }
      const { status, text } = await environment.api('POST', '/connections', { body })
      expect(status, text).toBe(201)
    }
    await connect('later', 89)
    await connect('soon', 3)
    await connect('renewed', 3, 400)
    await connect('fine', 91)
    const list = async (of: TestEnvironment) =>
      (await ask<{ data: ExpiringConnection[] }>(of, '/expiring_connections')).data.map(({ name }) => name)
    expect(await list(environment)).toEqual(['soon', 'later'])
    expect(await list(other)).toEqual([])
  })
})

describe('the search', () => {
  test('finds anything by its id, and in its own environment alone', async () => {
    const [client, other] = [await createScimClient(server), await server.environment()]
    const user = await addUser(client, 'ann@example.com')
    const group = await addGroup(client, 'Friends', user)
    const { environment, directory } = client
    const users = await environment.api<{ data: { id: string }[] }>('GET', `/directory_users?directory=${directory.id}`)
    const ids = [directory.id, directory.organization_id, users.body.data[0]?.id ?? '', group, environment.apiKey.id]
    expect(ids).not.toContain('')
    for (const id of ids) {
      expect((await search(environment, ` ${id} `)).map((result) => result.id)).toEqual([id])
      expect(await search(other, id)).toEqual([])
    }
  })

  test('finds people by their address, organizations by name and domain, connections and directories by name', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'Ann@example.com')
    const { environment } = client
    const { body: zebra } = await environment.api<Organization>('POST', '/organizations', {
      body: { name: 'Zebra', domain_data: [{ domain: 'zebra.test', state: 'verified' }] },
    })
    expect(await search(environment, 'ann@EXAMPLE.com')).toMatchObject([
      { kind: 'directory_user', title: 'Ann@example.com', parent_id: client.directory.id },
    ])
    for (const text of ['zebr', 'zebra.test'])
      expect((await search(environment, text)).map(({ id }) => id)).toEqual([zebra.id])
    const connection = await environment.api<{ id: string }>('POST', '/connections', {
      body: { organization_id: zebra.id, connection_type: 'OktaSAML', name: 'Okta of stripes' },
    })
    expect(await search(environment, 'of stripes')).toEqual([
      { kind: 'connection', id: connection.body.id, title: 'Okta of stripes', parent_id: zebra.id },
    ])
    expect(await search(environment, client.directory.name)).toContainEqual({
      kind: 'directory',
      id: client.directory.id,
      title: client.directory.name,
      parent_id: client.directory.organization_id,
    })
    for (const text of [`'; drop table users; --`, '%', '_', 'user_%', 'org_'])
      expect(await search(await server.environment(), text)).toEqual([])
  })
})

describe('an id without a page of its own', () => {
  const places = async ({ ask: send }: DashboardTester, id: string | undefined) => {
    const path = `/dashboard/api/places?id=${encodeURIComponent(id ?? '')}`
    const { status, body } = await send<{ data: Place[] }>('GET', path)
    expect(status).toBe(200)
    return body.data.map(({ kind, environment_id, about, title }) => [kind, environment_id, about, title])
  }
  const auditIds = async ({ ask: send }: DashboardTester, path: string) =>
    (await send<{ data: { id: string }[] }>('GET', path)).body.data.map(({ id }) => id)

  test('leads to what it is about, in whichever environment that is', async () => {
    const [viewer, admin] = [await openDashboard(server, 'viewer'), await openDashboard(server)]
    const client = await createScimClient(server)
    await addUser(client, 'ann@example.com')
    await server.deps.scimLog.flush(server.deps.db)
    const { environment, directory } = client
    const log = await viewer.ask<{ data: { id: string }[] }>(
      'GET',
      base(environment, `/scim_requests?directory=${directory.id}`),
    )
    expect(await places(viewer, log.body.data[0]?.id)).toEqual([
      ['scim_request', environment.id, directory.id, 'POST /Users'],
    ])
    const tenant = await server.environment()
    const people = peopleOf(server, tenant)
    const user = await people.user('bob@people.test')
    await people.signIn(user)
    const sessions = await tenant.api<{ data: { id: string }[] }>('GET', `/user_management/users/${user.id}/sessions`)
    expect(await places(viewer, sessions.body.data[0]?.id)).toEqual([['session', tenant.id, user.id, user.email]])
    const made = await admin.ask<{ id: string }>('POST', base(tenant, '/organizations'), { body: { name: 'Acme' } })
    const [entry] = await auditIds(viewer, base(tenant, '/audit_entries'))
    expect(await places(viewer, entry)).toEqual([['audit_entry', tenant.id, made.body.id, 'createOrganization']])
  })

  test('is not told to whom it is none of', async () => {
    const [viewer, admin, owner] = [
      await openDashboard(server, 'viewer'),
      await openDashboard(server),
      await openDashboard(server, 'owner'),
    ]
    await owner.ask('DELETE', '/dashboard/api/users/dashboard_user_nobody')
    const [entry] = await auditIds(owner, '/dashboard/api/audit_entries')
    const told = ['audit_entry', null, 'dashboard_user_nobody', 'removeDashboardUser']
    expect(await places(owner, entry)).toEqual([told])
    for (const other of [admin, viewer]) expect(await places(other, entry)).toEqual([])
    for (const id of ['session_nobody', 'scim_request_%', 'audit_entry_', viewer.id, `session_'; --`, 'x'])
      expect(await places(owner, id), id).toEqual([])
    const path = `/dashboard/api/places?id=${entry}`
    const { apiKey } = await server.environment()
    const headers = { authorization: `Bearer ${apiKey.value}` }
    for (const each of [{}, headers]) expect((await askWith(server, 'GET', path, { headers: each })).status).toBe(401)
  })

  test('of an environment that is gone is for owners', async () => {
    const [viewer, owner] = [await openDashboard(server, 'viewer'), await openDashboard(server, 'owner')]
    const { id } = await server.environment()
    await owner.ask('POST', base({ id }, '/organizations'), { body: { name: 'Acme' } })
    const [entry] = await auditIds(owner, base({ id }, '/audit_entries'))
    await server.deps.db.pool.query(`update audit_entries set environment_id = 'environment_gone' where id = $1`, [
      entry,
    ])
    expect(await places(viewer, entry)).toEqual([])
    expect((await places(owner, entry))[0]?.slice(0, 2)).toEqual(['audit_entry', null])
  })
})

describe('redirects', () => {
  test('can be tried: what allows one, what is nearest, and which rule it breaks', async () => {
    const { environment } = await createSsoTenant(server)
    const of = (uri: string) => ask<object>(environment, `/redirect_test?uri=${encodeURIComponent(uri)}`)
    expect(await of(callback)).toMatchObject({ matches: callback, nearest: null, refusal: null })
    expect(await of('http://localhost:3001/callback')).toMatchObject({
      matches: null,
      nearest: callback,
      refusal: null,
    })
    expect(await of('https://app.test/#x')).toMatchObject({
      matches: null,
      refusal: expect.stringContaining('fragment'),
    })
    expect(await of('javascript:alert(1)')).toMatchObject({ matches: null, refusal: expect.any(String) })
  })

  test('that were refused lately are remembered, the latest fifty of each environment', async () => {
    const [tenant, other] = [await createSsoTenant(server), await server.environment()]
    const authorize = (uri: string) =>
      fetch(
        `${server.url}/sso/authorize?${new URLSearchParams({ client_id: tenant.environment.client_id, redirect_uri: uri, response_type: 'code' })}`,
        { redirect: 'manual' },
      )
    const rejected = async (environment: TestEnvironment) => {
      await server.deps.rejectedRedirects.flush(server.deps.db)
      return (await ask<{ data: RejectedRedirect[] }>(environment, '/rejected_redirects')).data
    }
    await authorize('http://localhost:3001/callback')
    await authorize('http://localhost:3001/callback')
    await authorize(`http://localhost/${'x'.repeat(600)}`)
    expect(await rejected(tenant.environment)).toMatchObject([{ uri: 'http://localhost:3001/callback', times: 2 }])
    await authorize('http://localhost:3001/callback')
    expect(await rejected(tenant.environment)).toMatchObject([{ uri: 'http://localhost:3001/callback', times: 3 }])
    // Whoever registered it is done with it; it shows again when that ends.
    const registered = { body: { uri: 'http://localhost:3001/callback' } }
    const uri = await tenant.environment.api<{ id: string }>('POST', '/user_management/redirect_uris', registered)
    expect(await rejected(tenant.environment)).toEqual([])
    await tenant.environment.api('DELETE', `/user_management/redirect_uris/${uri.body.id}`)
    expect(await rejected(tenant.environment)).toHaveLength(1)
    server.clock.advance(1000)
    for (let port = 4000; port < 4060; port += 1) await authorize(`http://localhost:${port}/`)
    const list = await rejected(tenant.environment)
    expect(list).toHaveLength(50)
    expect(list.some(({ uri }) => uri === 'http://localhost:3001/callback')).toBe(false)
    expect(await rejected(other)).toEqual([])
  })
})

describe('environments', () => {
  test('are made and renamed by owners', async () => {
    const { ask: send } = await openDashboard(server, 'owner')
    const made = await send<Environment>('POST', '/dashboard/api/environments', {
      body: { name: ' QA ', kind: 'staging' },
    })
    expect(made.body).toMatchObject({ name: 'QA', kind: 'staging', client_id: expect.stringMatching(/^client_/) })
    expect((await fetch(`${server.url}/sso/jwks/${made.body.client_id}`)).status).toBe(200)
    const renamed = await send<Environment>('PATCH', base(made.body, '/environment'), { body: { name: 'Quality' } })
    expect([renamed.status, renamed.body.name]).toEqual([200, 'Quality'])
    const empty = await send('PATCH', base(made.body, '/environment'), { body: { name: '  ' } })
    expect(empty.status).toBe(422)
  })

  test.each(['admin', 'viewer'] as const)('are not made or renamed by an %s', async (role) => {
    const environment = await server.environment()
    const { ask: send } = await openDashboard(server, role)
    const answers = [
      await send('POST', '/dashboard/api/environments', { body: { name: 'QA', kind: 'staging' } }),
      await send('PATCH', base(environment, '/environment'), { body: { name: 'Mine' } }),
    ]
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [403, 'role_not_sufficient'],
      [403, 'role_not_sufficient'],
    ])
  })
})
