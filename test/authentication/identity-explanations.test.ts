import { beforeAll, describe, expect, test } from 'vitest'
import type { IdentityExplanation } from '#contracts/identity-explanations.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { useTestServer } from '../support/server.ts'
import { ownersEmail, type Place, placeOf, signUpAt } from '../support/squatter.ts'

const server = useTestServer()
let where: Place
let holder: User
let acme: Organization
let saml: string
let google: string

beforeAll(async () => {
  where = await placeOf(server, await server.environment())
  const { api } = where.environment
  holder = await where.people.user('ann@acme.test')
  acme = await where.people.organization('Acme', { domain_data: [{ domain: 'acme.test', state: 'verified' }] })
  const connection = { organization_id: acme.id, connection_type: 'GenericSAML' }
  saml = (await api<{ id: string }>('POST', '/connections', { body: connection })).body.id
  const client = { client_id: 'ours', client_secret: 'secret' }
  google = (await api<{ id: string }>('PUT', '/oauth_providers/GoogleOAuth', { body: client })).body.id
})

const explain = async (query: Record<string, string>) => {
  const path = `/user_management/identity_explanations?${new URLSearchParams(query)}`
  const { status, body, text } = await where.environment.api<IdentityExplanation>('GET', path)
  if (status !== 200) throw new Error(text)
  return body
}
const codesOf = ({ reasons }: IdentityExplanation) => reasons.map(({ code }) => code)

describe('who an address would become', () => {
  test('through the connection that owns its domain: who has it, at once, as a member', async () => {
    const body = await explain({ email: 'ann@acme.test', connection_id: saml })
    expect(body).toEqual({
      object: 'identity_explanation',
      email: 'ann@acme.test',
      connection_id: saml,
      becomes: 'existing_user',
      user: holder,
      links: 'now',
      email_proven: true,
      joins_organization: true,
      removes_unproven_password: false,
      reasons: [
        { code: 'address_held', message: 'A user has this address.' },
        {
          code: 'organization_vouches',
          message: 'The organization of the connection has verified the domain of the address.',
        },
      ],
    })
  })

  test('where the organization makes no members, it says so', async () => {
    const path = `/organizations/${acme.id}/authentication_settings`
    await where.environment.api('PUT', path, { body: { jit_membership: false } })
    expect((await explain({ email: 'ann@acme.test', connection_id: saml })).joins_organization).toBe(false)
    await where.environment.api('PUT', path, { body: { jit_membership: true } })
  })

  test('through the connection of a company with another domain: nobody without the inbox', async () => {
    const body = await explain({ email: 'boss@elsewhere.test', connection_id: saml })
    expect(body).toMatchObject({ becomes: 'new_user', user: null, links: 'after_inbox', email_proven: false })
    expect(codesOf(body)).toEqual(['address_free', 'nobody_vouches'])
  })

  test.each([
    ['true', 'now', ['address_held', 'provider_vouches']],
    ['false', 'after_inbox', ['address_held', 'nobody_vouches']],
  ])('through a social provider that says verified: %s', async (email_verified, links, codes) => {
    const body = await explain({ email: 'ann@acme.test', connection_id: google, email_verified })
    expect([body.links, codesOf(body)]).toEqual([links, codes])
  })

  test('what a connection says of its vouching counts for nothing', async () => {
    const body = await explain({ email: 'boss@elsewhere.test', connection_id: saml, email_verified: 'true' })
    expect(body.links).toBe('after_inbox')
  })

  test('where somebody signed up who never showed the inbox, they go', async () => {
    await signUpAt(server, where)
    const body = await explain({ email: ownersEmail, connection_id: google, email_verified: 'true' })
    expect(body).toMatchObject({ becomes: 'existing_user', removes_unproven_password: true })
    expect(codesOf(body)).toContain('password_unproven')
  })

  test('where somebody moved there who never showed the inbox, they go', async () => {
    const mover = await where.people.user('mover@elsewhere.test')
    await where.environment.api('PUT', `/user_management/users/${mover.id}`, {
      body: { email: 'moved@elsewhere.test' },
    })
    const body = await explain({ email: 'moved@elsewhere.test', connection_id: google, email_verified: 'true' })
    expect(body).toMatchObject({ user: { id: mover.id }, removes_unproven_password: true })
  })

  test('where the identity is linked: its user, whatever the address', async () => {
    await server.db.pool.query(
      `insert into user_identities (environment_id, id, user_id, kind, provider, idp_id, created_at, updated_at)
       values ($1, 'identity_1', $2, 'oauth', 'GoogleOAuth', 'google|1', $3, $3)`,
      [where.environment.id, holder.id, server.clock.read()],
    )
    const body = await explain({ email: 'new@elsewhere.test', connection_id: google, idp_id: 'google|1' })
    expect(body).toMatchObject({ becomes: 'linked_user', user: holder, links: 'before', email_proven: false })
    expect(codesOf(body)).toEqual(['identity_linked', 'address_changed'])
  })

  test('where sign-ups are closed: nobody', async () => {
    await where.environment.api('PUT', '/authentication_settings', { body: { sign_up: 'closed' } })
    const body = await explain({ email: 'new@elsewhere.test', connection_id: google })
    expect(body).toMatchObject({ becomes: 'nobody', user: null, links: 'never' })
    expect(codesOf(body)).toEqual(['address_free', 'sign_up_closed'])
    await where.environment.api('PUT', '/authentication_settings', { body: { sign_up: 'open' } })
  })
})

test.each([
  ['an unknown connection', { email: 'ann@acme.test', connection_id: 'conn_unknown' }, 404],
  ['no address', { connection_id: 'conn_unknown' }, 422],
  ['what is no address', { email: 'ann', connection_id: 'conn_unknown' }, 422],
])('%s is refused', async (_what, query, status) => {
  const path = `/user_management/identity_explanations?${new URLSearchParams(query)}`
  expect((await where.environment.api('GET', path)).status).toBe(status)
})
