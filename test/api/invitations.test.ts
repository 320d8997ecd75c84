import { describe, expect, test } from 'vitest'
import type { Invitation } from '#contracts/invitations.ts'
import type { Page } from '#contracts/list.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { change } from '#db/work.ts'
import { requireInvitation } from '#domain/invitations/accept.ts'
import { mailContext } from '#domain/mail/queue.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const path = '/user_management/invitations'
const email = 'ann@acme.test'
const day = 86_400_000

async function company() {
  const environment = await server.environment()
  const { api } = environment
  const { body: organization } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
  const invite = (body: object = {}) =>
    api<Invitation & { code?: string }>('POST', path, { body: { email, organization_id: organization.id, ...body } })
  const user = async (address = email) =>
    (await api<User>('POST', '/user_management/users', { body: { email: address } })).body
  const memberships = async () =>
    (
      await api<Page<OrganizationMembership>>(
        'GET',
        `/user_management/organization_memberships?organization_id=${organization.id}&statuses=active,inactive,pending`,
      )
    ).body.data
  return { environment, api, organization, invite, user, memberships }
}

/** What was mailed, oldest first. */
async function mailsOf({ id }: TestEnvironment) {
  const rows = await server.db.kysely
    .selectFrom('mails')
    .select(['id', 'kind', 'recipient', 'locale', 'content'])
    .where('environment_id', '=', id)
    .orderBy('id')
    .execute()
  return rows.map(({ id: mail, content, ...rest }) => ({
    ...rest,
    values: JSON.parse(server.deps.secrets.open(content, mailContext(mail))) as Record<string, unknown>,
  }))
}

async function news(api: TestEnvironment['api']): Promise<string[]> {
  return (await readLog(api)).map(({ event }) => event).filter((event) => event !== 'organization.created')
}

describe('an invitation', () => {
  test('is sent by mail with what opens it, which no event holds', async () => {
    const { environment, api, organization, invite, user } = await company()
    const { id: inviter_user_id } = await user('todd@acme.test')
    await api('PUT', `/user_management/users/${inviter_user_id}`, {
      body: { first_name: 'Todd', last_name: 'Rundgren' },
    })
    const { status, body } = await invite({
      email: 'Ann@Acme.test',
      inviter_user_id,
      role_slug: 'member',
      locale: 'de',
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      object: 'invitation',
      id: expect.stringMatching(/^invitation_/),
      email,
      state: 'pending',
      accepted_at: null,
      revoked_at: null,
      expires_at: new Date(server.clock.read().getTime() + 7 * day).toISOString(),
      organization_id: organization.id,
      inviter_user_id,
      accepted_user_id: null,
      role_slug: 'member',
      created_at: server.clock.read().toISOString(),
      updated_at: server.clock.read().toISOString(),
      token: expect.stringMatching(/^[A-Za-z0-9]{25}$/),
      accept_invitation_url: `http://gatehouse.test/authkit/invitation?invitation_token=${body.token}`,
    })
    expect(await mailsOf(environment)).toEqual([
      {
        kind: 'invitation',
        recipient: email,
        locale: 'de',
        values: { url: body.accept_invitation_url, organization: 'Acme', inviter: 'Todd Rundgren', days: 7 },
      },
    ])
    const log = await readLog(api)
    const { token, accept_invitation_url: _url, ...payload } = body
    expect(log.at(-1)).toMatchObject({ event: 'invitation.created', data: payload })
    expect(JSON.stringify(log)).not.toContain(token)
  })

  test('leads to the application’s own page where it has said one', async () => {
    const { api, invite } = await company()
    await api('PUT', '/authentication_settings', { body: { sign_in_endpoint: 'https://app.test/login?a=b' } })
    const { body } = await invite()
    expect(body.accept_invitation_url).toBe(`https://app.test/login?a=b&invitation_token=${body.token}`)
  })

  test('is found by id, by token, by address and by organization', async () => {
    const { api, organization, invite } = await company()
    const { body: made } = await invite()
    const { body: other } = await invite({ email: 'bob@acme.test', organization_id: undefined })
    expect((await api<Invitation>('GET', `${path}/${made.id}`)).body).toEqual(made)
    expect((await api<Invitation>('GET', `${path}/by_token/${made.token}`)).body).toEqual(made)
    expect((await api('GET', `${path}/by_token/${made.token.toLowerCase()}x`)).status).toBe(404)
    const list = async (query: string) =>
      (await api<Page<Invitation>>('GET', `${path}?order=asc${query}`)).body.data.map(({ id }) => id)
    expect(await list('')).toEqual([made.id, other.id])
    expect(await list('&email=ANN%40acme.test')).toEqual([made.id])
    expect(await list(`&organization_id=${organization.id}`)).toEqual([made.id])
  })

  test('of somebody who has an account makes them a pending member, and an active one when accepted', async () => {
    const { api, invite, user, memberships } = await company()
    const { id } = await user()
    await api('POST', '/authorization/roles', { body: { slug: 'admin', name: 'Admin' } })
    const { body: made } = await invite({ role_slug: 'admin' })
    expect(await memberships()).toMatchObject([{ user_id: id, status: 'pending', role: { slug: 'admin' } }])
    const { status, body } = await api<Invitation>('POST', `${path}/${made.id}/accept`)
    expect([status, body.state, body.accepted_user_id]).toEqual([200, 'accepted', id])
    expect(await memberships()).toMatchObject([{ user_id: id, status: 'active', role: { slug: 'admin' } }])
    expect(await news(api)).toEqual([
      'user.created',
      'role.created',
      'organization_membership.created',
      'invitation.created',
      'organization_membership.updated',
      'invitation.accepted',
    ])
  })

  test('of somebody who has none makes them when it is accepted, without taking the address as proven', async () => {
    const { api, invite, memberships } = await company()
    const { body: made } = await invite()
    expect(await memberships()).toEqual([])
    await api('POST', `${path}/${made.id}/accept`)
    expect(await memberships()).toMatchObject([{ status: 'active', user: { email, email_verified: false } }])
  })

  test('opens a closed membership when accepted, not before', async () => {
    const { api, organization, invite, user, memberships } = await company()
    const { id: user_id } = await user()
    const { body: membership } = await api<OrganizationMembership>(
      'POST',
      '/user_management/organization_memberships',
      { body: { user_id, organization_id: organization.id } },
    )
    await api('PUT', `/user_management/organization_memberships/${membership.id}/deactivate`)
    const { body: made } = await invite()
    expect(await memberships()).toMatchObject([{ status: 'inactive' }])
    await api('POST', `${path}/${made.id}/accept`)
    expect(await memberships()).toMatchObject([{ id: membership.id, status: 'active' }])
  })

  test('is taken back with the membership that waited for it', async () => {
    const { api, invite, user, memberships } = await company()
    await user()
    const { body: made } = await invite()
    const { status, body } = await api<Invitation>('POST', `${path}/${made.id}/revoke`)
    expect([status, body.state, body.revoked_at]).toEqual([200, 'revoked', server.clock.read().toISOString()])
    expect(await memberships()).toEqual([])
    expect(await news(api)).toEqual([
      'user.created',
      'organization_membership.created',
      'invitation.created',
      'organization_membership.deleted',
      'invitation.revoked',
    ])
    expect((await invite()).status).toBe(201)
  })

  test('is mailed again with the token it has', async () => {
    const { environment, api, invite } = await company()
    const { body: made } = await invite({ expires_in_days: 3 })
    server.clock.advance(day)
    const { status, body } = await api<Invitation>('POST', `${path}/${made.id}/resend`, { body: { locale: 'fr' } })
    expect([status, body.token, body.expires_at]).toEqual([200, made.token, made.expires_at])
    expect((await mailsOf(environment)).map(({ locale, values }) => [locale, values['url'], values['days']])).toEqual([
      [null, made.accept_invitation_url, 3],
      ['fr', made.accept_invitation_url, 2],
    ])
    expect(await news(api)).toEqual(['invitation.created', 'invitation.resent'])
  })

  test.each([
    ['accepted', 'invite_accepted'],
    ['revoked', 'invite_revoked'],
    ['expired', 'invite_expired'],
  ])('that is %s can be neither accepted, revoked nor sent', async (state, code) => {
    const { api, invite } = await company()
    const { body: made } = await invite()
    if (state === 'expired') server.clock.advance(7 * day)
    else await api('POST', `${path}/${made.id}/${state === 'accepted' ? 'accept' : 'revoke'}`)
    expect((await api<Invitation>('GET', `${path}/${made.id}`)).body.state).toBe(state)
    const before = await readLog(api)
    const verdicts = []
    for (const verb of ['accept', 'revoke', 'resend'])
      verdicts.push((await api('POST', `${path}/${made.id}/${verb}`)).body.code)
    expect(verdicts).toEqual(['invite_not_pending', 'invite_not_pending', code])
    expect(await readLog(api)).toEqual(before)
  })

  test('accepted many times at once is accepted once', async () => {
    const { api, invite, memberships } = await company()
    const { body: made } = await invite()
    const answers = await Promise.all(Array.from({ length: 5 }, () => api('POST', `${path}/${made.id}/accept`)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400])
    expect(await memberships()).toHaveLength(1)
  })

  test('sent many times at once is sent once', async () => {
    const { environment, invite } = await company()
    const answers = await Promise.all(Array.from({ length: 5 }, () => invite()))
    expect(answers.map(({ status, body }) => body.code ?? status).toSorted()).toEqual([
      201,
      ...Array.from({ length: 4 }, () => 'email_already_invited_to_organization'),
    ])
    expect(await mailsOf(environment)).toHaveLength(1)
  })

  test.each([
    ['no address', { email: undefined }, 422, 'invalid_request_parameters'],
    ['an unknown organization', { organization_id: 'org_none' }, 404, 'entity_not_found'],
    ['an unknown inviter', { inviter_user_id: 'user_none' }, 404, 'entity_not_found'],
    ['an unknown role', { role_slug: 'admiral' }, 400, 'invalid_role'],
    ['a role in no organization', { organization_id: undefined, role_slug: 'member' }, 400, 'invalid_role'],
    ['a life of no day', { expires_in_days: 0 }, 400, 'expires_in_days_too_short'],
    ['a life of 31 days', { expires_in_days: 31 }, 400, 'expires_in_days_too_long'],
    ['a life that is text', { expires_in_days: '7' }, 422, 'invalid_request_parameters'],
    ['a language nobody speaks', { locale: 'not a language' }, 400, 'invalid_locale'],
  ])('is refused with %s, and nothing is mailed', async (_claim, body, status, code) => {
    const { environment, api, invite } = await company()
    const answer = await invite(body)
    expect([answer.status, answer.body.code]).toEqual([status, code])
    expect([await mailsOf(environment), await news(api)]).toEqual([[], []])
  })

  test('is refused for whoever need not be invited', async () => {
    const { api, organization, invite, user } = await company()
    const { id: user_id } = await user()
    expect((await invite({ organization_id: undefined })).body.code).toBe('user_already_exists')
    await api('POST', '/user_management/organization_memberships', {
      body: { user_id, organization_id: organization.id },
    })
    expect((await invite()).body.code).toBe('user_already_organization_member')
    const to = { email: 'bob@acme.test' }
    expect((await invite({ ...to, organization_id: undefined })).status).toBe(201)
    expect((await invite({ ...to, organization_id: null })).body.code).toBe('email_already_invited')
    expect((await invite(to)).status).toBe(201)
    expect((await invite(to)).body.code).toBe('email_already_invited_to_organization')
    server.clock.advance(7 * day)
    expect((await invite(to)).status).toBe(201)
  })
})

describe('a token', () => {
  test('lets in whom it was sent to, and nobody else, and no longer than it lives', async () => {
    const { environment, api, invite } = await company()
    const { body: made } = await invite()
    const bring = (token: string, address: string) =>
      change(
        server.deps,
        { environment: environment.id },
        async (work) => (await requireInvitation(work, token, address)).id,
      )
    expect(await bring(made.token, email)).toBe(made.id)
    const refused = expect.objectContaining({ code: 'invitation_invalid' })
    await expect(bring(made.token, 'mallory@acme.test')).rejects.toEqual(refused)
    await expect(bring('A'.repeat(25), email)).rejects.toEqual(refused)
    const other = await server.environment()
    const elsewhere = change(server.deps, { environment: other.id }, (work) =>
      requireInvitation(work, made.token, email),
    )
    await expect(elsewhere).rejects.toEqual(refused)
    await api('POST', `${path}/${made.id}/revoke`)
    await expect(bring(made.token, email)).rejects.toEqual(refused)
  })
})
