import { describe, expect, test } from 'vitest'
import type { ApiFailure, ApiRequest, ScimRequest, ScimRequestDetail } from '#contracts/request-logs.ts'
import type { Page } from '#contracts/list.ts'
import { keepLatestRequests } from '#domain/request-logs/keep-latest.ts'
import { type DashboardTester, openDashboard } from '../support/dashboard.ts'
import { addGroup, addUser, coreGroup, createScimClient, patch, type ScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

const base = ({ id }: Pick<TestEnvironment, 'id'>, path: string) => `/dashboard/api/${id}${path}`

/** What the server does by itself every second. */
async function flush(): Promise<void> {
  await server.deps.scimLog.flush(server.deps.db)
  await server.deps.apiLog.flush(server.deps.db)
}

async function scimLog({ environment, directory }: ScimClient, { ask }: DashboardTester, query = '') {
  await flush()
  const path = base(environment, `/scim_requests?directory=${directory.id}${query}`)
  return (await ask<Page<ScimRequest>>('GET', path)).body.data
}

async function detail({ environment }: ScimClient, { ask }: DashboardTester, id: string | undefined) {
  return (await ask<ScimRequestDetail>('GET', base(environment, `/scim_requests/${id}`))).body
}

async function knock(
  client: ScimClient,
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<Response> {
  const url = server.url + new URL(client.directory.endpoint).pathname + path
  return fetch(url, { ...init, headers: { 'content-type': 'application/scim+json', ...init.headers } })
}

describe('the log of a directory', () => {
  test('shows a request with its bodies, without the password, and the events it caused', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server, 'viewer')]
    const authorization = `Bearer ${client.directory.bearer_token}`
    const made = await knock(client, '/Users', {
      method: 'POST',
      headers: { authorization, 'user-agent': 'Okta SCIM Client 1.0.0' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'ann@example.com',
        password: 'hunter2',
        emails: [{ value: 'ann@example.com', primary: true }],
      }),
    })
    expect(made.status).toBe(201)
    const [request] = await scimLog(client, dashboard)
    expect(request).toMatchObject({
      method: 'POST',
      path: '/Users',
      status: 201,
      reason: null,
      user_agent: 'Okta SCIM Client 1.0.0',
      rejected_token: null,
      request_id: made.headers.get('x-request-id'),
    })
    const { request_body, response_body, events } = await detail(client, dashboard, request?.id)
    expect(JSON.parse(request_body ?? '')).toMatchObject({ userName: 'ann@example.com', password: '[hidden]' })
    expect(JSON.parse(response_body ?? '')).toMatchObject({ userName: 'ann@example.com' })
    const log = await client.log()
    expect(events.map(({ event }) => event)).toContain('dsync.user.created')
    const known = new Map(log.map(({ id, event }) => [id, event]))
    for (const { id, event } of events) expect(known.get(id)).toBe(event)
    const { rows } = await server.deps.db.pool.query('select s::text as row from scim_requests s')
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(JSON.stringify(rows)).not.toContain(client.directory.bearer_token)
  })

  test('shows a refusal with its reason, and no event of what was undone', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    await addUser(client, 'ann@example.com')
    const again = await knock(client, '/Users', {
      method: 'POST',
      headers: { authorization: `Bearer ${client.directory.bearer_token}` },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ann@example.com' }),
    })
    expect(again.status).toBe(409)
    const failed = await scimLog(client, dashboard, '&failed=true')
    expect(failed).toHaveLength(1)
    expect(failed[0]).toMatchObject({
      status: 409,
      scim_type: 'uniqueness',
      reason: expect.any(String),
      hint: expect.any(String),
    })
    expect((await detail(client, dashboard, failed[0]?.id)).events).toEqual([])
  })

  test('says whom a group waits for, of a change that was made and of no other', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    const ann = await addUser(client, 'ann@example.com', { externalId: 'ann' })
    const team = await addGroup(client, 'Team')
    const members = (op: string, ...names: string[]) =>
      client.send('PATCH', `/Groups/${team}`, patch({ op, path: 'members', value: names.map((value) => ({ value })) }))
    const remark = async () => (await scimLog(client, dashboard))[0]
    expect((await members('add', 'ann', ann)).status).toBe(204)
    expect(await remark()).toMatchObject({ method: 'PATCH', reason: null })
    await members('remove', 'nobody')
    expect(await remark()).toMatchObject({ method: 'PATCH', reason: null })
    await members('add', 'ann', ...Array.from({ length: 7 }, (_, n) => `late-${n}`))
    expect(await remark()).toMatchObject({
      status: 204,
      reason:
        'Nobody here is called "late-0", "late-1", "late-2", "late-3", "late-4" and 2 more yet. Whoever arrives under such a name joins the group then.',
    })
    await client.send('PUT', `/Groups/${team}`, {
      schemas: [coreGroup],
      displayName: 'Team',
      members: [{ value: 'soon' }],
    })
    expect(await remark()).toMatchObject({ status: 200, reason: expect.stringContaining('called "soon" yet') })
    await client.send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Other', members: [{ value: 'later' }] })
    expect(await remark()).toMatchObject({ status: 201, reason: expect.stringContaining('called "later" yet') })
  })

  test.each([
    ['a wrong token', { authorization: `Bearer ${'wrong'.repeat(6)}LAST` }, 'LAST', /ends with LAST/],
    ['a token too short to show of', { authorization: 'Bearer short' }, '…', /ends with …/],
    ['no token', {}, null, /without a bearer token/],
  ])('shows a call with %s', async (_what, headers, rejected, hint) => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    await knock(client, '/Users?filter=userName%20eq%20%22a%22', { headers })
    const [request] = await scimLog(client, dashboard)
    expect(request).toMatchObject({ status: 401, rejected_token: rejected, path: '/Users?filter=userName eq "a"' })
    expect(request?.hint).toMatch(hint)
    expect(JSON.stringify(request)).not.toContain('wrongwrong')
  })

  test('is not flooded by strangers with wrong tokens', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    for (let call = 0; call < 15; call += 1) await knock(client, '/Users', { headers: { authorization: 'Bearer no' } })
    await addUser(client, 'ann@example.com')
    const log = await scimLog(client, dashboard, '&limit=100')
    expect(log.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(log.some(({ status }) => status === 201)).toBe(true)
  })

  test('says what is wrong with an endpoint that was pasted with /Users', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    const authorization = `Bearer ${client.directory.bearer_token}`
    await knock(client, '/Users/Users?startIndex=1&count=1', { headers: { authorization } })
    const [request] = await scimLog(client, dashboard)
    expect([request?.status, request?.hint]).toEqual([404, expect.stringContaining('pasted with /Users')])
  })

  test('keeps the latest few thousand', async () => {
    const [client, dashboard] = [await createScimClient(server), await openDashboard(server)]
    await addUser(client, 'ann@example.com')
    await flush()
    await server.deps.db.pool.query(
      `insert into scim_requests (environment_id, id, directory_id, request_id, method, path, status, duration_ms, event_ids, created_at)
       select $1, 'scim_request_0' || i, $2, '', 'GET', '/Users', 200, 1, '{}', now() from generate_series(10000, 16000) i`,
      [client.environment.id, client.directory.id],
    )
    await keepLatestRequests(server.deps.db, new AbortController().signal)
    const { rows } = await server.deps.db.pool.query<{ count: number; first: string }>(
      'select count(*) as count, min(id) as first from scim_requests where directory_id = $1',
      [client.directory.id],
    )
    expect(rows[0]?.count).toBe(5000)
    expect((await scimLog(client, dashboard, '&limit=1'))[0]?.status).toBe(201)
  })
})

describe('the log of the API', () => {
  test('shows a call by the request id an SDK prints, with the key, the client and the error', async () => {
    const [environment, dashboard] = [await server.environment(), await openDashboard(server, 'viewer')]
    const answer = await environment.api('GET', '/organizations/org_nobody?secret=hunter2', {
      headers: { 'user-agent': 'workos-node/11.0.0 (x)' },
    })
    await environment.api('GET', '/organizations')
    await flush()
    const requestId = answer.headers.get('x-request-id')
    const { body } = await dashboard.ask<Page<ApiRequest>>(
      'GET',
      base(environment, `/api_requests?request_id=${requestId}`),
    )
    expect(body.data).toEqual([
      {
        object: 'api_request',
        id: expect.stringMatching(/^api_request_/),
        request_id: requestId,
        api_key_id: environment.apiKey.id,
        method: 'GET',
        path: '/organizations/org_nobody',
        status: 404,
        error_code: 'entity_not_found',
        duration_ms: expect.any(Number),
        client: 'workos-node/11.0.0',
        created_at: expect.any(String),
      },
    ])
    const all = await dashboard.ask<Page<ApiRequest>>('GET', base(environment, '/api_requests'))
    expect(all.body.data.map(({ status }) => status)).toEqual([200, 404])
    const failed = await dashboard.ask<Page<ApiRequest>>('GET', base(environment, '/api_requests?failed=true'))
    expect(failed.body.data.map(({ status }) => status)).toEqual([404])
  })

  test('counts equal failures together, whatever thing they were about', async () => {
    const [environment, dashboard] = [await server.environment(), await openDashboard(server, 'viewer')]
    const unknown = (letter: string) => `org_${letter.repeat(26)}`
    for (const letter of ['A', 'B', 'C']) await environment.api('GET', `/organizations/${unknown(letter)}`)
    await environment.api('POST', '/organizations', { body: {} })
    const { headers } = await environment.api('GET', `/organizations/${unknown('D')}`)
    await environment.api('GET', '/organizations')
    await flush()
    const failures = async (of: TestEnvironment) =>
      (await dashboard.ask<{ data: ApiFailure[] }>('GET', base(of, '/api_failures'))).body.data
    const found = await failures(environment)
    expect(found.map(({ method, path, status, count }) => [method, path, status, count])).toEqual([
      ['GET', '/organizations/{id}', 404, 4],
      ['POST', '/organizations', 422, 1],
    ])
    expect(found[0]).toMatchObject({
      error_code: 'entity_not_found',
      last_request_id: headers.get('x-request-id'),
      first_seen_at: expect.any(String),
    })
    expect(await failures(await server.environment())).toEqual([])
  })

  test('does not hold what the dashboard asks', async () => {
    const [environment, dashboard] = [await server.environment(), await openDashboard(server)]
    await dashboard.ask('GET', base(environment, '/organizations'))
    await flush()
    const { body } = await dashboard.ask<Page<ApiRequest>>('GET', base(environment, '/api_requests'))
    expect(body.data).toEqual([])
  })
})

test('nothing of one environment is shown in another', async () => {
  const [client, other] = [await createScimClient(server), await server.environment()]
  const dashboard = await openDashboard(server)
  await addUser(client, 'ann@example.com')
  const [request] = await scimLog(client, dashboard)
  expect(request).toBeDefined()
  const list = await dashboard.ask<Page<unknown>>('GET', base(other, `/scim_requests?directory=${client.directory.id}`))
  expect(list.body.data).toEqual([])
  const one = await dashboard.ask('GET', base(other, `/scim_requests/${request?.id}`))
  expect([one.status, one.body.code]).toEqual([404, 'entity_not_found'])
  expect((await dashboard.ask<Page<unknown>>('GET', base(other, '/api_requests'))).body.data).toEqual([])
})
