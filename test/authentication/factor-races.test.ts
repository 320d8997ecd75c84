import { beforeAll, describe, expect, test } from 'vitest'
import type { AuthenticateResponse } from '#contracts/authentication.ts'
import type { User } from '#contracts/users.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, type TestServer, useTestServer } from '../support/server.ts'

const server = useTestServer()
const atOnce = 16
/** Two processes of one installation, whose requests meet in the database alone. */
let processes: readonly Pick<TestServer, 'url'>[]
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  processes = [server, await server.twin()]
  environment = await server.environment()
  await environment.api('PUT', '/authentication_settings', { body: { mfa: 'required' } })
  people = peopleOf(server, environment)
})

type Body = Partial<AuthenticateResponse> & {
  readonly code?: string
  readonly valid?: boolean
  readonly pending_authentication_token?: string
  readonly authentication_factors?: { readonly id: string }[]
}

/** Sixteen at the same moment, half of them by the one process and half by the other. */
async function all(path: string, body: (index: number) => object): Promise<Body[]> {
  return Promise.all(
    Array.from({ length: atOnce }, async (_, index) => {
      const { url } = processes[index % 2] ?? server
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${environment.apiKey.value}` },
        body: JSON.stringify(body(index)),
      })
      return (await response.json()) as Body
    }),
  )
}

const authenticate = (fields: (index: number) => object) =>
  all('/user_management/authenticate', (index) => ({
    client_id: environment.client_id,
    client_secret: environment.apiKey.value,
    ...fields(index),
  }))

/** Sign-ins of one person, each as far as the second factor. */
async function begin(user: User): Promise<Body[]> {
  const codes: string[] = []
  for (let index = 0; index < atOnce; index++) codes.push(await people.code(user))
  return authenticate((index) => ({ grant_type: 'authorization_code', code: codes[index] }))
}

const answer = (begun: readonly Body[], challenge: (index: number) => string, code: (index: number) => string) =>
  authenticate((index) => ({
    grant_type: 'urn:workos:oauth:grant-type:mfa-totp',
    code: code(index),
    authentication_challenge_id: challenge(index),
    pending_authentication_token: begun[index]?.pending_authentication_token,
  }))

interface Enrolled {
  readonly authentication_factor: { readonly id: string; readonly totp: { readonly secret: string } }
  readonly authentication_challenge: { readonly id: string }
}

const enrol = async (user: User) =>
  (
    await environment.api<Enrolled>('POST', `/user_management/users/${user.id}/auth_factors`, {
      body: { type: 'totp' },
    })
  ).body

const codeOf = (enrolled: Enrolled | undefined) =>
  totp(decodeBase32(enrolled?.authentication_factor.totp.secret ?? '') ?? Buffer.alloc(0), server.clock.read())

const howMany = (bodies: readonly Body[], is: (body: Body) => boolean) => bodies.filter(is).length

/** Somebody with a factor that counts. */
async function guarded() {
  const user = await people.user()
  const enrolled = await enrol(user)
  const path = `/auth/challenges/${enrolled.authentication_challenge.id}/verify`
  await environment.api('POST', path, { body: { code: codeOf(enrolled) } })
  server.clock.advance(30_000)
  const factor = enrolled.authentication_factor.id
  const challenges: string[] = []
  for (let index = 0; index < atOnce; index++)
    challenges.push((await environment.api<{ id: string }>('POST', `/auth/factors/${factor}/challenge`)).body.id)
  return { user, enrolled, factor, challenges }
}

describe('a code of an authenticator app is taken once', () => {
  test('of sixteen sign-ins at the same moment, each with a challenge of its own', async () => {
    const { user, enrolled, challenges } = await guarded()
    const begun = await begin(user)
    expect(howMany(begun, ({ code }) => code === 'mfa_challenge')).toBe(atOnce)
    const answers = await answer(
      begun,
      (index) => challenges[index] ?? '',
      () => codeOf(enrolled),
    )
    expect(howMany(answers, ({ access_token: token }) => token !== undefined)).toBe(1)
    expect(howMany(answers, ({ code }) => code === 'invalid_one_time_code')).toBeGreaterThan(0)
    // Nor once more a moment later, by a challenge that was not used.
    const [later] = await begin(user)
    const { body: fresh } = await environment.api<{ id: string }>(
      'POST',
      `/auth/factors/${enrolled.authentication_factor.id}/challenge`,
    )
    const again = await people.authenticate({
      grant_type: 'urn:workos:oauth:grant-type:mfa-totp',
      code: codeOf(enrolled),
      authentication_challenge_id: fresh.id,
      pending_authentication_token: later?.pending_authentication_token,
    })
    expect(again.status).toBe(400)
  })

  test('of sixteen answers to one challenge by one pending token', async () => {
    const { user, enrolled, challenges } = await guarded()
    const [one] = await begin(user)
    const same = Array.from({ length: atOnce }, () => one ?? {})
    const answers = await answer(
      same,
      () => challenges[0] ?? '',
      () => codeOf(enrolled),
    )
    expect(howMany(answers, ({ access_token: token }) => token !== undefined)).toBe(1)
  })

  test('of sixteen checks by the stand-alone API', async () => {
    const { enrolled, challenges } = await guarded()
    const answers = await Promise.all(
      challenges.map(async (id, index) => {
        const { url } = processes[index % 2] ?? server
        const response = await fetch(`${url}/auth/challenges/${id}/verify`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${environment.apiKey.value}` },
          body: JSON.stringify({ code: codeOf(enrolled) }),
        })
        return (await response.json()) as Body
      }),
    )
    expect(howMany(answers, ({ valid }) => valid === true)).toBe(1)
  })

  test('and so is a recovery code', async () => {
    const { user, challenges } = await guarded()
    const path = `/user_management/users/${user.id}/recovery_codes`
    const { body } = await environment.api<{ recovery_codes: string[] }>('POST', path)
    const begun = await begin(user)
    const answers = await answer(
      begun,
      (index) => challenges[index] ?? '',
      () => body.recovery_codes[0] ?? '',
    )
    expect(howMany(answers, ({ access_token: token }) => token !== undefined)).toBe(1)
  })
})

describe('of factors that are made at the same moment', () => {
  test('one comes to count, and whoever answers with another is asked for that one', async () => {
    const user = await people.user()
    const begun = await begin(user)
    expect(howMany(begun, ({ code }) => code === 'mfa_enrollment')).toBe(atOnce)
    const enrolled = (await all(`/user_management/users/${user.id}/auth_factors`, () => ({
      type: 'totp',
    }))) as unknown as Enrolled[] // what this path answers
    const answers = await answer(
      begun,
      (index) => enrolled[index]?.authentication_challenge.id ?? '',
      (index) => codeOf(enrolled[index]),
    )
    expect(howMany(answers, ({ access_token: token }) => token !== undefined)).toBe(1)
    const winner = enrolled[answers.findIndex(({ access_token: token }) => token !== undefined)]
    const { id } = winner?.authentication_factor ?? {}
    for (const each of answers.filter(({ access_token: token }) => token === undefined))
      expect(each).toMatchObject({ code: 'mfa_challenge', authentication_factors: [{ id, type: 'totp' }] })
    // Those that never showed a code count for nothing, neither then nor later.
    for (const { code, authentication_factors: factors } of await begin(user))
      expect([code, factors]).toEqual(['mfa_challenge', [{ id, type: 'totp' }]])
    // And who is asked for it can go on with it.
    server.clock.advance(30_000)
    const path = `/auth/factors/${id}/challenge`
    const { body: challenge } = await environment.api<{ id: string }>('POST', path)
    const asked = answers.find(({ code }) => code === 'mfa_challenge')
    const { status } = await people.authenticate({
      grant_type: 'urn:workos:oauth:grant-type:mfa-totp',
      code: codeOf(winner),
      authentication_challenge_id: challenge.id,
      pending_authentication_token: asked?.pending_authentication_token,
    })
    expect(status).toBe(200)
  })

  test('a sign-in that was to make the first one is finished by the one that was made elsewhere meanwhile', async () => {
    const user = await people.user()
    const [begun] = await begin(user)
    const elsewhere = await enrol(user)
    const path = `/auth/challenges/${elsewhere.authentication_challenge.id}/verify`
    await environment.api('POST', path, { body: { code: codeOf(elsewhere) } })
    server.clock.advance(30_000)
    const { body: challenge } = await environment.api<{ id: string }>(
      'POST',
      `/auth/factors/${elsewhere.authentication_factor.id}/challenge`,
    )
    const { status } = await people.authenticate({
      grant_type: 'urn:workos:oauth:grant-type:mfa-totp',
      code: codeOf(elsewhere),
      authentication_challenge_id: challenge.id,
      pending_authentication_token: begun?.pending_authentication_token,
    })
    expect(status).toBe(200)
  })
})

test.each([
  ['of a user', (user: User) => `/user_management/users/${user.id}/auth_factors`],
  ['of anybody', () => '/auth/factors/enroll'],
])('a factor by text message is refused, and what there is instead is said: %s', async (_whose, path) => {
  const user = await people.user()
  const body = { type: 'sms', phone_number: '+15005550006' }
  const answered = await environment.api('POST', path(user), { body })
  expect([answered.status, answered.body]).toMatchObject([
    422,
    {
      message: 'Validation failed',
      errors: [
        {
          field: 'type',
          code: "type must be 'totp'",
          message: expect.stringMatching(/authenticator apps.*No text messages.*POST \/user_management\/magic_auth/),
        },
      ],
    },
  ])
})
