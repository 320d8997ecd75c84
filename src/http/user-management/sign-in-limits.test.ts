import { beforeEach, describe, expect, test } from 'vitest'
import { BadRequest, Busy } from '#domain/errors.ts'
import { SignInLimits } from './sign-in-limits.ts'

let now: number
let limits: SignInLimits

beforeEach(() => {
  now = Date.parse('2026-03-01T12:00:00Z')
  limits = new SignInLimits(() => new Date(now))
})

const wrong = async () => {
  throw new BadRequest('no', 'invalid_credentials')
}
const right = async () => 'in'
const attempt = (act: () => Promise<string>, email: string | undefined, ipAddress: string | null = null) =>
  limits.attempt({ environment: 'environment_1', email, ipAddress }, act).catch((error: unknown) => error)
const fail = async (times: number, email: (index: number) => string | undefined, ipAddress: string | null = null) => {
  for (let index = 0; index < times; index++) await attempt(wrong, email(index), ipAddress)
}

describe('an account', () => {
  test('rests after ten failures, however its address is written', async () => {
    await fail(10, (index) => (index % 2 ? 'Ann@acme.test ' : 'ann@acme.test'))
    const refused = await attempt(right, 'ann@acme.test')
    expect(refused).toBeInstanceOf(Busy)
    expect((refused as Busy).retryAfterSeconds).toBe(60)
    expect(await attempt(right, 'bob@acme.test')).toBe('in')
  })

  test('is back when it was said to be', async () => {
    await fail(10, () => 'ann@acme.test')
    now += 59_999
    expect(await attempt(right, 'ann@acme.test')).toBeInstanceOf(Busy)
    now += 1
    expect(await attempt(right, 'ann@acme.test')).toBe('in')
  })

  test('of another tenant is another', async () => {
    await fail(10, () => 'ann@acme.test')
    const elsewhere = { environment: 'environment_2', email: 'ann@acme.test', ipAddress: null } as const
    expect(await limits.attempt(elsewhere, right)).toBe('in')
  })

  test('does not rest for what is no guess', async () => {
    for (let index = 0; index < 20; index++) {
      await attempt(right, 'ann@acme.test')
      await attempt(async () => {
        throw new BadRequest('expired', 'one_time_code_expired')
      }, 'ann@acme.test')
    }
    expect(await attempt(right, 'ann@acme.test')).toBe('in')
  })
})

test('a network address rests after a hundred failures, whoever they were about', async () => {
  await fail(100, (index) => `p${index}@acme.test`, '203.0.113.7')
  expect(await attempt(right, 'new@acme.test', '203.0.113.7')).toBeInstanceOf(Busy)
  expect(await attempt(right, undefined, '203.0.113.7')).toBeInstanceOf(Busy)
  expect(await attempt(right, 'new@acme.test', '203.0.113.8')).toBe('in')
})
