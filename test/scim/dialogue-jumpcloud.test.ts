import { describe, expect, test } from 'vitest'
import { createScimClient, filtered, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const headers = { accept: 'application/scim+json', 'content-type': 'application/scim+json', 'user-agent': 'JumpCloud' }
const jumpcloud = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

const user = (name: string, more: object = {}) => ({
  schemas: [core],
  userName: `${name}@corp.example`,
  name: { givenName: name, familyName: 'Lee' },
  displayName: `${name} Lee`,
  // A single address where a list belongs.
  emails: { value: `${name}@corp.example`, type: 'work', primary: true },
  active: true,
  ...more,
})

describe('JumpCloud', () => {
  test('activates: makes a test user and a test group, changes and deletes both', async () => {
    const client = await createScimClient(server, { type: 'jump cloud scim v2.0', name: 'JumpCloud' })
    expect((await jumpcloud(client, 'GET', '/Users?startIndex=1&count=1')).status).toBe(200)
    expect(
      (await jumpcloud(client, 'GET', filtered('/Users', 'userName eq "test@corp.example"'))).body.totalResults,
    ).toBe(0)
    const { status, body: made } = await jumpcloud(client, 'POST', '/Users', user('test'))
    expect(status).toBe(201)
    expect((await jumpcloud(client, 'GET', `/Users/${made.id}`)).body).toMatchObject({
      userName: 'test@corp.example',
      active: true,
    })
    expect(
      (
        await jumpcloud(
          client,
          'PUT',
          `/Users/${made.id}`,
          user('test', { name: { givenName: 'Changed', familyName: 'Lee' } }),
        )
      ).body.name.givenName,
    ).toBe('Changed')

    const { body: team } = await jumpcloud(client, 'POST', '/Groups', {
      schemas: [group],
      displayName: 'Test group',
      members: [],
    })
    const path = `/Groups/${team.id}`
    expect(
      (await jumpcloud(client, 'PATCH', path, patch({ op: 'replace', path: 'displayName', value: 'Test group 2' })))
        .status,
    ).toBe(204)
    expect(
      (await jumpcloud(client, 'PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: made.id }] })))
        .status,
    ).toBe(204)
    expect(
      (await jumpcloud(client, 'PATCH', path, patch({ op: 'remove', path: `members[value eq "${made.id}"]` }))).status,
    ).toBe(204)
    expect((await jumpcloud(client, 'DELETE', path)).status).toBe(204)
    expect((await jumpcloud(client, 'PUT', `/Users/${made.id}`, user('test', { active: false }))).body.active).toBe(
      false,
    )
    expect((await jumpcloud(client, 'DELETE', `/Users/${made.id}`)).status).toBe(204)

    expect(await seenByApplication(client)).toEqual({ users: {}, groups: [] })
    expect(await newsOf(client)).toEqual([
      'activated JumpCloud',
      'user.created test@corp.example test Lee',
      'user.updated test@corp.example test Lee',
      'group.created Test group',
      'group.updated Test group 2',
      'group.user_added test@corp.example Test group 2',
      'group.user_removed test@corp.example Test group 2',
      'group.deleted Test group 2',
      'user.deleted test@corp.example test Lee',
    ])
  })

  test('puts whole users and whole groups, and deactivates', async () => {
    const client = await createScimClient(server, { type: 'jump cloud scim v2.0', name: 'JumpCloud' })
    const ids: Record<string, string> = {}
    for (const name of ['ann', 'bob']) ids[name] = (await jumpcloud(client, 'POST', '/Users', user(name))).body.id
    const all = [{ value: ids['ann'] }, { value: ids['bob'] }]
    const { body: eng } = await jumpcloud(client, 'POST', '/Groups', {
      schemas: [group],
      displayName: 'Eng',
      members: all,
    })
    const put = (members: object[]) =>
      jumpcloud(client, 'PUT', `/Groups/${eng.id}`, { schemas: [group], displayName: 'Eng', members })
    expect((await put(all.slice(1))).body.members).toMatchObject([{ value: ids['bob'] }])
    expect((await put(all)).body.members).toHaveLength(2)
    await jumpcloud(
      client,
      'PATCH',
      `/Groups/${eng.id}`,
      patch({ op: 'remove', path: 'members', value: [{ value: ids['bob'] }] }),
    )
    const off = {
      schemas: [core],
      userName: 'bob@corp.example',
      name: { givenName: 'bob', familyName: 'Lee' },
      emails: [{ value: 'bob@corp.example', type: 'work', primary: true }],
      active: false,
    }
    expect(await jumpcloud(client, 'PUT', `/Users/${ids['bob']}`, off)).toMatchObject({
      status: 200,
      body: { id: ids['bob'], active: false },
    })
    expect(await seenByApplication(client)).toEqual({ users: { 'ann@corp.example': 'active Eng' }, groups: ['Eng'] })
    expect((await newsOf(client)).slice(3)).toEqual([
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_added bob@corp.example Eng',
      'group.user_removed ann@corp.example Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_removed bob@corp.example Eng',
      'user.deleted bob@corp.example bob Lee',
    ])
  })
})
