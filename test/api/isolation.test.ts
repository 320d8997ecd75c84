import { beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '#contracts/all.ts'
import type { AnyEndpoint } from '#contracts/endpoint.ts'
import type { Event } from '#contracts/events.ts'
import type { Invitation } from '#contracts/invitations.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { newId } from '#db/new-id.ts'
import { change } from '#db/work.ts'
import type { User } from '#contracts/users.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { queueMail } from '#domain/mail/queue.ts'
import { fanOut } from '#domain/webhooks/fan-out.ts'
import { readLog } from '../support/log.ts'
import { peopleOf } from '../support/people.ts'
import { addGroup, addUser, createScimClient } from '../support/scim.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let mallory: TestEnvironment
let victim: TestEnvironment
let organization: Organization
/** Everything of the victim's before anybody tried anything. */
let untouched: unknown[]
/** What stands in a path for something of the victim's, in the order of its parameters, by the start of the path. */
let theirs: Record<string, readonly string[]>
/** Mallory's own, for the first parameter of a path that has two. */
let own: Record<string, string>

beforeAll(async () => {
  const attacker = await createScimClient(server)
  const client = await createScimClient(server)
  ;[mallory, victim] = [attacker.environment, client.environment]
  // Off, the refusal would come before anybody looks whose the user is.
  await mallory.api('PUT', '/authentication_settings', { body: { impersonation: true } })
  const make = async (path: string, body: object = {}) =>
    (await victim.api<{ id: string }>('POST', path, { body })).body.id
  const webhook = await make('/webhook_endpoints', {
    endpoint_url: 'https://victim.test/',
    events: ['dsync.user.created'],
  })
  const user = await addUser(client, 'ann@victim.test')
  const group = await addGroup(client, 'Victims', user)
  organization = (
    await victim.api<Organization>('POST', '/organizations', {
      body: { name: 'Victim', external_id: 'victim', domain_data: [{ domain: 'victim.test', state: 'pending' }] },
    })
  ).body
  await change(server.deps, { environment: victim.id }, (work) =>
    queueMail(work, server.deps.secrets, 'password_changed', { to: 'ann@victim.test', locale: null, values: {} }),
  )
  const person = await make('/user_management/users', { email: 'ann@victim.test', external_id: 'victim' })
  const membership = await make('/user_management/organization_memberships', {
    user_id: person,
    organization_id: organization.id,
  })
  const invitation = await victim.api<Invitation>('POST', '/user_management/invitations', {
    body: { email: 'bob@victim.test', organization_id: organization.id },
  })
  for (const [path, slug] of [
    ['/authorization/permissions', 'victim:read'],
    ['/authorization/roles', 'victim-role'],
    [`/authorization/organizations/${organization.id}/roles`, 'victim-own'],
  ] as const)
    await make(path, { slug, name: 'Victim' })
  await victim.api('POST', `/authorization/organizations/${organization.id}/roles/victim-own/permissions`, {
    body: { slug: 'victim:read' },
  })
  const factor = await make('/auth/factors/enroll', { type: 'totp', totp_issuer: 'Victim', totp_user: 'ann' })
  const magicAuth = await make('/user_management/magic_auth', { email: 'ann@victim.test' })
  await victim.api('POST', `/user_management/users/${person}/email_verification/send`)
  await victim.api('PUT', '/user_management/jwt_template', { body: { content: '{"victim": true}' } })
  await victim.api('POST', `/user_management/users/${person}/auth_factors`, { body: { type: 'totp' } })
  await peopleOf(server, victim).signIn((await victim.api<User>('GET', `/user_management/users/${person}`)).body, {
    emailProven: true,
  })
  const passkey = newId('passkey', server.clock.read())
  await server.db.pool.query(
    `insert into passkeys (environment_id, id, credential_id, user_id, public_key, sign_count, transports, created_at)
     values ($1, $2, 'victims', $3, '', 0, '{}', now())`,
    [victim.id, passkey, person],
  )
  await stampEvents(server.db)
  await fanOut(server.db, server.clock.read(), new AbortController().signal)
  const firstOf = async (path: string) => (await victim.api<Page<{ id: string }>>('GET', path)).body.data[0]?.id ?? ''
  const directory = client.directory.id
  const run = newId('testSsoRun', server.clock.read())
  await server.db.pool.query(
    `insert into test_sso_runs (environment_id, id, scenario, flow, connection_id, url, redirect_uri, guests_allowed, created_at)
     values ($1, $2, 'sp_initiated', 'standalone', 'conn_test_idp', 'https://victim.test/', 'https://victim.test/', false, now())`,
    [victim.id, run],
  )

  theirs = {
    '/organizations/external_id/': ['victim'],
    '/organizations/': [organization.id],
    '/organization_domains/': [organization.domains[0]?.id ?? ''],
    '/connections/': [
      await make('/connections', { organization_id: organization.id, connection_type: 'GenericSAML', name: 'Victim' }),
    ],
    '/directories/': [directory, await firstOf(`/directories/${directory}/tokens`)],
    '/directory_users/': [await firstOf(`/directory_users?directory=${directory}`)],
    '/directory_groups/': [group],
    '/user_management/invitations/by_token/': [invitation.body.token],
    '/user_management/invitations/': [invitation.body.id],
    '/authorization/organizations/': [organization.id, 'victim-own', 'victim:read'],
    '/authorization/roles/': ['victim-role'],
    '/authorization/permissions/': ['victim:read'],
    '/auth/factors/': [factor],
    '/auth/challenges/': [await make(`/auth/factors/${factor}/challenge`)],
    '/user_management/magic_auth/': [magicAuth],
    '/user_management/password_reset/': [await make('/user_management/password_reset', { email: 'ann@victim.test' })],
    '/user_management/email_verification/': [await verificationOf(victim)],
    '/user_management/users/external_id/': ['victim'],
    '/user_management/users/': [person, passkey],
    '/user_management/organization_memberships/': [membership],
    '/webhook_endpoints/': [webhook],
    '/webhook_deliveries/': [await firstOf(`/webhook_endpoints/${webhook}/deliveries`)],
    '/insights/': ['organizations'],
    '/alert_rules/': [await make('/alert_rules', { name: 'Victim', events: ['vault.data.read'] })],
    '/log_streams/': [
      await make('/log_streams', { type: 'datadog', datadog: { api_key: 'k'.repeat(32), site: 'US1' } }),
    ],
    '/user_management/redirect_uris/': [await make('/user_management/redirect_uris', { uri: 'https://victim.test/a' })],
    '/user_management/logout_uris/': [await make('/user_management/logout_uris', { uri: 'https://victim.test/b' })],
    '/user_management/cors_origins/': [await make('/user_management/cors_origins', { origin: 'https://victim.test' })],
    '/environments/': [victim.id, victim.apiKey.id],
    '/test_sso_runs/': [run],
    '/oauth_providers/': ['GoogleOAuth'],
  }
  const company = await attacker.environment.api<Organization>('POST', '/organizations', { body: { name: 'Mallory' } })
  const herself = await attacker.environment.api<User>('POST', '/user_management/users', {
    body: { email: 'own@mallory.test' },
  })
  own = {
    '/authorization/organizations/': company.body.id,
    '/directories/': attacker.directory.id,
    '/environments/': mallory.id,
    '/user_management/users/': herself.body.id,
  }
  await victim.api('PUT', '/oauth_providers/GoogleOAuth', { body: namedBodies['/oauth_providers/{name}'] })
  await victim.api('PUT', '/directory_attributes/badge', { body: { path: 'badge' } })
  await victim.api('PUT', '/user_management/homepage_url', { body: { url: 'https://victim.test/' } })
  // Or whether an answer shows the last events would depend on who stamps them first.
  await stampEvents(server.db)
  untouched = await everything()
})

/** The API tells the id of a verification in the log alone. */
async function verificationOf({ api }: TestEnvironment): Promise<string> {
  const query = '/events?events=email_verification.created'
  return (await api<Page<{ data: { id: string } }>>('GET', query)).body.data[0]?.data.id ?? ''
}

const guarded = endpoints.filter((endpoint) => endpoint.access === 'api_key')
/** Of these a caller has its own by the same name. */
const named = guarded.filter((endpoint) => endpoint.path.includes('{name}'))
/** Everybody's, of one's own. */
const counts = guarded.filter((endpoint) => endpoint.path.includes('{metric}'))
const withIds = guarded.filter(
  (endpoint) => endpoint.path.includes('{') && !named.includes(endpoint) && !counts.includes(endpoint),
)
/** Answers one question, about what its query names. */
const explanations = '/user_management/identity_explanations'
const lists = guarded.filter(
  ({ method, path, query, tag }) =>
    method === 'GET' && !path.includes('{') && query && tag !== 'events' && path !== explanations,
)

/** The endpoint's path with the victim's ids in it, or with Mallory's own in front of the victim's. */
function pathTo(endpoint: AnyEndpoint, first?: 'own'): string {
  const start = Object.keys(theirs).find((prefix) => endpoint.path.startsWith(prefix))
  if (start === undefined) throw new Error(`Say what of the victim's belongs in ${endpoint.path}`)
  const values = [...(theirs[start] ?? [])]
  if (first === 'own') values[0] = own[start] ?? ''
  if (values.includes('')) throw new Error(`Nothing of the victim's for ${endpoint.path}`)
  return endpoint.path.replaceAll(/\{\w+\}/g, () => values.shift() ?? '')
}

/** Lists that want to know of what. */
function filterOf(path: string): string {
  if (/^\/directory_(?:users|groups)$/.test(path)) return `?directory=${theirs['/directories/']?.[0]}`
  return path.endsWith('/organization_memberships') ? `?organization_id=${organization.id}` : ''
}

/** A body that the endpoint would take. */
function bodyFor(endpoint: AnyEndpoint): object | undefined {
  const { properties } = (endpoint.body ?? {}) as { properties?: Record<string, unknown> } // an object schema
  if (!properties) return undefined
  const values: Record<string, unknown> = {
    name: 'Mallory',
    impersonator_email: 'mallory@mallory.test',
    reason: 'Curiosity',
    uri: 'https://mallory.test/',
    default: true,
    status: 'disabled',
    attribute_map: {},
    code: '000000',
    new_email: 'mallory@mallory.test',
    totp_user: 'mallory',
    groups: [],
    users: [],
    memberships: [],
    group_roles: [],
    permissions: [],
    slug: 'mallory',
    since: '2020-01-01T00:00:00.000Z',
    range_start: '2020-01-01T00:00:00.000Z',
    range_end: '2030-01-01T00:00:00.000Z',
  }
  if ('totp_user' in properties) values['type'] = 'totp'
  return Object.fromEntries(Object.keys(properties).flatMap((name) => (name in values ? [[name, values[name]]] : [])))
}

/** Everything of the victim's that the API can show. */
async function everything(): Promise<unknown[]> {
  const paths = [
    ...guarded.filter(({ method, path }) => method === 'GET' && path.includes('{')).map((endpoint) => pathTo(endpoint)),
    ...lists.map(({ path }) => path + filterOf(path)),
    '/user_management/homepage_url',
    '/environments/current',
    '/directory_attributes',
  ]
  const answers = await Promise.all(paths.map((path) => victim.api<unknown>('GET', path)))
  expect(answers.map(({ status }, index) => [paths[index], status])).toEqual(paths.map((path) => [path, 200]))
  return [...answers.map(({ body }) => body), await readLog(victim.api)]
}

describe('with another tenant’s ids', () => {
  test.each(withIds.map((endpoint) => [endpoint.method, endpoint.path, endpoint] as const))(
    '%s %s finds nothing and changes nothing',
    async (method, path, endpoint) => {
      const attempts = [pathTo(endpoint)]
      // A thing of theirs under a parent of one's own must not be found either.
      if (path.split('{').length > 2) attempts.push(pathTo(endpoint, 'own'))
      for (const attempt of attempts) {
        const answer = await mallory.api(method, attempt, { body: bodyFor(endpoint) })
        expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
      }
      expect(await everything()).toEqual(untouched)
    },
  )

  test.each([
    ['/organization_domains', { domain: 'mallory.test' }],
    ['/connections', { connection_type: 'GenericSAML' }],
    ['/directories', { type: 'okta scim v2.0' }],
  ])('an organization of theirs can be given nothing by POST %s', async (path, body) => {
    const answer = await mallory.api('POST', path, { body: { organization_id: organization.id, ...body } })
    expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
    expect(await everything()).toEqual(untouched)
  })
})

/** By path, what stands for the name, and what a PUT there takes. */
const namedBodies: Record<string, object> = {
  '/directory_attributes/{name}': { path: 'badge' },
  '/oauth_providers/{name}': { client_id: 'a', client_secret: 'b' },
}
const names: Record<string, string> = {
  '/directory_attributes/{name}': 'badge',
  '/oauth_providers/{name}': 'GoogleOAuth',
}
test('an identity is explained by one’s own connections and users alone', async () => {
  const explain = (connection: string | undefined) =>
    mallory.api('GET', `${explanations}?email=ann@victim.test&connection_id=${connection}`)
  const foreign = await explain(theirs['/connections/']?.[0])
  expect([foreign.status, foreign.body.code]).toEqual([404, 'entity_not_found'])
  const make = async (path: string, body: object) => (await mallory.api<{ id: string }>('POST', path, { body })).body.id
  const company = await make('/organizations', { name: 'Mallory' })
  const mine = await make('/connections', { organization_id: company, connection_type: 'GenericSAML' })
  expect((await explain(mine)).body).toMatchObject({ becomes: 'new_user', user: null })
})

test('a membership joins a user and an organization of one tenant', async () => {
  const make = async (path: string, body: object) => (await mallory.api<{ id: string }>('POST', path, { body })).body.id
  const user = await make('/user_management/users', { email: 'mallory@mallory.test' })
  const company = await make('/organizations', { name: 'Mallory' })
  for (const body of [
    { user_id: user, organization_id: organization.id },
    { user_id: theirs['/user_management/users/']?.[0], organization_id: company },
  ]) {
    const answer = await mallory.api('POST', '/user_management/organization_memberships', { body })
    expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
  }
  expect(await everything()).toEqual(untouched)
})

test.each(counts)('$method $path counts only one’s own', async ({ method, path }) => {
  const attempt = `${path.replace('{metric}', 'organizations')}?organization_id=${organization.id}&group_by=organization`
  const [mine, hers] = [await mallory.api(method, attempt), await victim.api(method, attempt)]
  const shown = ({ text }: { text: string }) => text.split(organization.id).length - 1
  expect([shown(mine), shown(hers)]).toEqual([0, 1])
})

test.each(named)('$method $path touches only one’s own', async ({ method, path }) => {
  const attempt = path.replace('{name}', names[path] ?? '')
  const answer = await mallory.api(method, attempt, { body: method === 'PUT' ? namedBodies[path] : undefined })
  expect(answer.status).toBe(method === 'PUT' ? 200 : 404)
  expect(await everything()).toEqual(untouched)
  await mallory.api('DELETE', attempt)
})

describe('lists', () => {
  test.each(lists)('$method $path shows nothing of theirs', async ({ path }) => {
    const shown = await victim.api<Page<{ id: string }>>('GET', path + filterOf(path))
    expect(shown.body.data.length).toBeGreaterThan(0)
    const { text } = await mallory.api('GET', path + filterOf(path))
    for (const { id } of shown.body.data) expect(text).not.toContain(id)
  })

  test.each([
    ['/organizations', 'search=Victim'],
    ['/organizations', 'search=victim.test'],
    ['/organizations', 'search=victim'],
    ['/organizations', 'domains=victim.test'],
    ['/connections', 'search=Victim'],
    ['/connections', 'domain=victim.test'],
    ['/directories', 'domain=victim.test'],
  ])('%s?%s cannot reach across', async (path, query) => {
    expect((await mallory.api<Page<unknown>>('GET', `${path}?${query}`)).body.data).toEqual([])
  })

  test.each(['/connections', '/directories'])('%s?organization_id= cannot reach across', async (path) => {
    const query = `organization_id=${organization.id}`
    expect((await mallory.api<Page<unknown>>('GET', `${path}?${query}`)).body.data).toEqual([])
  })

  test.each([
    ['/directory_users', 'group', '/directory_groups/'],
    ['/directory_groups', 'user', '/directory_users/'],
  ])('%s?%s= cannot reach across', async (path, filter, of) => {
    const answer = await mallory.api('GET', `${path}?${filter}=${theirs[of]?.[0]}`)
    expect(answer).toMatchObject({ status: 404, body: { code: 'entity_not_found' } })
  })

  test('a list of keys shows only one’s own', async () => {
    const { body } = await mallory.api<Page<{ id: string }>>('GET', `/environments/${mallory.id}/api_keys`)
    expect(body.data.map(({ id }) => id)).toEqual([mallory.apiKey.id])
  })
})

describe('the log', () => {
  test('holds none of their events, also when asked for their organization', async () => {
    const ids = (await readLog(victim.api)).map(({ id }) => id)
    const seen = (await readLog(mallory.api)).map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(seen.filter((id) => ids.includes(id))).toEqual([])
    const query = `events=organization.created&organization_id=${organization.id}`
    expect((await mallory.api<Page<Event>>('GET', `/events?${query}`)).body.data).toEqual([])
  })

  test.each(['after', 'before'])('does not take their event as the cursor %s', async (cursor) => {
    const [event] = await readLog(victim.api)
    const answer = await mallory.api('GET', `/events?events=organization.created&${cursor}=${event?.id}`)
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor'])
  })
})

test('what is unique for one tenant is free for another', async () => {
  for (const [path, body] of [
    [
      '/organizations',
      { name: 'M', external_id: 'victim', domain_data: [{ domain: 'victim.test', state: 'verified' }] },
    ],
    ['/user_management/redirect_uris', { uri: 'https://victim.test/a' }],
    ['/user_management/logout_uris', { uri: 'https://victim.test/b' }],
    ['/user_management/cors_origins', { origin: 'https://victim.test' }],
    ['/webhook_endpoints', { endpoint_url: 'https://victim.test/', events: ['dsync.user.created'] }],
  ] as const)
    expect((await mallory.api('POST', path, { body })).status).toBe(201)
  // Ownership there ends no claim here.
  expect((await victim.api<Organization>('GET', `/organizations/${organization.id}`)).body).toEqual(organization)
})

test.each(guarded)('$method $path wants an API key', async (endpoint) => {
  const path = endpoint.path.replaceAll(/\{\w+\}/g, 'org_1')
  expect((await victim.api(endpoint.method, path, { key: null })).status).toBe(401)
})
