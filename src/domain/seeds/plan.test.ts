import { describe, expect, test } from 'vitest'
import type { OrganizationId } from '#contracts/ids.ts'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { planSeed, type SeedState, type StoredConnection } from './plan.ts'
import { readSeed } from './seed-file.ts'

const time = '2026-01-01T00:00:00.000Z'

function organization(id: OrganizationId, name: string, more: Partial<Organization> = {}): Organization {
  return {
    object: 'organization',
    id,
    name,
    allow_profiles_outside_organization: false,
    domains: [],
    external_id: null,
    metadata: {},
    created_at: time,
    updated_at: time,
    ...more,
  }
}

function domain(name: string, state: OrganizationDomain['state']): OrganizationDomain {
  return {
    object: 'organization_domain',
    id: 'org_domain_1',
    organization_id: 'org_1',
    domain: name,
    state,
    verification_strategy: 'manual',
    created_at: time,
    updated_at: time,
  }
}

const connection: StoredConnection = {
  id: 'conn_1',
  organization_id: 'org_1',
  connection_type: 'OktaSAML',
  name: 'Acme Okta',
  state: 'active',
  idp_metadata_url: 'https://idp.test/m',
  idp_entity_id: 'https://idp.test',
  idp_sso_redirect_url: 'https://idp.test/sso',
  idp_certificates: ['AAAA'],
  attribute_map: {},
  options: { force_authn: true },
}

const nothing: SeedState = {
  permissions: [],
  roles: [],
  organizationRoles: [],
  users: [],
  memberships: [],
  invitations: [],
  organizations: [],
  connections: [],
  apiKeys: [],
  redirectUris: [],
  logoutUris: [],
  corsOrigins: [],
  homepageUrl: null,
  webhookEndpoints: [],
  jwtTemplate: null,
}

function plan(text: string, state: Partial<SeedState> = {}) {
  return planSeed(readSeed(text), { ...nothing, ...state })
}

/** The plan as people read it. */
function lines(text: string, state: Partial<SeedState> = {}): string[] {
  const { steps, problems } = plan(text, state)
  expect(problems).toEqual([])
  return steps.flatMap(({ mark, what, details }) => [
    `${mark} ${what}`,
    ...details.map((detail) => `  ${detail.mark} ${detail.text}`),
  ])
}

describe('organizations', () => {
  const acme = organization('org_1', 'Acme', { external_id: 'a1', metadata: { plan: 'free' } })

  test.each([
    [
      'a new one is made',
      'organizations: [{ name: Acme, domains: [acme.test] }]',
      [],
      ['+ organization Acme', '  + domain acme.test (verified)'],
    ],
    ['found by id', 'organizations: [{ id: org_1, name: Acme }]', [acme], ['= organization Acme (org_1)']],
    [
      'found by external id',
      'organizations: [{ external_id: a1, name: Acme }]',
      [acme],
      ['= organization Acme (org_1)'],
    ],
    ['found by name', 'organizations: [{ name: Acme }]', [acme], ['= organization Acme (org_1)']],
    [
      'a pinned id is never found by name',
      'organizations: [{ id: org_2, name: Acme }]',
      [acme],
      ['+ organization Acme'],
    ],
    [
      'another external id is another organization',
      'organizations: [{ external_id: b, name: Acme }]',
      [acme],
      ['+ organization Acme'],
    ],
    [
      'found by name, it gets its external id',
      'organizations: [{ external_id: n, name: New }]',
      [organization('org_3', 'New')],
      ['~ organization New (org_3)', '  ~ external_id nothing -> "n"'],
    ],
    [
      'what differs is named',
      'organizations: [{ id: org_1, name: Acme Inc, metadata: { plan: pro } }]',
      [acme],
      ['~ organization Acme Inc (org_1)', '  ~ name "Acme" -> "Acme Inc"', '  ~ metadata plan "free" -> "pro"'],
    ],
  ])('%s', (_claim, text, organizations, expected) => {
    expect(lines(text, { organizations })).toEqual(expected)
  })

  test('a list of domains is the whole list, compared in the form domains are kept in', () => {
    const domains = [
      domain('old.test', 'verified'),
      domain('kept.test', 'legacy_verified'),
      domain('open.test', 'pending'),
    ]
    const text = 'organizations: [{ id: org_1, name: Acme, domains: [KEPT.test., open.test, new.test] }]'
    expect(lines(text, { organizations: [{ ...acme, domains }] })).toEqual([
      '~ organization Acme (org_1)',
      '  + domain new.test (verified)',
      '  ~ domain open.test pending -> verified',
      '  - domain old.test',
    ])
  })

  test('no list of domains leaves them alone', () => {
    const organizations = [{ ...acme, domains: [domain('old.test', 'verified')] }]
    expect(lines('organizations: [{ id: org_1, name: Acme }]', { organizations })).toEqual([
      '= organization Acme (org_1)',
    ])
  })

  test.each([
    [
      'an external id that is taken',
      'organizations: [{ id: org_9, external_id: a1, name: X }]',
      [acme],
      /belongs to org_1/,
    ],
    [
      'a name that several have',
      'organizations: [{ name: Acme }]',
      [acme, organization('org_2', 'Acme')],
      /2 organizations/,
    ],
    [
      'one organization described twice',
      'organizations:\n- { id: org_1, name: A }\n- { external_id: a1, name: B }',
      [acme],
      /same organization as line 2/,
    ],
    ['a domain that cannot be one', 'organizations: [{ name: A, domains: ["a b"] }]', [], /'a b' is not a domain name/],
  ])('refuses %s', (_what, text, organizations, message) => {
    expect(plan(text, { organizations }).problems).toEqual([expect.stringMatching(message)])
  })
})

describe('connections', () => {
  const state = { organizations: [organization('org_1', 'Acme')], connections: [connection] }

  test.each([
    [
      'found by id',
      '{ id: conn_1, organization: org_1, connection_type: OktaSAML }',
      ['= connection OktaSAML of org_1 (conn_1)'],
    ],
    [
      'found by name',
      '{ organization: Acme, name: Acme Okta, connection_type: OktaSAML }',
      ['= connection Acme Okta of Acme (conn_1)'],
    ],
    ['found by type', '{ organization: Acme, connection_type: OktaSAML }', ['= connection OktaSAML of Acme (conn_1)']],
    [
      'made under another name',
      '{ organization: Acme, name: Second, connection_type: OktaSAML }',
      ['+ connection Second of Acme'],
    ],
    [
      'active already',
      '{ organization: Acme, connection_type: OktaSAML, state: active }',
      ['= connection OktaSAML of Acme (conn_1)'],
    ],
    [
      'changed where it differs',
      '{ id: conn_1, organization: Acme, name: Okta, connection_type: OktaSAML, state: inactive, idp_metadata_url: "https://new.test/m", options: { force_authn: false } }',
      [
        '~ connection Okta of Acme (conn_1)',
        '  ~ name "Acme Okta" -> "Okta"',
        '  ~ option force_authn -> false',
        '  ~ state active -> inactive',
        '  ~ idp_metadata_url -> https://new.test/m',
      ],
    ],
    [
      'as described, down to the certificate',
      '{ id: conn_1, organization: Acme, connection_type: OktaSAML, idp_entity_id: "https://idp.test", idp_sso_url: "https://idp.test/sso", x509_certificates: ["-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----"] }',
      ['= connection OktaSAML of Acme (conn_1)'],
    ],
  ])('%s', (_claim, text, expected) => {
    expect(lines(`connections: [${text}]`, state)).toEqual(expected)
  })

  test('one of an organization in the same file refers to the step that makes it', () => {
    const { steps } = plan('organizations: [{ name: B }, { name: A }]\nconnections: [{ organization: A }]')
    expect(steps.at(-1)?.action).toMatchObject({ do: 'create connection', organization: { made: 1 } })
  })

  test.each([
    ['an organization nobody has', '{ organization: Nobody }', /line 1: there is no organization "Nobody"/],
    ['a type nobody can make', '{ organization: Acme, connection_type: OktaSaml }', /mean "OktaSAML"/],
    [
      'another type for the same id',
      '{ id: conn_1, organization: Acme, connection_type: AzureSAML }',
      /OktaSAML, which cannot be changed/,
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(plan(`connections: [${text}]`, state).problems).toEqual([expect.stringMatching(message)])
  })
})

describe('keys and addresses', () => {
  const key = { id: 'api_key_1', name: 'CI', hash: hashSecret('sk_test_12345'), usable: true } as const
  const uri = { id: 'redir_1', uri: 'http://localhost:3000/callback', isDefault: false } as const

  test.each([
    [
      'a key is its value',
      'api_keys: [{ name: Other, value: sk_test_12345 }]',
      { apiKeys: [key] },
      ['= api key Other'],
    ],
    [
      'another value is another key',
      'api_keys: [{ name: CI, value: sk_test_99999 }]',
      { apiKeys: [key] },
      ['+ api key CI'],
    ],
    ['without a value the name decides', 'api_keys: [{ name: CI }]', { apiKeys: [key] }, ['= api key CI']],
    [
      'a key that ended does not count',
      'api_keys: [{ name: CI }]',
      { apiKeys: [{ ...key, usable: false }] },
      ['+ api key CI'],
    ],
    ['a known address', `redirect_uris: ["${uri.uri}"]`, { redirectUris: [uri] }, [`= redirect uri ${uri.uri}`]],
    [
      'a known address becomes the default',
      `redirect_uris: [{ uri: "${uri.uri}", default: true }]`,
      { redirectUris: [uri] },
      [`~ redirect uri ${uri.uri}`, '  ~ becomes the default'],
    ],
    ['a new sign-out address', 'logout_uris: ["https://a.test"]', {}, ['+ logout uri https://a.test']],
    [
      'a known origin',
      'cors_origins: ["https://a.test"]',
      { corsOrigins: ['https://a.test'] },
      ['= cors origin https://a.test'],
    ],
    [
      'another homepage',
      'homepage_url: https://b.test',
      { homepageUrl: 'https://a.test' },
      ['~ homepage https://b.test', '  ~ was https://a.test'],
    ],
  ])('%s', (_claim, text, state, expected) => {
    expect(lines(text, state)).toEqual(expected)
  })

  test('a revoked value cannot come back', () => {
    const { problems } = plan('api_keys: [{ name: CI, value: sk_test_12345 }]', {
      apiKeys: [{ ...key, usable: false }],
    })
    expect(problems).toEqual([expect.stringMatching(/was revoked/)])
  })
})
