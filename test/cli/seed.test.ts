import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { wireEventNames } from '#contracts/event-names.ts'
import { migrate } from '#db/migrate.ts'
import { readConnection } from '#domain/connections/read.ts'
import { readOrganization } from '#domain/organizations/read.ts'
import { applySeed, previewSeed } from '#domain/seeds/apply.ts'
import { bootstrap } from '#domain/seeds/bootstrap.ts'
import { readSeed } from '#domain/seeds/seed-file.ts'
import { listEndpoints } from '#domain/webhooks/endpoints.ts'
import { checkPassword } from '#domain/users/passwords.ts'
import { Secrets } from '#protocols/envelope.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { createEmptyDatabase } from '../support/database.ts'

async function prepare() {
  const db = await createEmptyDatabase()
  await migrate(db.pool)
  const secrets = new Secrets([randomBytes(32)])
  const deps = {
    db,
    clock: () => new Date(),
    wake: () => undefined,
    secrets,
    webhookRules: { secrets, allowPrivate: false },
    baseUrl: 'http://gatehouse.test',
    fetchText: async () => ({ ok: false as const, code: 'unreachable', message: 'nobody answers' }),
  }
  const { staging, production } = await bootstrap(deps)
  const apply = async (text: string, environment = staging) => {
    const { steps, issued } = await applySeed(deps, environment, readSeed(text))
    return { marks: steps.map(({ mark }) => mark).join(''), issued }
  }
  const preview = (text: string, environment = staging) => previewSeed(deps, environment, readSeed(text))
  const events = async () =>
    (await db.pool.query<{ type: string }>('select type from events order by seq')).rows.map(({ type }) => type)
  const signsIn = async (email: string, password: string) =>
    (await checkPassword(deps, staging.id, email, password)).hash !== undefined
  return { db, secrets, staging, production, apply, preview, events, signsIn }
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

/** Of the password `U*U`: a vector of crypt_blowfish. */
const importedHash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'

test('people, roles and invitations are made, changed where they differ, and then left alone', async () => {
  const { db, apply, events, signsIn } = await prepare()
  const seed = ({ role = 'editor', name = 'Ada', status = 'active', allows = "'docs:read', 'docs:write'" } = {}) => `
permissions: [{ slug: 'docs:read', name: Read }, { slug: 'docs:write', name: Write }]
roles: [{ slug: admin, permissions: ['docs:read'] }, { slug: editor, name: Editor, permissions: [${allows}] }]
users:
  - { id: user_ada, email: Ada@acme.test, first_name: ${name}, email_verified: true, external_id: a1, metadata: { team: x }, password: short }
  - { email: bob@acme.test, password_hash: ${importedHash}, password_hash_type: bcrypt }
organizations:
  - name: Acme
    memberships: [{ email: ada@acme.test, role: ${role} }, { email: bob@acme.test, status: ${status} }]
invitations: [{ email: eve@acme.test, organization: Acme, role: admin }, { email: new@else.test, expires_in_days: 2 }]
`
  const members = async () =>
    (
      await db.pool.query(
        `select u.email, m.status, m.role_slugs from organization_memberships m
         join users u on u.environment_id = m.environment_id and u.id = m.user_id order by u.email`,
      )
    ).rows
  expect((await apply(seed())).marks).toBe('+++++++++++')
  expect(await members()).toEqual([
    { email: 'ada@acme.test', status: 'active', role_slugs: ['editor'] },
    { email: 'bob@acme.test', status: 'active', role_slugs: ['member'] },
  ])
  expect(await signsIn('ada@acme.test', 'short')).toBe(true)
  expect(await signsIn('bob@acme.test', 'U*U')).toBe(true)
  expect(await signsIn('bob@acme.test', 'short')).toBe(false)
  const mailed = await db.pool.query('select recipient, kind from mails order by recipient')
  expect(mailed.rows.map((row: { recipient: string }) => row.recipient)).toEqual(['eve@acme.test', 'new@else.test'])

  // The imported hash was renewed when it proved right: it is not what the file says, and stays all the same.
  const before = await events()
  expect((await apply(seed())).marks).toBe('===========')
  expect(await events()).toEqual(before)
  expect(await signsIn('bob@acme.test', 'U*U')).toBe(true)

  const other = seed({ role: 'admin', name: 'Augusta', status: 'inactive', allows: "'docs:read'" })
  expect((await apply(other)).marks).toBe('===~=~=~~==')
  expect(await members()).toEqual([
    { email: 'ada@acme.test', status: 'active', role_slugs: ['admin'] },
    { email: 'bob@acme.test', status: 'inactive', role_slugs: ['member'] },
  ])
  const users = await db.pool.query("select first_name, metadata from users where id = 'user_ada'")
  expect(users.rows).toEqual([{ first_name: 'Augusta', metadata: { team: 'x' } }])
  expect((await apply(other)).marks).toBe('===========')
  expect((await apply(seed({ role: 'admin', name: 'Augusta', allows: "'docs:read'" }))).marks).toBe('========~==')
  expect((await members())[1]).toMatchObject({ status: 'active' })
})

test('a role of one organization is made there alone, changed, and then left alone', async () => {
  const { db, apply, events } = await prepare()
  const seed = (name: string, permissions: string) => `
permissions: [{ slug: 'docs:read' }, { slug: 'docs:write' }]
organizations:
  - { name: Acme, memberships: [{ email: ada@acme.test, role: lead }] }
  - { name: Other }
users: [{ email: ada@acme.test }]
roles:
  - { slug: lead, type: OrganizationRole, organization: Acme, name: ${name}, permissions: [${permissions}] }
  - { slug: lead, organization: Other }
`
  const roles = async () =>
    (
      await db.pool.query(
        `select o.name as organization, r.slug, r.name, array(select p.slug from role_permissions rp
           join permissions p on p.environment_id = rp.environment_id and p.id = rp.permission_id
           where rp.environment_id = r.environment_id and rp.role_id = r.id order by 1) as permissions
         from roles r left join organizations o on o.environment_id = r.environment_id and o.id = r.organization_id
         where r.slug = 'lead' order by o.name`,
      )
    ).rows
  expect((await apply(seed('Lead', "'docs:read'"))).marks).toBe('++++++++')
  const other = { organization: 'Other', slug: 'lead', name: 'lead', permissions: [] }
  expect(await roles()).toEqual([
    { organization: 'Acme', slug: 'lead', name: 'Lead', permissions: ['docs:read'] },
    other,
  ])
  const before = await events()
  expect((await apply(seed('Lead', "'docs:read'"))).marks).toBe('========')
  expect(await events()).toEqual(before)
  expect((await apply(seed('Leader', "'docs:write'"))).marks).toBe('====~===')
  expect(await roles()).toEqual([
    { organization: 'Acme', slug: 'lead', name: 'Leader', permissions: ['docs:write'] },
    other,
  ])
})

test.each([
  ['a weak password in production', 'password: short', /^line 1: ada@acme.test: A password has at least 10 characters/],
  ['a hash that cannot be checked', 'password_hash: nonsense, password_hash_type: bcrypt', /^line 1: ada@acme.test: /],
])('%s changes nothing, and the plan says so', async (_what, password, message) => {
  const { db, production, apply, preview } = await prepare()
  const text = `users: [{ email: ada@acme.test, ${password} }]`
  await expect(preview(text, production)).rejects.toThrow(message)
  await expect(apply(text, production)).rejects.toThrow(message)
  expect((await db.pool.query('select id from users')).rows).toEqual([])
})

test('webhook endpoints and the template of claims are made, changed where they differ, and then left alone', async () => {
  const { db, staging, secrets, apply, preview } = await prepare()
  const endpoints = async () =>
    (await listEndpoints(db, staging.id, { limit: 10, order: 'asc' }, secrets)).data.map(
      ({ endpoint_url, events, status, ordered, secret }) => ({ endpoint_url, events, status, ordered, secret }),
    )
  const seed = (more: string, claims = 'a') => `
webhook_endpoints:
  - { url: 'https://a.test/all' }
  - { endpoint_url: 'https://a.test/some', ${more} }
jwt_template: { content: '{"team": "${claims}"}' }
`
  const first = seed('events: [user.created, user.updated], secret: whsec_first, enabled: false')
  expect((await preview(first)).steps.map(({ mark }) => mark).join('')).toBe('+++')
  expect(await endpoints()).toEqual([])
  expect((await apply(first)).marks).toBe('+++')
  const everything = { endpoint_url: 'https://a.test/all', status: 'enabled', ordered: false }
  expect(await endpoints()).toEqual([
    { ...everything, events: [...wireEventNames], secret: expect.stringMatching(/^whsec_.{32}$/) },
    {
      endpoint_url: 'https://a.test/some',
      events: ['user.created', 'user.updated'],
      status: 'disabled',
      ordered: false,
      secret: 'whsec_first',
    },
  ])
  expect((await apply(first)).marks).toBe('===')

  const second = seed('events: [user.updated, user.deleted], secret: whsec_second, enabled: true, ordered: true', 'b')
  expect((await apply(second)).marks).toBe('~=~')
  expect((await endpoints())[1]).toEqual({
    endpoint_url: 'https://a.test/some',
    events: ['user.updated', 'user.deleted'],
    status: 'enabled',
    ordered: true,
    secret: 'whsec_second',
  })
  const { rows } = await db.pool.query('select count(*) from webhook_secrets where expires_at is not null')
  expect(rows).toEqual([{ count: 1 }])
  expect((await apply(second)).marks).toBe('===')
  expect((await apply(seed(''))).marks).toBe('~==')
  expect((await db.pool.query('select content from jwt_templates')).rows).toEqual([{ content: '{"team": "a"}' }])
})

test('a webhook endpoint that nothing can be delivered to is refused, also by the plan', async () => {
  const { apply, preview } = await prepare()
  const text = "webhook_endpoints: [{ url: 'http://localhost:3000' }]"
  const refusal = { errors: [{ field: 'endpoint_url', code: 'invalid_url' }] }
  await expect(preview(text)).rejects.toMatchObject(refusal)
  await expect(apply(text)).rejects.toMatchObject(refusal)
})
