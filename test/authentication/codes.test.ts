import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#contracts/users.ts'
import { readLog } from '../support/log.ts'
import { type Authenticated, claimsOf, peopleOf, type People, pkcePair } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { untilWaiting } from '../support/waiting.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People
let user: User

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
  user = await people.user('ann@codes.test', { first_name: 'Ann' })
})

const grant_type = 'authorization_code'

describe('a code', () => {
  test('buys a session with the person, a token that verifies, and a refresh token', async () => {
    const organization = await people.organization()
    const member = await people.user()
    await people.join(member, organization)
    const { status, body, headers } = await people.authenticate<Authenticated>({
      grant_type,
      code: await people.code(member),
      ip_address: '203.0.113.7',
      user_agent: 'Browser/1',
    })
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      user: { ...member, last_sign_in_at: server.clock.read().toISOString() },
      organization_id: organization.id,
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      authentication_method: 'Password',
    })

    const jwks = await environment.api<{ keys: [] }>('GET', `/sso/jwks/${environment.client_id}`, { key: null })
    const { payload, protectedHeader } = await jwtVerify(body.access_token, createLocalJWKSet(jwks.body), {
      currentDate: server.clock.read(),
      issuer: 'http://gatehouse.test',
    })
    const now = Math.floor(server.clock.read().getTime() / 1000)
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toEqual({
      iss: 'http://gatehouse.test',
      sub: member.id,
      sid: expect.stringMatching(/^session_/),
      client_id: environment.client_id,
      org_id: organization.id,
      role: 'member',
      roles: ['member'],
      permissions: [],
      auth_time: now,
      jti: expect.any(String),
      iat: now,
      exp: now + 300,
    })

    const { body: list } = await environment.api<{ data: unknown[] }>(
      'GET',
      `/user_management/users/${member.id}/sessions`,
    )
    const session = {
      object: 'session',
      id: payload['sid'],
      user_id: member.id,
      organization_id: organization.id,
      ip_address: '203.0.113.7',
      user_agent: 'Browser/1',
      auth_method: 'password',
      status: 'active',
      expires_at: new Date(server.clock.read().getTime() + 7 * 86_400_000).toISOString(),
      ended_at: null,
      created_at: server.clock.read().toISOString(),
      updated_at: server.clock.read().toISOString(),
    }
    expect(list.data).toEqual([session])
    expect((await readLog(environment.api)).findLast(({ event }) => event === 'session.created')?.data).toEqual(session)
  })

  test('is good once, and coming back takes down what it bought', async () => {
    const code = await people.code(user)
    const first = await people.authenticate<Authenticated>({ grant_type, code })
    expect(first.status).toBe(200)
    const second = await people.authenticate({ grant_type, code })
    expect([second.status, second.body]).toEqual([
      400,
      { error: 'invalid_grant', error_description: `The code '${code}' has expired or is invalid.` },
    ])
    const refreshed = await people.refresh(first.body.refresh_token)
    expect([refreshed.status, refreshed.body]).toMatchObject([400, { error: 'invalid_grant' }])
  })

  test('buys one session however many ask at once', async () => {
    const code = await people.code(user)
    const answers = await Promise.all(Array.from({ length: 8 }, () => people.authenticate({ grant_type, code })))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    const { body } = await environment.api<{ data: { status: string }[] }>(
      'GET',
      `/user_management/users/${user.id}/sessions?limit=1`,
    )
    expect(body.data[0]?.status).toBe('revoked')
  })

  test('runs out after ten minutes', async () => {
    const code = await people.code(user)
    server.clock.advance(10 * 60_000)
    expect((await people.authenticate({ grant_type, code })).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('of another tenant buys nothing and stays good', async () => {
    const stranger = await server.environment()
    const code = await people.code(user)
    const theft = await peopleOf(server, stranger).authenticate({ grant_type, code })
    expect([theft.status, theft.body.error]).toEqual([400, 'invalid_grant'])
    expect((await people.authenticate({ grant_type, code })).status).toBe(200)
  })
})

describe('RFC 7636: a code with a challenge', () => {
  const { verifier, challenge } = pkcePair()
  test.each([
    ['is taken with its verifier alone', challenge, { client_secret: null, code_verifier: verifier }, 200, undefined],
    ['is taken with verifier and secret', challenge, { code_verifier: verifier }, 200, undefined],
    ['is refused without the verifier', challenge, {}, 400, 'invalid_grant'],
    ['is refused with another verifier', challenge, { code_verifier: pkcePair().verifier }, 400, 'invalid_grant'],
    ['is refused with the challenge itself', challenge, { code_verifier: challenge }, 400, 'invalid_grant'],
    ['without one is refused with a verifier', null, { code_verifier: verifier }, 400, 'invalid_grant'],
    ['is refused to who shows neither secret nor verifier', null, { client_secret: null }, 400, 'invalid_client'],
    [
      'is refused with a wrong secret',
      challenge,
      { client_secret: 'sk_wrong', code_verifier: verifier },
      400,
      'invalid_client',
    ],
    [
      'is refused to an unknown client',
      challenge,
      { client_id: 'client_x', code_verifier: verifier },
      400,
      'invalid_client',
    ],
  ])('%s', async (_claim, made, shown, status, error) => {
    const answer = await people.authenticate({ grant_type, code: await people.code(user, {}, made), ...shown })
    expect([answer.status, answer.body.error]).toEqual([status, error])
  })
})

describe('the door', () => {
  test('takes a form', async () => {
    const form = new URLSearchParams({
      grant_type,
      client_id: environment.client_id,
      client_secret: environment.apiKey.value,
      code: await people.code(user),
    })
    const { status } = await environment.api('POST', '/user_management/authenticate', {
      raw: form.toString(),
      key: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(status).toBe(200)
  })

  test('takes the secret as a bearer token, and a wrong one there is 401', async () => {
    const body = { grant_type, client_id: environment.client_id, code: await people.code(user) }
    expect((await environment.api('POST', '/user_management/authenticate', { body, key: 'sk_wrong' })).status).toBe(401)
    expect((await environment.api('POST', '/user_management/authenticate', { body })).status).toBe(200)
  })

  test('refuses a key of another tenant', async () => {
    const { apiKey } = await server.environment()
    const answer = await people.authenticate({ grant_type, code: await people.code(user), client_secret: apiKey.value })
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client'])
  })

  test.each([
    ['an unknown grant', { grant_type: 'client_credentials' }, 400, { error: 'unsupported_grant_type' }],
    ['a grant from the prototype', { grant_type: 'constructor' }, 400, { error: 'unsupported_grant_type' }],
    ['no grant', {}, 400, { error: 'unsupported_grant_type' }],
    ['a missing code', { grant_type }, 422, { errors: [{ field: 'code', code: 'code is required' }] }],
    ['a code that is no text', { grant_type, code: 5 }, 422, { message: 'Validation failed' }],
    ['text no database can hold', { grant_type, code: 'a\0b' }, 422, { message: 'Validation failed' }],
    ['an unknown code', { grant_type, code: 'nope' }, 400, { error: 'invalid_grant' }],
  ])('%s is an answer, not an accident', async (_what, fields, status, body) => {
    const answer = await people.authenticate(fields)
    expect([answer.status, answer.body]).toMatchObject([status, body])
  })
})

test('an impersonation is told to the application, in the token and in the log, and lasts an hour', async () => {
  const impersonator = { email: 'admin@codes.test', reason: 'ticket 4' }
  const signedIn = await people.signIn(user, { method: 'Impersonation', impersonator })
  expect(signedIn).toMatchObject({ impersonator, authentication_method: 'Impersonation' })
  expect(claimsOf(signedIn)).toMatchObject({ sub: user.id, act: { sub: 'admin@codes.test' } })
  const created = (await readLog(environment.api)).findLast(({ event }) => event === 'session.created')
  expect(created?.data).toMatchObject({ impersonator, auth_method: 'impersonation' })

  server.clock.advance(50 * 60_000)
  const later = await people.refresh(signedIn.refresh_token)
  expect(later.status).toBe(200)
  server.clock.advance(10 * 60_000)
  const over = await people.refresh(later.body.refresh_token)
  expect([over.status, over.body]).toMatchObject([400, { error: 'invalid_grant' }])
})

test('a code by mail takes the person first and their codes then, as all do who lock both', async () => {
  const unverified = await people.user(undefined, { email_verified: false })
  const [first, second] = [await people.code(unverified), await people.code(unverified)]
  expect((await people.authenticate({ grant_type, code: first })).status).toBe(403)
  const other = await server.db.pool.connect()
  try {
    await other.query('begin')
    await other.query(`set local lock_timeout = '5s'`)
    await other.query('select from users where id = $1 for update', [unverified.id])
    const signed = people.authenticate({ grant_type, code: second })
    await untilWaiting(server, 1)
    await other.query('update email_verifications set updated_at = updated_at where user_id = $1', [unverified.id])
    await other.query('commit')
    expect((await signed).status).toBe(403)
  } finally {
    other.release(true)
  }
})
