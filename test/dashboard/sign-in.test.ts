import { describe, expect, test } from 'vitest'
import type { AuditEntry, DashboardUser, InvitedDashboardUser } from '#contracts/dashboard-users.ts'
import type { DashboardSession } from '#contracts/console.ts'
import type { Page } from '#contracts/list.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { askWith, openDashboard } from '../support/dashboard.ts'
import { useTestServer } from '../support/server.ts'

/** As it serves others: nobody is signed in for being on the machine. */
const server = useTestServer({ development: false, baseUrl: 'https://gatehouse.test' })

const browser = { origin: 'https://gatehouse.test', 'sec-fetch-site': 'same-origin' }
const password = 'correct horse battery'
const signedOut = 'E-mail, password and code do not belong together.'

async function post(path: string, fields: Record<string, string>, headers: Record<string, string> = browser) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
    redirect: 'manual',
  })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

async function invite(email: string, role = 'admin') {
  const owner = await openDashboard(server, 'owner')
  const { status, body } = await owner.ask<InvitedDashboardUser>('POST', '/dashboard/api/users', {
    body: { email, role },
  })
  expect(status).toBe(201)
  return { owner, user: body, token: new URL(body.invitation_url).searchParams.get('token') ?? '' }
}

/** Opens the link and reads what a person would type into their app. */
async function secretOf(token: string): Promise<Buffer> {
  const page = await fetch(`${server.url}/dashboard/invitation?token=${token}`)
  const text = await page.text()
  const secret = /<dt>Secret<\/dt>\s*<dd>([A-Z2-7 ]+)<\/dd>/.exec(text)?.[1] ?? ''
  return decodeBase32(secret) ?? Buffer.alloc(0)
}

const codeOf = (secret: Buffer) => totp(secret, server.clock.read())
const nextStep = () => server.clock.advance(30_000)
const cookieOf = (headers: Headers) => headers.get('set-cookie')?.split(';', 1)[0] ?? ''
const session = async (cookie: string) =>
  askWith<DashboardSession>(server, 'GET', '/dashboard/api/session', { headers: { cookie, ...browser } })

/** Somebody who took up an invitation. */
async function member(role = 'admin') {
  const email = `ann.${crypto.randomUUID()}@acme.test`
  const { owner, user, token } = await invite(email, role)
  const secret = await secretOf(token)
  const accepted = await post('/dashboard/invitation', { token, password, code: codeOf(secret) })
  expect(accepted.status).toBe(303)
  nextStep()
  return { email, owner, user, token, secret, cookie: cookieOf(accepted.headers) }
}

describe('in production', () => {
  test('nobody is signed in for being on the machine', async () => {
    const answer = await askWith(server, 'GET', '/dashboard/api/session')
    expect([answer.status, answer.body.code, answer.headers['set-cookie']]).toEqual([
      401,
      'dashboard_session_required',
      undefined,
    ])
  })

  test('a session of a developer in the same database opens nothing', async () => {
    const { cookie, id } = await openDashboard(server, 'owner')
    expect((await session(cookie)).status).toBe(200)
    await server.deps.db.pool.query('update dashboard_users set is_developer = true where id = $1', [id])
    expect((await session(cookie)).status).toBe(401)
  })
})

describe('an invitation', () => {
  test('lets somebody set password and second factor, once, and signs them in by a cookie for this host alone', async () => {
    const { token, user } = await invite('Ann@acme.test', 'viewer')
    expect(user).toMatchObject({ email: 'Ann@acme.test', role: 'viewer', state: 'invited' })
    const secret = await secretOf(token)
    expect(secret).toHaveLength(20)
    const accepted = await post('/dashboard/invitation', { token, password, code: codeOf(secret) })
    expect([accepted.status, accepted.headers.get('location')]).toEqual([303, '/dashboard'])
    expect(accepted.headers.get('set-cookie')).toMatch(
      /^__Host-gatehouse_dashboard=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
    const { body } = await session(cookieOf(accepted.headers))
    expect([body.user.email, body.user.role, body.development]).toEqual(['Ann@acme.test', 'viewer', false])
    nextStep()
    expect((await post('/dashboard/invitation', { token, password, code: codeOf(secret) })).status).toBe(404)
    expect((await fetch(`${server.url}/dashboard/invitation?token=${token}`)).status).toBe(404)
  })

  test.each([
    ['a password too short', { password: 'short' }, 'at least 12'],
    ['a password of their own name', { password: 'somebody-somebody' }, 'must not contain your address'],
    ['a password that repeats', { password: 'aaaaaaaaaaaaaaaa' }, 'repeats too few'],
    ['a wrong code', { code: '000000' }, 'The code is not right'],
    ['no code', { code: '' }, 'The code is not right'],
  ])('refuses %s and can be tried again', async (_what, fields, problem) => {
    const { token } = await invite(`somebody@${crypto.randomUUID()}.test`)
    const secret = await secretOf(token)
    const refused = await post('/dashboard/invitation', { token, password, code: codeOf(secret), ...fields })
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([422, null])
    expect(refused.text).toContain(problem)
    expect((await post('/dashboard/invitation', { token, password, code: codeOf(secret) })).status).toBe(303)
  })

  test('ends after a day, and when a newer one is made', async () => {
    const email = `bob@${crypto.randomUUID()}.test`
    const [older, newer] = [await invite(email), await invite(email)]
    const open = async ({ token }: typeof older) =>
      (await fetch(`${server.url}/dashboard/invitation?token=${token}`)).status
    expect([await open(older), await open(newer)]).toEqual([404, 200])
    server.clock.advance(25 * 60 * 60_000)
    expect(await open(newer)).toBe(404)
  })

  test('for somebody who is there is a way back, and ends what was signed in', async () => {
    const { email, cookie, secret } = await member()
    const { token } = await invite(email)
    expect((await session(cookie)).status).toBe(200)
    const renewed = await secretOf(token)
    expect(renewed.equals(secret)).toBe(false)
    const back = await post('/dashboard/invitation', { token, password: `${password}!`, code: codeOf(renewed) })
    expect([back.status, (await session(cookie)).status]).toEqual([303, 401])
    nextStep()
    expect((await post('/dashboard/sign-in', { email, password, code: codeOf(renewed) })).status).toBe(401)
  })

  test('shows what somebody called themselves as text', async () => {
    const { token } = await invite('"><script>alert(1)</script>@x.test')
    const text = await (await fetch(`${server.url}/dashboard/invitation?token=${token}`)).text()
    expect(text).not.toContain('<script>alert')
  })
})

describe('signing in', () => {
  test('takes e-mail, password and code together', async () => {
    const { email, secret } = await member()
    const done = await post('/dashboard/sign-in', { email: email.toUpperCase(), password, code: ` ${codeOf(secret)} ` })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/dashboard'])
    expect((await session(cookieOf(done.headers))).body.user.email).toBe(email)
  })

  test.each([
    ['another password', { password: 'correct horse batterx' }],
    ['another code', { code: '000000' }],
    ['no code', { code: '' }],
    ['somebody who does not exist', { email: 'nobody@acme.test' }],
  ])('with %s is refused in the same words', async (_what, fields) => {
    const { email, secret } = await member()
    const refused = await post('/dashboard/sign-in', { email, password, code: codeOf(secret), ...fields })
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([401, null])
    expect(refused.text).toContain(signedOut)
  })

  test('refuses a code that was used', async () => {
    const { email, secret } = await member()
    const code = codeOf(secret)
    expect((await post('/dashboard/sign-in', { email, password, code })).status).toBe(303)
    expect((await post('/dashboard/sign-in', { email, password, code })).status).toBe(401)
  })

  test('refuses somebody who has not taken up the invitation', async () => {
    const email = `eve@${crypto.randomUUID()}.test`
    const { token } = await invite(email)
    const secret = await secretOf(token)
    expect((await post('/dashboard/sign-in', { email, password: '', code: codeOf(secret) })).status).toBe(401)
    expect((await post('/dashboard/sign-in', { email, password: 'nobody', code: codeOf(secret) })).status).toBe(401)
  })

  test('is slowed down for an account that is guessed at, also with the right password', async () => {
    const { email, secret } = await member()
    for (let guess = 0; guess < 5; guess += 1) await post('/dashboard/sign-in', { email, password: 'x', code: '1' })
    const answer = await post('/dashboard/sign-in', { email, password, code: codeOf(secret) })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
    server.clock.advance(60_000)
    expect((await post('/dashboard/sign-in', { email, password, code: codeOf(secret) })).status).toBe(303)
  })

  test.each([
    ['another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['nowhere', {}],
    ['a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['an unknown place', { origin: 'null' }],
  ])('from a page of %s is refused', async (_where, headers) => {
    const { email, secret } = await member()
    const answer = await post('/dashboard/sign-in', { email, password, code: codeOf(secret) }, headers)
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
  })

  test('from a page of ours that sends no referrer, as browsers write it, works', async () => {
    const { email, secret } = await member()
    const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' }
    const done = await post('/dashboard/sign-in', { email, password, code: codeOf(secret) }, headers)
    expect(done.status).toBe(303)
  })

  test('makes a session of its own and ends the one the browser had', async () => {
    const { email, secret, cookie } = await member()
    const done = await post('/dashboard/sign-in', { email, password, code: codeOf(secret) }, { ...browser, cookie })
    expect(cookieOf(done.headers)).not.toBe(cookie)
    expect((await session(cookie)).status).toBe(401)
  })

  test('keeps neither password nor secret in the clear', async () => {
    const { secret } = await member()
    const { rows } = await server.deps.db.pool.query('select u::text as row from dashboard_users u')
    const stored = JSON.stringify(rows)
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
    for (const form of [password, secret.toString('base64'), secret.toString('hex')]) expect(stored).not.toContain(form)
  })
})

describe('the people of the dashboard', () => {
  test('are listed, changed and removed by owners, which ends their sessions', async () => {
    const { owner, user, cookie } = await member('admin')
    const list = await owner.ask<{ data: DashboardUser[] }>('GET', '/dashboard/api/users')
    expect(list.body.data).toContainEqual({
      ...(({ invitation_url: _u, invitation_expires_at: _e, ...rest }) => rest)(user),
      state: 'active',
      last_sign_in_at: expect.stringMatching(/^2\d{3}-.*Z$/) as string,
    })
    expect(user.last_sign_in_at).toBeNull()
    const change = async (role: string) => {
      const { status, body } = await owner.ask<DashboardUser>('PATCH', `/dashboard/api/users/${user.id}`, {
        body: { role },
      })
      return [status, body.role, (await session(cookie)).status]
    }
    expect(await change('admin'), 'what they are already').toEqual([200, 'admin', 200])
    expect(await change('viewer')).toEqual([200, 'viewer', 401])
    expect(await change('viewer')).toEqual([200, 'viewer', 401])
    expect((await owner.ask('DELETE', `/dashboard/api/users/${user.id}`)).status).toBe(204)
    expect((await owner.ask('DELETE', `/dashboard/api/users/${user.id}`)).status).toBe(404)
    expect((await change('viewer'))[0]).toBe(404)
  })

  test.each(['admin', 'viewer'] as const)('are none of an %s’s business', async (role) => {
    const { user } = await member()
    const { ask } = await openDashboard(server, role)
    for (const [method, path, body] of [
      ['GET', '/users', undefined],
      ['POST', '/users', { email: 'eve@evil.test', role: 'owner' }],
      ['PATCH', `/users/${user.id}`, { role: 'owner' }],
      ['DELETE', `/users/${user.id}`, undefined],
      ['GET', '/audit_entries', undefined],
    ] as const) {
      const answer = await ask(method, `/dashboard/api${path}`, { body })
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'role_not_sufficient'])
    }
  })

  test('always have an owner among them', async () => {
    await server.deps.db.pool.query(`update dashboard_users set role = 'admin'`)
    const { ask, id } = await openDashboard(server, 'owner')
    const [demoted, removed] = [
      await ask('PATCH', `/dashboard/api/users/${id}`, { body: { role: 'viewer' } }),
      await ask('DELETE', `/dashboard/api/users/${id}`),
    ]
    expect([demoted.body.code, removed.body.code]).toEqual(['last_owner', 'last_owner'])
  })

  test('leave a trail of what they changed and tried', async () => {
    const environment = await server.environment()
    const [admin, viewer, owner] = [
      await openDashboard(server),
      await openDashboard(server, 'viewer'),
      await openDashboard(server, 'owner'),
    ]
    const base = `/dashboard/api/${environment.id}`
    const made = await admin.ask<{ id: string }>('POST', `${base}/organizations`, { body: { name: 'Acme' } })
    await admin.ask('DELETE', `${base}/organizations/org_nobody`)
    await admin.ask('GET', `${base}/organizations`)
    await viewer.ask('POST', `${base}/organizations`, { body: { name: 'No' } })
    const { body } = await viewer.ask<Page<AuditEntry>>('GET', `${base}/audit_entries`)
    expect(body.data.map(({ operation, target, status, email }) => ({ operation, target, status, email }))).toEqual([
      { operation: 'deleteOrganization', target: 'org_nobody', status: 404, email: admin.email },
      { operation: 'createOrganization', target: made.body.id, status: 201, email: admin.email },
    ])
    expect(body.data[1]?.request_id).toBe(made.headers['x-request-id'])
    const everything = await owner.ask<Page<AuditEntry>>('GET', '/dashboard/api/audit_entries')
    expect(everything.body.data.map(({ id }) => id)).toEqual(expect.arrayContaining(body.data.map(({ id }) => id)))
    const elsewhere = await viewer.ask<Page<AuditEntry>>(
      'GET',
      `/dashboard/api/${(await server.environment()).id}/audit_entries`,
    )
    expect(elsewhere.body.data).toEqual([])
  })
})
