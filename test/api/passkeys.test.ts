import { beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { Passkey } from '#contracts/passkeys.ts'
import { newId } from '#db/new-id.ts'
import { Authenticator } from '../support/authenticator.ts'
import { openDashboard } from '../support/dashboard.ts'
import { type Creation, passkeyOrigin, type PasskeyTenant, passkeyTenant, wanted } from '../support/passkeys.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

let place: PasskeyTenant
beforeAll(async () => {
  place = await passkeyTenant(server)
})

const pathOf = (user: { readonly id: string }, passkey = '') =>
  `/user_management/users/${user.id}/passkeys${passkey && `/${passkey}`}`
const list = async (user: { readonly id: string }, query = '') =>
  (await place.api<Page<Passkey>>('GET', pathOf(user) + query)).body

describe('the passkeys of a user', () => {
  test('are shown without what signs in by them, and with when they were used', async () => {
    const { user, authenticator } = await place.enrolled()
    const [made] = (await list(user)).data
    expect(made).toEqual({
      object: 'passkey',
      id: expect.stringMatching(/^passkey_[0-9A-Z]{26}$/),
      user_id: user.id,
      transports: ['internal'],
      created_at: server.clock.read().toISOString(),
      last_used_at: null,
    })
    server.clock.advance(60_000)
    await place.use(authenticator)
    expect((await list(user)).data).toEqual([{ ...made, last_used_at: server.clock.read().toISOString() }])
  })

  test('say how they are reached in the words that browsers have', async () => {
    const user = await place.people.user(undefined, { password: place.password })
    const browser = await place.byPassword(user.email)
    const made = JSON.parse(new Authenticator(passkeyOrigin).create(wanted<Creation>(browser.last))) as Registration
    made.response.transports = ['smart-card', 'x'.repeat(33), 'a\0b', '<b>', 5]
    await browser.submit('passkey/enrollment', { credential: JSON.stringify(made) })
    expect((await list(user)).data).toMatchObject([{ transports: ['smart-card'] }])
  })

  test('are shown newest first, page by page, and are nobody else’s', async () => {
    const { user } = await place.enrolled()
    const [first] = (await list(user)).data
    server.clock.advance(1000)
    // The login box offers one to who has none: the further ones of several browsers at once.
    const later = await insert(user.id)
    server.clock.advance(1000)
    const latest = await insert(user.id)
    await place.enrolled()
    const page = await list(user, '?limit=2&order=desc')
    expect(page.data.map(({ id }) => id)).toEqual([latest, later])
    const rest = await list(user, `?limit=2&order=desc&after=${page.list_metadata.after}`)
    expect(rest.data.map(({ id }) => id)).toEqual([first?.id])
    expect(rest.list_metadata.after).toBeNull()
  })

  test('of nobody are not found', async () => {
    const { status, body } = await place.api('GET', pathOf({ id: 'user_nobody' }))
    expect([status, body.code]).toEqual([404, 'entity_not_found'])
  })
})

/** What a browser answers, as far as it is of interest here. */
interface Registration {
  readonly response: { transports: unknown }
}

async function insert(user: string): Promise<string> {
  const id = newId('passkey', server.clock.read())
  await server.db.pool.query(
    `insert into passkeys (environment_id, id, credential_id, user_id, public_key, sign_count, transports, created_at)
     values ($1, $2, $2, $3, '', 0, '{}', $4)`,
    [place.environment.id, id, user, server.clock.read()],
  )
  return id
}

describe('a passkey that is deleted', () => {
  test('signs in nobody any more, and another is offered', async () => {
    const { user, authenticator } = await place.enrolled()
    const [made] = (await list(user)).data
    const { refresh_token } = await place.redeem(await place.use(authenticator))
    expect((await place.api('DELETE', pathOf(user, made?.id))).status).toBe(204)
    expect((await place.use(authenticator)).left).toBeUndefined()
    expect((await list(user)).data).toEqual([])
    expect((await place.people.refresh(refresh_token)).status).toBe(200)
    expect((await place.byPassword(user.email)).last?.page).toBe('passkey/enrollment')
    const again = await place.api('DELETE', pathOf(user, made?.id))
    expect([again.status, again.body.code]).toEqual([404, 'entity_not_found'])
  })

  test('has to be the user’s who is named, and their tenant’s', async () => {
    const { user, authenticator } = await place.enrolled()
    const [made] = (await list(user)).data
    const elsewhere = await passkeyTenant(server)
    const stranger = await elsewhere.enrolled()
    for (const [api, owner] of [
      [place.api, (await place.enrolled()).user],
      [elsewhere.api, user],
      [elsewhere.api, stranger.user],
    ] as const) {
      const { status, body } = await api('DELETE', pathOf(owner, made?.id))
      expect([status, body.code]).toEqual([404, 'entity_not_found'])
    }
    expect((await place.use(authenticator)).left).toBeDefined()
  })

  test('is deleted in the dashboard by who may change things there, and is seen by who may look', async () => {
    const { user } = await place.enrolled()
    const [viewer, admin] = [await openDashboard(server, 'viewer'), await openDashboard(server)]
    const base = `/dashboard/api/${place.environment.id}`
    const { body } = await viewer.ask<Page<Passkey>>('GET', base + pathOf(user))
    expect(body).toEqual(await list(user))
    const path = base + pathOf(user, body.data[0]?.id)
    const refused = await viewer.ask('DELETE', path)
    expect([refused.status, refused.body.code]).toEqual([403, 'role_not_sufficient'])
    expect((await list(user)).data).toHaveLength(1)
    expect((await admin.ask('DELETE', path)).status).toBe(204)
    expect((await list(user)).data).toEqual([])
    const { rows } = await server.db.pool.query('select operation from audit_entries where email = $1', [admin.email])
    expect(rows).toEqual([{ operation: 'deleteUserPasskey' }])
  })
})
