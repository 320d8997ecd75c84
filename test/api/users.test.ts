import { describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { User } from '#contracts/users.ts'
import { readLog } from '../support/log.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const path = '/user_management/users'

describe('a user', () => {
  test('is created with an address alone and everything else at rest', async () => {
    const { api } = await server.environment()
    const { status, body } = await api<User>('POST', path, { body: { email: 'Ann@Acme.test' } })
    expect(status).toBe(201)
    expect(body).toEqual({
      object: 'user',
      id: expect.stringMatching(/^user_[0-9A-HJKMNP-TV-Z]{26}$/),
      email: 'ann@acme.test',
      email_verified: false,
      first_name: null,
      last_name: null,
      name: null,
      profile_picture_url: null,
      locale: null,
      external_id: null,
      metadata: {},
      last_sign_in_at: null,
      created_at: '2026-03-01T12:00:00.000Z',
      updated_at: '2026-03-01T12:00:00.000Z',
    })
  })

  test('is read, updated and deleted, each change one event', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<User>('POST', path, {
      body: {
        email: 'ann@acme.test',
        first_name: 'Ann',
        email_verified: true,
        external_id: 'a/b',
        metadata: { a: '1' },
      },
    })
    expect((await api<User>('GET', `${path}/${made.id}`)).body).toEqual(made)
    expect((await api<User>('GET', `${path}/external_id/a%2Fb`)).body).toEqual(made)
    server.clock.advance(1000)
    const { body: updated } = await api<User>('PUT', `${path}/${made.id}`, {
      body: { last_name: 'Lee', external_id: null, locale: 'de-at', metadata: { b: '2' } },
    })
    expect(updated).toEqual({
      ...made,
      last_name: 'Lee',
      external_id: null,
      locale: 'de-AT',
      metadata: { a: '1', b: '2' },
      updated_at: server.clock.read().toISOString(),
    })
    const deleted = await api('DELETE', `${path}/${made.id}`)
    expect([deleted.status, deleted.text, deleted.headers.get('content-type')]).toEqual([200, '', null])
    expect((await api('GET', `${path}/${made.id}`)).body).toMatchObject({ code: 'entity_not_found' })
    expect((await api('DELETE', `${path}/${made.id}`)).status).toBe(404)
    const log = await readLog(api)
    expect(log.map(({ event }) => event)).toEqual(['user.created', 'user.updated', 'user.deleted'])
    expect(log[2]?.data).toEqual(updated)
  })

  test('an update that changes nothing writes no event and keeps updated_at', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<User>('POST', path, {
      body: { email: 'ann@acme.test', metadata: { b: '1', a: '2' } },
    })
    server.clock.advance(1000)
    const { body } = await api<User>('PUT', `${path}/${made.id}`, {
      body: { email: 'ANN@acme.test', metadata: { a: '2' }, external_id: null },
    })
    expect(body).toEqual(made)
    expect(await readLog(api)).toHaveLength(1)
  })

  test.each([
    ['has to be proven again', { email: 'new@acme.test' }, false],
    ['may be vouched for', { email: 'new@acme.test', email_verified: true }, true],
    ['stays proven when it is the same', { email: 'ANN@acme.test' }, true],
  ])('a changed address %s', async (_claim, body, verified) => {
    const { api } = await server.environment()
    const { body: made } = await api<User>('POST', path, { body: { email: 'ann@acme.test', email_verified: true } })
    const updated = await api<User>('PUT', `${path}/${made.id}`, { body })
    expect(updated.body).toMatchObject({ email: body.email.toLowerCase(), email_verified: verified })
  })

  test('has an address of their own, in any case', async () => {
    const { api } = await server.environment()
    await api('POST', path, { body: { email: 'ann@acme.test' } })
    const again = await api('POST', path, { body: { email: 'ANN@ACME.TEST' } })
    expect([again.status, again.body]).toEqual([
      400,
      {
        message: 'Could not create user.',
        code: 'user_creation_error',
        errors: [{ code: 'email_not_available', message: 'This email is not available.' }],
      },
    ])
    const { body: bob } = await api<User>('POST', path, { body: { email: 'bob@acme.test' } })
    const taken = await api('PUT', `${path}/${bob.id}`, { body: { email: 'Ann@acme.test' } })
    expect([taken.status, taken.body.code]).toEqual([400, 'email_not_available'])
  })

  test('has an external id of their own', async () => {
    const { api } = await server.environment()
    await api('POST', path, { body: { email: 'ann@acme.test', external_id: '1' } })
    const again = await api('POST', path, { body: { email: 'bob@acme.test', external_id: '1' } })
    expect([again.status, again.body.errors?.[0]?.code]).toEqual([400, 'external_id_already_used'])
    const { body: bob } = await api<User>('POST', path, { body: { email: 'bob@acme.test' } })
    const taken = await api('PUT', `${path}/${bob.id}`, { body: { external_id: '1' } })
    expect([taken.status, taken.body.code]).toEqual([400, 'external_id_already_used'])
  })

  test('created many times at once with one address is one', async () => {
    const { api } = await server.environment()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => api('POST', path, { body: { email: 'ann@acme.test' } })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400, 400])
  })

  test.each([
    ['no address', {}, 'email'],
    ['an address of null', { email: null }, 'email'],
    ['an address without a host', { email: 'ann' }, 'email'],
    ['an address with a space', { email: 'ann lee@acme.test' }, 'email'],
    ['an address with a line break', { email: 'ann@acme.test\nbcc: x@y.test' }, 'email'],
    ['an address past 254 characters', { email: `${'a'.repeat(250)}@acme.test` }, 'email'],
    ['a name that is a number', { email: 'a@b.test', first_name: 7 }, 'first_name'],
    ['metadata that is a list', { email: 'a@b.test', metadata: ['a'] }, 'metadata'],
    [
      'an unknown kind of hash',
      { email: 'a@b.test', password_hash: 'x', password_hash_type: 'md5' },
      'password_hash_type',
    ],
  ])('is refused with %s, naming the field', async (_claim, body, field) => {
    const { api } = await server.environment()
    const answer = await api('POST', path, { body })
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request_parameters'])
    expect(answer.body.errors?.map((error) => error.field)).toContain(field)
    expect((await api<Page<User>>('GET', path)).body.data).toEqual([])
  })

  test.each([
    [
      'an eleventh key of metadata',
      { metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) },
      'invalid_metadata',
    ],
    ['a key past 40 characters', { metadata: { ['k'.repeat(41)]: 'v' } }, 'invalid_metadata'],
    ['a language nobody speaks', { locale: 'not a language' }, 'invalid_locale'],
  ])('an update is refused with %s', async (_claim, body, code) => {
    const { api } = await server.environment()
    const { body: made } = await api<User>('POST', path, { body: { email: 'ann@acme.test' } })
    const answer = await api('PUT', `${path}/${made.id}`, { body })
    expect([answer.status, answer.body.code]).toEqual([400, code])
  })

  test.each([
    ['adds and overwrites what it names', { a: '9', c: '3' }, { a: '9', b: '2', c: '3' }],
    ['removes what it sets to null', { a: null }, { b: '2' }],
    ['clears everything when empty', {}, {}],
    ['clears everything when null itself', null, {}],
  ])('an update of metadata %s', async (_claim, metadata, expected) => {
    const { api } = await server.environment()
    const { body: made } = await api<User>('POST', path, { body: { email: 'a@b.test', metadata: { a: '1', b: '2' } } })
    const updated = await api<User>('PUT', `${path}/${made.id}`, { body: { metadata } })
    expect(updated.body.metadata).toEqual(expected)
  })
})

describe('finding users', () => {
  test('by address, in any case, and by organization, which pages through its own', async () => {
    const { api } = await server.environment()
    const { body: organization } = await api<{ id: string }>('POST', '/organizations', { body: { name: 'Acme' } })
    const ids: string[] = []
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push((await api<User>('POST', path, { body: { email: `${name}@acme.test` } })).body.id)
    // Memberships are made in another order than the users.
    for (const user_id of [ids[2], ids[0], ids[3]])
      await api('POST', '/user_management/organization_memberships', {
        body: { user_id, organization_id: organization.id },
      })
    const emails = async (query: string) =>
      (await api<Page<User>>('GET', `${path}?order=asc&${query}`)).body.data.map(({ email }) => email[0]).join('')
    expect(await emails('email=B%40ACME.test')).toBe('b')
    expect(await emails('email=nobody%40acme.test')).toBe('')
    expect(await emails(`organization_id=${organization.id}`)).toBe('acd')
    expect(await emails(`organization=${organization.id}`)).toBe('acd')
    expect(await emails(`organization_id=${organization.id}&email=a@acme.test`)).toBe('a')
    expect(await emails(`organization_id=${organization.id}&email=b@acme.test`)).toBe('')
    expect(await emails('organization_id=org_none')).toBe('')
    expect(await emails(`organization_id=${organization.id}&limit=2`)).toBe('ac')
    expect(await emails(`organization_id=${organization.id}&limit=2&after=${ids[2]}`)).toBe('d')
  })
})
