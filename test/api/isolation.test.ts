import { beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '#contracts/all.ts'
import type { AnyEndpoint } from '#contracts/endpoint.ts'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let mallory: TestEnvironment
let victim: TestEnvironment
let organization: Organization
/** What stands in a path for something of the victim's, by the start of the path. */
let ids: Record<string, string>

beforeAll(async () => {
  mallory = await server.environment()
  victim = await server.environment()
  const make = async (path: string, body: object) => (await victim.api<{ id: string }>('POST', path, { body })).body.id
  organization = (
    await victim.api<Organization>('POST', '/organizations', {
      body: { name: 'Victim', external_id: 'victim', domain_data: [{ domain: 'victim.test', state: 'pending' }] },
    })
  ).body
  ids = {
    '/organizations/external_id/': 'victim',
    '/organizations/': organization.id,
    '/connections/': await make('/connections', {
      organization_id: organization.id,
      connection_type: 'GenericSAML',
      name: 'Victim',
    }),
    '/organization_domains/': organization.domains[0]?.id ?? '',
    '/user_management/redirect_uris/': await make('/user_management/redirect_uris', { uri: 'https://victim.test/a' }),
    '/user_management/logout_uris/': await make('/user_management/logout_uris', { uri: 'https://victim.test/b' }),
    '/user_management/cors_origins/': await make('/user_management/cors_origins', { origin: 'https://victim.test' }),
    '/environments/': victim.apiKey.id,
  }
  await victim.api('PUT', '/user_management/homepage_url', { body: { url: 'https://victim.test/' } })
})

const guarded = endpoints.filter((endpoint) => endpoint.access === 'api_key')

/** The endpoint's path with the victim's ids in it. */
function pathTo(endpoint: AnyEndpoint, environment: string): string {
  const prefix = Object.keys(ids).find((start) => endpoint.path.startsWith(start))
  if (prefix === undefined) throw new Error(`Say what of the victim's belongs in ${endpoint.path}`)
  return endpoint.path.replace('{environment_id}', environment).replace(/\{\w+\}/, ids[prefix] ?? '')
}

/** A body that the endpoint would take. */
function bodyFor(endpoint: AnyEndpoint): object | undefined {
  const { properties } = (endpoint.body ?? {}) as { properties?: Record<string, unknown> } // an object schema
  if (!properties) return undefined
  const values: Record<string, unknown> = { name: 'Mallory', uri: 'https://mallory.test/', default: true }
  return Object.fromEntries(Object.keys(properties).flatMap((name) => (name in values ? [[name, values[name]]] : [])))
}

/** Everything of the victim's that the API can show. */
async function everything(): Promise<unknown[]> {
  const lists = [
    '/organizations',
    '/connections',
    '/user_management/redirect_uris',
    '/user_management/logout_uris',
    '/user_management/cors_origins',
  ]
  const paths = [
    ...lists,
    '/user_management/homepage_url',
    '/environments/current',
    `/environments/${victim.id}/api_keys`,
  ]
  const answers = await Promise.all(paths.map(async (path) => (await victim.api<unknown>('GET', path)).body))
  return [...answers, await readLog(victim.api)]
}

describe('with another tenant’s ids', () => {
  test.each(
    guarded
      .filter((endpoint) => endpoint.path.includes('{'))
      .map((endpoint) => [endpoint.method, endpoint.path, endpoint] as const),
  )('%s %s finds nothing and changes nothing', async (method, _path, endpoint) => {
    const before = await everything()
    for (const environment of endpoint.path.includes('{environment_id}') ? [victim.id, mallory.id] : ['']) {
      // Listing one's own keys is no crime.
      if (environment === mallory.id && !endpoint.path.includes('{id}')) continue
      const answer = await mallory.api(method, pathTo(endpoint, environment), { body: bodyFor(endpoint) })
      expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
    }
    expect(await everything()).toEqual(before)
  })

  test('the table above would succeed with the victim’s own key', async () => {
    const reads = guarded.filter(({ method, path }) => method === 'GET' && path.includes('{'))
    const answers = await Promise.all(reads.map((endpoint) => victim.api('GET', pathTo(endpoint, victim.id))))
    expect(answers.map(({ status }) => status)).toEqual(reads.map(() => 200))
  })

  test.each([
    ['/organization_domains', { domain: 'mallory.test' }],
    ['/connections', { connection_type: 'GenericSAML' }],
  ])('an organization of theirs can be given nothing by POST %s', async (path, body) => {
    const before = await everything()
    const answer = await mallory.api('POST', path, { body: { organization_id: organization.id, ...body } })
    expect([answer.status, answer.body.code]).toEqual([404, 'entity_not_found'])
    expect(await everything()).toEqual(before)
  })
})

describe('lists', () => {
  test.each(
    guarded.filter(
      (endpoint) =>
        endpoint.method === 'GET' && !endpoint.path.includes('{') && endpoint.query && endpoint.tag !== 'events',
    ),
  )('$method $path shows nothing of theirs', async ({ path }) => {
    const theirs = await victim.api<Page<unknown>>('GET', path)
    expect(theirs.body.data.length).toBeGreaterThan(0)
    expect((await mallory.api<Page<unknown>>('GET', path)).body.data).toEqual([])
  })

  test('filters cannot reach across', async () => {
    for (const query of [
      'search=Victim',
      'search=victim.test',
      `search=${organization.id}`,
      'search=victim',
      'domains=victim.test',
    ])
      expect((await mallory.api<Page<unknown>>('GET', `/organizations?${query}`)).body.data).toEqual([])
  })

  test('a list of keys shows only one’s own', async () => {
    const { body } = await mallory.api<Page<{ id: string }>>('GET', `/environments/${mallory.id}/api_keys`)
    expect(body.data.map(({ id }) => id)).toEqual([mallory.apiKey.id])
  })
})

describe('the log', () => {
  test('holds none of their events, also when asked for their organization', async () => {
    expect(await readLog(victim.api)).not.toEqual([])
    expect(await readLog(mallory.api)).toEqual([])
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
  ] as const)
    expect((await mallory.api('POST', path, { body })).status).toBe(201)
  // Ownership there ends no claim here.
  expect((await victim.api<Organization>('GET', `/organizations/${organization.id}`)).body).toEqual(organization)
})

test.each(guarded)('$method $path wants an API key', async (endpoint) => {
  const path = endpoint.path.replaceAll(/\{\w+\}/g, 'org_1')
  expect((await victim.api(endpoint.method, path, { key: null })).status).toBe(401)
})
