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
connections:
  - { id: conn_acme, organization: Acme, connection_type: OktaSAML, idp_metadata_url: 'https://idp.test/m', options: { force_authn: true } }
api_keys: [{ name: CI, value: sk_test_12345 }]
redirect_uris: ['http://localhost:3000/callback', { uri: 'https://a.test/cb', default: true }]
cors_origins: ['http://localhost:3000']
homepage_url: http://localhost:3000
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
        },
      ],
      connections: [
        {
          line: 9,
          id: 'conn_acme',
          organization: 'Acme',
          connection_type: 'OktaSAML',
          idp_metadata_url: 'https://idp.test/m',
          options: { force_authn: true },
        },
      ],
      apiKeys: [{ line: 10, name: 'CI', value: 'sk_test_12345', environment: 'staging' }],
      redirectUris: [
        { line: 11, uri: 'http://localhost:3000/callback' },
        { line: 11, uri: 'https://a.test/cb', default: true },
      ],
      logoutUris: [],
      corsOrigins: [{ line: 12, origin: 'http://localhost:3000' }],
      homepageUrl: 'http://localhost:3000',
      ignored: [],
    })
  })

  test("a file of the vendor's emulator, naming what is left out and why", () => {
    const seed = readSeed(`
users: [{ email: alice@acme.test }]
organizations:
  - name: Acme
    allowProfilesOutsideOrganization: true
    memberships: [{ email: alice@acme.test }]
connections:
  - { name: Acme SSO, organization: Acme, state: validating, profiles: [{ email: alice@acme.test }] }
webhookEndpoints: [{ url: http://localhost:3000 }]
apiKeys: { sk_test_default: { environment: test }, sk_live_other: { environment: production } }
`)
    expect(seed.organizations).toEqual([{ line: 4, name: 'Acme', allow_profiles_outside_organization: true }])
    expect(seed.connections).toEqual([
      { line: 8, name: 'Acme SSO', organization: 'Acme', connection_type: 'GenericSAML' },
    ])
    expect(seed.apiKeys.map(({ value, environment }) => [value, environment])).toEqual([
      ['sk_test_default', 'staging'],
      ['sk_live_other', 'production'],
    ])
    expect(seed.ignored).toEqual([
      expect.stringMatching(/^line 2: users \(/),
      expect.stringMatching(/^line 9: webhookEndpoints \(/),
      expect.stringMatching(/^line 6: memberships \(/),
      expect.stringMatching(/^line 8: profiles \(/),
    ])
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
    ['a file that is a list', '- name: A', /^line 1: the file must be a map/],
    ['a broken file', 'a: [', /^line 1: /],
  ])('%s', (_what, text, message) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)])
  })

  test('every problem at once', () => {
    expect(problemsOf('organizations: [{}, { name: A, idd: x }]\nnope: 1')).toHaveLength(3)
  })
})
