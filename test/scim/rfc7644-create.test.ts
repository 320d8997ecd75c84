import { describe, expect, test } from 'vitest'
import {
  addUser,
  coreGroup,
  memberShown,
  coreUser,
  createScimClient,
  enterpriseUser,
  patch,
  person,
  refusal,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const unknownSchema = 'urn:microsoft:schemas:extension:example:2.0:User'

describe('RFC 7644 §3.3 creating resources', () => {
  test('answers 201 with the whole resource, its address and its version', async () => {
    const client = await createScimClient(server)
    const { status, headers, body } = await client.send('POST', '/Users', person('ann@corp.example'))
    expect(status).toBe(201)
    expect(headers.get('content-type')).toBe('application/scim+json')
    expect(body).toEqual({
      ...person('ann@corp.example'),
      schemas: [coreUser],
      id: expect.stringMatching(/^directory_user_/),
      meta: {
        resourceType: 'User',
        created: '2026-03-01T12:00:00.000Z',
        lastModified: '2026-03-01T12:00:00.000Z',
        location: `${client.directory.endpoint}/Users/${body.id}`,
        version: headers.get('etag'),
      },
    })
    expect(headers.get('location')).toBe(body.meta.location)
    expect(headers.get('etag')).toMatch(/^W\/".+"$/)
  })

  test('the address leads to the same resource', async () => {
    const client = await createScimClient(server)
    for (const [path, body] of [
      ['/Users', person('ann@corp.example')],
      ['/Groups', { schemas: [coreGroup], displayName: 'Eng' }],
    ] as const) {
      const created = await client.send('POST', path, body)
      const found = await client.send(
        'GET',
        created.headers.get('location')?.replace(client.directory.endpoint, '') ?? '',
      )
      expect(found.body).toEqual(created.body)
      expect(found.headers.get('etag')).toBe(created.headers.get('etag'))
    }
  })

  test('ignores what only the server may say', async () => {
    const client = await createScimClient(server)
    const { status, body } = await client.send(
      'POST',
      '/Users',
      person('ann@corp.example', {
        id: 'mine',
        meta: { created: '1999-01-01T00:00:00Z', version: 'W/"9"', resourceType: 'Group' },
        groups: [{ value: 'directory_group_1', display: 'Admins' }],
      }),
    )
    expect(status).toBe(201)
    expect(body.id).not.toBe('mine')
    expect(body.meta).toMatchObject({ created: '2026-03-01T12:00:00.000Z', resourceType: 'User' })
    expect(body).not.toHaveProperty('groups')
  })

  test('keeps a password nowhere', async () => {
    const client = await createScimClient(server)
    const created = await client.send('POST', '/Users', person('ann@corp.example', { password: 'tr0ub4dor' }))
    expect(created.status).toBe(201)
    const { rows } = await server.db.pool.query(
      'select resource::text || presented as text from directory_users where id = $1',
      [created.body.id],
    )
    const everywhere = JSON.stringify([created.body, rows, await client.log()])
    expect(everywhere).not.toContain('tr0ub4dor')
  })

  test('keeps what no schema declares', async () => {
    const client = await createScimClient(server)
    const more = { favouriteColour: 'green', [unknownSchema]: { badge: 7 } }
    const { body } = await client.send('POST', '/Users', {
      ...person('ann@corp.example', more),
      schemas: [coreUser, unknownSchema],
    })
    expect(body).toMatchObject({ ...more, schemas: [coreUser, unknownSchema] })
  })

  test('shows in schemas what the resource has data of', async () => {
    const client = await createScimClient(server)
    const withDepartment = { ...person('a@corp.example'), [enterpriseUser]: { department: 'R&D' } }
    expect((await client.send('POST', '/Users', withDepartment)).body.schemas).toEqual([coreUser, enterpriseUser])
    const without = { ...person('b@corp.example'), schemas: [coreUser, enterpriseUser] }
    expect((await client.send('POST', '/Users', without)).body.schemas).toEqual([coreUser])
  })

  test.each([
    ['attributes', { attributes: 'userName' }, ['id', 'schemas', 'userName']],
    ['excludedAttributes', { excludedAttributes: 'emails,name,active' }, ['id', 'meta', 'schemas', 'userName']],
  ])('§3.9: %s shapes the answer and not what is stored', async (_name, query, names) => {
    const client = await createScimClient(server)
    const { body } = await client.send('POST', `/Users?${new URLSearchParams(query)}`, person('ann@corp.example'))
    expect(Object.keys(body).toSorted()).toEqual(names)
    expect((await client.send('GET', `/Users/${body.id}`)).body).toMatchObject(person('ann@corp.example'))
  })

  test.each([
    ['without schemas', { userName: 'a@corp.example' }, refusal(400, 'invalidSyntax')],
    [
      'with schemas of another resource',
      { schemas: [coreGroup], userName: 'a@corp.example' },
      refusal(400, 'invalidSyntax'),
    ],
    ['without a userName', { schemas: [coreUser], displayName: 'A' }, refusal(400, 'invalidValue')],
    ['with an empty userName', person(''), refusal(400, 'invalidValue')],
    ['with a name that is text', person('a@corp.example', { name: 'Ann' }), refusal(400, 'invalidValue')],
    [
      'with active that is neither true nor false',
      person('a@corp.example', { active: 'maybe' }),
      refusal(400, 'invalidValue'),
    ],
    [
      'with an attribute twice, in two cases',
      person('a@corp.example', { USERNAME: 'b@corp.example' }),
      refusal(400, 'invalidSyntax'),
    ],
  ])('refuses a user %s, and makes none', async (_claim, body, expected) => {
    const client = await createScimClient(server)
    expect(await client.send('POST', '/Users', body)).toMatchObject(expected)
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(0)
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated'])
  })

  test('refuses a group without a displayName, and one whose member has no value', async () => {
    const client = await createScimClient(server)
    expect(await client.send('POST', '/Groups', { schemas: [coreGroup] })).toMatchObject(refusal(400, 'invalidValue'))
    const nameless = { schemas: [coreGroup], displayName: 'Eng', members: [{ display: 'Ann' }] }
    expect(await client.send('POST', '/Groups', nameless)).toMatchObject(refusal(400, 'invalidValue'))
    expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(0)
  })

  test('makes a group with its members, each once, in any number', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const members = [{ value: bob }, { value: ann, display: 'whoever' }, { value: ann }]
    const { body } = await client.send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Eng', members })
    expect(body.members).toEqual([
      memberShown(client, ann, 'ann@corp.example'),
      memberShown(client, bob, 'bob@corp.example'),
    ])
  })

  test('of a group whose external id is taken is a conflict', async () => {
    const client = await createScimClient(server)
    const eng = { schemas: [coreGroup], displayName: 'Eng', externalId: 'g-1' }
    await client.send('POST', '/Groups', eng)
    expect(await client.send('POST', '/Groups', { ...eng, displayName: 'Other' })).toMatchObject(
      refusal(409, 'uniqueness'),
    )
    expect((await client.send('POST', '/Groups', { ...eng, externalId: 'G-1' })).status, 'case-exact').toBe(201)
  })
})

describe('RFC 7644 §3.3.1 what is created again', () => {
  test('§3.12 is a conflict, and leaves the one that is there alone', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    const again = person('ANN@corp.example', { title: 'Impostor', emails: [{ value: 'x@corp.example' }] })
    expect(await client.send('POST', '/Users', again)).toMatchObject({
      ...refusal(409, 'uniqueness'),
      body: { detail: "Another user already exists with this username 'ANN@corp.example'" },
    })
    expect((await client.send('GET', `/Users/${id}`)).body).toMatchObject(person('ann@corp.example'))
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('two active people cannot have one address, whatever its case', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'ann@corp.example')
    const other = person('other', { emails: [{ value: 'Ann@Corp.example', primary: true }] })
    expect(await client.send('POST', '/Users', other)).toMatchObject({
      ...refusal(409, 'uniqueness'),
      body: { detail: "Another user already exists with this email 'Ann@Corp.example'" },
    })
    expect((await client.send('POST', '/Users', { ...other, active: false })).status, 'inactive').toBe(201)
  })

  test('the same names in two directories are two people', async () => {
    const [one, other] = [await createScimClient(server), await createScimClient(server)]
    expect(await addUser(one, 'ann@corp.example')).not.toBe(await addUser(other, 'ann@corp.example'))
  })

  test('somebody deleted can be created anew, as somebody else', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await client.send('DELETE', `/Users/${id}`)
    expect(await addUser(client, 'ann@corp.example')).not.toBe(id)
  })

  test('somebody inactive who is created in parallel comes back once', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        client.send('POST', '/Users', person('ann@corp.example', { title: `${i}` })),
      ),
    )
    const [made, ...more] = answers.filter(({ status }) => status === 201)
    expect(made?.body.id).toBe(id)
    expect(more).toEqual([])
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(15)
    expect((await client.send('GET', `/Users/${id}`)).body.title).toBe(made?.body.title)
    expect((await client.log()).map(({ event }) => event)).toEqual([
      'dsync.activated',
      'dsync.user.created',
      'dsync.user.deleted',
      'dsync.user.created',
    ])
  })

  test('somebody remembered without an address who is sent in parallel heals once', async () => {
    const client = await createScimClient(server)
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => client.send('POST', '/Users', person('ann', { emails: [] }))),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]))
    const whole = person('ann', { emails: [{ value: 'ann@corp.example' }] })
    const healed = await Promise.all(Array.from({ length: 8 }, () => client.send('POST', '/Users', whole)))
    expect(healed.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
  })
})
