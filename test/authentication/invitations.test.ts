import { beforeAll, describe, expect, test } from 'vitest'
import type { User } from '#contracts/users.ts'
import { type Authenticated, peopleOf, type People } from '../support/people.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
let environment: TestEnvironment
let people: People

beforeAll(async () => {
  environment = await server.environment()
  people = peopleOf(server, environment)
})

const invite = async (email: string, organization_id?: string) =>
  (
    await environment.api<{ id: string; token: string }>('POST', '/user_management/invitations', {
      body: { email, organization_id },
    })
  ).body
const start = async (user: User, invitation_token: string) =>
  people.authenticate<Authenticated & { code: string }>({
    grant_type: 'authorization_code',
    code: await people.code(user),
    invitation_token,
  })

describe('an invitation brought along', () => {
  test('makes a member, proves the inbox and leads into the organization', async () => {
    const user = await people.user(undefined, { email_verified: false })
    const [home, acme] = [await people.organization('Home'), await people.organization('Acme')]
    await people.join(user, home)
    const { id, token } = await invite(user.email, acme.id)
    const { status, body } = await start(user, token)
    expect([status, body.organization_id, body.user.email_verified]).toEqual([200, acme.id, true])
    const read = await environment.api<{ state: string }>('GET', `/user_management/invitations/${id}`)
    expect(read.body.state).toBe('accepted')
    const again = await start(user, token)
    expect([again.status, again.body.code]).toEqual([400, 'invitation_invalid'])
  })

  test('makes no member of somebody else, and does not use up their code', async () => {
    const acme = await people.organization('Acme')
    const { id, token } = await invite('ann@invited.test', acme.id)
    const mallory = await people.user('mallory@invited.test')
    const code = await people.code(mallory)
    const refused = await people.authenticate({ grant_type: 'authorization_code', code, invitation_token: token })
    expect([refused.status, refused.body.code]).toEqual([400, 'invitation_invalid'])
    const read = await environment.api<{ state: string }>('GET', `/user_management/invitations/${id}`)
    expect(read.body.state).toBe('pending')
    const without = await people.authenticate<Authenticated>({ grant_type: 'authorization_code', code })
    expect([without.status, without.body.organization_id]).toEqual([200, undefined])
  })

  test('of another tenant opens nothing', async () => {
    const stranger = peopleOf(server, await server.environment())
    const user = await people.user('ann@both.test')
    const theirs = await stranger.user('ann@both.test')
    const { token } = await invite(user.email, (await people.organization()).id)
    expect(token).toBeDefined()
    const answer = await stranger.authenticate({
      grant_type: 'authorization_code',
      code: await stranger.code(theirs),
      invitation_token: token,
    })
    expect([answer.status, answer.body.code]).toEqual([400, 'invitation_invalid'])
  })

  test('lets its address sign up where nobody else may', async () => {
    const acme = await people.organization('Acme')
    await environment.api('PUT', '/authentication_settings', { body: { sign_up: 'closed' } })
    const make = (email: string, invitation_token?: string) =>
      environment.api<{ code: string }>('POST', '/user_management/magic_auth', { body: { email, invitation_token } })
    const { token } = await invite('new@invited.test', acme.id)
    expect((await make('new@invited.test')).body.code).toBe('sign_up_not_allowed')
    expect((await make('other@invited.test', token)).body.code).toBe('invitation_invalid')
    const { body } = await make('New@invited.test', token)
    const signedIn = await people.authenticate<Authenticated>({
      grant_type: 'urn:workos:oauth:grant-type:magic-auth:code',
      email: 'new@invited.test',
      code: body.code,
      invitation_token: token,
    })
    expect([signedIn.status, signedIn.body.organization_id]).toEqual([200, acme.id])
    await environment.api('PUT', '/authentication_settings', { body: { sign_up: 'open' } })
  })
})
