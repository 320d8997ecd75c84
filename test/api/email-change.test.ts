import { describe, expect, test } from 'vitest'
import type { EmailChange } from '#contracts/email-changes.ts'
import type { UserId } from '#contracts/ids.ts'
import type { User } from '#contracts/users.ts'
import { mailContext } from '#domain/mail/queue.ts'
import { readLog } from '../support/log.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()
const minute = 60_000

async function ann() {
  const environment = await server.environment()
  const { api } = environment
  const { body: user } = await api<User>('POST', '/user_management/users', {
    body: { email: 'ann@acme.test', email_verified: true },
  })
  const path = `/user_management/users/${user.id}/email_change`
  const send = (new_email = 'lee@acme.test') =>
    api<EmailChange & { code?: string }>('POST', `${path}/send`, { body: { new_email } })
  const confirm = (code: string) => api<{ user: User; code?: string }>('POST', `${path}/confirm`, { body: { code } })
  return { environment, api, user, send, confirm }
}

/** The code of the latest mail, and where it went. */
async function mailed({ id }: TestEnvironment): Promise<{ to: string; code: string }> {
  const row = await server.db.kysely
    .selectFrom('mails')
    .select(['id', 'recipient', 'content'])
    .where('environment_id', '=', id)
    .where('kind', '=', 'email_change')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  const { code } = JSON.parse(server.deps.secrets.open(row.content, mailContext(row.id))) as { code: string }
  return { to: row.recipient, code }
}

const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

describe('an address', () => {
  test('is changed by the code that went to the new one, which proves it', async () => {
    const { environment, api, user, send, confirm } = await ann()
    const sent = await send('Lee@Acme.test')
    expect([sent.status, sent.body]).toEqual([
      200,
      {
        object: 'email_change',
        user,
        new_email: 'lee@acme.test',
        expires_at: new Date(server.clock.read().getTime() + 10 * minute).toISOString(),
        created_at: server.clock.read().toISOString(),
      },
    ])
    const { to, code } = await mailed(environment)
    expect(to).toBe('lee@acme.test')
    expect(sent.text).not.toContain(code)
    const { status, body } = await confirm(code)
    expect([status, body.user.email, body.user.email_verified]).toEqual([200, 'lee@acme.test', true])
    expect((await readLog(api)).map(({ event }) => event)).toEqual(['user.created', 'user.updated'])
    expect((await confirm(code)).body.code).toBe('email_change_code_previously_used')
  })

  test('stays when the code is wrong, old, of another change, or none was sent', async () => {
    const { environment, api, user, send, confirm } = await ann()
    expect((await confirm('123456')).body.code).toBe('no_pending_email_change')
    await send()
    const first = await mailed(environment)
    expect((await confirm(other(first.code))).body.code).toBe('email_change_code_incorrect')
    await send('third@acme.test')
    const second = await mailed(environment)
    if (first.code !== second.code) expect((await confirm(first.code)).status).toBe(400)
    server.clock.advance(10 * minute)
    expect((await confirm(second.code)).body.code).toBe('email_change_code_expired')
    expect((await api<User>('GET', `/user_management/users/${user.id}`)).body).toEqual(user)
  })

  test('cannot be guessed: after five wrong codes the right one is refused', async () => {
    const { environment, send, confirm } = await ann()
    await send()
    const { code } = await mailed(environment)
    for (let guess = 0; guess < 5; guess++) await confirm(other(code))
    const answer = await confirm(code)
    expect([answer.status, answer.body.code]).toEqual([429, 'email_change_too_many_attempts'])
  })

  test('of somebody else, or one’s own, is refused at once, and one taken meanwhile at the end', async () => {
    const { environment, api, send, confirm } = await ann()
    expect((await send('ANN@acme.test')).body.code).toBe('email_change_not_needed')
    const take = () => api('POST', '/user_management/users', { body: { email: 'bob@acme.test' } })
    await send('bob@acme.test')
    const { code } = await mailed(environment)
    await take()
    const late = await confirm(code)
    expect([late.status, late.body.code]).toEqual([409, 'email_not_available'])
    expect((await send('bob@acme.test')).body.code).toBe('email_not_available')
    expect((await send('nobody')).status).toBe(422)
  })

  test('that a directory gives is not changed', async () => {
    const { environment, api, user, send } = await ann()
    const { body: organization } = await api<{ id: string }>('POST', '/organizations', { body: { name: 'Acme' } })
    await api('POST', '/user_management/organization_memberships', {
      body: { user_id: user.id, organization_id: organization.id },
    })
    await server.db.kysely
      .updateTable('organization_memberships')
      .set({ directory_user_id: 'directory_user_1' })
      .where('environment_id', '=', environment.id)
      .where('user_id', '=', user.id satisfies UserId)
      .execute()
    expect((await send()).body.code).toBe('email_change_not_allowed')
  })

  test('of one person is not changed by the code of another', async () => {
    const { environment, api, send } = await ann()
    const { body: mallory } = await api<User>('POST', '/user_management/users', { body: { email: 'm@acme.test' } })
    await send()
    const { code } = await mailed(environment)
    const answer = await api('POST', `/user_management/users/${mallory.id}/email_change/confirm`, { body: { code } })
    expect([answer.status, answer.body.code]).toEqual([409, 'no_pending_email_change'])
  })
})
