import { randomBytes, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createApiKey } from '#domain/environments/api-keys.ts'
import { listEnvironments } from '#domain/environments/create.ts'
import { checkSealed } from '#domain/environments/sealed-columns.ts'
import { readSigningKeys } from '#domain/environments/signing-keys.ts'
import { bootstrap, ensureApiKey } from '#domain/seeds/bootstrap.ts'
import { sampleUser } from '#domain/seeds/sample-user.ts'
import { activeMemberships } from '#domain/memberships/read.ts'
import { checkPassword } from '#domain/users/passwords.ts'
import { migrate } from '#db/migrate.ts'
import { change } from '#db/work.ts'
import { SealBroken, Secrets } from '#protocols/envelope.ts'
import { createEmptyDatabase } from '../support/database.ts'

async function prepare() {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  return { db, clock: () => new Date(), wake: () => undefined, secrets: new Secrets([randomBytes(32)]) }
}

describe('the first environments', () => {
  test('servers that start at once make them once', async () => {
    const deps = await prepare()
    const results = await Promise.all([bootstrap(deps), bootstrap(deps)])
    expect(results.filter(({ fresh }) => fresh)).toHaveLength(1)
    const environments = await listEnvironments(deps.db)
    expect(environments.map(({ name, kind }) => [name, kind])).toEqual([
      ['Staging', 'staging'],
      ['Production', 'production'],
    ])
    expect(new Set(environments.map(({ client_id }) => client_id)).size).toBe(2)
  })

  test('have a key for tokens and one for SAML, each certified, and opened by the right secret alone', async () => {
    const deps = await prepare()
    const { staging } = await bootstrap(deps)
    for (const purpose of ['jwt', 'saml'] as const) {
      const [key, ...others] = await readSigningKeys(deps.db, staging.id, purpose, deps.secrets)
      if (!key) throw new Error('there is no key')
      expect(others).toEqual([])
      const certificate = new X509Certificate(Buffer.from(key.certificate, 'base64'))
      expect(certificate.checkPrivateKey(key.privateKey)).toBe(true)
      expect(key.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048)
      const stranger = new Secrets([randomBytes(32)])
      await expect(readSigningKeys(deps.db, staging.id, purpose, stranger)).rejects.toThrow(SealBroken)
    }
  })

  test('a private key that was moved to another row does not open', async () => {
    const deps = await prepare()
    await bootstrap(deps)
    await checkSealed(deps.db, deps.secrets)
    await deps.db.pool.query(
      `update signing_keys k set sealed_private_key = (select sealed_private_key from signing_keys o where o.id <> k.id limit 1)`,
    )
    await expect(checkSealed(deps.db, deps.secrets)).rejects.toThrow(/belongs somewhere else/)
  })
})

test('a developer’s staging has somebody to sign in as by password; production has nobody', async () => {
  const deps = await prepare()
  const sample = { redirectUri: 'http://localhost:3000/callback', homepageUrl: 'http://localhost:3000/' }
  const { staging, production } = await bootstrap(deps, sample)
  const { user, hash } = await checkPassword(deps, staging.id, sampleUser.email, sampleUser.password)
  expect([user?.email_verified, typeof hash]).toEqual([true, 'string'])
  const [membership] = user ? await activeMemberships(deps.db.kysely, staging.id, user.id) : []
  expect(membership).toMatchObject({ organization_id: 'org_test_idp', role: { slug: 'member' } })
  const nobody = await checkPassword(deps, production.id, sampleUser.email, sampleUser.password)
  expect(nobody).toEqual({ user: undefined, hash: undefined })
})

describe('a pinned API key', () => {
  test('is made once, and works on', async () => {
    const deps = await prepare()
    const { staging } = await bootstrap(deps)
    expect(await ensureApiKey(deps, staging, 'sk_test_pinned')).toBe(true)
    expect(await ensureApiKey(deps, staging, 'sk_test_pinned')).toBe(true)
    const { rows } = await deps.db.pool.query('select id from api_keys')
    expect(rows).toHaveLength(1)
  })

  test.each([
    ['was revoked', 'update api_keys set revoked_at = now()'],
    ['belongs to another environment', 'select 1'],
  ])('is refused when it %s', async (_why, sql) => {
    const deps = await prepare()
    const { staging, production } = await bootstrap(deps)
    const owner = sql.startsWith('update') ? staging : production
    await change(deps, { environment: owner.id }, (work) =>
      createApiKey(work, owner.kind, { name: 'Theirs', value: 'sk_test_pinned' }),
    )
    await deps.db.pool.query(sql)
    expect(await ensureApiKey(deps, staging, 'sk_test_pinned')).toBe(false)
  })
})
