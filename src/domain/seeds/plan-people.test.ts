import { describe, expect, test } from 'vitest'
import { planSeed, type SeedState, type StoredUser } from './plan.ts'
import { readSeed } from './seed-file.ts'

const time = '2026-01-01T00:00:00.000Z'

const acme: SeedState['organizations'][number] = {
  object: 'organization',
  id: 'org_1',
  name: 'Acme',
  allow_profiles_outside_organization: false,
  domains: [],
  external_id: null,
  metadata: {},
  created_at: time,
  updated_at: time,
}

const ada: StoredUser = {
  id: 'user_1',
  email: 'ada@acme.test',
  email_verified: false,
  first_name: 'Ada',
  last_name: null,
  name: null,
  external_id: 'a1',
  metadata: { team: 'x' },
  hasPassword: false,
}

const membership = { id: 'om_1', user_id: 'user_1', organization_id: 'org_1', roles: ['member'] } as const
const invitation = { email: 'eve@acme.test', organization_id: 'org_1', role: 'member' } as const

const state: SeedState = {
  permissions: [{ slug: 'docs:read', name: 'Read', description: null }],
  roles: [{ slug: 'member', name: 'Member', description: null, permissions: ['docs:read'] }],
  organizationRoles: [
    { organization_id: 'org_1', slug: 'org-lead', name: 'Lead', description: null, permissions: ['docs:read'] },
  ],
  organizations: [acme],
  users: [ada],
  memberships: [{ ...membership, status: 'active' }],
  invitations: [],
  connections: [],
  apiKeys: [],
  redirectUris: [],
  logoutUris: [],
  corsOrigins: [],
  homepageUrl: null,
  webhookEndpoints: [],
  jwtTemplate: null,
}

function lines(text: string, more: Partial<SeedState> = {}): string[] {
  const { steps, problems } = planSeed(readSeed(text), { ...state, ...more })
  expect(problems).toEqual([])
  return steps.flatMap(({ mark, what, details }) => [
    `${mark} ${what}`,
    ...details.map((detail) => `  ${detail.mark} ${detail.text}`),
  ])
}

function problems(text: string, more: Partial<SeedState> = {}): readonly string[] {
  return planSeed(readSeed(text), { ...state, ...more }).problems
}

describe('users', () => {
  test.each([
    ['a new one is made', '{ email: bob@acme.test, password: secret }', ['+ user bob@acme.test', '  + password']],
    ['found by address, whatever the case', '{ email: ADA@acme.test }', ['= user ada@acme.test (user_1)']],
    ['found by id', '{ id: user_1, email: ada@acme.test }', ['= user ada@acme.test (user_1)']],
    [
      'found by external id, the address may change',
      '{ external_id: a1, email: ada@new.test }',
      ['~ user ada@new.test (user_1)', '  ~ email "ada@acme.test" -> "ada@new.test"'],
    ],
    [
      'what differs is named, a password is not shown',
      '{ email: ada@acme.test, email_verified: true, last_name: L, metadata: { team: y }, password: hush-hush }',
      [
        '~ user ada@acme.test (user_1)',
        '  ~ last_name nothing -> "L"',
        '  ~ email_verified false -> true',
        '  ~ metadata team -> "y"',
        '  + password',
      ],
    ],
  ])('%s', (_claim, text, expected) => {
    expect(lines(`users: [${text}]`)).toEqual(expected)
  })

  test('a password that somebody has stays', () => {
    const users = [{ ...ada, hasPassword: true }]
    expect(lines('users: [{ email: ada@acme.test, password: x }]', { users })).toEqual([
      '= user ada@acme.test (user_1)',
    ])
  })

  test('metadata that is as described is not emptied by another change', () => {
    const { steps } = planSeed(readSeed('users: [{ email: ada@acme.test, name: A, metadata: { team: x } }]'), state)
    expect(steps[0]?.action).toMatchObject({ change: { name: 'A' } })
    expect(steps[0]?.action).not.toHaveProperty('change.metadata')
  })

  test.each([
    ['an address of somebody else', 'users: [{ id: user_2, email: ada@acme.test }]', /ada@acme.test belongs to user_1/],
    [
      'an external id and an address of one user',
      'users: [{ email: bob@acme.test, external_id: a1 }, { email: ada@acme.test }]',
      /same user as line 1/,
    ],
    ['one user twice', 'users:\n- { email: ada@acme.test }\n- { id: user_1, email: a@b.test }', /same user as line 2/],
  ])('refuses %s', (_what, text, message) => {
    expect(problems(text)[0]).toMatch(message)
  })
})

describe('roles and permissions', () => {
  test.each([
    [
      'new ones are made',
      "permissions: [{ slug: 'docs:write' }]\nroles: [{ slug: admin, permissions: ['docs:read', 'docs:write'] }]",
      ['+ permission docs:write', '+ role admin', '  + permission docs:read', '  + permission docs:write'],
    ],
    [
      'as described',
      "permissions: [{ slug: 'docs:read', name: Read }]\nroles: [{ slug: member, permissions: ['docs:read'] }]",
      ['= permission docs:read', '= role member'],
    ],
    [
      'a list of permissions is the whole list',
      'roles: [{ slug: member, name: Reader, permissions: [] }]',
      ['~ role member', '  ~ name "Member" -> "Reader"', '  - permission docs:read'],
    ],
    ['without a list they are left alone', 'roles: [{ slug: member }]', ['= role member']],
    [
      'one of an organization is found there alone',
      "organizations: [{ name: B }]\nroles: [{ slug: org-lead, organization: Acme, permissions: ['docs:read'] }, { slug: org-lead, organization: B, type: OrganizationRole }]",
      ['+ organization B', '= role org-lead of Acme', '+ role org-lead of B'],
    ],
    [
      'and is changed there',
      'roles: [{ slug: org-lead, organization_id: org_1, name: Leader, permissions: [] }]',
      ['~ role org-lead of org_1', '  ~ name "Lead" -> "Leader"', '  - permission docs:read'],
    ],
  ])('%s', (_claim, text, expected) => {
    expect(lines(text)).toEqual(expected)
  })

  test.each([
    ['a permission nobody has', "roles: [{ slug: a, permissions: ['docs:reed'] }]", /Did you mean "docs:read"/],
    ['a role twice', 'roles: [{ slug: a }, { slug: a }]', /stands on line 1 already/],
    [
      'a role of an organization twice',
      'roles: [{ slug: a, organization: Acme }, { slug: a, organization: org_1 }]',
      /stands on line 1 already/,
    ],
    [
      'a role of no organization',
      'roles: [{ slug: a, organization: Acne }]',
      /^line 1: there is no organization "Acne"/,
    ],
    [
      'a role of one of several',
      'organizations: [{ name: A, id: org_a }, { name: A, id: org_b }]\nroles: [{ slug: a, organization: A }]',
      /several organizations are called "A"/,
    ],
    [
      'a role of an organization by a slug that all have',
      'roles: [{ slug: member, organization: Acme }]',
      /another slug/,
    ],
    ['or will have', 'roles: [{ slug: a, organization: Acme }, { slug: a }]', /"a" is a role of the environment/],
    [
      'a permission nobody has, of an organization',
      "roles: [{ slug: a, organization: Acme, permissions: ['x'] }]",
      /no permission "x"/,
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)])
  })
})

describe('memberships', () => {
  const inAcme = (text: string) => `organizations: [{ name: Acme, memberships: [${text}] }]`
  const what = 'membership of ada@acme.test in Acme'

  test.each([
    ['as described', 'active', '{ email: ada@acme.test, role: member, status: active }', [`= ${what}`]],
    ['a status that is not said stays', 'inactive', '{ email: ada@acme.test }', [`= ${what}`]],
    [
      'other roles',
      'active',
      '{ email: ada@acme.test, roles: [org-lead, member] }',
      [`~ ${what}`, '  ~ roles member -> org-lead, member'],
    ],
    [
      'opened again',
      'inactive',
      '{ email: ada@acme.test, status: active }',
      [`~ ${what}`, '  ~ status inactive -> active'],
    ],
    ['who was to wait may have come in', 'active', '{ email: ada@acme.test, status: pending }', [`= ${what}`]],
  ] as const)('%s', (_claim, status, text, expected) => {
    expect(lines(inAcme(text), { memberships: [{ ...membership, status }] }).slice(1)).toEqual(expected)
  })

  test('one of a new user in a new organization refers to the steps that make them', () => {
    const text = 'organizations: [{ name: B, memberships: [{ email: n@b.test }] }]\nusers: [{ email: n@b.test }]'
    const { steps } = planSeed(readSeed(text), state)
    expect(steps.at(-1)?.action).toMatchObject({ organization: { made: 0 }, user: { madeUser: 0 }, status: 'active' })
  })

  test('a role of the organization that the file makes is one to give, a role of another is none', () => {
    const text = (role: string) =>
      `organizations: [{ name: B, memberships: [{ email: ada@acme.test, role: ${role} }] }, { name: C }]\nroles: [{ slug: b-lead, organization: B }, { slug: c-lead, organization: C }]`
    expect(lines(text('b-lead'))).toContain('+ membership of ada@acme.test in B')
    expect(problems(text('c-lead'))).toEqual([expect.stringMatching(/no role "c-lead"/)])
    expect(problems(text('org-lead'))).toEqual([expect.stringMatching(/no role "org-lead"/)])
  })

  test.each([
    ['a user nobody is', '{ email: ad@acme.test }', /no user "ad@acme.test"\. Did you mean "ada@acme.test"/],
    ['a role nobody has', '{ email: ada@acme.test, role: membr }', /no role "membr"\. Did you mean "member"/],
    ['somebody twice', '{ email: ada@acme.test }, { email: ada@acme.test }', /there or invited already/],
  ])('refuses %s', (_what, text, message) => {
    expect(problems(inAcme(text))).toEqual([expect.stringMatching(message)])
  })
})

describe('invitations', () => {
  const eve = 'invitations: [{ email: eve@acme.test, organization: Acme, role: member }]'

  test.each([
    ['sent', eve, [], ['+ invitation of eve@acme.test to Acme', '  + role member']],
    ['open already', eve, [{ ...invitation, state: 'pending' }], ['= invitation of eve@acme.test to Acme']],
    ['accepted since', eve, [{ ...invitation, state: 'accepted' }], ['= invitation of eve@acme.test to Acme']],
    [
      'to whom it was sent for another organization',
      eve,
      [{ ...invitation, organization_id: null, state: 'pending' }],
      ['+ invitation of eve@acme.test to Acme', '  + role member'],
    ],
    [
      'of a member',
      'invitations: [{ email: ada@acme.test, organization: Acme }]',
      [],
      ['= invitation of ada@acme.test to Acme'],
    ],
    ['of a user', 'invitations: [{ email: ada@acme.test }]', [], ['= invitation of ada@acme.test']],
  ] as const)('%s', (_claim, text, invitations, expected) => {
    expect(lines(text, { invitations })).toEqual(expected)
  })

  test.each([
    [
      'an organization nobody has',
      'invitations: [{ email: e@b.test, organization: Nobody }]',
      /no organization "Nobody"/,
    ],
    ['a role nobody has', 'invitations: [{ email: e@b.test, organization: Acme, role: x }]', /no role "x"/],
    [
      'whom the file makes a member',
      'organizations: [{ name: Acme, memberships: [{ email: ada@acme.test }] }]\ninvitations: [{ email: ada@acme.test, organization: Acme }]',
      /line 2: line 1 says of ada@acme.test/,
    ],
    [
      'whom the file makes a user',
      'users: [{ email: n@b.test }]\ninvitations: [{ email: n@b.test }]',
      /need not be invited/,
    ],
  ])('refuses %s', (_what, text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)])
  })

  test('refuses another role than the one that was promised', () => {
    const invitations = [{ ...invitation, role: null, state: 'pending' }] as const
    expect(problems(eve, { invitations })).toEqual([expect.stringMatching(/cannot be changed to member/)])
  })
})
