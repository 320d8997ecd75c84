import { expect, test } from 'vitest'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'
import { expireClaims } from '#domain/organizations/expire-claims.ts'
import { pruneExpired } from '#jobs/prune.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const running = new AbortController().signal
const day = 24 * 60 * 60_000

test('what can no longer matter is deleted, and nothing else', async () => {
  const now = server.clock.read()
  const at = (offset: number) => new Date(now.getTime() + offset)
  const key = (name: string) => Buffer.from(name)
  for (const [name, expires] of [
    ['old', at(-1)],
    ['fresh', at(1)],
  ] as const) {
    await server.db.pool.query('insert into consumed_assertions (realm, message_id, expires_at) values ($1, $1, $2)', [
      name,
      expires,
    ])
    await server.db.pool.query(
      `insert into environments (id, name, kind, client_id, created_at, updated_at) values ($1, $1, 'staging', $1, $2, $2)`,
      [name, now],
    )
    await server.db.pool.query(
      `insert into sso_access_tokens (hash, environment_id, code_hash, profile_id, profile, expires_at) values ($1, $2, $1, 'p', '{}', $3)`,
      [key(name), name, expires],
    )
    await server.db.pool.query(
      `insert into idempotency_keys (environment_id, key, route, request_hash, status, answer, created_at) values ($1, $1, 'r', $2, 201, '{}', $3)`,
      [name, key(name), name === 'old' ? at(-day - 1) : at(-day + 1)],
    )
    await server.db.pool.query(
      `insert into sso_sessions (environment_id, id, origin, state, created_at, expires_at) values ($1, $1, 'sp', 'failed', $2, $2)`,
      [name, name === 'old' ? at(-90 * day - 1) : at(-90 * day + 1)],
    )
  }
  await pruneExpired(server.db, now, running)
  const { rows } = await server.db.pool.query<{ left: string[] }>(
    `select array[
       (select string_agg(realm, ',') from consumed_assertions), (select string_agg(environment_id, ',') from sso_access_tokens),
       (select string_agg(key, ',') from idempotency_keys), (select string_agg(id, ',') from sso_sessions)] as left`,
  )
  expect(rows[0]?.left).toEqual(['fresh', 'fresh', 'fresh', 'fresh'])
})

test('more than a batch is deleted in one go', async () => {
  const now = server.clock.read()
  await server.db.pool.query(
    `insert into consumed_assertions (realm, message_id, expires_at) select 'many', n::text, $1 from generate_series(1, 2500) n`,
    [new Date(now.getTime() - 1)],
  )
  await pruneExpired(server.db, now, running)
  const { rows } = await server.db.pool.query(`select from consumed_assertions where realm = 'many'`)
  expect(rows).toEqual([])
})

test('a domain claim that nobody proved in thirty days fails, and says so', async () => {
  const { api } = await server.environment()
  const { body: organization } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
  const { body: domain } = await api<OrganizationDomain>('POST', '/organization_domains', {
    body: { organization_id: organization.id, domain: 'acme.test' },
  })
  server.clock.advance(30 * day)
  await expireClaims(server.deps, running)
  const state = async () => (await api<OrganizationDomain>('GET', `/organization_domains/${domain.id}`)).body.state
  expect(await state()).toBe('pending')
  server.clock.advance(1)
  await expireClaims(server.deps, running)
  expect(await state()).toBe('failed')
  const { body } = await api<{ data: { data: { reason: string } }[] }>(
    'GET',
    '/events?events=organization_domain.verification_failed',
  )
  expect(body.data.map(({ data }) => data.reason)).toEqual(['domain_verification_period_expired'])
})
