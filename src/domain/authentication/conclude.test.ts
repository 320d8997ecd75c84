import { describe, expect, test } from 'vitest'
import type { AuthenticationMethod } from '#contracts/authentication.ts'
import { type Circumstances, conclude, type OrganizationPolicy, type Proven } from './conclude.ts'
import { defaultSettings } from './settings.ts'

const proven: Proven = {
  user: { id: 'user_1', email: 'ann@acme.test', email_verified: true },
  method: 'Password',
  organization: null,
  connection: null,
  mfa: false,
  emailProven: false,
}
const settings = defaultSettings
const alone: Circumstances = { settings, memberships: [], domainOwner: null, factors: [] }
const acme: OrganizationPolicy = { id: 'org_acme', name: 'Acme', settings: {}, connections: [] }
const beta: OrganizationPolicy = { id: 'org_beta', name: 'Beta', settings: {}, connections: [] }
const acmeWithSso: OrganizationPolicy = { ...acme, connections: ['conn_acme'] }
const factors = [{ id: 'auth_factor_1', type: 'totp' }] as const
const unverified = { ...proven, user: { ...proven.user, email_verified: false } }
const bySso: Proven = { ...proven, method: 'SSO', connection: { id: 'conn_acme', organization: 'org_acme' } }
const passwordOff = { ...settings, methods: { ...settings.methods, password: false } }
const verificationOff = { ...settings, email_verification_required: false }
const done = (organization: string | null) => ({ kind: 'done', organization })

type Row = readonly [string, Partial<Proven>, Partial<Circumstances>, object]

describe('where a sign-in ends', () => {
  test.each<Row>([
    ['without memberships there is no organization', {}, {}, done(null)],
    ['the only membership is the organization', {}, { memberships: [acme] }, done('org_acme')],
    [
      'of several the person chooses',
      {},
      { memberships: [acme, beta] },
      {
        kind: 'organization_selection_required',
        organizations: [
          { id: 'org_acme', name: 'Acme' },
          { id: 'org_beta', name: 'Beta' },
        ],
      },
    ],
    [
      'what was asked for is not asked again',
      { organization: 'org_beta' },
      { memberships: [acme, beta] },
      done('org_beta'),
    ],
    [
      'an organization one is no member of is refused',
      { organization: 'org_beta' },
      { memberships: [acme] },
      { kind: 'not_a_member', organization: 'org_beta' },
    ],
    ['SSO leads to the organization of the connection', bySso, { memberships: [acme, beta] }, done('org_acme')],
    ['SSO of an organization one is no member of leads to one’s own', bySso, { memberships: [beta] }, done('org_beta')],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around })).toEqual(expected)
  })
})

describe('the inbox', () => {
  test.each<Row>([
    ['must be proven', unverified, {}, { kind: 'email_verification_required' }],
    ['is proven by this very sign-in', { ...unverified, emailProven: true }, {}, done(null)],
    ['need not be proven where nobody asks for it', unverified, { settings: verificationOff }, done(null)],
    [
      'is not asked for before a detour that proves it',
      unverified,
      { domainOwner: acmeWithSso },
      { kind: 'sso_required', connections: ['conn_acme'] },
    ],
    ['is no matter of an impersonator', { ...unverified, method: 'Impersonation' }, {}, done(null)],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around })).toEqual(expected)
  })
})

describe('who must use SSO', () => {
  const required = { kind: 'sso_required', connections: ['conn_acme'] }
  test.each<Row>([
    ['people of a domain whose organization has a connection', {}, { domainOwner: acmeWithSso }, required],
    ['also those who are no members yet', {}, { domainOwner: acmeWithSso, memberships: [beta] }, required],
    ['nobody without an active connection', {}, { domainOwner: acme }, done(null)],
    [
      'nobody where the organization says so',
      {},
      { domainOwner: { ...acmeWithSso, settings: { sso_required: false } } },
      done(null),
    ],
    ['not those who did', bySso, { domainOwner: acmeWithSso, memberships: [acmeWithSso] }, done('org_acme')],
    [
      'those who used another organization’s',
      { method: 'SSO', connection: { id: 'conn_beta', organization: 'org_beta' } },
      { domainOwner: acmeWithSso, memberships: [beta] },
      required,
    ],
    ['not guests of other domains', {}, { memberships: [acmeWithSso] }, done('org_acme')],
    ['not impersonators', { method: 'Impersonation' }, { domainOwner: acmeWithSso }, done(null)],
    ['not only with passwords: passkeys too', { method: 'Passkey' }, { domainOwner: acmeWithSso }, required],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around })).toEqual(expected)
  })
})

describe('a method', () => {
  const noPassword = { ...acmeWithSso, settings: { methods: { password: false } } }
  test.each<Row>([
    ['that is off in the environment is refused', {}, { settings: passwordOff }, { kind: 'method_not_allowed' }],
    ['others are not', { method: 'MagicAuth' }, { settings: passwordOff }, done(null)],
    [
      'that is off in the organization is answered with those that are on',
      {},
      { memberships: [noPassword] },
      {
        kind: 'organization_methods_required',
        connections: ['conn_acme'],
        methods: { ...settings.methods, password: false },
      },
    ],
    ['SSO has no switch', bySso, { memberships: [noPassword] }, done('org_acme')],
    [
      'on in an organization does not come back where the environment has it off',
      {},
      { settings: passwordOff, memberships: [{ ...acme, settings: { methods: { password: true } } }] },
      { kind: 'method_not_allowed' },
    ],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around })).toEqual(expected)
  })
})

describe('a second factor', () => {
  const required = { ...settings, mfa: 'required' as const }
  const off = { ...settings, mfa: 'off' as const }
  const strict = { ...acme, settings: { mfa: 'required' as const } }
  const challenge = { kind: 'mfa_challenge', factors }
  test.each<Row>([
    ['is asked of who has one', {}, { factors }, challenge],
    ['is not asked of who has none', {}, {}, done(null)],
    ['is not asked again', { mfa: true }, { factors }, done(null)],
    ['must be made where it is required', {}, { settings: required }, { kind: 'mfa_enrollment' }],
    ['is asked where it is required', {}, { settings: required, factors }, challenge],
    ['is not asked where it is off', {}, { settings: off, factors }, done(null)],
    ['is required by an organization alone', {}, { memberships: [strict] }, { kind: 'mfa_enrollment' }],
    [
      'is not required by an organization that says so',
      {},
      { settings: required, memberships: [{ ...acme, settings: { mfa: 'off' } }] },
      done('org_acme'),
    ],
    ...(['SSO', 'Passkey', 'Impersonation'] as AuthenticationMethod[]).map((method): Row => [
      `is not asked after ${method}`,
      { method },
      { settings: required, factors },
      done(null),
    ]),
    ['is not asked after SSO of the organization that demands it', bySso, { memberships: [strict] }, done('org_acme')],
    [
      'is asked by an organization that demands it of who came by the identity provider of another',
      { ...bySso, organization: 'org_beta' },
      { memberships: [acme, { ...beta, settings: { mfa: 'required' } }], factors },
      challenge,
    ],
    [
      'is not asked of them where the environment alone demands it',
      { ...bySso, organization: 'org_beta' },
      { settings: required, memberships: [acme, beta], factors },
      done('org_beta'),
    ],
    ['comes after the inbox', unverified, { settings: required }, { kind: 'email_verification_required' }],
    [
      'comes after the choice of the organization, whose rule it may be',
      {},
      { settings: required, memberships: [acme, beta] },
      expect.objectContaining({ kind: 'organization_selection_required' }),
    ],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around })).toEqual(expected)
  })
})

describe('a refresh', () => {
  test.each<Row>([
    ['asks for no choice', {}, { memberships: [acme, beta] }, done(null)],
    ['stays where it is', { organization: 'org_beta' }, { memberships: [acme, beta] }, done('org_beta')],
    ['asks for no inbox', unverified, {}, done(null)],
    ['asks for no factor that is optional', {}, { factors }, done(null)],
    [
      'asks for one that is required since',
      {},
      { settings: { ...settings, mfa: 'required' } },
      { kind: 'mfa_enrollment' },
    ],
    [
      'ends with the membership',
      { organization: 'org_acme' },
      { memberships: [beta] },
      { kind: 'not_a_member', organization: 'org_acme' },
    ],
    [
      'asks who came by the identity provider of another organization, where they move to one that demands a factor',
      { ...bySso, organization: 'org_beta' },
      { memberships: [acme, { ...beta, settings: { mfa: 'required' } }] },
      { kind: 'mfa_enrollment' },
    ],
    ['ends with the method', {}, { settings: passwordOff }, { kind: 'method_not_allowed' }],
    [
      'wants SSO that is required since',
      {},
      { domainOwner: acmeWithSso },
      { kind: 'sso_required', connections: ['conn_acme'] },
    ],
  ])('%s', (_claim, shown, around, expected) => {
    expect(conclude({ ...proven, ...shown }, { ...alone, ...around }, 'refresh')).toEqual(expected)
  })
})
