import { describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreGroup,
  coreUser,
  createScimClient,
  enterpriseUser,
  patch,
  person,
  refusal,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('RFC 7644 §3.5.1 replacing a user', () => {
  test('clears what is left out, and keeps who it is', async () => {
    const client = await createScimClient(server)
    const more = {
      title: 'Lead',
      externalId: 'x1',
      [enterpriseUser]: { department: 'Ops' },
      phoneNumbers: [{ value: '1' }],
    }
    const created = await client.send('POST', '/Users', person('ann@corp.example', more))
    server.clock.advance(60_000)
    const next = person('ann.lee@corp.example', { name: { givenName: 'Ann' } })
    const { status, body, headers } = await client.send('PUT', `/Users/${created.body.id}`, next)
    expect(status).toBe(200)
    expect(body).toEqual({
      ...next,
      schemas: [coreUser],
      id: created.body.id,
      meta: {
        ...created.body.meta,
        lastModified: '2026-03-01T12:01:00.000Z',
        version: headers.get('etag'),
      },
    })
    expect(headers.get('etag')).not.toBe(created.headers.get('etag'))
    expect((await client.send('GET', `/Users/${body.id}`)).body).toEqual(body)
    const { data } = (await client.log()).at(-1) ?? {}
    expect(data).toMatchObject({
      username: 'ann.lee@corp.example',
      job_title: null,
      idp_id: 'x1',
      previous_attributes: { username: 'ann@corp.example', job_title: 'Lead', last_name: 'Lee' },
    })
  })

  test('takes a document that was read and changed, with what only the server may say', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    await addGroup(client, 'Eng', ann)
    const { body: read } = await client.send('GET', `/Users/${ann}`)
    expect(read.groups).toHaveLength(1)
    const { status, body } = await client.send('PUT', `/Users/${ann}`, { ...read, title: 'Lead', groups: [], meta: {} })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: ann, title: 'Lead', groups: read.groups })
  })

  test('by the same changes nothing: no version, no time, no event', async () => {
    const client = await createScimClient(server)
    const created = await client.send('POST', '/Users', person('ann@corp.example', { title: 'Lead' }))
    server.clock.advance(60_000)
    const again = await client.send('PUT', `/Users/${created.body.id}`, person('ann@corp.example', { title: 'Lead' }))
    expect(again).toMatchObject({ status: 200, body: created.body })
    expect(again.headers.get('etag')).toBe(created.headers.get('etag'))
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('never creates', async () => {
    const client = await createScimClient(server)
    expect(await client.send('PUT', '/Users/directory_user_1', person('ann@corp.example'))).toMatchObject(refusal(404))
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(0)
  })

  test('without active means active, and says so', async () => {
    const client = await createScimClient(server)
    const { active: _active, ...silent } = person('ann@corp.example')
    const created = await client.send('POST', '/Users', silent)
    expect(created.body.active).toBe(true)
    await client.send('PATCH', `/Users/${created.body.id}`, patch({ op: 'replace', path: 'active', value: false }))
    expect((await client.send('PUT', `/Users/${created.body.id}`, silent)).body.active).toBe(true)
  })

  test.each([
    [
      'a name that is taken',
      'ann',
      person('BOB@corp.example', { emails: [{ value: 'x@corp.example' }] }),
      refusal(409, 'uniqueness'),
    ],
    [
      'an address that is taken',
      'ann',
      person('ann', { emails: [{ value: 'BOB@corp.example', primary: true }] }),
      refusal(409, 'uniqueness'),
    ],
    ['no address at all', 'ann', person('ann', { emails: [] }), refusal(400, 'invalidValue')],
    ['no name', 'ann', { schemas: [coreUser] }, refusal(400, 'invalidValue')],
  ])('with %s is refused, and changes nothing', async (_claim, _who, body, expected) => {
    const client = await createScimClient(server)
    await addUser(client, 'bob@corp.example')
    const ann = await addUser(client, 'ann@corp.example')
    const before = await client.send('GET', `/Users/${ann}`)
    expect(await client.send('PUT', `/Users/${ann}`, body)).toMatchObject(expected)
    expect((await client.send('GET', `/Users/${ann}`)).body).toEqual(before.body)
    expect((await client.log()).map(({ event }) => event)).toEqual([
      'dsync.activated',
      'dsync.user.created',
      'dsync.user.created',
    ])
  })

  test('may change the case of the own name', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    expect((await client.send('PUT', `/Users/${ann}`, person('Ann@Corp.example'))).body.userName).toBe(
      'Ann@Corp.example',
    )
  })

  test('may swap the names of two people through a third', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const statuses = []
    for (const [id, name] of [
      [ann, 'tmp@corp.example'],
      [bob, 'ann@corp.example'],
      [ann, 'bob@corp.example'],
    ] as const)
      statuses.push((await client.send('PUT', `/Users/${id}`, person(name))).status)
    expect(statuses).toEqual([200, 200, 200])
  })
})

describe('RFC 7644 §3.5.1 replacing a group', () => {
  test('is the full list of its members, of which only the difference happens', async () => {
    const client = await createScimClient(server)
    const [a, b, c] = [
      await addUser(client, 'a@x.example'),
      await addUser(client, 'b@x.example'),
      await addUser(client, 'c@x.example'),
    ]
    const eng = await addGroup(client, 'Eng', a, b)
    const before = (await client.log()).length
    const answer = await client.send('PUT', `/Groups/${eng}`, {
      schemas: [coreGroup],
      id: eng,
      displayName: 'Engineering',
      externalId: 'g1',
      members: [{ value: c }, { value: b }, { value: 'directory_user_unknown' }],
    })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      displayName: 'Engineering',
      externalId: 'g1',
      members: [{ value: b }, { value: c }],
    })
    expect((await client.log()).slice(before).map(({ event, data }) => [event, data.user?.id])).toEqual([
      ['dsync.group.updated', undefined],
      ['dsync.group.user_removed', a],
      ['dsync.group.user_added', c],
    ])
  })

  test('with null for its members has none, and without any word on them keeps them (RFC 7643 §2.5)', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', await addUser(client, 'a@x.example'))
    const replace = (more: object) =>
      client.send('PUT', `/Groups/${eng}`, { schemas: [coreGroup], displayName: 'Eng', ...more })
    expect((await replace({})).body.members).toHaveLength(1)
    const emptied = await replace({ members: null })
    expect(emptied.status).toBe(200)
    expect(emptied.body).not.toHaveProperty('members')
    expect((await client.log()).at(-1)?.event).toBe('dsync.group.user_removed')
  })

  test('by the same changes nothing', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', await addUser(client, 'a@x.example'))
    const { body: read, headers } = await client.send('GET', `/Groups/${eng}`)
    const before = (await client.log()).length
    server.clock.advance(60_000)
    const again = await client.send('PUT', `/Groups/${eng}`, read)
    expect(again.body).toEqual(read)
    expect(again.headers.get('etag')).toBe(headers.get('etag'))
    expect((await client.log()).slice(before)).toEqual([])
  })

  test('never creates, and needs a name', async () => {
    const client = await createScimClient(server)
    const body = { schemas: [coreGroup], displayName: 'Eng' }
    expect(await client.send('PUT', '/Groups/directory_group_1', body)).toMatchObject(refusal(404))
    const eng = await addGroup(client, 'Eng')
    expect(await client.send('PUT', `/Groups/${eng}`, { schemas: [coreGroup] })).toMatchObject(
      refusal(400, 'invalidValue'),
    )
    expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(1)
  })

  test('with the external id of another is a conflict, and changes no member', async () => {
    const client = await createScimClient(server)
    const a = await addUser(client, 'a@x.example')
    await client.send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Ops', externalId: 'g1' })
    const eng = await addGroup(client, 'Eng')
    const taken = { schemas: [coreGroup], displayName: 'Eng', externalId: 'g1', members: [{ value: a }] }
    expect(await client.send('PUT', `/Groups/${eng}`, taken)).toMatchObject(refusal(409, 'uniqueness'))
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toBeUndefined()
  })

  test('leaves people who are inactive in their groups', async () => {
    const client = await createScimClient(server)
    const a = await addUser(client, 'a@x.example')
    const eng = await addGroup(client, 'Eng', a)
    await client.send('PATCH', `/Users/${a}`, patch({ op: 'replace', value: { active: false } }))
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toMatchObject([{ value: a }])
  })
})
