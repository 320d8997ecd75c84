import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Mail } from '#contracts/mailbox.ts'
import type { Page } from '#contracts/list.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { openDatabase } from '#db/database.ts'
import { BadRequest, Busy } from '#domain/errors.ts'
import { SignInLimits } from '#http/user-management/sign-in-limits.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { peopleOf } from '../support/people.ts'
import { type TestServer, useTestServer } from '../support/server.ts'

const server = useTestServer()
/** Two processes of one installation. */
let processes: readonly [Pick<TestServer, 'url' | 'deps'>, Pick<TestServer, 'url' | 'deps'>]

beforeAll(async () => {
  processes = [server, await server.twin()]
})

const password = 'correct horse battery'
const count = <T>(all: readonly T[], one: T) => all.filter((each) => each === one).length

describe('attempts', () => {
  let environment: EnvironmentId
  let turn = 0

  beforeEach(async () => {
    environment = (await server.environment()).id
  })

  const wrong = async () => {
    throw new BadRequest('no', 'invalid_credentials')
  }
  const right = async () => 'in'
  /** By one process and the other in turns. */
  const attempt = (act: () => Promise<string>, email: string | undefined, ipAddress: string | null = null) =>
    (processes[turn++ % 2] ?? server).deps.signInLimits
      .attempt({ environment, email, ipAddress }, act)
      .catch((error: unknown) => error)
  const fail = async (times: number, email: (index: number) => string | undefined, ipAddress: string | null = null) => {
    await Promise.all(Array.from({ length: times }, (_, index) => attempt(wrong, email(index), ipAddress)))
  }
  const waitOf = (refused: unknown) => (refused instanceof Busy ? refused.retryAfterSeconds : refused)

  test('at an account rest after ten failures, wherever they were and however its address is written', async () => {
    await fail(10, (index) => (index % 3 ? 'Ann@acme.test ' : 'ann@acme.test'))
    expect(waitOf(await attempt(right, 'ann@acme.test'))).toBe(60)
    expect(waitOf(await attempt(right, 'ann@acme.test'))).toBe(60)
    expect(await attempt(right, 'bob@acme.test')).toBe('in')
  })

  test('go on when it was said, and those that were refused count for nothing', async () => {
    await fail(12, () => 'ann@acme.test')
    server.clock.advance(59_999)
    expect(waitOf(await attempt(right, 'ann@acme.test'))).toBe(1)
    server.clock.advance(1)
    await fail(9, () => 'ann@acme.test')
    expect(await attempt(right, 'ann@acme.test')).toBe('in')
    await fail(1, () => 'ann@acme.test')
    expect(waitOf(await attempt(right, 'ann@acme.test'))).toBe(60)
  })

  test('of another tenant are others', async () => {
    await fail(10, () => 'ann@acme.test')
    const elsewhere = { environment: (await server.environment()).id, email: 'ann@acme.test', ipAddress: null } as const
    expect(await server.deps.signInLimits.attempt(elsewhere, right)).toBe('in')
  })

  test('do not rest for what is no guess', async () => {
    for (let index = 0; index < 11; index++) {
      await attempt(right, 'ann@acme.test')
      await attempt(async () => {
        throw new BadRequest('expired', 'one_time_code_expired')
      }, 'ann@acme.test')
    }
    expect(await attempt(right, 'ann@acme.test')).toBe('in')
  })

  test('from a network address rest after a hundred failures, whoever they were about', async () => {
    await fail(100, (index) => `p${index}@acme.test`, '203.0.113.7')
    expect(waitOf(await attempt(right, 'new@acme.test', '203.0.113.7'))).toBe(60)
    expect(waitOf(await attempt(right, undefined, '203.0.113.7'))).toBe(60)
    expect(await attempt(right, 'new@acme.test', '203.0.113.8')).toBe('in')
  })

  test('that are refused for their account are not counted against the network address', async () => {
    await fail(10, () => 'ann@acme.test')
    await fail(110, () => 'ann@acme.test', '203.0.113.7')
    expect(await attempt(right, 'bob@acme.test', '203.0.113.7')).toBe('in')
  })

  test('at the same moment are no way around it: fifty are made and no more, and later none until the minute is over', async () => {
    let [made, answer] = [0, () => {}]
    const all = new Promise<void>((resolve) => (answer = resolve))
    const guess = async () => {
      made += 1
      await all
      return wrong()
    }
    const waits: unknown[] = []
    const guesses = Array.from({ length: 80 }, () =>
      attempt(guess, 'ann@acme.test').then((refused) => waits.push(waitOf(refused))),
    )
    await expect.poll(() => [made, waits]).toEqual([50, Array.from({ length: 30 }, () => 1)])
    answer()
    await Promise.all(guesses)
    expect(made).toBe(50)
    expect(waitOf(await attempt(right, 'ann@acme.test'))).toBe(60)
  })

  test('are not made where nothing can be counted', async () => {
    const gone = openDatabase({ url: 'postgres://127.0.0.1:1/gone', poolSize: 1, onError: () => undefined })
    const limits = new SignInLimits(gone, server.clock.read)
    let made = 0
    const act = async () => (made += 1)
    await expect(limits.attempt({ environment, email: 'ann@acme.test', ipAddress: null }, act)).rejects.toThrow(
      'ECONNREFUSED',
    )
    expect(made).toBe(0)
    await gone.close()
  })
})

test('a password is guessed ten times a minute, by the API and the login box of both processes together', async () => {
  const environment = await server.environment()
  const { email } = await peopleOf(server, environment).user(undefined, { password })
  const uri = 'https://app.test/callback'
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri } })
  const { client_id, apiKey } = environment
  const url = `/user_management/authorize?${new URLSearchParams({ client_id, redirect_uri: uri, response_type: 'code', provider: 'authkit' })}`
  const attempt = { environment: environment.id, email, ipAddress: null }
  for (let index = 0; index < 8; index++)
    await server.deps.signInLimits
      .attempt(attempt, () => Promise.reject(new BadRequest('no', 'invalid_credentials')))
      .catch(() => undefined)
  const [one, other] = processes
  const browser = new LoginBrowser(other)
  await browser.get(url)
  await browser.submit('sign-in', { email })
  expect((await browser.submit('password', { password: 'wrong' })).status).toBe(422)
  const fields = { client_id, client_secret: apiKey.value, grant_type: 'password', email }
  const post = async (base: string, given: string) =>
    fetch(`${base}/user_management/authenticate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fields, password: given }),
    })
  expect((await post(one.url, 'wrong')).status).toBe(400)
  expect((await browser.submit('password', { password })).status).toBe(429)
  for (const { url: base } of processes) {
    const answer = await post(base, password)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
  }
})

describe('mail to an inbox', () => {
  test.each([
    ['somebody’s', true],
    ['nobody’s', false],
  ])('is sent six times in ten minutes, by two processes at the same moment: %s', async (_whose, isSomebody) => {
    const environment = await server.environment()
    const { api, client_id } = environment
    const uri = 'https://app.test/callback'
    await api('POST', '/user_management/redirect_uris', { body: { uri } })
    const email = 'ann@example.com'
    if (isSomebody) await peopleOf(server, environment).user(email)
    const query = new URLSearchParams({ client_id, redirect_uri: uri, response_type: 'code', provider: 'authkit' })
    const browsers = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const browser = new LoginBrowser(processes[index % 2] ?? server)
        const { url } = await browser.get(`/user_management/authorize?${query}`)
        await browser.get(url.replace('sign-in', 'forgot'))
        return browser
      }),
    )
    const pages = await Promise.all(browsers.map((browser) => browser.submit('forgot', { email })))
    const statuses = pages.map(({ status }) => status)
    expect([count(statuses, 200), count(statuses, 429)]).toEqual([6, 10])
    const { body } = await api<Page<Mail>>('GET', `/mailbox?limit=100&to=${email}`)
    expect(body.data).toHaveLength(isSomebody ? 6 : 0)
  })

  test('is sent six times where sign-ins by the API wait for it, at the same moment', async () => {
    const environment = await server.environment()
    const people = peopleOf(server, environment)
    // One way to sign in locks the person, the other what is counted: neither may wait for both.
    const user = await people.user(undefined, { email_verified: false, password })
    const grants: object[] = []
    for (let index = 0; index < 8; index++)
      grants.push(
        { grant_type: 'authorization_code', code: await people.code(user) },
        { grant_type: 'password', email: user.email, password },
      )
    const { client_id, apiKey } = environment
    const statuses = await Promise.all(
      grants.map(async (grant, index) => {
        const body = JSON.stringify({ client_id, client_secret: apiKey.value, ...grant })
        const headers = { 'content-type': 'application/json' }
        const { url } = processes[index % 2] ?? server
        return (await fetch(`${url}/user_management/authenticate`, { method: 'POST', headers, body })).status
      }),
    )
    expect([count(statuses, 403), count(statuses, 429)]).toEqual([6, 10])
    const { body } = await environment.api<Page<Mail>>('GET', `/mailbox?limit=100&to=${user.email}`)
    expect(body.data).toHaveLength(6)
  })
})

test('the dashboard of both processes together takes five wrong passwords of an account a minute', async () => {
  const statuses: number[] = []
  for (let index = 0; index < 8; index++) {
    const { url } = processes[index % 2] ?? server
    const response = await fetch(`${url}/dashboard/sign-in`, {
      method: 'POST',
      headers: { origin: 'http://gatehouse.test', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ email: 'owner@acme.test', password, code: '000000' }),
      redirect: 'manual',
    })
    statuses.push(response.status)
  }
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
})
