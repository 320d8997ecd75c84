import { beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#contracts/users.ts'
import type { Organization } from '#contracts/organizations.ts'
import { type Authenticated, claimsOf, peopleOf, type People } from '../support/people.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
})

const sessionsOf = async (user: User) =>
  (
    await environment.api<{ data: { id: string; status: string }[] }>(
      'GET',
      `/user_management/users/${user.id}/sessions`,
    )
  ).body.data
const refusal = ({ status, body }: { status: number; body: unknown }) => [status, body]
const grant = (error_description: string) => [400, { error: 'invalid_grant', error_description }]

describe('a refresh', () => {
  test('gives a new pair and keeps the session', async () => {
    const user = await people.user()
    const first = await people.signIn(user)
    server.clock.advance(60_000)
    const { status, body } = await people.refresh(first.refresh_token)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { id: user.id }, authentication_method: 'Password' })
    expect(body.refresh_token).not.toBe(first.refresh_token)
    const [before, after] = [claimsOf(first), claimsOf(body)]
    expect(after).toMatchObject({ sid: before['sid'], sub: user.id, auth_time: before['auth_time'] })
    expect(after.iat).toBe((before.iat ?? 0) + 60)
    expect(after.jti).not.toBe(before.jti)
  })

  test('needs no secret', async () => {
    const { refresh_token } = await people.signIn(await people.user())
    expect((await people.refresh(refresh_token, { client_secret: null })).status).toBe(200)
  })

  test('of twenty tabs at once is one: all get the same pair', async () => {
    const { refresh_token } = await people.signIn(await people.user())
    const answers = await Promise.all(Array.from({ length: 20 }, () => people.refresh(refresh_token)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    const pairs = new Set(answers.map(({ body }) => `${body.access_token} ${body.refresh_token}`))
    expect(pairs.size).toBe(1)
    const [next] = answers
    expect((await people.refresh(next?.body.refresh_token ?? '')).status).toBe(200)
  })

  test('that got lost can be repeated for half a minute', async () => {
    const { refresh_token } = await people.signIn(await people.user())
    const lost = await people.refresh(refresh_token)
    server.clock.advance(30_000)
    const repeated = await people.refresh(refresh_token)
    expect(repeated.body).toEqual(lost.body)
  })

  test('that comes later ends the session, for thief and owner alike', async () => {
    const user = await people.user()
    const { refresh_token } = await people.signIn(user)
    const { body } = await people.refresh(refresh_token)
    server.clock.advance(30_001)
    expect(refusal(await people.refresh(refresh_token))).toEqual(grant('Refresh token already exchanged.'))
    expect(refusal(await people.refresh(body.refresh_token))).toEqual(grant('Session has already ended.'))
    expect((await sessionsOf(user)).map(({ status }) => status)).toEqual(['revoked'])
    const revoked = (await readLog(environment.api)).findLast(({ event }) => event === 'session.revoked')
    expect(revoked?.data).toMatchObject({ user_id: user.id, status: 'revoked' })
    // Once is enough to know.
    expect((await people.refresh(refresh_token)).status).toBe(400)
  })

  test.each([
    ['unknown text', () => 'nope'],
    ['an access token', async () => (await people.signIn(await people.user())).access_token],
    [
      'a token of another tenant',
      async () => {
        const other = peopleOf(server, await server.environment())
        return (await other.signIn(await other.user())).refresh_token
      },
    ],
  ])('of %s is refused', async (_what, make) => {
    expect(refusal(await people.refresh(await make()))).toEqual(grant('Invalid refresh token.'))
  })
})

describe('a session lives', () => {
  test('a week from its last use, and thirty days in all', async () => {
    let { refresh_token: token } = await people.signIn(await people.user())
    const day = 86_400_000
    for (const days of [6, 6, 6, 6, 5]) {
      server.clock.advance(days * day)
      const { status, body } = await people.refresh(token)
      expect(status).toBe(200)
      token = body.refresh_token
    }
    server.clock.advance(day)
    expect(refusal(await people.refresh(token))).toEqual(grant('Session has already ended.'))
  })

  test('no longer than it is used', async () => {
    const user = await people.user()
    const { refresh_token } = await people.signIn(user)
    server.clock.advance(7 * 86_400_000)
    expect((await people.refresh(refresh_token)).status).toBe(400)
    expect((await sessionsOf(user)).map(({ status }) => status)).toEqual(['expired'])
  })

  test('as long as the settings say', async () => {
    const own = await server.environment()
    const theirs = peopleOf(server, own)
    await own.api('PUT', '/authentication_settings', {
      body: { session: { access_token_seconds: 60, inactivity_seconds: 600, maximum_seconds: 900 } },
    })
    const first = await theirs.signIn(await theirs.user())
    const { iat, exp } = claimsOf(first)
    expect((exp ?? 0) - (iat ?? 0)).toBe(60)
    server.clock.advance(599_000)
    const second = await theirs.refresh(first.refresh_token)
    expect(second.status).toBe(200)
    server.clock.advance(301_000)
    expect((await theirs.refresh(second.body.refresh_token)).status).toBe(400)
  })
})

describe('a session ends with what it stood on', () => {
  let user: User
  let organization: Organization
  let membership: string
  let session: Authenticated

  type Row = readonly [string, string, () => string, object | (() => object) | undefined]

  test.each<Row>([
    ['the user is deleted', 'DELETE', () => `/user_management/users/${user.id}`, undefined],
    [
      'the membership is deactivated',
      'PUT',
      () => `/user_management/organization_memberships/${membership}/deactivate`,
      undefined,
    ],
    ['the membership is deleted', 'DELETE', () => `/user_management/organization_memberships/${membership}`, undefined],
    [
      'it is revoked',
      'POST',
      () => '/user_management/sessions/revoke',
      () => ({ session_id: claimsOf(session)['sid'] }),
    ],
    [
      'its way of signing in is switched off',
      'PUT',
      () => '/authentication_settings',
      { methods: { password: false } },
    ],
    ['the organization is deleted', 'DELETE', () => `/organizations/${organization.id}`, undefined],
  ])('once %s', async (_claim, method, path, body) => {
    user = await people.user()
    organization = await people.organization('Acme')
    membership = await people.join(user, organization)
    session = await people.signIn(user)
    const sent = typeof body === 'function' ? body() : body
    const { status } = await environment.api(method, path(), { body: sent })
    expect(status).toBeLessThan(300)
    const answer = await people.refresh(session.refresh_token)
    expect([answer.status, answer.body]).toMatchObject([400, { error: 'invalid_grant' }])
    await environment.api('PUT', '/authentication_settings', { body: { methods: { password: true } } })
  })

  test('once a second factor is required, which it does not have', async () => {
    const strict = await people.organization('Strict')
    const member = await people.user()
    await people.join(member, strict)
    const [without, withFactor] = [await people.signIn(member), await people.signIn(member, { mfa: true })]
    await environment.api('PUT', `/organizations/${strict.id}/authentication_settings`, { body: { mfa: 'required' } })
    const refused = await people.refresh<{ error: string }>(without.refresh_token)
    expect([refused.status, refused.body.error]).toEqual([400, 'mfa_enrollment'])
    const kept = await people.refresh(withFactor.refresh_token)
    expect(kept.status).toBe(200)
    // An hour later the rules are old news, and still hold.
    server.clock.advance(3_600_000)
    expect((await people.refresh(kept.body.refresh_token)).status).toBe(200)
  })

  test('once its domain must use SSO, by which it did not come', async () => {
    const company = await people.organization('Sso', { domain_data: [{ domain: 'sso.test', state: 'verified' }] })
    const member = await people.user('ann@sso.test')
    await people.join(member, company)
    const signedIn = await people.signIn(member)
    const { body } = await environment.api<{ id: string }>('POST', '/connections', {
      body: { organization_id: company.id, connection_type: 'GenericSAML', name: 'Sso' },
    })
    await server.deps.db.pool.query(`update connections set state = 'active', updated_at = $2 where id = $1`, [
      body.id,
      server.clock.read(),
    ])
    const answer = await people.refresh<object>(signedIn.refresh_token)
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        error: 'sso_required',
        error_description: 'User must authenticate using one of the matching connections.',
        email: member.email,
        connection_ids: [body.id],
      },
    ])
    // The organization lets go, and the session goes on: its token was not used up by the refusal.
    await environment.api('PUT', `/organizations/${company.id}/authentication_settings`, {
      body: { sso_required: false },
    })
    expect((await people.refresh(signedIn.refresh_token)).status).toBe(200)
  })
})

describe('with an organization', () => {
  test('the session moves there, with what the person may do there', async () => {
    const user = await people.user()
    const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
    await people.join(user, acme)
    await people.join(user, beta)
    const first = await people.signIn(user, { organization: acme.id })
    expect(first.organization_id).toBe(acme.id)
    const moved = await people.refresh(first.refresh_token, { organization_id: beta.id })
    expect([moved.status, moved.body.organization_id, claimsOf(moved.body)['org_id']]).toEqual([200, beta.id, beta.id])
    const stayed = await people.refresh(moved.body.refresh_token)
    expect(claimsOf(stayed.body)).toMatchObject({ org_id: beta.id, sid: claimsOf(first)['sid'] })
  })

  test('one is no member of, nothing happens and the session goes on', async () => {
    const user = await people.user()
    const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
    await people.join(user, acme)
    const first = await people.signIn(user)
    for (const organization_id of [beta.id, 'org_nowhere']) {
      const answer = await people.refresh<{ code: string }>(first.refresh_token, { organization_id })
      expect([answer.status, answer.body.code]).toEqual([400, 'organization_membership_not_found'])
    }
    server.clock.advance(60_000)
    const after = await people.refresh(first.refresh_token)
    expect([after.status, after.body.organization_id]).toEqual([200, acme.id])
  })
})
