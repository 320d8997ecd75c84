import { describe, expect, test } from 'vitest'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import type { DirectoryGroup, DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { Page } from '#contracts/list.ts'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  createSibling,
  enterpriseUser,
  patch,
  person,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const names = async (client: ScimClient) => (await client.log()).map(({ event }) => event)

describe('a directory', () => {
  test('is linked by the first call of the identity provider, and says so once', async () => {
    const client = await createScimClient(server)
    expect(client.directory).toMatchObject({ state: 'unlinked', endpoint: expect.stringContaining('/scim/v2.0/') })
    expect((await client.send('GET', '/Users?startIndex=1&count=2')).body).toMatchObject({
      totalResults: 0,
      Resources: [],
    })
    await client.send('GET', '/Users')
    expect(await names(client)).toEqual(['dsync.activated'])
    const { body } = await client.environment.api<ConfiguredDirectory>('GET', `/directories/${client.directory.id}`)
    expect(body.state).toBe('linked')
  })

  test('opens to its own token alone', async () => {
    const [mine, theirs] = [await createScimClient(server), await createScimClient(server)]
    for (const token of [theirs.directory.bearer_token, 'wrong', '']) {
      const refused = await mine.send('GET', '/Users', undefined, { authorization: `Bearer ${token}` })
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toContain('Bearer')
      expect(refused.body).toMatchObject({ status: '401' })
    }
    const id = await addUser(theirs, 'x@example.com')
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      expect(
        (
          await mine.send(
            method,
            `/Users/${id}`,
            method === 'GET'
              ? undefined
              : method === 'PUT'
                ? person('x@example.com')
                : patch({ op: 'replace', value: { title: 'x' } }),
          )
        ).status,
      ).toBe(404)
  })

  test('goes with everything in it, and one event says it all', async () => {
    const client = await createScimClient(server)
    await addGroup(client, 'Eng', await addUser(client, 'a@example.com'))
    const before = (await names(client)).length
    expect((await client.environment.api('DELETE', `/directories/${client.directory.id}`)).status).toBe(202)
    expect((await names(client)).slice(before)).toEqual(['dsync.deleted'])
    expect((await client.send('GET', '/Users')).status).toBe(401)
  })
})

describe('lists for the application', () => {
  test('of somebody or something that has nothing are empty; of what nobody has, or has any more, are not found', async () => {
    const client = await createScimClient(server)
    const [ann, eng] = [await addUser(client, 'ann@example.com'), await addGroup(client, 'Eng')]
    const { id } = client.directory
    const ask = (path: string) => client.environment.api<{ data?: unknown[] }>('GET', path)
    const empty = [
      `/directory_users?group=${eng}`,
      `/directory_users?directory=${id}&email=bob%40example.com`,
      `/directory_users?directory=${id}&after=${ann}&order=desc`,
      `/directory_groups?user=${ann}`,
    ]
    for (const path of empty) expect(await ask(path), path).toMatchObject({ status: 200, body: { data: [] } })
    const absent = [
      ['/directory_users?directory=directory_x', 'Directory', 'directory_x'],
      ['/directory_users?group=directory_group_x', 'Directory Group', 'directory_group_x'],
      [`/directory_users?directory=${id}&group=directory_group_x`, 'Directory Group', 'directory_group_x'],
      ['/directory_groups?directory=directory_x', 'Directory', 'directory_x'],
      ['/directory_groups?user=directory_user_x', 'Directory User', 'directory_user_x'],
    ] as const
    for (const [path, noun, entity] of absent)
      expect(await ask(path), path).toMatchObject({
        status: 404,
        body: { message: `${noun} not found: '${entity}'.`, code: 'entity_not_found', entity_id: entity },
      })
    await client.environment.api('DELETE', `/directories/${id}`)
    expect(await ask(`/directory_users?directory=${id}`)).toMatchObject({ status: 404 })
  })
})

describe('every filter of the application', () => {
  test('selects what it names and nothing else, and two select what both do', async () => {
    const client = await createScimClient(server)
    const more = (value: string) => ({
      emails: [
        { value, primary: true },
        { value: `second-${value}`, type: 'home' },
      ],
    })
    const ann = await addUser(client, 'ann@x.example', { externalId: 'A1', ...more('Ann@x.example') })
    const bob = await addUser(client, 'bob@x.example', { externalId: 'a1', ...more('bob@x.example') })
    const [eng, ops] = [await addGroup(client, 'Eng', ann, bob), await addGroup(client, 'Ops', bob)]
    const other = await createSibling(server, client)
    const annToo = await addUser(other, 'ann@x.example', { externalId: 'A1' })
    const engToo = await addGroup(other, 'Eng', annToo)
    const ids = async (path: string) => {
      const { body } = await client.environment.api<Page<{ id: string }>>('GET', path)
      return body.data.map(({ id }) => id).toSorted()
    }
    const [here, there] = [`directory=${client.directory.id}`, `directory=${other.directory.id}`]
    const selected = [
      [`/directory_users?${here}`, [ann, bob]],
      [`/directory_users?${there}`, [annToo]],
      [`/directory_users?group=${eng}`, [ann, bob]],
      [`/directory_users?${here}&group=${ops}`, [bob]],
      [`/directory_users?${there}&group=${ops}`, []],
      [`/directory_users?${here}&idp_id=A1`, [ann]],
      [`/directory_users?group=${eng}&idp_id=a1`, [bob]],
      [`/directory_users?${here}&email=ANN%40X.example`, [ann]],
      [`/directory_users?group=${ops}&email=ann%40x.example`, []],
      [`/directory_users?${here}&email=bob%40x.example&idp_id=A1`, []],
      [`/directory_groups?${here}`, [eng, ops]],
      [`/directory_groups?${there}`, [engToo]],
      [`/directory_groups?user=${bob}`, [eng, ops]],
      [`/directory_groups?${here}&user=${ann}`, [eng]],
      [`/directory_groups?${there}&user=${ann}`, []],
    ] as const
    for (const [path, expected] of selected) expect(await ids(path), path).toEqual([...expected].toSorted())
    for (const path of ['/directory_users?email=ann%40x.example', '/directory_groups'])
      expect((await client.environment.api('GET', path)).status, path).toBe(422)
  })
})

describe('people', () => {
  test('appear to the application as the identity provider described them', async () => {
    const client = await createScimClient(server, {
      attribute_map: { department: `${enterpriseUser}:department`, city: 'addresses[type eq "work"].locality' },
    })
    const created = await client.send(
      'POST',
      '/Users',
      person('Ann@Example.com', {
        externalId: '00u1',
        title: 'Engineer',
        [enterpriseUser]: { department: 'R&D' },
        addresses: [{ type: 'work', locality: 'Oslo' }],
        password: 'secret',
      }),
    )
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe(created.body.meta.location)
    expect(JSON.stringify(created.body)).not.toContain('secret')
    const { body } = await client.environment.api<DirectoryUserWithGroups>('GET', `/directory_users/${created.body.id}`)
    expect(body).toMatchObject({
      object: 'directory_user',
      idp_id: '00u1',
      email: 'Ann@Example.com',
      first_name: 'Ann',
      last_name: 'Lee',
      name: 'Ann Lee',
      username: 'Ann@Example.com',
      job_title: 'Engineer',
      state: 'active',
      role: { slug: 'member' },
      custom_attributes: { department: 'R&D', city: 'Oslo' },
      groups: [],
      emails: [{ primary: true, type: 'work', value: 'Ann@Example.com' }],
    })
    const log = await client.log()
    expect(log.at(-1)).toMatchObject({ event: 'dsync.user.created', data: { id: created.body.id } })
    expect(log.at(-1)?.data).not.toHaveProperty('groups')
  })

  test('are updated with what changed, and a repeat is no news', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    const log = await client.log()
    expect(log.map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created', 'dsync.user.updated'])
    expect(log.at(-1)?.data).toMatchObject({ job_title: 'Lead', previous_attributes: { job_title: null } })
  })

  test('whose name is taken, in any case, are refused', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'ÄNN@example.com')
    const refused = await client.send(
      'POST',
      '/Users',
      person('änn@EXAMPLE.com', { emails: [{ value: 'other@example.com' }] }),
    )
    expect(refused).toMatchObject({ status: 409, body: { scimType: 'uniqueness', status: '409' } })
  })

  test('who are created fifty times at once exist once', async () => {
    const client = await createScimClient(server)
    await client.send('GET', '/Users')
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => client.send('POST', '/Users', person('a@example.com'))),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49)
    expect(await names(client)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('without an address are refused, remembered, and heal without a conflict', async () => {
    const client = await createScimClient(server)
    const refused = await client.send('POST', '/Users', person('ann', { emails: [] }))
    expect(refused).toMatchObject({ status: 400, body: { detail: 'Required attributes missing: emails' } })
    expect(await names(client)).toEqual(['dsync.activated'])
    const healed = await client.send(
      'POST',
      '/Users',
      person('ann', { emails: [{ value: 'ann@example.com', primary: true }] }),
    )
    expect(healed.status).toBe(201)
    expect(await names(client)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('sixteen parallel changes of one person all survive', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    const attributes = [
      'title',
      'nickName',
      'locale',
      'timezone',
      'preferredLanguage',
      'userType',
      'displayName',
      'externalId',
    ]
    const changes = [...attributes, ...attributes.map((name) => name)].map((name, i) =>
      client.send(
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'replace', path: i < 8 ? name : `${enterpriseUser}:x${i}`, value: `v${i}` }),
      ),
    )
    const answers = await Promise.all(changes)
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(200))
    const { body } = await client.send('GET', `/Users/${id}`)
    attributes.forEach((name, i) => expect(body[name]).toBe(`v${i}`))
  })
})

describe('deactivation', () => {
  test('by default takes the person from the application and keeps them for the identity provider', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    const eng = await addGroup(client, 'Eng', id)
    const done = await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    expect(done).toMatchObject({ status: 200, body: { active: false } })
    expect((await client.send('GET', `/Users/${id}`)).body.active).toBe(false)
    expect(
      (await client.send('GET', `/Users?filter=${encodeURIComponent('userName eq "A@example.com"')}`)).body
        .totalResults,
    ).toBe(1)
    expect((await client.environment.api('GET', `/directory_users/${id}`)).status).toBe(404)
    const list = await client.environment.api<Page<unknown>>('GET', `/directory_users?directory=${client.directory.id}`)
    expect(list.body.data).toEqual([])
    expect((await client.environment.api('GET', `/directory_groups?user=${id}`)).status).toBe(404)
    const log = await client.log()
    expect(log.at(-1)).toMatchObject({ event: 'dsync.user.deleted', data: { id, state: 'inactive' } })

    // Back again: the same id, and the memberships that were kept are told.
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'True' }))
    const back = (await client.log()).slice(log.length)
    expect(back.map(({ event }) => event)).toEqual(['dsync.user.created', 'dsync.group.user_added'])
    expect(back[0]?.data.id).toBe(id)
    expect(back[1]?.data.group.id).toBe(eng)
  })

  test('of somebody who is created again brings the same person back', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    const again = await client.send('POST', '/Users', person('a@example.com'))
    expect(again).toMatchObject({ status: 201, body: { id, active: true } })
  })

  test('frees the address for somebody else', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    const taken = person('b@example.com', { emails: [{ value: 'A@example.com', primary: true }] })
    expect(await client.send('POST', '/Users', taken)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('email') },
    })
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    expect((await client.send('POST', '/Users', taken)).status).toBe(201)
  })

  test('deletion makes it a 404 and takes memberships along', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'a@example.com')
    const eng = await addGroup(client, 'Eng', id)
    const gone = await client.send('DELETE', `/Users/${id}`)
    expect(gone).toMatchObject({ status: 204, body: undefined })
    expect((await client.send('GET', `/Users/${id}`)).status).toBe(404)
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toBeUndefined()
    expect((await client.log()).at(-1)).toMatchObject({ event: 'dsync.user.deleted', data: { id, state: 'active' } })
  })
})

describe('groups', () => {
  test('tell of members by events of their own, and of nothing that did not happen', async () => {
    const client = await createScimClient(server)
    const [a, b, c] = [
      await addUser(client, 'a@example.com'),
      await addUser(client, 'b@example.com'),
      await addUser(client, 'c@example.com'),
    ]
    const eng = await addGroup(client, 'Eng', a)
    const change = (...operations: unknown[]) => client.send('PATCH', `/Groups/${eng}`, patch(...operations))
    expect((await change({ op: 'add', path: 'members', value: [{ value: a }, { value: b }] })).status).toBe(204)
    await change({ op: 'Remove', path: 'members', value: [{ $ref: null, value: a }] })
    await change({ op: 'remove', path: `members[value eq "${a}"]` })
    await change({ op: 'replace', path: 'members', value: [{ value: b }, { value: c }] })
    const log = (await client.log()).filter(({ event }) => event.startsWith('dsync.group'))
    expect(log.map(({ event, data }) => [event, data.user?.id])).toEqual([
      ['dsync.group.created', undefined],
      ['dsync.group.user_added', a],
      ['dsync.group.user_added', b],
      ['dsync.group.user_removed', a],
      ['dsync.group.user_added', c],
    ])
    const { body } = await client.send('GET', `/Groups/${eng}`)
    expect(body.members.map(({ value }: { value: string }) => value)).toEqual([b, c])
    const seen = await client.environment.api<Page<DirectoryUserWithGroups>>('GET', `/directory_users?group=${eng}`)
    expect(seen.body.data.map(({ id }) => id)).toEqual([c, b])
    expect(seen.body.data[0]?.groups.map(({ name }) => name)).toEqual(['Eng'])
    const groups = await client.environment.api<Page<DirectoryGroup>>('GET', `/directory_groups?user=${b}`)
    expect(groups.body.data.map(({ id }) => id)).toEqual([eng])
  })

  test('keep their identity through a rename, as Okta sends it', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng')
    await client.send(
      'PATCH',
      `/Groups/${eng}`,
      patch({ op: 'replace', value: { id: eng, displayName: 'Engineering' } }),
    )
    const { body } = await client.environment.api<DirectoryGroup>('GET', `/directory_groups/${eng}`)
    expect(body).toMatchObject({ name: 'Engineering', idp_id: 'Eng' })
    expect((await client.log()).at(-1)).toMatchObject({
      event: 'dsync.group.updated',
      data: { previous_attributes: { name: 'Eng' } },
    })
  })

  test('take members who are named before they arrive', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', '00u-later')
    const id = await addUser(client, 'a@example.com', { externalId: '00u-later' })
    expect(
      (await client.send('GET', `/Groups/${eng}`)).body.members.map(({ value }: { value: string }) => value),
    ).toEqual([id])
    expect((await names(client)).slice(-2)).toEqual(['dsync.user.created', 'dsync.group.user_added'])
  })

  test('a hundred parallel additions all arrive', async () => {
    const client = await createScimClient(server)
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => addUser(client, `u${i}@example.com`)))
    const eng = await addGroup(client, 'Eng')
    const answers = await Promise.all(
      ids.map((value) =>
        client.send('PATCH', `/Groups/${eng}`, patch({ op: 'add', path: 'members', value: [{ value }] })),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toHaveLength(40)
    expect((await names(client)).filter((event) => event === 'dsync.group.user_added')).toHaveLength(40)
  })

  test('put without members keep them; put with an empty list lose them', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', await addUser(client, 'a@example.com'))
    await client.send('PUT', `/Groups/${eng}`, { schemas: [coreGroup], displayName: 'Engineering' })
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toHaveLength(1)
    await client.send('PUT', `/Groups/${eng}`, { schemas: [coreGroup], displayName: 'Engineering', members: [] })
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toBeUndefined()
  })

  test('excluded members are not shown', async () => {
    const client = await createScimClient(server)
    await addGroup(client, 'Eng', await addUser(client, 'a@example.com'))
    const { body } = await client.send(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "eng"')}`,
    )
    expect(body.totalResults).toBe(1)
    expect(body.Resources[0]).not.toHaveProperty('members')
  })
})
