import { beforeAll, describe, expect, test } from 'vitest'
import type { DeviceAuthorization } from '#contracts/device-authorization.ts'
import type { User } from '#contracts/users.ts'
import { change } from '#db/work.ts'
import { answerDevice } from '#domain/authentication/device.ts'
import { plainFacts } from '#domain/authentication/facts.ts'
import { type Authenticated, peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People
let user: User

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
  user = await people.user()
})

const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
const begin = async (tenant = environment) =>
  (
    await tenant.api<DeviceAuthorization>('POST', '/user_management/authorize/device', {
      body: { client_id: tenant.client_id },
      key: null,
    })
  ).body
const ask = async (device_code: string) => {
  const { status, body } = await people.authenticate<Authenticated & { error?: string }>({
    grant_type,
    device_code,
    client_secret: null,
  })
  return status === 200 ? body : body.error
}
const facts = () => plainFacts('Password', { ipAddress: '203.0.113.7', userAgent: 'Phone' })
const answer = (code: string, said: Parameters<typeof answerDevice>[2], tenant = environment) =>
  change(server.deps, { environment: tenant.id }, (work) => answerDevice(work, code, said))

describe('RFC 8628: a device', () => {
  test('waits until the person agrees, and gets a session once', async () => {
    const device = await begin()
    expect(device).toEqual({
      device_code: expect.any(String),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `http://gatehouse.test/authkit/device?client_id=${environment.client_id}`,
      verification_uri_complete: expect.stringContaining(`user_code=${device.user_code}`),
      expires_in: 300,
      interval: 5,
    })
    expect(await ask(device.device_code)).toBe('authorization_pending')
    await answer(device.user_code.toLowerCase(), { user: user.id, facts: facts() })
    server.clock.advance(5000)
    expect(await ask(device.device_code)).toMatchObject({ user: { id: user.id }, refresh_token: expect.any(String) })
    expect(await ask(device.device_code)).toBe('invalid_grant')
  })

  test('that asks too often is told so, and has to wait longer', async () => {
    const { device_code } = await begin()
    expect(await ask(device_code)).toBe('authorization_pending')
    server.clock.advance(4000)
    expect(await ask(device_code)).toBe('slow_down')
    server.clock.advance(9000)
    expect(await ask(device_code)).toBe('slow_down')
    server.clock.advance(15_000)
    expect(await ask(device_code)).toBe('authorization_pending')
  })

  test.each([
    ['was refused', (code: string) => answer(code, 'denied'), 'access_denied'],
    ['waited five minutes', async () => server.clock.advance(300_000), 'expired_token'],
  ])('that %s is told', async (_what, happens, error) => {
    const device = await begin()
    await happens(device.user_code)
    expect(await ask(device.device_code)).toBe(error)
  })

  test('of another tenant, or nobody’s, gets nothing', async () => {
    const stranger = await server.environment()
    const theirs = await begin(stranger)
    expect(await ask(theirs.device_code)).toBe('invalid_grant')
    expect(await ask('nope')).toBe('invalid_grant')
    expect(await answer(theirs.user_code, { user: user.id, facts: facts() })).toBe(false)
    const unknown = await environment.api<{ error: string }>('POST', '/user_management/authorize/device', {
      body: { client_id: 'client_nobody' },
      key: null,
    })
    expect([unknown.status, unknown.body.error]).toEqual([400, 'invalid_client'])
  })

  test('cannot be answered twice: who agreed is who signs in', async () => {
    const device = await begin()
    await answer(device.user_code, { user: user.id, facts: facts() })
    const mallory = await people.user()
    expect(await answer(device.user_code, { user: mallory.id, facts: facts() })).toBe(false)
    expect(await ask(device.device_code)).toMatchObject({ user: { id: user.id } })
  })
})
