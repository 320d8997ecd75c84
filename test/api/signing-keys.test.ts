import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { SigningKeys } from '#contracts/signing-keys.ts'
import { migrate } from '#db/migrate.ts'
import { readSigningKeys, signerOf } from '#domain/environments/signing-keys.ts'
import { bootstrap } from '#domain/seeds/bootstrap.ts'
import { Secrets } from '#protocols/envelope.ts'
import { folderForTest, runGatehouse } from '../cli/gatehouse.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const minute = 60_000

const list = async ({ api }: TestEnvironment) =>
  (await api<SigningKeys>('GET', '/environments/current/signing_keys')).body.data
const rotate = (environment: TestEnvironment, body: object = {}) =>
  environment.api<SigningKeys>('POST', '/environments/current/signing_keys/rotate', { body })
const inMinutes = (count: number) => new Date(server.clock.read().getTime() + count * minute).toISOString()

describe('rotating the keys of tokens', () => {
  test('publishes a successor that signs later, and lets go of the old one when its tokens have run out', async () => {
    const environment = await server.environment()
    const [old] = await list(environment)
    expect(old).toMatchObject({ state: 'active', algorithm: 'RS256', signs_from: null, retires_at: null })
    const { status, body } = await rotate(environment)
    expect([status, body.data]).toEqual([201, await list(environment)])
    const [next] = body.data
    expect(body.data).toMatchObject([
      { state: 'upcoming', signs_from: inMinutes(11), retires_at: null, published_until: null },
      { id: old?.id, state: 'active', retires_at: inMinutes(11), published_until: inMinutes(11 + 24 * 60) },
    ])
    const published = await fetch(`${server.url}/sso/jwks/${environment.client_id}`)
    const { keys } = (await published.json()) as { keys: { kid: string }[] }
    expect(keys.map(({ kid }) => kid).toSorted()).toEqual([old?.id, next?.id].toSorted())
    server.clock.advance(11 * minute)
    expect((await list(environment)).map(({ id, state }) => [id, state])).toEqual([
      [next?.id, 'active'],
      [old?.id, 'retired'],
    ])
    server.clock.advance(24 * 60 * minute)
    expect((await list(environment)).map(({ id }) => id)).toEqual([next?.id])
  })

  test('does not make JWKS ask the database again', async () => {
    const environment = await server.environment()
    const fetchKeys = async () => {
      const response = await fetch(`${server.url}/sso/jwks/${environment.client_id}`, {
        signal: AbortSignal.timeout(2000),
      })
      return (await response.json()) as { keys: { kid: string }[] }
    }
    const first = await fetchKeys()
    expect(first.keys).toHaveLength(1)
    const client = await server.db.pool.connect()
    try {
      // Whoever reads an environment or a key waits for this.
      await client.query('begin; lock table environments, signing_keys in access exclusive mode')
      expect(await fetchKeys()).toEqual(first)
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  test('is of one algorithm and one environment, and happens once for one Idempotency-Key', async () => {
    const [environment, other] = [await server.environment(), await server.environment()]
    const untouched = await list(other)
    const once = { body: {}, headers: { 'idempotency-key': 'once' } }
    for (let n = 0; n < 2; n++) await environment.api('POST', '/environments/current/signing_keys/rotate', once)
    expect(await list(environment)).toHaveLength(2)
    const { body } = await rotate(environment, { algorithm: 'ES256' })
    expect(body.data.map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['ES256', 'upcoming'],
      ['RS256', 'upcoming'],
      ['RS256', 'active'],
    ])
    expect(await list(other)).toEqual(untouched)
    expect((await rotate(environment, { algorithm: 'none' })).status).toBe(422)
    expect(JSON.stringify(body)).not.toMatch(/private|sealed/i)
  })
})

test('gatehouse signing-keys rotates, and only with the key that the server seals with', async () => {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  const key = randomBytes(32)
  const secrets = new Secrets([key])
  const { staging } = await bootstrap({ db, clock: () => new Date(), wake: () => undefined, secrets })
  const run = async (encryptionKey: Buffer, ...words: string[]) =>
    runGatehouse(['signing-keys', ...words, '--json'], {
      env: { DATABASE_URL: db.url, GATEHOUSE_ENCRYPTION_KEY: encryptionKey.toString('base64') },
      folder: await folderForTest(),
    })
  const refused = await run(randomBytes(32), 'rotate')
  expect(refused.code).not.toBe(0)
  const { code, stdout } = await run(key, 'rotate')
  const [next, old] = JSON.parse(stdout) as SigningKeys['data']
  expect([code, next?.state, old?.state]).toEqual([0, 'upcoming', 'active'])
  const later = new Date(new Date().getTime() + 12 * minute)
  expect(signerOf(await readSigningKeys(db, staging.id, 'jwt', secrets), 'RS256', later).id).toBe(next?.id)
  const unknown = await run(key, 'rotaet')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('gatehouse signing-keys rotate')])
})
