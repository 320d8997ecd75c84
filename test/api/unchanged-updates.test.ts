import { beforeAll, expect, test } from 'vitest'
import { endpoints } from '#contracts/all.ts'
import type { User } from '#contracts/users.ts'
import { readLog } from '../support/log.ts'
import { createIdp } from '../support/saml-idp.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let tenant: TestEnvironment
/** What stands in a path for its parameters, in their order, by the start of the path. */
let things: Record<string, readonly string[]>
let certificates: readonly string[]

const svg = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>').toString('base64')}`
const provider = { client_id: 'client', client_secret: 'secret' }
const saml = () => ({
  idp_entity_id: 'https://idp.test/metadata',
  idp_sso_url: 'https://idp.test/sso',
  x509_certificates: certificates,
})

beforeAll(async () => {
  tenant = await server.environment()
  certificates = [(await createIdp()).certificate]
  const make = async (path: string, body: object) => {
    const answer = await tenant.api<{ id: string }>('POST', path, { body })
    if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
    return answer.body.id
  }
  const organization = await make('/organizations', {
    name: 'Acme',
    external_id: 'acme',
    metadata: { tier: 'gold' },
    domain_data: [{ domain: 'acme.test', state: 'verified' }],
  })
  const user = await tenant.api<User>('POST', '/user_management/users', {
    body: { email: 'ann@acme.test', first_name: 'Ann', metadata: { shift: 'late' } },
  })
  const membership = (user_id: string) =>
    make('/user_management/organization_memberships', { user_id, organization_id: organization })
  const retired = await membership(await make('/user_management/users', { email: 'bob@acme.test' }))
  await tenant.api('PUT', `/user_management/organization_memberships/${retired}/deactivate`)
  await make('/authorization/permissions', { slug: 'read', name: 'Read', description: 'Reads' })
  for (const [path, slug] of [
    ['/authorization/roles', 'editor'],
    [`/authorization/organizations/${organization}/roles`, 'org-editor'],
  ]) {
    await make(String(path), { slug, name: 'Editor', description: 'Edits' })
    await tenant.api('PUT', `${path}/${slug}/permissions`, { body: { permissions: ['read'] } })
  }
  const connection = (connection_type: string, more: object) =>
    make('/connections', { organization_id: organization, connection_type, name: 'Acme', ...more })
  things = {
    '/organizations/': [organization],
    '/user_management/users/': [user.body.id],
    '/user_management/organization_memberships/{id}/deactivate': [retired],
    '/user_management/organization_memberships/': [await membership(user.body.id)],
    '/authorization/organizations/': [organization, 'org-editor'],
    '/authorization/roles/': ['editor'],
    '/authorization/permissions/': ['read'],
    '/connections/': [
      await connection('GenericSAML', {
        ...saml(),
        attribute_map: { first_name: 'given' },
        options: { sign_authn_requests: true },
      }),
    ],
    '/directories/': [
      await make('/directories', {
        organization_id: organization,
        type: 'okta scim v2.0',
        attribute_map: { team: 'team' },
      }),
    ],
    '/webhook_endpoints/': [
      await make('/webhook_endpoints', { endpoint_url: 'https://acme.test/', events: ['user.created'] }),
    ],
    '/alert_rules/': [await make('/alert_rules', { name: 'Users', events: ['user.created'], emails: ['a@acme.test'] })],
    '/log_streams/': [
      await make('/log_streams', { type: 'https', https: { url: 'https://acme.test/', headers: { token: 'x' } } }),
    ],
    '/user_management/redirect_uris/': [await make('/user_management/redirect_uris', { uri: 'https://acme.test/a' })],
    '/user_management/logout_uris/': [await make('/user_management/logout_uris', { uri: 'https://acme.test/b' })],
    '/oauth_providers/': ['GoogleOAuth'],
    '/directory_attributes/': ['badge'],
  }
  for (const [path, body] of [
    ['/oauth_providers/GoogleOAuth', provider],
    ['/branding', { application_name: 'Acme', logo: svg }],
    ['/user_management/jwt_template', { content: '{"team": "acme"}' }],
    ['/user_management/homepage_url', { url: 'https://acme.test/' }],
    ['/directory_attributes/badge', { path: 'badge' }],
    ['/authentication_settings', { impersonation: true }],
  ] as const) {
    const { status, text } = await tenant.api('PUT', path, { body })
    if (status !== 200) throw new Error(`${path}: ${text}`)
  }
})

/** By endpoint, bodies that say nothing new. */
const updates: Record<string, readonly (() => object)[]> = {
  'PUT /organizations/{id}': [
    () => ({}),
    () => ({ name: 'Acme', metadata: { tier: 'gold' }, domain_data: [{ domain: 'acme.test', state: 'verified' }] }),
  ],
  'PUT /organizations/{id}/authentication_settings': [() => ({})],
  'PUT /organizations/{organization_id}/group_roles': [() => ({ group_roles: [] })],
  'PUT /user_management/users/{id}': [() => ({}), () => ({ email: 'ann@acme.test', metadata: { shift: 'late' } })],
  'PUT /user_management/organization_memberships/{id}': [() => ({}), () => ({ role_slug: 'member' })],
  'PUT /user_management/organization_memberships/{id}/deactivate': [() => ({})],
  'PUT /user_management/organization_memberships/{id}/reactivate': [() => ({})],
  'PUT /authorization/roles': [() => ({ role_slugs: ['editor', 'member'] })],
  'PATCH /authorization/roles/{slug}': [() => ({}), () => ({ name: 'Editor', description: 'Edits' })],
  'PUT /authorization/roles/{slug}/permissions': [() => ({ permissions: ['read'] })],
  'PATCH /authorization/organizations/{organization_id}/roles/{slug}': [() => ({}), () => ({ name: 'Editor' })],
  'PUT /authorization/organizations/{organization_id}/roles/{slug}/permissions': [() => ({ permissions: ['read'] })],
  'PATCH /authorization/permissions/{slug}': [() => ({}), () => ({ name: 'Read', description: 'Reads' })],
  'PUT /connections/{id}': [
    () => ({}),
    () => ({ name: 'Acme', attribute_map: { first_name: 'given' }, options: { sign_authn_requests: true } }),
    saml,
  ],
  'PUT /directories/{id}': [() => ({}), () => ({ type: 'okta scim v2.0', attribute_map: { team: 'team' } })],
  'PUT /directory_attributes/{name}': [() => ({ path: 'badge' })],
  'PATCH /webhook_endpoints/{id}': [
    () => ({}),
    () => ({ endpoint_url: 'https://acme.test/', events: ['user.created'], status: 'enabled', ordered: false }),
  ],
  'PATCH /alert_rules/{id}': [
    () => ({}),
    () => ({ name: 'Users', events: ['user.created'], emails: ['a@acme.test'], status: 'enabled', threshold: 1 }),
  ],
  'PATCH /log_streams/{id}': [
    () => ({}),
    () => ({ events: null, paused: false, https: { url: 'https://acme.test/', headers: { token: 'x' } } }),
  ],
  'PUT /user_management/redirect_uris/{id}': [() => ({}), () => ({ uri: 'https://acme.test/a', default: true })],
  'PUT /user_management/logout_uris/{id}': [() => ({}), () => ({ uri: 'https://acme.test/b', default: true })],
  'PUT /user_management/homepage_url': [() => ({ url: 'https://acme.test/' })],
  'PUT /user_management/jwt_template': [() => ({ content: '{"team": "acme"}' })],
  'PUT /oauth_providers/{name}': [() => ({}), () => ({ client_id: 'client', enabled: true })],
  'PUT /branding': [() => ({}), () => ({ application_name: 'Acme', logo: svg, favicon: null })],
  'PUT /authentication_settings': [() => ({}), () => ({ impersonation: true })],
  'PATCH /environments/current': [() => ({}), () => ({ keep_inactive_directory_users: false })],
}

function pathTo(path: string): string {
  const start = Object.keys(things).find((prefix) => path.startsWith(prefix))
  const values = start === undefined ? [] : [...(things[start] ?? [])]
  return path.replaceAll(/\{\w+\}/g, () => values.shift() ?? '')
}

const readable = endpoints.filter(({ access, method }) => access === 'api_key' && method === 'GET')
/** All that can be read of what is updated here, and the environment, which has settings of its own. */
async function everything(): Promise<unknown> {
  const updated = new Set(Object.keys(updates).map((name) => name.slice(name.indexOf(' ') + 1)))
  const paths = readable.filter(({ path }) => updated.has(path)).map(({ path }) => pathTo(path))
  const answers = await Promise.all([...paths, '/environments/current'].map((path) => tenant.api<unknown>('GET', path)))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  return answers.map(({ body }) => body)
}

test('the table names every update of the API', () => {
  const all = endpoints
    .filter(({ access, method }) => access === 'api_key' && (method === 'PUT' || method === 'PATCH'))
    .map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(updates).toSorted()).toEqual(all.toSorted())
})

test.each(
  Object.entries(updates).flatMap(([name, bodies]) => bodies.map((body, number) => [name, number, body] as const)),
)('%s that changes nothing (%i) moves no time and says nothing', async (name, _number, body) => {
  const [method = '', path = ''] = name.split(' ')
  const [before, log] = [await everything(), await readLog(tenant.api)]
  server.clock.advance(60_000)
  const answer = await tenant.api(method, pathTo(path), { body: body() })
  expect(answer.status, answer.text).toBe(200)
  expect(await everything()).toEqual(before)
  expect(await readLog(tenant.api)).toEqual(log)
})
