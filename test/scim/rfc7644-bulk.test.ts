import { describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  enterpriseUser,
  newsOf,
  patch,
  person,
  refusal,
  type ScimAnswer,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

const bulk = (client: ScimClient, Operations: unknown, more: object = {}): Promise<ScimAnswer> =>
  client.send('POST', '/Bulk', { schemas: [bulkRequest], Operations, ...more })

const post = (bulkId: string, userName: string) => ({ method: 'POST', path: '/Users', bulkId, data: person(userName) })
const team = (bulkId: string, displayName: string, ...members: string[]) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { schemas: [coreGroup], displayName, members: members.map((value) => ({ value })) },
})
const managed = (bulkId: string, manager: string) => {
  const userName = `${bulkId}@corp.example`
  return {
    ...post(bulkId, userName),
    data: person(userName, { [enterpriseUser]: { manager: { value: `bulkId:${manager}` } } }),
  }
}
const statuses = ({ body }: ScimAnswer) => body.Operations.map(({ status }: { status: string }) => status)
const idOf = (location: string) => location.split('/').at(-1) ?? ''

describe('RFC 7644 §3.7 bulk', () => {
  test('carries out operations of every kind, and answers each with its address, version and a status in text', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const eng = await addGroup(client, 'Eng', bob)
    const answer = await bulk(client, [
      post('new', 'new@corp.example'),
      { method: 'PUT', path: `/Users/${ann}`, data: person('ann@corp.example', { title: 'Lead' }) },
      { method: 'PATCH', path: `/Groups/${eng}`, data: patch({ op: 'add', path: 'members', value: [{ value: ann }] }) },
      { method: 'DELETE', path: `/Users/${bob}` },
    ])
    expect(answer.status).toBe(200)
    const [made] = answer.body.Operations
    expect(answer.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
      Operations: [
        {
          method: 'POST',
          bulkId: 'new',
          status: '201',
          location: made.location,
          version: expect.stringMatching(/^W\/"/),
        },
        {
          method: 'PUT',
          status: '200',
          location: `${client.directory.endpoint}/Users/${ann}`,
          version: expect.any(String),
        },
        {
          method: 'PATCH',
          status: '200',
          location: `${client.directory.endpoint}/Groups/${eng}`,
          version: expect.any(String),
        },
        { method: 'DELETE', status: '204', location: `${client.directory.endpoint}/Users/${bob}` },
      ],
    })
    expect((await client.send('GET', `/Users/${idOf(made.location)}`)).body).toMatchObject({
      userName: 'new@corp.example',
      meta: { version: made.version },
    })
    expect((await client.send('GET', `/Users/${ann}`)).body.title).toBe('Lead')
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toMatchObject([{ value: ann }])
    expect((await client.log()).slice(5).map(({ event }) => event)).toEqual([
      'dsync.user.created',
      'dsync.user.updated',
      'dsync.group.user_added',
      'dsync.user.deleted',
    ])
  })

  test('§3.7.2 resolves references to what the request makes, wherever they stand', async () => {
    const client = await createScimClient(server)
    const answer = await bulk(client, [
      team('team', 'Eng', 'bulkId:ann'),
      post('ann', 'ann@corp.example'),
      post('bob', 'bob@corp.example'),
      {
        method: 'PATCH',
        path: '/Groups/bulkId:team',
        data: patch({ op: 'add', path: 'members', value: [{ value: 'bulkId:bob' }] }),
      },
      {
        method: 'PATCH',
        path: '/Groups/bulkId:team',
        data: patch({ op: 'remove', path: 'members[value eq "bulkId:ann"]' }),
      },
    ])
    expect(statuses(answer)).toEqual(['201', '201', '201', '200', '200'])
    const [group, , bob] = answer.body.Operations
    expect((await client.send('GET', `/Groups/${idOf(group.location)}`)).body.members).toMatchObject([
      { value: idOf(bob.location) },
    ])
  })

  test('§3.7.1 people who manage each other, or themselves, are made and then referred to', async () => {
    const client = await createScimClient(server)
    const answer = await bulk(client, [
      managed('ann', 'bob'),
      managed('bob', 'ann'),
      managed('boss', 'boss'),
      team('team', 'Eng', 'bulkId:ann', 'bulkId:boss'),
    ])
    expect(statuses(answer)).toEqual(['201', '201', '201', '201'])
    const [ann, bob, boss, eng] = answer.body.Operations.map(({ location }: { location: string }) => idOf(location))
    const managerOf = async (id: string) =>
      (await client.send('GET', `/Users/${id}`)).body[enterpriseUser].manager.value
    expect([await managerOf(ann), await managerOf(bob), await managerOf(boss)]).toEqual([bob, ann, boss])
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toMatchObject([{ value: ann }, { value: boss }])
    expect(answer.body.Operations[0].version).toBe(
      (await client.send('GET', `/Users/${ann}`)).body.meta.version.replace(/-[^"]+/, ''),
    )
  })

  test('§3.7.1 of a circle that cannot be closed nothing stays, nor of what refers to it', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'bob@corp.example')
    const answer = await bulk(client, [
      team('team', 'Eng', 'bulkId:ann'),
      managed('ann', 'bob'),
      managed('bob', 'ann'),
      post('carol', 'carol@corp.example'),
    ])
    expect(statuses(answer)).toEqual(['400', '409', '409', '201'])
    const [, ann, bob] = answer.body.Operations
    expect([ann.response.scimType, bob.response.scimType]).toEqual([undefined, 'uniqueness'])
    expect(ann).not.toHaveProperty('location')
    const { body } = await client.send('GET', '/Users')
    expect(body.Resources.map(({ userName }: { userName: string }) => userName)).toEqual([
      'bob@corp.example',
      'carol@corp.example',
    ])
    expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(0)
  })

  test('§3.7.1 who was brought back for a circle that cannot be closed is who they had been', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example', { title: 'Lead' })
    const eng = await addGroup(client, 'Eng', ann)
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: false } }))
    // Remembered without an address, as the vendor does.
    await client.send('POST', '/Users', person('eve', { emails: [] }))
    await addUser(client, 'bob@corp.example')
    const eve = { userName: 'eve', emails: [{ value: 'eve@corp.example', type: 'work' }] }
    const before = await client.send('GET', '/Users')
    const said = (await newsOf(client)).length
    const answer = await bulk(client, [
      managed('ann', 'eve'),
      {
        ...post('eve', 'eve'),
        data: person('eve', { ...eve, [enterpriseUser]: { manager: { value: 'bulkId:bob' } } }),
      },
      managed('bob', 'ann'),
    ])
    expect(statuses(answer)).toEqual(['409', '409', '409'])
    const unversioned = ({ body }: ScimAnswer) =>
      body.Resources.map(({ meta: _meta, ...resource }: Record<string, unknown>) => resource)
    const after = await client.send('GET', '/Users')
    expect(unversioned(after)).toEqual(unversioned(before))
    expect(after.body.Resources).toContainEqual(
      expect.objectContaining({
        id: ann,
        active: false,
        title: 'Lead',
        groups: [expect.objectContaining({ value: eng })],
      }),
    )
    expect((await newsOf(client)).slice(said)).toEqual([
      'user.created ann@corp.example Ann Lee',
      'group.user_added ann@corp.example Eng',
      'user.created eve@corp.example Ann Lee',
      'user.deleted ann@corp.example Ann Lee',
      'user.deleted Ann Lee',
    ])
  })

  test('a user who names groups that are made later joins those that name them', async () => {
    const client = await createScimClient(server)
    const answer = await bulk(client, [
      { ...post('ann', 'ann@corp.example'), data: person('ann@corp.example', { groups: [{ value: 'bulkId:team' }] }) },
      team('team', 'Eng', 'bulkId:ann'),
    ])
    expect(statuses(answer)).toEqual(['201', '201'])
    const [ann, eng] = answer.body.Operations
    expect((await client.send('GET', `/Users/${idOf(ann.location)}`)).body.groups).toMatchObject([
      { value: idOf(eng.location) },
    ])
  })

  test('§3.7.1 refuses groups in a circle, as they do not nest, with 409, and others are done', async () => {
    const client = await createScimClient(server)
    const answer = await bulk(client, [
      team('a', 'A', 'bulkId:b'),
      team('b', 'B', 'bulkId:a'),
      team('self', 'Self', 'bulkId:self'),
      post('ann', 'ann@corp.example'),
    ])
    expect(statuses(answer)).toEqual(['409', '409', '409', '201'])
    expect(answer.body.Operations[0].response).toMatchObject({
      status: '409',
      detail: expect.stringContaining('circle'),
    })
    expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(0)
  })

  test('a reference to what nobody makes, or to what could not be made, fails with its operation', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'ann@corp.example')
    const answer = await bulk(client, [
      post('ann', 'ann@corp.example'),
      team('t', 'T', 'bulkId:ann'),
      team('u', 'U', 'bulkId:nobody'),
    ])
    expect(statuses(answer)).toEqual(['409', '400', '400'])
    expect(answer.body.Operations.map(({ response }: { response: { scimType: string } }) => response.scimType)).toEqual(
      ['uniqueness', 'invalidValue', 'invalidValue'],
    )
  })

  test('§3.7.3 goes on after errors, of which each stands with its operation', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const answer = await bulk(client, [
      post('a', 'ann@corp.example'),
      { method: 'PUT', path: '/Users/nobody', data: person('x@corp.example') },
      { method: 'PATCH', path: `/Users/${ann}`, data: patch({ op: 'replace', path: 'id', value: 'x' }) },
      { method: 'DELETE', path: `/Users/${ann}`, version: 'W/"77"' },
      { method: 'TRACE', path: '/Users' },
      { method: 'POST', path: '/Users', data: person('y@corp.example') },
      { method: 'POST', path: '/Nothing', bulkId: 'n', data: {} },
      null,
      { method: 'DELETE', path: `/Users/${'x'.repeat(3_000)}` },
      post('last', 'last@corp.example'),
    ])
    expect(answer.status).toBe(200)
    expect(statuses(answer)).toEqual(['409', '404', '400', '412', '400', '400', '400', '400', '404', '201'])
    for (const { status, response } of answer.body.Operations.slice(0, -1)) {
      expect(response).toMatchObject({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status,
        detail: expect.any(String),
      })
    }
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(2)
  })

  test('failOnErrors ends it after so many, and what was done stays done', async () => {
    const client = await createScimClient(server)
    const operations = [
      post('a', 'a@corp.example'),
      post('b', 'a@corp.example'),
      post('c', 'c@corp.example'),
      post('d', 'a@corp.example'),
      post('e', 'e@corp.example'),
    ]
    const answer = await bulk(client, operations, { failOnErrors: 2 })
    expect(statuses(answer)).toEqual(['201', '409', '201', '409'])
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(2)
    const once = await bulk(client, [post('f', 'a@corp.example'), post('g', 'g@corp.example')], { failOnErrors: 1 })
    expect(statuses(once)).toEqual(['409'])
  })

  test('an operation with the version in hand is done, with an older one refused', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const change = (version: string, title: string) => ({
      method: 'PATCH',
      path: `/Users/${ann}`,
      version,
      data: patch({ op: 'replace', path: 'title', value: title }),
    })
    const first = await bulk(client, [change('W/"1"', 'a'), change('W/"1"', 'b')])
    expect(statuses(first)).toEqual(['200', '412'])
    const next = await bulk(client, [change(first.body.Operations[0].version, 'c')])
    expect(statuses(next)).toEqual(['200'])
    expect((await client.send('GET', `/Users/${ann}`)).body.title).toBe('c')
  })

  test.each([
    ['no schemas', { Operations: [] }, refusal(400, 'invalidSyntax')],
    ['no Operations', { schemas: [bulkRequest] }, refusal(400, 'invalidSyntax')],
    ['Operations that are no list', { schemas: [bulkRequest], Operations: {} }, refusal(400, 'invalidSyntax')],
    [
      'failOnErrors that is no number',
      { schemas: [bulkRequest], Operations: [], failOnErrors: 'no' },
      refusal(400, 'invalidSyntax'),
    ],
    ['an array', [], refusal(400, 'invalidSyntax')],
    [
      'more operations than are taken',
      { schemas: [bulkRequest], Operations: Array.from({ length: 1_001 }, () => ({})) },
      refusal(413),
    ],
  ])('%s is refused as a whole', async (_claim, body, expected) => {
    const client = await createScimClient(server)
    expect(await client.send('POST', '/Bulk', body)).toMatchObject(expected)
  })

  test('§3.7.4 a body past the limit is refused, and nothing of it done', async () => {
    const client = await createScimClient(server)
    const data = person('ann@corp.example', { nickName: 'x'.repeat(4_000) })
    const operations = Array.from({ length: 600 }, (_, i) => ({ method: 'POST', path: '/Users', bulkId: `${i}`, data }))
    expect(await bulk(client, operations)).toMatchObject(refusal(413))
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(0)
  })

  test('as many operations as are taken are done', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng')
    const operations = Array.from({ length: 250 }, (_, i) => [
      post(`u${i}`, `u${i}@corp.example`),
      {
        method: 'PATCH',
        path: `/Groups/${eng}`,
        data: patch({ op: 'add', path: 'members', value: [{ value: `bulkId:u${i}` }] }),
      },
    ]).flat()
    expect(new Set(statuses(await bulk(client, operations)))).toEqual(new Set(['201', '200']))
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toHaveLength(250)
  })
})
