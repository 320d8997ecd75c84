import { describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { PasswordReset } from '#contracts/password-resets.ts'
import { Authenticator, type Forgery } from '../support/authenticator.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Creation, passkeyOrigin, passkeyTenant, type Request, wanted } from '../support/passkeys.ts'
import { useTestServer } from '../support/server.ts'
import { untilWaiting } from '../support/waiting.ts'

const server = useTestServer()
const tenant = (settings?: object) => passkeyTenant(server, settings)

describe('a passkey', () => {
  test('is offered after a sign-in, made, and signs in from then on without anything else', async () => {
    const place = await tenant()
    const user = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(user.email)
    expect([browser.last?.page, browser.last?.heading]).toEqual(['passkey/enrollment', 'Sign in faster next time?'])
    const options = wanted<Creation & Record<string, unknown>>(browser.last)
    expect(options).toMatchObject({
      rp: { id: 'gatehouse.test' },
      user: { name: user.email },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    })
    const authenticator = new Authenticator(passkeyOrigin)
    const made = await browser.submit('passkey/enrollment', { credential: authenticator.create(options) })
    expect((await place.redeem(made)).authentication_method).toBe('Password')

    await place.api('PUT', '/authentication_settings', { body: { mfa: 'required' } })
    const signedIn = await place.redeem(await place.use(authenticator))
    expect(signedIn).toMatchObject({ authentication_method: 'Passkey', user: { id: user.id } })
    const { body } = await place.api<Page<{ event: string }>>('GET', '/events?events=authentication.passkey_succeeded')
    expect(body.data).toHaveLength(1)
  })

  test('is offered to nobody whose browser could not keep it, who has one, who said no, or came by it', async () => {
    const place = await tenant()
    const user = await place.people.user(undefined, { password: place.password })
    expect((await place.byPassword(user.email, '')).last?.left).toBeDefined()
    const browser = await place.byPassword(user.email)
    expect((await browser.submit('passkey/skip')).left).toBeDefined()
    await browser.get(place.url({ prompt: 'login' }))
    await browser.submit('sign-in', { email: user.email, passkeys: '1' })
    expect((await browser.submit('password', { password: place.password })).left).toBeDefined()

    const other = await place.enrolled()
    expect((await place.byPassword(other.user.email)).last?.left).toBeDefined()
    expect((await place.use(other.authenticator)).left).toBeDefined()
  })

  test('is not offered to whoever has not shown the inbox: it would outlast the day its owner comes', async () => {
    const place = await tenant({ email_verification_required: false })
    const user = await place.people.user(undefined, { password: place.password, email_verified: false })
    expect((await place.byPassword(user.email)).last?.left).toBeDefined()
  })

  test('is no way in where it is switched off, then or later', async () => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    const browser = new LoginBrowser(server)
    const request = wanted<Request>(await browser.get(place.url()))
    await place.api('PUT', '/authentication_settings', { body: { methods: { passkey: false } } })
    const page = await browser.submit('passkey', { credential: authenticator.get(request) })
    expect([page.status, page.left]).toEqual([422, undefined])
    expect((await browser.get(place.url())).text).not.toContain('data-passkey="')
    const user = await place.people.user(undefined, { password: place.password })
    expect((await place.byPassword(user.email)).last?.left).toBeDefined()
  })

  test('of a company’s domain is no way around its identity provider', async () => {
    const place = await tenant()
    const { user, authenticator } = await place.enrolled()
    await server.db.pool.query(`update users set email = 'ann@acme.test' where id = $1`, [user.id])
    const { body: acme } = await place.api<{ id: string }>('POST', '/organizations', {
      body: { name: 'Acme', domain_data: [{ domain: 'acme.test', state: 'verified' }] },
    })
    const connection = { organization_id: acme.id, connection_type: 'GenericSAML' }
    const { body } = await place.api<{ id: string }>('POST', '/connections', { body: connection })
    await server.db.pool.query(`update connections set state = 'active' where id = $1`, [body.id])
    expect((await place.use(authenticator)).left).toBeUndefined()
  })
})

describe('nobody gets in with', () => {
  test.each<[string, Forgery]>([
    ['an answer given to another site', { origin: 'https://gatehouse.test.evil.example' }],
    ['an answer for another relying party', { rpId: 'evil.example' }],
    ['an answer to another challenge', { challenge: 'x'.repeat(43) }],
    ['a device that did not ask who it is', { userVerified: false }],
    ['a counter that went back', { counter: 1 }],
    ['a counter that stood still', { counter: 5 }],
    ['a counter that was taken away', { counter: 0 }],
    ['the name of somebody else', { userHandle: Buffer.from('user_01JZ0000000000000000000000').toString('base64url') }],
    ['no name', { userHandle: '' }],
    ['a passkey nobody has', { id: 'x'.repeat(43) }],
  ])('%s', async (_what, forgery) => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    expect((await place.use(authenticator, { counter: 5 })).left).toBeDefined()
    const page = await place.use(authenticator, forgery)
    expect([page.page, page.left]).toEqual(['sign-in', undefined])
    expect(page.alert).toContain('could not be used')
    const { body } = await place.api<Page<{ data: object }>>('GET', '/events?events=authentication.passkey_failed')
    expect(body.data).toMatchObject([
      { data: { type: 'passkey', status: 'failed', error: { code: 'invalid_credentials' } } },
    ])
    // The passkey itself is not taken from its owner.
    expect((await place.use(authenticator, { counter: 6 })).left).toBeDefined()
  })

  test('somebody else’s passkey, under one’s own name or with one’s own key', async () => {
    const place = await tenant()
    const [victim, thief] = [await place.enrolled(), await place.enrolled()]
    const handle = Buffer.from(victim.user.id).toString('base64url')
    // Signed by the thief's key for the victim's credential, and the thief's credential for the victim's name.
    expect(
      (await place.use(thief.authenticator, { id: victim.authenticator.id, userHandle: handle })).left,
    ).toBeUndefined()
    expect((await place.use(thief.authenticator, { userHandle: handle })).left).toBeUndefined()
  })

  test('a passkey of another tenant, which has the same relying party', async () => {
    const { authenticator } = await (await tenant()).enrolled()
    expect((await (await tenant()).use(authenticator)).left).toBeUndefined()
  })

  test('an answer that was used before, in this sign-in or another', async () => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    const browser = new LoginBrowser(server)
    const page = await browser.get(place.url({ prompt: 'login' }))
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    const request = wanted<Request>(page)
    const wrong = authenticator.get(request, { userVerified: false })
    // Used up by a wrong answer as by a right one.
    const right = authenticator.get(request)
    const path = page.url.replace(/sign-in$/, 'passkey')
    expect((await browser.post(path, { csrf, credential: wrong })).left).toBeUndefined()
    expect((await browser.post(path, { csrf, credential: right })).left).toBeUndefined()

    const fresh = new LoginBrowser(server)
    const used = authenticator.get(wanted<Request>(await fresh.get(place.url())))
    expect((await fresh.submit('passkey', { credential: used })).left).toBeDefined()
    await fresh.get(place.url({ prompt: 'login' }))
    expect((await fresh.submit('passkey', { credential: used })).left).toBeUndefined()
  })

  test('an answer that is given twice at once', async () => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    // Synchronised passkeys do not count, so that the counter tells no copy.
    await server.db.pool.query('update passkeys set sign_count = 0')
    const browser = new LoginBrowser(server)
    const page = await browser.get(place.url())
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    const credential = authenticator.get(wanted<Request>(page), { counter: 0 })
    const path = page.url.replace(/sign-in$/, 'passkey')
    const holder = await server.db.pool.connect()
    await holder.query('begin')
    await holder.query('select from hosted_logins for update')
    const both = [0, 1].map(() => browser.post(path, { csrf, credential }))
    await untilWaiting(server, 2)
    await holder.query('commit')
    holder.release()
    const left = (await Promise.all(both)).filter((page) => page.left?.searchParams.has('code'))
    expect(left).toHaveLength(1)
  })

  test('a form of another site', async () => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    const browser = new LoginBrowser(server)
    const page = await browser.get(place.url())
    const credential = authenticator.get(wanted<Request>(page))
    const refused = await browser.post(page.url.replace(/sign-in$/, 'passkey'), { csrf: 'x'.repeat(43), credential })
    expect([refused.status, refused.left]).toEqual([403, undefined])
  })

  test.each([
    '',
    'null',
    '[]',
    '{',
    '{"id":5}',
    '{"id":"\\u0000"}',
    '{"id":"x","response":null}',
    '{"response":{"userHandle":{}}}',
  ])('what is no answer at all: %s', async (credential) => {
    const browser = new LoginBrowser(server)
    await browser.get((await tenant()).url())
    const page = await browser.submit('passkey', { credential })
    expect([page.page, page.left]).toEqual(['sign-in', undefined])
  })

  test('a hundred tries', async () => {
    const browser = new LoginBrowser(server)
    let page = await browser.get((await tenant()).url({ login_hint: 'ann@example.com' }))
    for (let i = 0; i < 40 && page.status !== 429; i++) page = await browser.submit('passkey', { credential: '{}' })
    expect(page.status).toBe(429)
  })
})

describe('nobody makes a passkey with', () => {
  test.each<[string, Forgery]>([
    ['an answer given to another site', { origin: 'https://evil.example' }],
    ['an answer for another relying party', { rpId: 'evil.example' }],
    ['an answer to another challenge', { challenge: 'x'.repeat(43) }],
    ['a device that did not ask who it is', { userVerified: false }],
  ])('%s', async (_what, forgery) => {
    const place = await tenant()
    const user = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(user.email)
    const authenticator = new Authenticator(passkeyOrigin)
    const credential = authenticator.create(wanted<Creation>(browser.last), forgery)
    const page = await browser.submit('passkey/enrollment', { credential })
    expect([page.page, page.left]).toEqual(['passkey/enrollment', undefined])
    expect(page.alert).toContain('could not be used')
    expect((await place.use(authenticator)).left).toBeUndefined()
  })

  test('the credential of somebody else, whose it stays', async () => {
    const place = await tenant()
    const victim = await place.enrolled()
    const thief = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(thief.email)
    const own = new Authenticator(passkeyOrigin)
    const credential = own.create(wanted<Creation>(browser.last), { id: victim.authenticator.id })
    expect((await browser.submit('passkey/enrollment', { credential })).left).toBeUndefined()
    expect((await place.redeem(await place.use(victim.authenticator))).user.id).toBe(victim.user.id)
  })

  test('an address that became another while the page was open', async () => {
    const place = await tenant({ email_verification_required: false })
    const user = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(user.email)
    await place.api('PUT', `/user_management/users/${user.id}`, { body: { email: 'todd@people.test' } })
    const authenticator = new Authenticator(passkeyOrigin)
    const credential = authenticator.create(wanted<Creation>(browser.last))
    expect((await browser.submit('passkey/enrollment', { credential })).page).toBe('passkey/enrollment')
    expect((await place.use(authenticator)).left).toBeUndefined()
    expect((await browser.submit('passkey/skip')).left).toBeDefined()
  })

  test('a sign-in that began before the password was reset', async () => {
    const place = await tenant()
    const user = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(user.email)
    const reset = await place.api<PasswordReset>('POST', '/user_management/password_reset', {
      body: { email: user.email },
    })
    await place.api('POST', '/user_management/password_reset/confirm', {
      body: { token: reset.body.password_reset_token, new_password: 'correct zebra battery' },
    })
    const authenticator = new Authenticator(passkeyOrigin)
    const credential = authenticator.create(wanted<Creation>(browser.last))
    expect((await browser.submit('passkey/enrollment', { credential })).page).toBe('sign-in')
    expect((await place.use(authenticator)).left).toBeUndefined()
  })

  test('nothing shown yet', async () => {
    const place = await tenant()
    const { authenticator } = await place.enrolled()
    const browser = new LoginBrowser(server)
    const page = await browser.get(place.url())
    const csrf = /name="csrf" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
    const { challenge } = wanted<Request>(page)
    const credential = authenticator.create({ challenge, rp: { id: 'gatehouse.test' }, user: { id: '' } })
    const at = page.url.replace(/sign-in$/, 'passkey/enrollment')
    expect((await browser.post(at, { csrf, credential })).page).toBe('sign-in')
  })
})
