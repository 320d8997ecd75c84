import { pbkdf2Sync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Invitation } from '#contracts/invitations.ts'
import type { MagicAuth } from '#contracts/magic-auth.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { PasswordReset } from '#contracts/password-resets.ts'
import type { User } from '#contracts/users.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { provisionDirectories } from '#domain/provisioning/follow.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type OidcIdp, startOidcIdp } from '../support/oidc-idp.ts'
import type { Authenticated } from '../support/people.ts'
import { answer, createIdp, readRedirect } from '../support/saml-idp.ts'
import { addUser, createScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'
import { hoard, ownersEmail, type Place, placeOf, signUpAt, squat, strangersPassword } from '../support/squatter.ts'
import { untilWaiting } from '../support/waiting.ts'

const server = useTestServer()
const magicGrant = 'urn:workos:oauth:grant-type:magic-auth:code'
const newPassword = 'correct zebra battery'

let provider: OidcIdp
beforeAll(async () => {
  provider = await startOidcIdp(server.clock.read, 'http://gatehouse.test')
})
afterAll(() => provider.close())

const place = async (settings?: object) => placeOf(server, await server.environment(), settings)
const userOf = async ({ environment }: Place, { id }: Pick<User, 'id'>) =>
  (await environment.api<User>('GET', `/user_management/users/${id}`)).body
const byPassword = ({ people }: Place, password: string) =>
  people.authenticate<Authenticated & { code?: string; pending_authentication_token?: string }>({
    grant_type: 'password',
    email: ownersEmail,
    password,
  })

async function byMagicCode({ environment, people }: Place) {
  const { body } = await environment.api<MagicAuth>('POST', '/user_management/magic_auth', {
    body: { email: ownersEmail },
  })
  return people.authenticate<Authenticated>({ grant_type: magicGrant, email: ownersEmail, code: body.code })
}

async function answerInbox({ mail }: Place, browser: LoginBrowser) {
  expect(browser.last?.page).toBe('email-verification')
  await browser.submit('email-verification', { code: (await mail(ownersEmail)).code ?? '' })
}

async function byGoogle({ environment, url }: Place, fields: Record<string, string>): Promise<LoginBrowser> {
  await environment.api('PUT', '/oauth_providers/GoogleOAuth', {
    body: { client_id: 'our-client', client_secret: 'test-secret', issuer: provider.issuer },
  })
  const browser = new LoginBrowser(server)
  const { left } = await browser.get(url({ provider: 'GoogleOAuth' }))
  await browser.get((await provider.choose(left?.href ?? '', { email: ownersEmail, ...fields })).href)
  return browser
}

async function bySso({ environment, url }: Place, organization: object): Promise<LoginBrowser> {
  const { api } = environment
  const idp = await createIdp()
  const { body } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme', ...organization } })
  const { body: connection } = await api<{ id: string }>('POST', '/connections', {
    body: { organization_id: body.id, connection_type: 'OktaSAML', idp_metadata_xml: idp.metadata },
  })
  const browser = new LoginBrowser(server)
  const { left } = await browser.get(url({ provider: '', connection_id: connection.id }))
  const sent = readRedirect(left?.href ?? '')
  const form = answer(idp, sent, { now: server.clock.read(), email: ownersEmail })
  await browser.post(new URL(sent.acsUrl).pathname, form)
  return browser
}

const ownDomain = { domain_data: [{ domain: 'example.com', state: 'verified' }] }

/** Every way in which the owner of an address shows that it is theirs. */
const ways: Record<string, (where: Place) => Promise<unknown>> = {
  'a magic code': byMagicCode,
  async 'a magic code at the login box'({ url, mail }) {
    const browser = new LoginBrowser(server)
    await browser.get(url())
    await browser.submit('sign-in', { email: ownersEmail })
    await browser.submit('magic-code/send')
    await browser.submit('magic-code', { code: (await mail(ownersEmail)).code ?? '' })
  },
  'a social provider that vouches for the address': (where) => byGoogle(where, {}),
  async 'a social provider that does not, and the inbox'(where) {
    await answerInbox(where, await byGoogle(where, { scenario: 'unverified-email' }))
  },
  'the identity provider of their company': (where) => bySso(where, ownDomain),
  async 'the identity provider of another company, and the inbox'(where) {
    await answerInbox(where, await bySso(where, { allow_profiles_outside_organization: true }))
  },
  async 'a password reset'({ environment: { api } }) {
    const { body } = await api<PasswordReset>('POST', '/user_management/password_reset', {
      body: { email: ownersEmail },
    })
    const token = body.password_reset_token
    await api('POST', '/user_management/password_reset/confirm', { body: { token, new_password: newPassword } })
  },
  async 'an invitation brought along by who signs in elsewhere'({ environment: { api }, people }) {
    const { id: organization_id } = await people.organization('Inviting')
    const { body: invitation } = await api<Invitation>('POST', '/user_management/invitations', {
      body: { email: ownersEmail, organization_id },
    })
    const { body } = await api<{ data: User[] }>('GET', `/user_management/users?email=${ownersEmail}`)
    const [user] = body.data
    if (!user) throw new Error('nobody signed up')
    const code = await people.code(user, { method: 'GoogleOAuth' })
    const { status } = await people.authenticate({
      grant_type: 'authorization_code',
      code,
      invitation_token: invitation.token,
    })
    expect(status).toBe(200)
  },
  async 'the directory of their company'({ environment }) {
    await environment.api('PUT', '/authentication_settings', { body: { directory_provisioning: true } })
    const client = await createScimClient(server, {}, environment)
    await environment.api('PUT', `/organizations/${client.directory.organization_id}`, { body: ownDomain })
    await addUser(client, ownersEmail)
    await stampEvents(server.db)
    await provisionDirectories(server.deps, new AbortController().signal)
  },
}

describe('who signed up with the address of somebody else', () => {
  test('has all of it as long as the owner has not come', async () => {
    const stranger = await squat(server, await place())
    expect(await stranger.stillGood()).toEqual(hoard)
  })

  test.each(Object.entries(ways))('has nothing left once the owner comes by %s', async (_way, prove) => {
    const where = await place()
    const stranger = await squat(server, where)
    await prove(where)
    expect((await userOf(where, stranger.user)).email_verified).toBe(true)
    expect(await stranger.stillGood()).toEqual([])
  })

  test('keeps nothing by a new password that the application set for them', async () => {
    const where = await place()
    const { user } = await squat(server, where)
    const body = { password: newPassword }
    await where.environment.api('PUT', `/user_management/users/${user.id}`, { body })
    await byMagicCode(where)
    expect((await byPassword(where, newPassword)).body.code).toBe('invalid_credentials')
  })

  test.each([
    ['asks for a code', byMagicCode],
    ['resets the password', (where: Place) => ways['a password reset']?.(where)],
  ])('gets no session by a password that was right a moment before the owner %s', async (_how, come) => {
    const where = await place()
    const { user } = await squat(server, where)
    const late = await whileLocked(
      user,
      () => come(where),
      () => byPassword(where, strangersPassword),
    )
    expect(late.body.code).toBe('invalid_credentials')
  })

  test('leaves the owner a new account to go on with', async () => {
    const where = await place()
    const { user } = await squat(server, where)
    await ways['a password reset']?.(where)
    const { body } = await byPassword(where, newPassword)
    expect(body.code).toBe('organization_selection_required')
    expect((await userOf(where, user)).id).toBe(user.id)
  })
})

test('a reset shuts out whoever knew the password of a verified account, and keeps its second factor', async () => {
  const where = await place()
  const thief = await squat(server, where)
  await where.environment.api('PUT', `/user_management/users/${thief.user.id}`, { body: { email_verified: true } })
  await ways['a password reset']?.(where)
  // Mail alone must be no way around a second factor.
  expect(await thief.stillGood()).toEqual(['second factor', 'recovery codes'])
})

describe('who moved their own account to the address of somebody else', () => {
  const elsewhere = 'mallory@example.net'
  const path = ({ id }: Pick<User, 'id'>) => `/user_management/users/${id}`

  /** Everything is theirs, as they have shown their inbox; then the application takes another address from them. */
  async function move(where: Place) {
    const { api } = where.environment
    const mover = await squat(server, where)
    await api('POST', `${path(mover.user)}/email_verification/send`)
    const { code } = await where.mail(ownersEmail)
    await api('POST', `${path(mover.user)}/email_verification/confirm`, { body: { code } })
    await api('PUT', path(mover.user), { body: { email: elsewhere, email_verified: true } })
    await api('PUT', path(mover.user), { body: { email: ownersEmail } })
    return mover
  }

  test.each([
    'a magic code',
    'the identity provider of their company',
    'a password reset',
    'the directory of their company',
  ])('is out once the owner comes by %s; mail is no way around a second factor', async (way) => {
    const where = await place()
    const mover = await move(where)
    await ways[way]?.(where)
    expect((await userOf(where, mover.user)).email_verified).toBe(true)
    expect(await mover.stillGood()).toEqual(['second factor', 'recovery codes'])
  })

  test('does not come back by an account elsewhere that was linked', async () => {
    const where = await place()
    const mine = { email: elsewhere, sub: 'mallory' }
    await byGoogle(where, mine)
    const { body } = await where.environment.api<{ data: User[] }>('GET', `/user_management/users?email=${elsewhere}`)
    const [mover] = body.data
    if (!mover) throw new Error('nobody came by Google')
    await where.environment.api('PUT', path(mover), { body: { email: ownersEmail } })
    await byMagicCode(where)
    const browser = await byGoogle(where, mine)
    const code = browser.last?.left?.searchParams.get('code')
    const again = await where.people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
    expect(again.body.user).toMatchObject({ email: elsewhere })
    expect(again.body.user.id).not.toBe(mover.id)
  })

  test.each([
    ['shows what they had along with the inbox', true],
    ['is vouched for by the application', false],
  ])('keeps it all who %s', async (_how, asked) => {
    const where = await place({ email_verification_required: true })
    const { people, environment } = where
    const user = await people.user(elsewhere, { password: strangersPassword })
    const { refresh_token } = await people.signIn(user)
    const body = { email: ownersEmail, ...(!asked && { email_verified: true }) }
    await environment.api('PUT', path(user), { body })
    const { body: first } = await byPassword(where, strangersPassword)
    if (asked)
      await people.authenticate({
        grant_type: 'urn:workos:oauth:grant-type:email-verification:code',
        code: (await where.mail(ownersEmail)).code,
        pending_authentication_token: first.pending_authentication_token,
      })
    expect((await byMagicCode(where)).status).toBe(200)
    expect((await byPassword(where, strangersPassword)).status).toBe(200)
    expect((await people.refresh(refresh_token)).status).toBe(200)
  })
})

describe('a password that was right a moment before it was reset signs nobody in', () => {
  const change = (where: Place) => ways['a password reset']?.(where)

  test('by the API', async () => {
    const where = await place()
    const user = await where.people.user(ownersEmail, { password: strangersPassword })
    const late = await whileLocked(
      user,
      () => change(where),
      () => byPassword(where, strangersPassword),
    )
    expect([late.status, late.body.code]).toEqual([400, 'invalid_credentials'])
  })

  test('at the login box', async () => {
    const where = await place()
    const user = await where.people.user(ownersEmail, { password: strangersPassword })
    const browser = new LoginBrowser(server)
    await browser.get(where.url())
    await browser.submit('sign-in', { email: ownersEmail })
    const late = await whileLocked(
      user,
      () => change(where),
      () => browser.submit('password', { password: strangersPassword }),
    )
    expect([late.page, late.left]).toEqual(['sign-in/password', undefined])
  })

  test('also when its hash was renewed on the way: of two sign-ins at once both are let in', async () => {
    const where = await place()
    const key = pbkdf2Sync(strangersPassword, 'salt', 1000, 32, 'sha256').toString('base64')
    const imported = { password_hash: `pbkdf2_sha256$1000$salt$${key}`, password_hash_type: 'pbkdf2' }
    await where.people.user(ownersEmail, imported)
    const both = await Promise.all([byPassword(where, strangersPassword), byPassword(where, strangersPassword)])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
  })
})

describe('a password stays', () => {
  const hash = '$2b$10$abcdefghijklmnopqrstuuPfVqGkP1Lq0Kk1E6m2Jt0m2oQmXKZ6a'

  test.each([
    ['set by the application', { password: strangersPassword }],
    ['imported by the application', { password_hash: hash, password_hash_type: 'bcrypt' }],
  ])('that was %s, with factors and sessions, whoever shows the inbox', async (_how, password) => {
    const where = await place()
    const { people, environment } = where
    const user = await people.user(ownersEmail, { email_verified: false, ...password })
    const { refresh_token } = await people.signIn(user)
    await environment.api('POST', `/user_management/users/${user.id}/auth_factors`, { body: { type: 'totp' } })
    const stored = () => server.db.pool.query('select hash from user_passwords where user_id = $1', [user.id])
    const before = (await stored()).rows
    expect((await byMagicCode(where)).status).toBe(200)
    expect((await stored()).rows).toEqual(before)
    expect((await people.refresh(refresh_token)).status).toBe(200)
    const { body } = await environment.api<{ data: unknown[] }>('GET', `/user_management/users/${user.id}/auth_factors`)
    expect(body.data.length).toBe(1)
  })

  test('with who shows the inbox in the sign-up that chose it, for good', async () => {
    const where = await place({ email_verification_required: true })
    await answerInbox(where, await signUpAt(server, where))
    const { status, body } = await byPassword(where, strangersPassword)
    expect([status, body.user.email_verified]).toEqual([200, true])
    // Also when the address has to be shown again.
    const path = `/user_management/users/${body.user.id}`
    await where.environment.api('PUT', path, { body: { email_verified: false } })
    expect((await byMagicCode(where)).status).toBe(200)
    expect((await byPassword(where, strangersPassword)).status).toBe(200)
  })

  test('with who shows the inbox by the pending token that the password gave', async () => {
    const where = await place({ email_verification_required: true })
    await signUpAt(server, where)
    const { body: pending } = await byPassword(where, strangersPassword)
    expect(pending.code).toBe('email_verification_required')
    const verified = await where.people.authenticate<Authenticated>({
      grant_type: 'urn:workos:oauth:grant-type:email-verification:code',
      code: (await where.mail(ownersEmail)).code,
      pending_authentication_token: pending.pending_authentication_token,
    })
    expect(verified.status).toBe(200)
    expect((await byPassword(where, strangersPassword)).status).toBe(200)
  })

  test('with who shows the inbox to the application they are signed in to', async () => {
    const where = await place()
    await signUpAt(server, where)
    const { body } = await byPassword(where, strangersPassword)
    const path = `/user_management/users/${body.user.id}/email_verification`
    await where.environment.api('POST', `${path}/send`)
    const { code } = await where.mail(ownersEmail)
    expect((await where.environment.api('POST', `${path}/confirm`, { body: { code } })).status).toBe(200)
    expect((await where.people.refresh(body.refresh_token)).status).toBe(200)
    expect((await byPassword(where, strangersPassword)).status).toBe(200)
  })
})

/** Two that want the same person at once: both have begun when the first is let through, and then the second. */
async function whileLocked<T>(
  { id }: Pick<User, 'id'>,
  first: () => Promise<unknown> | undefined,
  second: () => Promise<T>,
): Promise<T> {
  const holder = await server.db.pool.connect()
  try {
    await holder.query('begin')
    // What is made for the person meanwhile need not wait, only what changes them.
    await holder.query('select from users where id = $1 for no key update', [id])
    const earlier = first()
    await untilWaiting(server, 1)
    const later = second()
    await untilWaiting(server, 2)
    await holder.query('commit')
    await earlier
    return await later
  } finally {
    holder.release()
  }
}
