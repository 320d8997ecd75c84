import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { migrate } from '#db/migrate.ts'
import { readConnection } from '#domain/connections/read.ts'
import { readOrganization } from '#domain/organizations/read.ts'
import { applySeed } from '#domain/seeds/apply.ts'
import { bootstrap } from '#domain/seeds/bootstrap.ts'
import { readSeed } from '#domain/seeds/seed-file.ts'
import { Secrets } from '#protocols/envelope.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { createEmptyDatabase } from '../support/database.ts'

async function prepare() {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  const deps = {
    db,
    clock: () => new Date(),
    wake: () => undefined,
    secrets: new Secrets([randomBytes(32)]),
    baseUrl: 'http://gatehouse.test',
    fetchText: async () => ({ ok: false as const, code: 'unreachable', message: 'nobody answers' }),
  }
  const { staging } = await bootstrap(deps)
  const apply = async (text: string) => {
    const { steps, issued } = await applySeed(deps, staging, readSeed(text))
    return { marks: steps.map(({ mark }) => mark).join(''), issued }
  }
  const events = async () =>
    (await db.pool.query<{ type: string }>('select type from events order by seq')).rows.map(({ type }) => type)
  return { db, staging, apply, events }
}

const certificate = async () =>
  selfSignedCertificate({
    commonName: 'Okta',
    keys: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2036-01-01'),
  })

test('a seed makes what it describes, changes what differs, and the third time changes nothing', async () => {
  const { db, staging, apply, events } = await prepare()
  const seed = (name: string, domain: string, state: string, pem: string) => `
organizations: [{ id: org_acme, external_id: acme, name: ${name}, domains: [${domain}] }]
connections:
  - id: conn_acme
    organization: acme
    connection_type: OktaSAML
    state: ${state}
    idp_entity_id: https://idp.test
    idp_sso_url: https://idp.test/sso
    x509_certificates: [${pem}]
api_keys: [{ name: CI }]
redirect_uris: ['http://localhost:3000/callback', { uri: 'http://localhost:3001/callback', default: true }]
logout_uris: ['http://localhost:3000/bye']
cors_origins: ['http://localhost:3000']
homepage_url: http://localhost:3000
`
  const first = await apply(seed('Acme', 'old.test', 'active', await certificate()))
  expect(first).toEqual({ marks: '++++++++', issued: [{ name: 'CI', value: expect.stringMatching(/^sk_test_/) }] })
  expect(await readConnection(db, staging.id, 'conn_acme', '')).toMatchObject({
    organization_id: 'org_acme',
    state: 'validating',
    idp_entity_id: 'https://idp.test',
  })
  const renewed = await certificate()
  expect(await apply(seed('Acme Inc', 'new.test', 'inactive', renewed))).toEqual({ marks: '~~======', issued: [] })
  expect(await readConnection(db, staging.id, 'conn_acme', '')).toMatchObject({ state: 'inactive' })
  const organization = await readOrganization(db.kysely, staging.id, 'org_acme')
  expect([organization.name, organization.domains.map(({ domain }) => domain)]).toEqual(['Acme Inc', ['new.test']])

  const before = await events()
  expect(await apply(seed('Acme Inc', 'new.test', 'inactive', renewed))).toEqual({ marks: '========', issued: [] })
  expect(await events()).toEqual(before)
})

test('a part that cannot be done undoes the rest', async () => {
  const { db, apply, events } = await prepare()
  await apply('organizations: [{ name: Owner, domains: [taken.test] }]')
  const before = await events()
  await expect(apply('organizations: [{ name: First }, { name: Second, domains: [taken.test] }]')).rejects.toThrow(
    /taken\.test already exists/,
  )
  const { rows } = await db.pool.query('select name from organizations')
  expect(rows).toEqual([{ name: 'Owner' }])
  expect(await events()).toEqual(before)
})

test('metadata that cannot be fetched changes nothing', async () => {
  const { db, apply } = await prepare()
  const text =
    'organizations: [{ name: A }]\nconnections: [{ organization: A, idp_metadata_url: "https://idp.test/m" }]'
  await expect(apply(text)).rejects.toMatchObject({
    errors: [{ field: 'idp_metadata_url', message: 'nobody answers' }],
  })
  expect((await db.pool.query('select name from organizations')).rows).toEqual([])
})
