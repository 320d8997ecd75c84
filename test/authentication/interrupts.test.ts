import { beforeAll, describe, expect, test } from 'vitest'
import type { AuthenticationErrorBody } from '#contracts/authentication.ts'
import type { User } from '#contracts/users.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { readLog } from '../support/log.ts'
import { type Authenticated, claimsOf, peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
})

const grants = {
  code: 'authorization_code',
  verification: 'urn:workos:oauth:grant-type:email-verification:code',
  magic: 'urn:workos:oauth:grant-type:magic-auth:code',
  organization: 'urn:workos:oauth:grant-type:organization-selection',
  totp: 'urn:workos:oauth:grant-type:mfa-totp',
}
type Refused = AuthenticationErrorBody

const personIn = (user: User) => ({
  object: 'user',
  id: user.id,
  email: user.email,
  first_name: user.first_name,
  last_name: user.last_name,
})
const start = async (user: User) => people.authenticate({ grant_type: grants.code, code: await people.code(user) })
const wrongOf = (code: string) => (code === '000000' ? '000001' : '000000')

describe('an address nobody has proven', () => {
  const codeOf = async (id = '') =>
    (await environment.api<{ code: string }>('GET', `/user_management/email_verification/${id}`)).body.code

  test('is proven by the code in its inbox, once', async () => {
    const user = await people.user(undefined, { email_verified: false })
    const { status, body } = await start(user)
    expect([status, body]).toEqual([
      403,
      {
        code: 'email_verification_required',
        message: 'Email ownership must be verified before authentication.',
        pending_authentication_token: expect.any(String),
        email: user.email,
        email_verification_id: expect.stringMatching(/^email_verification_/),
      },
    ])
    const { rows } = await server.deps.db.pool.query(`select kind from mails where recipient = $1`, [user.email])
    expect(rows).toEqual([{ kind: 'email_verification' }])

    const code = await codeOf(body.email_verification_id)
    const { pending_authentication_token } = body
    const follow = (given: string) =>
      people.authenticate<Authenticated & Refused>({
        grant_type: grants.verification,
        code: given,
        pending_authentication_token,
      })
    const wrong = await follow(wrongOf(code))
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid_one_time_code'])
    const right = await follow(code)
    expect([right.status, right.body.user.email_verified]).toEqual([200, true])
    const again = await follow(code)
    expect([again.status, again.body.code]).toEqual([400, 'invalid_pending_authentication_token'])
    expect((await start(user)).status).toBe(200)
    const { body: log } = await environment.api<{ data: { event: string }[] }>(
      'GET',
      '/events?events=authentication.email_verification_failed,authentication.email_verification_succeeded,user.updated',
    )
    expect(log.data.map(({ event }) => event)).toEqual([
      'authentication.email_verification_failed',
      'user.updated',
      'authentication.email_verification_succeeded',
    ])
  })

  test('is not proven by a code that went to a former one', async () => {
    const user = await people.user(undefined, { email_verified: false })
    const path = `/user_management/users/${user.id}`
    await environment.api('POST', `${path}/email_verification/send`)
    const { rows } = await server.deps.db.pool.query<{ id: string }>(
      'select id from email_verifications where user_id = $1',
      [user.id],
    )
    const code = await codeOf(rows[0]?.id)
    await environment.api('PUT', path, { body: { email: 'moved@unproven.test' } })
    const { status } = await environment.api('POST', `${path}/email_verification/confirm`, { body: { code } })
    expect(status).toBe(400)
    expect((await environment.api<User>('GET', path)).body).toMatchObject({ email_verified: false })
  })

  test('is not proven by guessing: five wrong codes and the right one is too late', async () => {
    const { body } = await start(await people.user(undefined, { email_verified: false }))
    const code = await codeOf(body.email_verification_id)
    const follow = async (given: string) =>
      (
        await people.authenticate({
          grant_type: grants.verification,
          code: given,
          pending_authentication_token: body.pending_authentication_token,
        })
      ).body.code
    for (let count = 0; count < 5; count++) expect(await follow(wrongOf(code))).toBe('invalid_one_time_code')
    expect(await follow(code)).toBe('one_time_code_too_many_attempts')
  })

  test('is not proven by guessing code after code: an hour has twenty wrong ones, however many are mailed', async () => {
    const user = await people.user(undefined, { email_verified: false })
    const guessAt = async (right: (code: string) => string) => {
      const { body } = await start(user)
      const code = await codeOf(body.email_verification_id)
      return people.authenticate({
        grant_type: grants.verification,
        code: right(code),
        pending_authentication_token: body.pending_authentication_token,
      })
    }
    for (let count = 0; count < 20; count++) {
      expect((await guessAt(wrongOf)).body.code).toBe('invalid_one_time_code')
      server.clock.advance(2 * 60_000)
    }
    expect((await guessAt((code) => code)).body.code).toBe('one_time_code_too_many_attempts')
    server.clock.advance(60 * 60_000)
    expect((await guessAt((code) => code)).status).toBe(200)
  })

  test('gets six mails in ten minutes, however often somebody begins to sign in', async () => {
    const user = await people.user(undefined, { email_verified: false })
    for (let count = 0; count < 6; count++) expect((await start(user)).status).toBe(403)
    const { status, body, headers } = await start(user)
    expect([status, body, headers.get('retry-after')]).toEqual([
      429,
      { code: 'too_many_requests', message: expect.stringContaining('600 seconds') },
      '600',
    ])
    server.clock.advance(10 * 60_000)
    expect((await start(user)).status).toBe(403)
  })

  test('is not proven by a code that is too old', async () => {
    const { body } = await start(await people.user(undefined, { email_verified: false }))
    const code = await codeOf(body.email_verification_id)
    server.clock.advance(10 * 60_000)
    const late = await people.authenticate({
      grant_type: grants.verification,
      code,
      pending_authentication_token: body.pending_authentication_token,
    })
    expect([late.status, late.body.code]).toEqual([400, 'invalid_pending_authentication_token'])
  })
})

describe('a magic code', () => {
  const make = (email: string) =>
    environment.api<{ id: string; code: string; user_id: string }>('POST', '/user_management/magic_auth', {
      body: { email },
    })
  const use = (email: string, code: string) =>
    people.authenticate<Authenticated & Refused>({ grant_type: grants.magic, email, code })

  test('makes a user of an address nobody has, and proves it', async () => {
    const { status, body } = await make('new@magic.test')
    expect(status).toBe(201)
    const read = await environment.api('GET', `/user_management/magic_auth/${body.id}`)
    expect(read.body).toEqual(body)
    const signedIn = await use('New@magic.test', body.code)
    expect(signedIn.body).toMatchObject({
      user: { id: body.user_id, email: 'new@magic.test', email_verified: true },
      authentication_method: 'MagicAuth',
    })
    expect((await use('new@magic.test', body.code)).body.code).toBe('one_time_code_previously_used')
    expect(JSON.stringify(await readLog(environment.api))).not.toContain(`"code":"${body.code}"`)
  })

  test.each([
    ['a wrong one', async ({ code }: { code: string }) => wrongOf(code), 'invalid_one_time_code'],
    [
      'one that another followed',
      async ({ email, code }: { email: string; code: string }) => {
        await make(email)
        return code
      },
      // The same six digits may come up again, once in a million.
      'invalid_one_time_code',
    ],
    [
      'an old one',
      async ({ code }: { code: string }) => {
        server.clock.advance(10 * 60_000)
        return code
      },
      'one_time_code_expired',
    ],
  ])('is refused: %s', async (_what, given, expected) => {
    const { email } = await people.user()
    const { body } = await make(email)
    expect((await use(email, await given({ email, code: body.code }))).body.code).toBe(expected)
  })

  test('that went to a former address is refused, and so is one that nobody was sent', async () => {
    const user = await people.user()
    const { body } = await make(user.email)
    await environment.api('PUT', `/user_management/users/${user.id}`, { body: { email: 'moved@magic.test' } })
    expect((await use('moved@magic.test', body.code)).body.code).toBe('invalid_one_time_code')
    const { email } = await people.user()
    expect((await use(email, '123456')).body.code).toBe('invalid_one_time_code')
  })

  test('of nobody is refused like a wrong one', async () => {
    const user = await people.user()
    const { body } = await make(user.email)
    const wrong = await use(user.email, wrongOf(body.code))
    const nobody = await use('nobody@magic.test', '123456')
    expect([nobody.status, nobody.body]).toEqual([wrong.status, wrong.body])
  })

  test.each([
    ['closed', 'stranger@closed.test', 400],
    ['domain', 'stranger@elsewhere.test', 400],
    ['domain', 'colleague@known.test', 201],
    ['open', 'stranger@open.test', 201],
  ] as const)('with sign-ups %s makes a user of %s: %i', async (sign_up, email, status) => {
    const own = await server.environment()
    await own.api('PUT', '/authentication_settings', { body: { sign_up } })
    await own.api('POST', '/organizations', {
      body: { name: 'Known', domain_data: [{ domain: 'known.test', state: 'verified' }] },
    })
    const answer = await own.api('POST', '/user_management/magic_auth', { body: { email } })
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.body.code).toBe('sign_up_not_allowed')
  })
})

describe('somebody with several organizations', () => {
  test('chooses one of them', async () => {
    const user = await people.user()
    const [acme, beta] = [await people.organization('Acme'), await people.organization('Beta')]
    const other = await people.organization('Other')
    await people.join(user, acme)
    await people.join(user, beta)
    const { status, body } = await start(user)
    expect([status, body]).toEqual([
      403,
      {
        code: 'organization_selection_required',
        message: 'The user must choose an organization to finish their authentication.',
        pending_authentication_token: expect.any(String),
        user: personIn(user),
        organizations: [
          { id: acme.id, name: 'Acme' },
          { id: beta.id, name: 'Beta' },
        ],
      },
    ])
    const choose = (organization_id: string, more = {}) =>
      people.authenticate<Authenticated & Refused>({
        grant_type: grants.organization,
        organization_id,
        pending_authentication_token: body.pending_authentication_token,
        ...more,
      })
    expect((await choose(other.id)).body.code).toBe('organization_membership_not_found')
    expect((await choose(beta.id, { client_secret: null })).body.error).toBe('invalid_client')
    const chosen = await choose(beta.id)
    expect([chosen.status, claimsOf(chosen.body)['org_id']]).toEqual([200, beta.id])
    expect((await choose(acme.id)).body.code).toBe('invalid_pending_authentication_token')
  })

  test('cannot go on with the token of another step or tenant', async () => {
    const user = await people.user(undefined, { email_verified: false })
    const acme = await people.organization('Acme')
    await people.join(user, acme)
    const { body } = await start(user)
    const skip = await people.authenticate({
      grant_type: grants.organization,
      organization_id: acme.id,
      pending_authentication_token: body.pending_authentication_token,
    })
    expect(skip.body.code).toBe('invalid_pending_authentication_token')
    const stranger = peopleOf(server, await server.environment())
    const theft = await stranger.authenticate({
      grant_type: grants.verification,
      code: '000000',
      pending_authentication_token: body.pending_authentication_token,
    })
    expect(theft.body.code).toBe('invalid_pending_authentication_token')
  })
})

describe('a second factor', () => {
  interface Enrolled {
    authentication_factor: { id: string; totp: { secret: string; qr_code: string; uri: string } }
    authentication_challenge: { id: string }
  }
  const enroll = async (user: User) =>
    (
      await environment.api<Enrolled>('POST', `/user_management/users/${user.id}/auth_factors`, {
        body: { type: 'totp', totp_issuer: 'Acme', totp_user: user.email },
      })
    ).body
  const codeFor = ({ authentication_factor: factor }: Enrolled) =>
    totp(decodeBase32(factor.totp.secret) ?? Buffer.alloc(0), server.clock.read())
  const challenge = async ({ authentication_factor: factor }: Enrolled) =>
    (await environment.api<{ id: string }>('POST', `/auth/factors/${factor.id}/challenge`)).body.id
  const finish = (pending: Refused, authentication_challenge_id: string, code: string) =>
    people.authenticate<Authenticated & Refused>({
      grant_type: grants.totp,
      code,
      authentication_challenge_id,
      pending_authentication_token: pending.pending_authentication_token,
    })

  test('is made where it is required, and asked for from then on', async () => {
    const user = await people.user()
    const strict = await people.organization('Strict')
    await people.join(user, strict)
    await environment.api('PUT', `/organizations/${strict.id}/authentication_settings`, { body: { mfa: 'required' } })
    const first = await start(user)
    expect([first.status, first.body]).toEqual([
      403,
      {
        code: 'mfa_enrollment',
        message: 'The user must enroll in MFA to finish authenticating.',
        pending_authentication_token: expect.any(String),
        user: personIn(user),
      },
    ])
    const factor = await enroll(user)
    expect(factor.authentication_factor.totp.qr_code).toMatch(/^data:image\/png;base64,/)
    expect(factor.authentication_factor.totp.uri).toContain('otpauth://totp/Acme:')
    const wrong = await finish(first.body, factor.authentication_challenge.id, wrongOf(codeFor(factor)))
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid_one_time_code'])
    const right = await finish(first.body, factor.authentication_challenge.id, codeFor(factor))
    expect([right.status, right.body.organization_id]).toEqual([200, strict.id])

    const second = await start(user)
    expect([second.status, second.body]).toEqual([
      403,
      {
        code: 'mfa_challenge',
        message: 'The user must complete an MFA challenge to finish authenticating.',
        pending_authentication_token: expect.any(String),
        authentication_factors: [{ id: factor.authentication_factor.id, type: 'totp' }],
        user: personIn(user),
      },
    ])
    // RFC 6238 §5.2: the code that was accepted is not accepted again.
    const replay = await finish(second.body, await challenge(factor), codeFor(factor))
    expect([replay.status, replay.body.code]).toEqual([400, 'invalid_one_time_code'])
    server.clock.advance(30_000)
    expect((await finish(second.body, await challenge(factor), codeFor(factor))).status).toBe(200)
  })

  test('cannot be replaced by one that was just made, nor by another person’s', async () => {
    const user = await people.user()
    const own = await enroll(user)
    await environment.api('POST', `/auth/challenges/${own.authentication_challenge.id}/verify`, {
      body: { code: codeFor(own) },
    })
    server.clock.advance(30_000)
    const { body } = await start(user)
    const fresh = await enroll(user)
    const strangers = await enroll(await people.user())
    for (const factor of [fresh, strangers]) {
      const answer = await finish(body, factor.authentication_challenge.id, codeFor(factor))
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_one_time_code'])
    }
    expect((await finish(body, await challenge(own), codeFor(own))).status).toBe(200)
  })

  test('that was never proven counts for nothing', async () => {
    const user = await people.user()
    await enroll(user)
    expect((await start(user)).status).toBe(200)
  })

  test('that is lost is stood in for by a recovery code, once', async () => {
    const user = await people.user()
    const factor = await enroll(user)
    await environment.api('POST', `/auth/challenges/${factor.authentication_challenge.id}/verify`, {
      body: { code: codeFor(factor) },
    })
    const path = `/user_management/users/${user.id}/recovery_codes`
    const { body } = await environment.api<{ recovery_codes: string[] }>('POST', path)
    expect(new Set(body.recovery_codes).size).toBe(10)
    const [code = '', other = ''] = body.recovery_codes
    const use = async (given: string) => (await finish((await start(user)).body, await challenge(factor), given)).status
    expect(await use(code.toUpperCase())).toBe(200)
    expect(await use(code)).toBe(400)
    await environment.api('POST', path)
    expect(await use(other)).toBe(400)
  })

  test('rests after ten wrong codes in a row, whatever the number of challenges', async () => {
    const user = await people.user()
    const factor = await enroll(user)
    const verify = (id: string, code: string) =>
      environment.api<{ valid?: boolean; code?: string }>('POST', `/auth/challenges/${id}/verify`, { body: { code } })
    for (let round = 0; round < 2; round++) {
      const id = await challenge(factor)
      for (let count = 0; count < 5; count++)
        expect((await verify(id, wrongOf(codeFor(factor)))).body.valid).toBe(false)
      const worn = await verify(id, codeFor(factor))
      expect([worn.status, worn.body.code]).toEqual([400, 'one_time_code_too_many_attempts'])
    }
    const resting = await verify(await challenge(factor), codeFor(factor))
    expect([resting.status, resting.body.code]).toEqual([400, 'one_time_code_too_many_attempts'])
    server.clock.advance(15 * 60_000)
    expect((await verify(await challenge(factor), codeFor(factor))).body.valid).toBe(true)
  })
})

describe('the stand-alone factors', () => {
  test('are made, challenged, verified once, read without their secret and deleted', async () => {
    const { api } = environment
    const made = await api<{ id: string; totp: { secret: string } }>('POST', '/auth/factors/enroll', {
      body: { type: 'totp', totp_issuer: 'Acme', totp_user: 'ann@acme.test' },
    })
    expect(made.status).toBe(201)
    const path = `/auth/factors/${made.body.id}`
    expect((await api('GET', path)).text).not.toContain(made.body.totp.secret)
    const { body: challenge } = await api<{ id: string; authentication_factor_id: string }>('POST', `${path}/challenge`)
    expect(challenge.authentication_factor_id).toBe(made.body.id)
    const verify = (code: string) =>
      api<{ valid: boolean; code: string }>('POST', `/auth/challenges/${challenge.id}/verify`, { body: { code } })
    const code = totp(decodeBase32(made.body.totp.secret) ?? Buffer.alloc(0), server.clock.read())
    const wrong = await verify(wrongOf(code))
    expect([wrong.status, wrong.body]).toEqual([201, { challenge, valid: false }])
    const right = await verify(code)
    expect([right.status, right.body.valid]).toEqual([201, true])
    const again = await verify(code)
    expect([again.status, again.body.code]).toEqual([422, 'authentication_challenge_previously_verified'])
    expect((await api('DELETE', path)).status).toBe(204)
    expect((await api('GET', path)).status).toBe(404)
    expect((await verify(code)).status).toBe(404)
  })

  test('a challenge runs out after ten minutes', async () => {
    const { body: factor } = await environment.api<{ id: string }>('POST', '/auth/factors/enroll', {
      body: { type: 'totp', totp_issuer: 'Acme', totp_user: 'ann' },
    })
    const { body } = await environment.api<{ id: string }>('POST', `/auth/factors/${factor.id}/challenge`)
    server.clock.advance(10 * 60_000)
    const late = await environment.api('POST', `/auth/challenges/${body.id}/verify`, { body: { code: '000000' } })
    expect([late.status, late.body.code]).toEqual([422, 'authentication_challenge_expired'])
  })

  test('a secret people have already is kept, and one that is none is refused', async () => {
    const enroll = (totp_secret: string) =>
      environment.api<{ totp: { secret: string } }>('POST', '/auth/factors/enroll', {
        body: { type: 'totp', totp_secret },
      })
    expect((await enroll('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')).body.totp.secret).toBe('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
    expect((await enroll('JBSWY3DPEHPK3PX!')).status).toBe(422)
  })
})
