import { describe, expect, test } from 'vitest'
import type { UserCreate, User } from '#contracts/users.ts'
import { checkPassword, preparePassword, setPassword } from '#domain/users/passwords.ts'
import { change } from '#db/work.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const path = '/user_management/users'
const email = 'ann@acme.test'
const good = 'correct horse battery'
const bcrypt = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' // of U*U

async function opens({ id }: TestEnvironment, password: string, address = email): Promise<boolean> {
  return (await checkPassword(server.deps, id, address, password)).hash !== undefined
}

async function storedHash({ id }: TestEnvironment): Promise<string | undefined> {
  const row = await server.db.kysely
    .selectFrom('user_passwords')
    .select('hash')
    .where('environment_id', '=', id)
    .executeTakeFirst()
  return row?.hash
}

describe('a password', () => {
  test('given to a new user opens, in no other case, and is kept as Argon2id', async () => {
    const environment = await server.environment()
    const { status, body, text } = await environment.api<User>('POST', path, { body: { email, password: good } })
    expect(status).toBe(201)
    expect(text).not.toContain(good)
    expect(await opens(environment, good, 'ANN@acme.test')).toBe(true)
    expect(await opens(environment, good.toUpperCase())).toBe(false)
    expect(await opens(environment, '')).toBe(false)
    expect(await storedHash(environment)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(JSON.stringify(await readLog(environment.api))).not.toMatch(/argon2|correct/)
    expect((await checkPassword(server.deps, environment.id, email, good)).user?.id).toBe(body.id)
  })

  test('is that of one environment', async () => {
    const [one, two] = [await server.environment(), await server.environment()]
    await one.api('POST', path, { body: { email, password: good } })
    await two.api('POST', path, { body: { email } })
    expect(await opens(two, good)).toBe(false)
    expect(await checkPassword(server.deps, two.id, 'nobody@acme.test', good)).toEqual({
      user: undefined,
      hash: undefined,
    })
  })

  test('is replaced by an update, and the former one opens nothing', async () => {
    const environment = await server.environment()
    const { body: made } = await environment.api<User>('POST', path, { body: { email, password: good } })
    const other = 'another horse battery'
    expect((await environment.api('PUT', `${path}/${made.id}`, { body: { password: other } })).status).toBe(200)
    expect([await opens(environment, good), await opens(environment, other)]).toEqual([false, true])
    await environment.api('PUT', `${path}/${made.id}`, { body: { first_name: 'Ann', password: null } })
    expect(await opens(environment, other)).toBe(true)
  })

  test.each([
    ['too short', { password: 'aB3$efgh' }, 'password_too_short'],
    ['in every list', { password: 'Password123' }, 'password_too_common'],
    ['one letter over and over', { password: 'aaaaaaaaaaaaaaaa' }, 'password_too_common'],
    ['the address', { password: 'ann.lee@acme.test!' }, 'password_contains_name'],
    ['with the name of the company', { password: 'welcome-to-acme' }, 'password_contains_name'],
    ['with their own name', { password: 'SUSANNA is mine', first_name: 'Susanna' }, 'password_contains_name'],
    ['longer than anybody types', { password: 'correct horse '.repeat(19) }, 'password_too_long'],
  ])('is refused when it is %s', async (_claim, body, code) => {
    const { api } = await server.environment()
    const answer = await api('POST', path, { body: { email: 'ann.lee@acme.test', ...body } })
    expect([answer.status, answer.body.code, answer.body.errors?.map((error) => error.code)]).toEqual([
      400,
      'password_strength_error',
      [code],
    ])
    expect((await api<{ data: unknown[] }>('GET', path)).body.data).toEqual([])
  })

  test('of former days does not come back for as long as the policy remembers', async () => {
    const environment = await server.environment()
    const policy = { minimum_length: 10, refuse_common: true, history: 2 }
    const { body: user } = await environment.api<User>('POST', path, { body: { email } })
    const set = async (password: string) => {
      const prepared = await preparePassword(server.db, environment.id, user, password, policy)
      await change(server.deps, { environment: environment.id }, (work) => setPassword(work, user.id, prepared, policy))
    }
    for (const number of ['one', 'two', 'three']) await set(`password number ${number}`)
    for (const number of ['two', 'three'])
      await expect(set(`password number ${number}`)).rejects.toMatchObject({
        code: 'password_strength_error',
        errors: [{ code: 'password_used_before' }],
      })
    await set('password number one')
  })
})

describe('a hash from elsewhere', () => {
  test('opens, and from the first time on is kept as Argon2id', async () => {
    const environment = await server.environment()
    const body = { email, password_hash: bcrypt, password_hash_type: 'bcrypt' }
    expect((await environment.api('POST', path, { body })).status).toBe(201)
    expect(await opens(environment, 'U*V')).toBe(false)
    expect(await storedHash(environment)).toBe(bcrypt)
    expect(await opens(environment, 'U*U')).toBe(true)
    expect(await storedHash(environment)).toMatch(/^\$argon2id\$/)
    expect(await opens(environment, 'U*U')).toBe(true)
    expect(await opens(environment, 'U*V')).toBe(false)
  })

  test('replaces the password of somebody', async () => {
    const environment = await server.environment()
    const { body: made } = await environment.api<User>('POST', path, { body: { email, password: good } })
    const body = {
      password_hash: '{SSHA256}J7DZ9QiIkiAbTVNB007sp9/TsZpqTzXFNt2gy+1F5wFzYWx0c2FsdA==',
      password_hash_type: 'ssha256',
      password_salt_position: 'prefix',
    }
    expect((await environment.api('PUT', `${path}/${made.id}`, { body })).status).toBe(200)
    expect([await opens(environment, good), await opens(environment, 'secret')]).toEqual([false, true])
  })

  test.each<[string, Partial<Record<keyof UserCreate, string>>, number, string]>([
    [
      'with a password beside it',
      { password: good, password_hash: bcrypt, password_hash_type: 'bcrypt' },
      400,
      'password_and_password_hash_provided',
    ],
    [
      'with a password beside its type',
      { password: good, password_hash_type: 'bcrypt' },
      400,
      'password_and_password_hash_type_provided',
    ],
    [
      'as a salt position alone',
      { password_salt_position: 'prefix' },
      400,
      'password_salt_position_requires_password_hash',
    ],
    [
      'of another kind than it says',
      { password_hash: bcrypt, password_hash_type: 'argon2' },
      400,
      'invalid_password_hash',
    ],
    ['without a type', { password_hash: bcrypt }, 422, 'invalid_request_parameters'],
    ['as a type alone', { password_hash_type: 'bcrypt' }, 422, 'invalid_request_parameters'],
  ])('is refused %s', async (_claim, given, status, code) => {
    const { api } = await server.environment()
    const answer = await api('POST', path, { body: { email, ...given } })
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect((await api<{ data: unknown[] }>('GET', path)).body.data).toEqual([])
  })
})

test('finding nobody takes the work of a password, as finding somebody does', async () => {
  const environment = await server.environment()
  await environment.api('POST', path, { body: { email, password: good } })
  const time = async (address: string) => {
    const before = process.cpuUsage()
    await opens(environment, 'wrong horse battery', address)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  const cost = async (address: string) => {
    const times: number[] = []
    for (let round = 0; round < 5; round++) times.push(await time(address))
    return times.toSorted((a, b) => a - b)[2] ?? 0
  }
  await cost(email)
  const [somebody, nobody] = [await cost(email), await cost('nobody@acme.test')]
  expect(nobody / somebody).toBeGreaterThan(0.5)
  expect(nobody / somebody).toBeLessThan(2)
})
