import { describe, expect, test } from 'vitest'
import type { ApiKey, Environment, IssuedApiKey } from '#contracts/environments.ts'
import type { Page } from '#contracts/list.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

const day = 24 * 60 * 60 * 1000

const keysOf = async ({ api, id }: TestEnvironment) =>
  (await api<Page<ApiKey>>('GET', `/environments/${id}/api_keys?order=asc`)).body.data

const createKey = async ({ api, id }: TestEnvironment, name = 'Deploy') =>
  (await api<IssuedApiKey>('POST', `/environments/${id}/api_keys`, { body: { name } })).body

async function works({ api }: TestEnvironment, key: string): Promise<boolean> {
  return (await api('GET', '/organizations', { key })).status === 200
}

test('a key knows its environment', async () => {
  const environment = await server.environment('production')
  const { body } = await environment.api<Environment>('GET', '/environments/current')
  expect(body).toEqual({
    object: 'environment',
    id: environment.id,
    name: 'Test',
    kind: 'production',
    client_id: environment.client_id,
    keep_inactive_directory_users: false,
    created_at: environment.created_at,
    updated_at: environment.updated_at,
  })
})

describe('an API key', () => {
  test.each([
    ['staging', /^sk_test_[\w-]{32}$/],
    ['production', /^sk_live_[\w-]{32}$/],
  ] as const)('of a %s environment shows which it is, and works', async (kind, pattern) => {
    const environment = await server.environment(kind)
    const created = await createKey(environment)
    expect(created.value).toMatch(pattern)
    expect(await works(environment, created.value)).toBe(true)
  })

  test('is shown whole once, and afterwards by its ends', async () => {
    const environment = await server.environment()
    const { value, ...rest } = await createKey(environment)
    expect(rest).toMatchObject({ name: 'Deploy', environment_id: environment.id, expires_at: null, last_used_at: null })
    expect(rest.obfuscated_value).toBe(`sk_test_…${value.slice(-4)}`)
    const { text, body } = await environment.api<Page<ApiKey>>('GET', `/environments/${environment.id}/api_keys`)
    expect(body.data).toContainEqual(rest)
    expect(text).not.toContain(value)
  })

  test('is kept as a hash only', async () => {
    const environment = await server.environment()
    const { value } = await createKey(environment)
    const { rows } = await server.db.pool.query<{ text: string }>('select k::text from api_keys k')
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(value)
  })

  test('cannot have an empty name', async () => {
    const { api, id } = await server.environment()
    expect((await api('POST', `/environments/${id}/api_keys`, { body: { name: '' } })).status).toBe(422)
  })
})

describe('rolling a key', () => {
  const roll = ({ api, id }: TestEnvironment, key: ApiKey, body?: object) =>
    api<IssuedApiKey>('POST', `/environments/${id}/api_keys/${key.id}/roll`, { body })

  test('issues a successor of the same name and lets the old one live for a day', async () => {
    const environment = await server.environment()
    const old = await createKey(environment)
    const { status, body: successor } = await roll(environment, old)
    expect([status, successor.name]).toEqual([201, 'Deploy'])
    expect(successor.value).not.toBe(old.value)
    const listed = await keysOf(environment)
    expect(listed.find(({ id }) => id === old.id)?.expires_at).toBe(
      new Date(server.clock.read().getTime() + day).toISOString(),
    )
    server.clock.advance(day - 1)
    expect([await works(environment, old.value), await works(environment, successor.value)]).toEqual([true, true])
    server.clock.advance(1)
    expect([await works(environment, old.value), await works(environment, successor.value)]).toEqual([false, true])
  })

  test.each([
    [0, 0],
    [60, 60_000],
    [2_592_000, 30 * day],
  ])('takes an overlap of %i seconds', async (overlap, milliseconds) => {
    const environment = await server.environment()
    const old = await createKey(environment)
    await roll(environment, old, { overlap_seconds: overlap })
    if (milliseconds > 0) {
      server.clock.advance(milliseconds - 1)
      expect(await works(environment, old.value)).toBe(true)
      server.clock.advance(1)
    }
    expect(await works(environment, old.value)).toBe(false)
  })

  test('a second time cannot lengthen the life of the old key', async () => {
    const environment = await server.environment()
    const old = await createKey(environment)
    await roll(environment, old, { overlap_seconds: 60 })
    await roll(environment, old, { overlap_seconds: 3600 })
    server.clock.advance(60_000)
    expect(await works(environment, old.value)).toBe(false)
  })

  test.each([-1, 2_592_001, 1.5, '60'])('refuses an overlap of %j', async (overlap_seconds) => {
    const environment = await server.environment()
    const { status, body } = await environment.api(
      'POST',
      `/environments/${environment.id}/api_keys/${environment.apiKey.id}/roll`,
      {
        body: { overlap_seconds },
      },
    )
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'overlap_seconds'])
  })

  test('a revoked key has no successor', async () => {
    const environment = await server.environment()
    const old = await createKey(environment)
    await environment.api('DELETE', `/environments/${environment.id}/api_keys/${old.id}`)
    expect((await roll(environment, old)).status).toBe(404)
  })

  test('a key whose overlap has ended has no successor either', async () => {
    const environment = await server.environment()
    const old = await createKey(environment)
    await roll(environment, old, { overlap_seconds: 0 })
    expect((await roll(environment, old)).status).toBe(404)
  })
})

describe('revoking a key', () => {
  test('ends it at once, takes it off the list, and cannot be repeated', async () => {
    const environment = await server.environment()
    const key = await createKey(environment)
    const path = `/environments/${environment.id}/api_keys/${key.id}`
    expect((await environment.api('DELETE', path)).status).toBe(204)
    expect(await works(environment, key.value)).toBe(false)
    expect((await keysOf(environment)).map(({ id }) => id)).toEqual([environment.apiKey.id])
    expect((await environment.api('DELETE', path)).status).toBe(404)
  })

  test('works on the key it is asked with', async () => {
    const environment = await server.environment()
    const path = `/environments/${environment.id}/api_keys/${environment.apiKey.id}`
    expect((await environment.api('DELETE', path)).status).toBe(204)
    expect((await environment.api('DELETE', path)).status).toBe(401)
  })
})

describe('last use', () => {
  test.each([
    ['workos-node/11.0.0', 'workos-node/11.0.0'],
    ['workos-node/7.82.0 (node/v20.1.0) my-app/1.2', 'workos-node/7.82.0'],
    ['x'.repeat(300), 'x'.repeat(100)],
  ])('by %s is noted with its time', async (userAgent, client) => {
    const environment = await server.environment()
    const key = await createKey(environment)
    server.clock.advance(5000)
    await environment.api('GET', '/organizations', { key: key.value, headers: { 'user-agent': userAgent } })
    const usedAt = server.clock.read().toISOString()
    await server.deps.keyUses.flush(server.db)
    const listed = (await keysOf(environment)).find(({ id }) => id === key.id)
    expect(listed).toMatchObject({ last_used_at: usedAt, last_used_by: client })
  })

  test('is not noted for a key that was refused', async () => {
    const environment = await server.environment()
    const key = await createKey(environment)
    await environment.api('DELETE', `/environments/${environment.id}/api_keys/${key.id}`)
    await works(environment, key.value)
    await server.deps.keyUses.flush(server.db)
    const { rows } = await server.db.pool.query('select last_used_at from api_keys where id = $1', [key.id])
    expect(rows).toEqual([{ last_used_at: null }])
  })
})
