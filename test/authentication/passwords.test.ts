import { beforeAll, describe, expect, test } from 'vitest'
import type { AuthenticationErrorBody } from '#contracts/authentication.ts'
import { paceMs } from '#domain/even-pace.ts'
import { matchesHash } from '#domain/users/password-work.ts'
import { checkPassword } from '#domain/users/passwords.ts'
import { readLog } from '../support/log.ts'
import { type Authenticated, peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const password = 'correct horse battery'
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
})

const lastEvent = async () => (await readLog(environment.api)).at(-1)

describe('a password', () => {
  test('signs in whoever has the address, however it is written, and says so in the log', async () => {
    const user = await people.user('ann@passwords.test', { password })
    const { status, body } = await people.authenticate<Authenticated>({
      grant_type: 'password',
      email: 'Ann@Passwords.test',
      password,
      ip_address: '203.0.113.7',
      user_agent: 'Browser/1',
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { id: user.id }, authentication_method: 'Password' })
    expect(body).not.toHaveProperty('organization_id')
    const succeeded = (await readLog(environment.api)).find(
      ({ event }) => event === 'authentication.password_succeeded',
    )
    expect(succeeded?.data).toEqual({
      type: 'password',
      status: 'succeeded',
      ip_address: '203.0.113.7',
      user_agent: 'Browser/1',
      user_id: user.id,
      email: user.email,
    })
  })

  test('that is wrong is refused in the words that an unknown address gets', async () => {
    const user = await people.user('bob@passwords.test', { password })
    const none = await people.user('carol@passwords.test')
    const wrong = await people.authenticate({ grant_type: 'password', email: user.email, password: 'wrong' })
    expect([wrong.status, wrong.body]).toEqual([
      400,
      { code: 'invalid_credentials', message: `Invalid credentials for '${user.email}'.` },
    ])
    expect((await lastEvent())?.data).toMatchObject({
      status: 'failed',
      user_id: user.id,
      error: { code: 'invalid_credentials' },
    })
    for (const email of ['nobody@passwords.test', none.email]) {
      const answer = await people.authenticate({ grant_type: 'password', email, password })
      expect([answer.status, answer.text]).toEqual([400, wrong.text.replace(user.email, email)])
    }
  })

  test('is taken from applications with a secret only', async () => {
    const user = await people.user(undefined, { password })
    const answer = await people.authenticate({
      grant_type: 'password',
      email: user.email,
      password,
      client_secret: null,
    })
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client'])
  })

  test('can be switched off', async () => {
    const closed = await server.environment()
    const theirs = peopleOf(server, closed)
    const user = await theirs.user(undefined, { password })
    await closed.api('PUT', '/authentication_settings', { body: { methods: { password: false } } })
    const answer = await theirs.authenticate({ grant_type: 'password', email: user.email, password })
    expect([answer.status, answer.body.code]).toEqual([403, 'email_password_auth_disabled'])
    const reset = await closed.api('POST', '/user_management/password_reset', { body: { email: user.email } })
    expect([reset.status, reset.body.code]).toEqual([403, 'email_password_auth_disabled'])
  })
})

describe('guessing', () => {
  test.each([
    ['of a password', 'ann@guess.test'],
    ['of a password of nobody', 'nobody@guess.test'],
  ])('%s has to wait after ten wrong ones, and is told how long', async (_what, email) => {
    if (email.startsWith('ann')) await people.user(email, { password })
    const attempt = (given: string) => people.authenticate({ grant_type: 'password', email, password: given })
    const wrong = []
    for (let count = 0; count < 10; count++) wrong.push((await attempt('wrong')).status)
    expect(new Set(wrong)).toEqual(new Set([400]))
    const slowed = await attempt(password)
    expect([slowed.status, slowed.body.code]).toEqual([429, 'too_many_requests'])
    const seconds = Number(slowed.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)

    server.clock.advance((seconds - 1) * 1000)
    expect((await attempt('wrong')).status).toBe(429)
    server.clock.advance(1000)
    expect((await attempt('wrong')).status).toBe(400)
    server.clock.advance(60_000)
  })
})

describe('whether an address has an account', () => {
  const attempt = (email: string) => people.authenticate({ grant_type: 'password', email, password: 'wrong' })

  test('is not told by time: a wrong password is answered on the beat, whatever its hash costs', async () => {
    const imported = '$2a$08$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
    const { email } = await people.user('imported@passwords.test', {
      password_hash: imported,
      password_hash_type: 'bcrypt',
    })
    const timed = async (act: () => Promise<unknown>) => {
      const start = performance.now()
      await act()
      return performance.now() - start
    }
    const check = (address: string) => timed(() => checkPassword(server.deps, environment.id, address, 'wrong'))
    const took: Record<'work' | 'cheap' | 'nobody', number[]> = { work: [], cheap: [], nobody: [] }
    for (let round = 0; round < 6; round++) {
      took.work.push(await timed(() => matchesHash(imported, 'wrong')))
      took.cheap.push(await check(email))
      took.nobody.push(await check('nobody@passwords.test'))
    }
    // A busy machine only ever adds: the least of several is what was asked for.
    const [work, cheap, nobody] = [Math.min(...took.work), Math.min(...took.cheap), Math.min(...took.nobody)]
    // Off the beat, it would be the work and one look-up.
    expect(cheap / work).toBeGreaterThan(2)
    for (const least of [cheap, nobody]) expect(least).toBeGreaterThan(paceMs - 5)
    // And so at the door.
    for (const address of [email, 'nobody@passwords.test'])
      expect(await timed(async () => expect((await attempt(address)).status).toBe(400)), address).toBeGreaterThan(
        paceMs - 5,
      )
  })

  test('nor by work, which would show where the machine is slower than the beat', async () => {
    const user = await people.user('work@passwords.test', { password })
    const work = async (email: string) => {
      const before = process.cpuUsage()
      await attempt(email)
      const { user: own, system } = process.cpuUsage(before)
      return own + system
    }
    await work(user.email)
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < 5; round++) {
      known.push(await work(user.email))
      unknown.push(await work(`nobody${round}@passwords.test`))
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
    // A hash is tens of milliseconds of work, and all the rest a few.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.6)
    expect(median(unknown) / median(known)).toBeLessThan(1.7)
  })
})

describe('a reset', () => {
  const send = (path: string, body: object) =>
    environment.api<{ password_reset_token: string; password_reset_url: string; id: string } & AuthenticationErrorBody>(
      'POST',
      `/user_management/password_reset${path}`,
      { body },
    )

  test('sets a new password, proves the address and ends every session', async () => {
    const user = await people.user('reset@passwords.test', { password, email_verified: false })
    const session = await people.signIn(user, { emailProven: true })
    const made = await send('', { email: user.email })
    expect(made.status).toBe(201)
    expect(made.body.password_reset_url).toBe(
      `http://gatehouse.test/authkit/reset-password?token=${made.body.password_reset_token}`,
    )
    expect(JSON.stringify((await lastEvent())?.data)).not.toContain(made.body.password_reset_token)

    const token = made.body.password_reset_token
    const weak = await send('/confirm', { token, new_password: 'short' })
    expect([weak.status, weak.body.code]).toEqual([400, 'password_strength_error'])
    const confirmed = await send('/confirm', { token, new_password: 'a wholly new secret' })
    expect([confirmed.status, confirmed.body]).toMatchObject([200, { user: { id: user.id, email_verified: true } }])

    expect((await people.refresh(session.refresh_token)).status).toBe(400)
    const email = user.email
    expect((await people.authenticate({ grant_type: 'password', email, password })).status).toBe(400)
    expect((await people.authenticate({ grant_type: 'password', email, password: 'a wholly new secret' })).status).toBe(
      200,
    )
    const { body: log } = await environment.api<{ data: { data: unknown }[] }>(
      'GET',
      '/events?events=password_reset.succeeded',
    )
    expect(log.data.map(({ data }) => data)).toMatchObject([{ id: made.body.id, user_id: user.id }])

    const again = await send('/confirm', { token, new_password: 'yet another secret' })
    expect([again.status, again.body.code]).toEqual([404, 'password_reset_token_not_found'])
  })

  test.each([
    ['after fifteen minutes', async () => server.clock.advance(15 * 60_000)],
    ['once another was asked for', () => send('', { email: 'late@passwords.test' })],
    [
      'once the address is another',
      async () => {
        const { body } = await environment.api<{ data: { id: string }[] }>(
          'GET',
          '/user_management/users?email=late%40passwords.test',
        )
        await environment.api('PUT', `/user_management/users/${body.data[0]?.id}`, {
          body: { email: 'later@passwords.test' },
        })
      },
    ],
  ])('does nothing %s', async (_when, happens) => {
    await environment.api('POST', '/user_management/users', { body: { email: 'late@passwords.test', password } })
    const { body } = await send('', { email: 'late@passwords.test' })
    await happens()
    const late = await send('/confirm', { token: body.password_reset_token, new_password: 'a wholly new secret' })
    expect([late.status, late.body.code]).toEqual([404, 'password_reset_token_not_found'])
  })

  test('of nobody is not found, and is mailed as old SDKs ask', async () => {
    expect((await send('', { email: 'nobody@passwords.test' })).status).toBe(404)
    const user = await people.user('mailed@passwords.test', { password })
    const sent = await send('/send', { email: user.email, password_reset_url: 'https://app.test/reset?x=1' })
    expect([sent.status, sent.text, sent.headers.get('content-type')]).toEqual([200, '', null])
    const { rows } = await server.deps.db.pool.query(`select kind from mails where recipient = $1 order by id`, [
      user.email,
    ])
    expect(rows).toEqual([{ kind: 'password_reset' }])
  })

  test('of another tenant opens nothing', async () => {
    const user = await people.user(undefined, { password })
    const { body } = await send('', { email: user.email })
    const stranger = await server.environment()
    const answer = await stranger.api('POST', '/user_management/password_reset/confirm', {
      body: { token: body.password_reset_token, new_password: 'a wholly new secret' },
    })
    expect(answer.status).toBe(404)
  })
})
