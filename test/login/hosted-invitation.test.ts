import { describe, expect, test } from 'vitest'
import type { Invitation } from '#contracts/invitations.ts'
import type { Page } from '#contracts/list.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import { decodeBase32, totp } from '#protocols/totp.ts'
import { LoginBrowser } from '../support/login-browser.ts'
import { type Authenticated, claimsOf, peopleOf } from '../support/people.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const callback = 'https://app.test/callback'
const password = 'horse battery staple'
const email = 'ann@example.com'
const day = 86_400_000

/** An application that nobody can sign up to, and Acme, which invites. */
async function company(settings: object = {}) {
  const environment = await server.environment()
  const { api } = environment
  const people = peopleOf(server, environment)
  await api('POST', '/user_management/redirect_uris', { body: { uri: callback, default: true } })
  await api('PUT', '/authentication_settings', { body: { sign_up: 'closed', ...settings } })
  const organization = await people.organization('Acme')
  const invite = async (body: object = {}) =>
    (
      await api<Invitation>('POST', '/user_management/invitations', {
        body: { email, organization_id: organization.id, ...body },
      })
    ).body
  const url = (token: string) =>
    `/user_management/authorize?${new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
      provider: 'authkit',
      invitation_token: token,
    })}`
  return {
    api,
    people,
    organization,
    invite,
    url,
    /** A browser at the page about an invitation. */
    async visit(token: string, headers: Record<string, string> = {}) {
      const browser = new LoginBrowser(server, headers)
      return { browser, page: await browser.get(url(token)) }
    },
    async stateOf({ id }: Invitation) {
      return (await api<Invitation>('GET', `/user_management/invitations/${id}`)).body.state
    },
    async members() {
      const query = `organization_id=${organization.id}&statuses=active`
      const { body } = await api<Page<OrganizationMembership>>(
        'GET',
        `/user_management/organization_memberships?${query}`,
      )
      return body.data.map(({ user_id: user }) => user)
    },
    async users() {
      return (await api<Page<{ email: string }>>('GET', '/user_management/users')).body.data.map((user) => user.email)
    },
    async redeem(left: URL | undefined) {
      const code = left?.searchParams.get('code')
      return (await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })).body
    },
  }
}

const account = { email, first_name: 'Ann', last_name: 'Ewe', password }

describe('an invitation', () => {
  test('says who invites whom where; accepted, it makes an account where sign-ups are closed, and a member', async () => {
    const where = await company()
    const todd = await where.people.user('todd@acme.test', { first_name: 'Todd', last_name: 'Rundgren' })
    const invitation = await where.invite({ inviter_user_id: todd.id })
    const { browser, page } = await where.visit(invitation.token)
    expect(page).toMatchObject({ status: 200, page: 'invite', heading: 'Join Acme' })
    expect(page.text).toContain('Todd Rundgren invited you to sign in as ann@example.com.')
    expect(await where.stateOf(invitation)).toBe('pending')
    const form = await browser.submit('invite')
    expect(form).toMatchObject({ page: 'sign-up' })
    expect(form.text).toContain('value="ann@example.com"')
    const { left } = await browser.submit('sign-up', account)
    const signedIn = await where.redeem(left)
    const { user, organization_id: organization } = signedIn
    // Whoever brought the token has read the inbox: no code is asked for.
    expect(user).toMatchObject({ email, email_verified: true, first_name: 'Ann' })
    expect([organization, claimsOf(signedIn)['org_id']]).toEqual([where.organization.id, where.organization.id])
    expect(await where.stateOf(invitation)).toBe('accepted')
    expect(await where.members()).toEqual([user.id])
  })

  test('asks somebody with an account for the password, and for the second factor once', async () => {
    const where = await company({ mfa: 'required' })
    const user = await where.people.user(email, { password })
    const invitation = await where.invite()
    const { browser } = await where.visit(invitation.token)
    expect(await browser.submit('invite')).toMatchObject({ page: 'sign-in/password' })
    expect((await browser.submit('password', { password: 'wrong wrong wrong' })).status).toBe(422)
    expect(await where.members()).toEqual([])
    const { text } = await browser.submit('password', { password })
    const secret = decodeBase32(/data-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '') ?? Buffer.alloc(0)
    await browser.submit('mfa/enrollment', { code: totp(secret, server.clock.read()) })
    const { left } = await browser.submit('mfa/kept')
    expect((await where.redeem(left)).organization_id).toBe(where.organization.id)
    expect(await where.members()).toEqual([user.id])
  })

  test('is accepted by code where there are no passwords, also by somebody new', async () => {
    const where = await company({ methods: { password: false, magic_auth: true } })
    const invitation = await where.invite()
    const { browser } = await where.visit(invitation.token)
    expect(await browser.submit('invite')).toMatchObject({ page: 'magic-code' })
    const { body } = await where.api<Page<{ code: string | null; kind: string }>>('GET', `/mailbox?to=${email}`)
    const code = body.data.find(({ kind }) => kind === 'magic_auth')?.code ?? ''
    const { left } = await browser.submit('magic-code', { code })
    expect((await where.redeem(left)).organization_id).toBe(where.organization.id)
    expect(await where.stateOf(invitation)).toBe('accepted')
  })

  test('asks also whoever is signed in already', async () => {
    const where = await company()
    await where.people.user('bob@example.com', { password })
    const browser = new LoginBrowser(server)
    await browser.get(where.url('').replace('&invitation_token=', ''))
    await browser.submit('sign-in', { email: 'bob@example.com' })
    expect((await browser.submit('password', { password })).left).toBeDefined()
    const invitation = await where.invite()
    expect(await browser.get(where.url(invitation.token))).toMatchObject({ page: 'invite', left: undefined })
    expect(await where.members()).toEqual([])
  })

  test('its token is not kept with the sign-in', async () => {
    const where = await company()
    const { token } = await where.invite()
    await where.visit(token)
    const rows = await server.db.kysely.selectFrom('hosted_logins').select(['request', 'state']).execute()
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  test('the link of its mail leads there, with nothing else in it', async () => {
    const where = await company()
    const invitation = await where.invite()
    const link = new URL(invitation.accept_invitation_url)
    expect(link.pathname).toBe('/authkit/invitation')
    const browser = new LoginBrowser(server, { 'accept-language': 'pl' })
    const page = await browser.get(link.href)
    expect(page).toMatchObject({ status: 200, page: 'invite', heading: 'Dołącz do Acme' })
    await browser.submit('invite')
    expect((await browser.submit('sign-up', account)).left?.href).toMatch(/^https:\/\/app\.test\/callback\?code=/)
    expect(await browser.get('/authkit/invitation?invitation_token=nonsense')).toMatchObject({
      status: 410,
      text: expect.stringContaining('Nie ma takiego zaproszenia'),
    })
  })
})

describe('an invitation opens nothing', () => {
  test.each([
    ['expired', 'It has expired', () => server.clock.advance(8 * day)],
    ['revoked', 'It was withdrawn', undefined],
    ['accepted', 'It was accepted before', undefined],
  ])('once it is %s', async (state, words, wait) => {
    const where = await company()
    const invitation = await where.invite()
    const before = await where.visit(invitation.token)
    wait?.()
    if (state === 'revoked') await where.api('POST', `/user_management/invitations/${invitation.id}/revoke`)
    if (state === 'accepted') await where.api('POST', `/user_management/invitations/${invitation.id}/accept`)
    const { page } = await where.visit(invitation.token)
    expect(page).toMatchObject({ status: 400, page: 'invite', text: expect.stringContaining(words) })
    expect(page.text).not.toContain(invitation.token)
    // Nor by a sign-in that began before: after a month that is over by itself.
    if (state === 'expired') return
    expect((await before.browser.get(before.page.url)).text).toContain(words)
  })

  test('by a form that was open while it was revoked', async () => {
    const where = await company()
    const invitation = await where.invite()
    const { browser } = await where.visit(invitation.token)
    await browser.submit('invite')
    await where.api('POST', `/user_management/invitations/${invitation.id}/revoke`)
    expect(await browser.submit('sign-up', account)).toMatchObject({ status: 403, left: undefined })
    expect(await where.users()).toEqual([])
  })

  test('to another address, neither signing up nor signing in', async () => {
    const where = await company({ sign_up: 'open' })
    await where.people.user('bob@example.com', { password })
    const invitation = await where.invite()
    const { browser, page } = await where.visit(invitation.token)
    const other = expect.stringContaining('This invitation is for ann@example.com. You tried')
    await browser.submit('invite')
    expect(await browser.submit('sign-up', { ...account, email: 'eve@example.com' })).toMatchObject({
      status: 422,
      alert: other,
    })
    await browser.get(page.url.replace('invite', 'sign-in'))
    expect((await browser.submit('sign-in', { email: 'bob@example.com' })).alert).toEqual(other)
    expect(await where.users()).toEqual(['bob@example.com'])
    expect(await where.members()).toEqual([])
    expect(await where.stateOf(invitation)).toBe('pending')
  })

  test('to whoever owns the address no more when it comes to accepting', async () => {
    const where = await company()
    const user = await where.people.user(email, { password })
    const invitation = await where.invite()
    const { browser } = await where.visit(invitation.token)
    await browser.submit('invite')
    await where.api('PUT', `/user_management/users/${user.id}`, { body: { email: 'moved@example.com' } })
    expect((await browser.submit('password', { password })).left).toBeUndefined()
    expect(await where.members()).toEqual([])
  })

  test('in another environment', async () => {
    const [here, there] = [await company(), await company()]
    const { token } = await here.invite()
    const { page } = await there.visit(token)
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('There is no such invitation') })
    expect(page.text).not.toContain(email)
  })

  test('to a form without the page’s own token', async () => {
    const where = await company()
    const { token } = await where.invite()
    const { browser, page } = await where.visit(token)
    expect(await browser.post(page.url, { csrf: 'x'.repeat(43) })).toMatchObject({ status: 403, page: 'sign-in' })
  })
})
