import { describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { User } from '#contracts/users.ts'
import { readLog } from '../support/log.ts'
import { peopleOf } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const path = '/user_management/organization_memberships'

async function people(environment?: TestEnvironment) {
  const { api } = environment ?? (await server.environment())
  const { body: user } = await api<User>('POST', '/user_management/users', { body: { email: 'ann@acme.test' } })
  const { body: organization } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
  const join = (body: object = {}) =>
    api<OrganizationMembership>('POST', path, {
      body: { user_id: user.id, organization_id: organization.id, ...body },
    })
  return { api, user, organization, join }
}

/** Event names since the user and the organization were made. */
async function news(api: TestEnvironment['api']): Promise<string[]> {
  return (await readLog(api)).map(({ event }) => event).filter((event) => event.startsWith('organization_membership'))
}

describe('a membership', () => {
  test('is created active, in the default role, and shows whose it is of what', async () => {
    const { api, user, organization, join } = await people()
    const { status, body } = await join()
    expect(status).toBe(201)
    expect(body).toEqual({
      object: 'organization_membership',
      id: expect.stringMatching(/^om_/),
      user_id: user.id,
      organization_id: organization.id,
      organization_name: 'Acme',
      status: 'active',
      role: { slug: 'member' },
      roles: [{ slug: 'member' }],
      custom_attributes: {},
      directory_managed: false,
      user,
      created_at: '2026-03-01T12:00:00.000Z',
      updated_at: '2026-03-01T12:00:00.000Z',
    })
    expect((await api<OrganizationMembership>('GET', `${path}/${body.id}`)).body).toEqual(body)
    const { user: _user, organization_name: _name, ...payload } = body
    expect((await readLog(api)).at(-1)).toMatchObject({ event: 'organization_membership.created', data: payload })
  })

  test('there is one of a user and an organization', async () => {
    const { api, join } = await people()
    await join()
    const again = await join()
    expect([again.status, (again.body as { code?: string }).code]).toEqual([
      409,
      'organization_membership_already_exists',
    ])
    expect(await news(api)).toEqual(['organization_membership.created'])
  })

  test('made many times at once is one', async () => {
    const { api, join } = await people()
    const answers = await Promise.all(Array.from({ length: 6 }, () => join()))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409])
    expect(await news(api)).toEqual(['organization_membership.created'])
  })

  test('is deactivated and reactivated, a repeat is no news, and creating it again opens it', async () => {
    const { api, join } = await people()
    const { body: made } = await join()
    const put = async (verb: string) => {
      const answer = await api<OrganizationMembership>('PUT', `${path}/${made.id}/${verb}`)
      return [answer.status, answer.body.status]
    }
    expect(await put('reactivate')).toEqual([200, 'active'])
    expect(await put('deactivate')).toEqual([200, 'inactive'])
    expect(await put('deactivate')).toEqual([200, 'inactive'])
    expect(await put('reactivate')).toEqual([200, 'active'])
    await put('deactivate')
    const again = await join()
    expect([again.status, again.body.id, again.body.status]).toEqual([201, made.id, 'active'])
    expect(await news(api)).toEqual([
      'organization_membership.created',
      ...Array.from({ length: 4 }, () => 'organization_membership.updated'),
    ])
  })

  test('is deleted with an empty 200', async () => {
    const { api, join } = await people()
    const { body: made } = await join()
    const deleted = await api('DELETE', `${path}/${made.id}`)
    expect([deleted.status, deleted.text, deleted.headers.get('content-type')]).toEqual([200, '', null])
    expect((await api('DELETE', `${path}/${made.id}`)).body).toMatchObject({
      code: 'entity_not_found',
      message: `Organization Membership not found: '${made.id}'.`,
    })
    expect(await news(api)).toEqual(['organization_membership.created', 'organization_membership.deleted'])
  })

  test.each([
    ['the user', (user: string) => `/user_management/users/${user}`, 'user.deleted'],
    [
      'the organization',
      (_user: string, organization: string) => `/organizations/${organization}`,
      'organization.deleted',
    ],
  ])('goes with %s, with an event of its own before theirs', async (_claim, of, last) => {
    const { api, user, organization, join } = await people()
    const { body: made } = await join()
    await api('DELETE', of(user.id, organization.id))
    expect((await api('GET', `${path}/${made.id}`)).status).toBe(404)
    expect((await readLog(api)).slice(-2).map(({ event }) => event)).toEqual(['organization_membership.deleted', last])
  })

  test.each([
    ['an unknown user', { user_id: 'user_none' }, 404, 'entity_not_found'],
    ['an id that is none', { user_id: 'x' }, 404, 'entity_not_found'],
    ['an unknown organization', { organization_id: 'org_none' }, 404, 'entity_not_found'],
    ['an unknown role', { role_slug: 'admiral' }, 422, 'invalid_role'],
    ['an unknown role among several', { role_slugs: ['member', 'admiral'] }, 422, 'invalid_role'],
    ['a role and several', { role_slug: 'member', role_slugs: ['member'] }, 422, 'invalid_role'],
    ['no role at all', { role_slugs: [] }, 422, 'invalid_request_parameters'],
    ['a user that is no text', { user_id: 7 }, 422, 'invalid_request_parameters'],
  ])('is refused with %s', async (_claim, body, status, code) => {
    const { api, join } = await people()
    const answer = await join(body)
    expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code])
    expect(await news(api)).toEqual([])
  })
})

describe('sessions in an organization', () => {
  test.each([
    ['is deactivated', 'PUT', (id: string) => `${path}/${id}/deactivate`],
    ['is deleted', 'DELETE', (id: string) => `${path}/${id}`],
  ] as const)('end when the membership %s; those elsewhere go on', async (_claim, method, of) => {
    const environment = await server.environment()
    const { api, user, organization, join } = await people(environment)
    await api('PUT', `/user_management/users/${user.id}`, { body: { email_verified: true } })
    const { body: membership } = await join()
    const { body: other } = await api<Organization>('POST', '/organizations', { body: { name: 'Beta' } })
    await join({ organization_id: other.id })
    const { signIn, refresh } = peopleOf(server, environment)
    const [here, elsewhere] = [
      await signIn(user, { organization: organization.id }),
      await signIn(user, { organization: other.id }),
    ]
    expect((await api(method, of(membership.id))).status).toBe(200)
    expect((await refresh(here.refresh_token)).status).toBe(400)
    expect((await refresh(elsewhere.refresh_token)).status).toBe(200)
    expect((await readLog(api)).filter(({ event }) => event === 'session.revoked')).toHaveLength(1)
  })

  test.each([
    ['the user', (user: string) => `/user_management/users/${user}`],
    ['the organization', (_user: string, organization: string) => `/organizations/${organization}`],
  ])('end with %s, each with its event', async (_claim, of) => {
    const environment = await server.environment()
    const { api, user, organization, join } = await people(environment)
    await join()
    const { signIn, refresh } = peopleOf(server, environment)
    const session = await signIn(user, { organization: organization.id, emailProven: true })
    await api('DELETE', of(user.id, organization.id))
    expect((await refresh(session.refresh_token)).status).toBe(400)
    expect((await readLog(api)).map(({ event }) => event)).toContain('session.revoked')
  })
})

describe('lists of memberships', () => {
  test('are of somebody or something, and show active ones unless asked for others', async () => {
    const { api, user, organization, join } = await people()
    const { body: active } = await join()
    const { body: other } = await api<Organization>('POST', '/organizations', { body: { name: 'Beta' } })
    const { body: closed } = await join({ organization_id: other.id })
    await api('PUT', `${path}/${closed.id}/deactivate`)
    const list = async (query: string) =>
      (await api<Page<OrganizationMembership>>('GET', `${path}?order=asc&${query}`)).body.data.map(({ id }) => id)
    expect(await list(`user_id=${user.id}`)).toEqual([active.id])
    expect(await list(`user_id=${user.id}&statuses=active%2Cinactive`)).toEqual([active.id, closed.id])
    expect(await list(`user_id=${user.id}&statuses=inactive`)).toEqual([closed.id])
    expect(await list(`organization_id=${organization.id}&statuses=pending,inactive`)).toEqual([])
    expect(await list(`organization_id=${other.id}&user_id=${user.id}&statuses=inactive`)).toEqual([closed.id])
    const nobody = await api('GET', path)
    expect([nobody.status, nobody.body.code]).toEqual([400, 'missing_user_id_or_organization_id'])
    expect((await api('GET', `${path}?user_id=x&statuses=gone`)).status).toBe(422)
  })
})
