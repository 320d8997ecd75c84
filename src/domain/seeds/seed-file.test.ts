import { describe, expect, test } from 'vitest'
import { readSeed, SeedInvalid } from './seed-file.ts'

function problemsOf(text: string): readonly string[] {
  try {
    readSeed(text)
  } catch (error) {
    if (error instanceof SeedInvalid) return error.problems
    throw error
  }
  return []
}

describe('what is read', () => {
  test('everything this server has a noun for', () => {
    const seed = readSeed(`
organizations:
  - id: org_acme
    external_id: 12
    name: Acme
    metadata: { plan: pro, seats: 5 }
    domains: [acme.test, { domain: acme.example, state: pending }]
    memberships: [{ email: ADA@acme.test, role: admin }, { email: bob@acme.test, roles: [admin, member], status: pending }]
connections:
  - { id: conn_acme, organization: Acme, connection_type: OktaSAML, idp_metadata_url: 'https://idp.test/m', options: { force_authn: true } }
api_keys: [{ name: CI, value: sk_test_12345 }]
redirect_uris: ['http://localhost:3000/callback', { uri: 'https://a.test/cb', default: true }]
cors_origins: ['http://localhost:3000']
homepage_url: http://localhost:3000
permissions: [{ slug: 'docs:read', name: Read }]
roles: [{ slug: admin, description: All of it, permissions: ['docs:read'] }]
users:
  - { id: user_ada, email: Ada@Acme.test, first_name: Ada, email_verified: true, external_id: 7, metadata: { team: a }, password: '0123' }
  - { email: bob@acme.test, password_hash: $2b$10$x, password_hash_type: bcrypt }
invitations: [{ email: eve@acme.test, organization: Acme, role: admin, expires_in_days: 3, locale: de }, { email: x@y.test }]
webhook_endpoints: [{ endpoint_url: 'https://a.test/hook', events: [user.created], enabled: false, ordered: true, secret: whsec_pinned }]
jwt_template: { content: '{"team": "x"}' }
`)
    expect(seed).toEqual({
      organizations: [
        {
          line: 3,
          id: 'org_acme',
          external_id: '12',
          name: 'Acme',
          metadata: { plan: 'pro', seats: '5' },
          domains: [
            { domain: 'acme.test', state: 'verified' },
            { domain: 'acme.example', state: 'pending' },
          ],
          memberships: [
            { line: 8, email: 'ada@acme.test', roles: ['admin'] },
            { line: 8, email: 'bob@acme.test', roles: ['admin', 'member'], status: 'pending' },
          ],
        },
      ],
      permissions: [{ line: 15, slug: 'docs:read', name: 'Read' }],
      roles: [{ line: 16, slug: 'admin', description: 'All of it', permissions: ['docs:read'] }],
      users: [
        {
          line: 18,
          id: 'user_ada',
          email: 'ada@acme.test',
          first_name: 'Ada',
          email_verified: true,
          external_id: '7',
          metadata: { team: 'a' },
          password: '0123',
        },
        { line: 19, email: 'bob@acme.test', password_hash: '$2b$10$x', password_hash_type: 'bcrypt' },
      ],
      invitations: [
        { line: 20, email: 'eve@acme.test', organization: 'Acme', role: 'admin', expires_in_days: 3, locale: 'de' },
        { line: 20, email: 'x@y.test' },
      ],
      connections: [
        {
          line: 10,
          id: 'conn_acme',
          organization: 'Acme',
          connection_type: 'OktaSAML',
          idp_metadata_url: 'https://idp.test/m',
          options: { force_authn: true },
        },
      ],
      apiKeys: [{ line: 11, name: 'CI', value: 'sk_test_12345', environment: 'staging' }],
      redirectUris: [
        { line: 12, uri: 'http://localhost:3000/callback' },
        { line: 12, uri: 'https://a.test/cb', default: true },
      ],
      logoutUris: [],
      corsOrigins: [{ line: 13, origin: 'http://localhost:3000' }],
      homepageUrl: 'http://localhost:3000',
      webhookEndpoints: [
        {
          line: 21,
          endpoint_url: 'https://a.test/hook',
          events: ['user.created'],
          enabled: false,
          ordered: true,
          secret: 'whsec_pinned',
        },
      ],
      jwtTemplate: '{"team": "x"}',
      ignored: [],
    })
  })

  test("a file of the vendor's emulator, naming what is left out and why", () => {
    const seed = readSeed(`
users: [{ email: alice@acme.test, password: alice123, totp: true }]
organizations:
  - name: Acme
    allowProfilesOutsideOrganization: true
    memberships: [{ email: alice@acme.test, role: admin, status: active }]
connections:
  - { name: Acme SSO, organization: Acme, state: validating, profiles: [{ email: alice@acme.test }] }
webhookEndpoints: [{ url: 'http://localhost:3000', events: [], enabled: true, secret: whsec_pinned }]
invitations: [{ email: bob@acme.test, organization_id: org_1, role_slug: admin, inviter_user_id: user_1 }]
jwtTemplate: { content: '{}' }
apiKeys: { sk_test_default: { environment: test }, sk_live_other: { environment: production } }
`)
    expect(seed.organizations).toEqual([
      {
        line: 4,
        name: 'Acme',
        allow_profiles_outside_organization: true,
        memberships: [{ line: 6, email: 'alice@acme.test', roles: ['admin'], status: 'active' }],
      },
    ])
    expect(seed.users).toEqual([{ line: 2, email: 'alice@acme.test', password: 'alice123' }])
    expect(seed.connections).toEqual([
      { line: 8, name: 'Acme SSO', organization: 'Acme', connection_type: 'GenericSAML' },
    ])
    expect(seed.apiKeys.map(({ value, environment }) => [value, environment])).toEqual([
      ['sk_test_default', 'staging'],
      ['sk_live_other', 'production'],
    ])
    expect(seed.webhookEndpoints).toEqual([
      { line: 9, endpoint_url: 'http://localhost:3000', enabled: true, secret: 'whsec_pinned' },
    ])
    expect(seed.invitations).toEqual([{ line: 10, email: 'bob@acme.test', organization: 'org_1', role: 'admin' }])
    expect(seed.jwtTemplate).toBe('{}')
    expect(seed.ignored).toEqual([
      expect.stringMatching(/^line 2: totp \(/),
      expect.stringMatching(/^line 8: profiles \(/),
      expect.stringMatching(/^line 10: inviter_user_id \(/),
    ])
  })

  test('roles of one organization, and none of an organization that is not named', () => {
    const seed = readSeed(
      'roles:\n- { slug: a, type: OrganizationRole, organizationId: org_1 }\n- { slug: b, organization: Acme }\n- { slug: c, type: OrganizationRole }\n- { slug: d }',
    )
    expect(seed.roles).toEqual([
      { line: 2, slug: 'a', organization: 'org_1' },
      { line: 3, slug: 'b', organization: 'Acme' },
      { line: 5, slug: 'd' },
    ])
    expect(seed.ignored).toEqual(['line 4: role c (say in which organization)'])
  })

  test.each([
    ['JSON', '{"organizations":[{"name":"Acme"}]}'],
    ['nothing', ''],
  ])('%s', (_what, text) => {
    expect(problemsOf(text)).toEqual([])
  })
})

describe('what is refused', () => {
  test.each([
    ['an unknown part', 'orgs: []', /^line 1: "orgs" is not known here\. Did you mean "roles|organizations|groups"/],
    ['an unknown field', 'organizations:\n  - name: A\n    domain: a.test', /^line 3: "domain" .* mean "domains"\?$/],
    ['a missing name', 'organizations:\n  - external_id: a', /^line 2: organizations\[0\] needs "name"\.$/],
    ['a list that is not one', 'organizations: {}', /^line 1: organizations must be a list\.$/],
    ['an item that is not a map', 'organizations: [Acme]', /^line 1: organizations\[0\] must be a map/],
    ['an id of another kind', 'organizations: [{ name: A, id: conn_1 }]', /id is "conn_1"; it must be org_…/],
    ['an id that would need escaping', 'organizations: [{ name: A, id: org_a/b }]', /it must be org_…/],
    [
      'a state nobody knows',
      'organizations: [{ name: A, domains: [{ domain: a.test, state: ok }] }]',
      /verified or pending/,
    ],
    ['text PostgreSQL cannot hold', 'organizations: [{ name: "a\\0" }]', /name must be text/],
    ['an option nobody knows', 'connections: [{ organization: A, options: { sign: true } }]', /^line 1: options /],
    ['a key clients could not send', 'api_keys: [{ name: A, value: "sk_test 1" }]', /starts with sk_/],
    ['an address that is none', 'users: [{ email: ada }]', /^line 1: "ada" is not an email address\.$/],
    ['an unknown field of a user', 'users:\n- email: a@b.test\n  emial_verified: true', /^line 3: .* "email_verified"/],
    [
      'a password read as a number',
      'users: [{ email: a@b.test, password: 12345678 }]',
      /^line 1: password must be text/,
    ],
    ['a user without a word of who', 'users: [{}]', /^line 1: users\[0\] needs "email"\.$/],
    [
      'two passwords of one user',
      'users: [{ email: a@b.test, password: x, password_hash: y, password_hash_type: bcrypt }]',
      /a password or the hash of one, not both/,
    ],
    ['a hash of no kind', 'users: [{ email: a@b.test, password_hash: y }]', /go together/],
    [
      'a hash of an unknown kind',
      'users: [{ email: a@b.test, password_hash: y, password_hash_type: md5 }]',
      /^line 1: /,
    ],
    ['a slug that cannot be one', 'roles: [{ slug: Not A Slug }]', /^line 1: slug /],
    ['an unknown field of a role', 'roles: [{ slug: a, permission: [] }]', /mean "permissions"/],
    ['an unknown field of a permission', 'permissions: [{ slug: a, nam: x }]', /mean "name"/],
    ['a role of no kind', 'roles: [{ slug: a, type: Role }]', /type must be EnvironmentRole or OrganizationRole/],
    [
      'a role of everybody in one organization',
      'roles: [{ slug: a, type: EnvironmentRole, organization: A }]',
      /leave the organization out/,
    ],
    [
      'an unknown field of a member',
      'organizations: [{ name: A, memberships: [{ email: a@b.test, rol: x }] }]',
      /mean "role"/,
    ],
    [
      'a role in no organization',
      'invitations: [{ email: a@b.test, role: admin }]',
      /a role is one in an organization/,
    ],
    ['an unknown field of an invitation', 'invitations: [{ email: a@b.test, organisation: A }]', /mean "organization"/],
    ['an invitation for ever', 'invitations: [{ email: a@b.test, expires_in_days: 365 }]', /^line 1: expires_in_days /],
    ['a webhook to nowhere', 'webhook_endpoints: [{ events: [] }]', /^line 1: .* needs "endpoint_url"\.$/],
    [
      'an event nobody emits',
      "webhook_endpoints: [{ url: 'https://a.test', events: [user.creatd] }]",
      /mean "user\.created"\?$/,
    ],
    ['a secret too short', "webhook_endpoints: [{ url: 'https://a.test', secret: abc }]", /^line 1: a secret is 8/],
    ['a template that is none', "jwt_template: { content: '{{' }", /^line 1: content: /],
    ['a file that is a list', '- name: A', /^line 1: the file must be a map/],
    ['a broken file', 'a: [', /^line 1: /],
  ])('%s', (_what, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)])
  })

  test('every problem at once', () => {
    expect(problemsOf('organizations: [{}, { name: A, idd: x }]\nnope: 1')).toHaveLength(3)
  })
})
