import { describe, expect, test } from 'vitest'
import { createScimClient, filtered, newsOf, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const headers = { accept: 'application/scim+json', 'content-type': 'application/scim+json;charset=UTF-8' }
const ping = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

const user = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  externalId: `cn=${name},ou=people`,
  userName: `${name}@corp.example`,
  name: { givenName: name, familyName: 'Lee' },
  emails: [{ value: `${name}@corp.example`, type: 'work', primary: true }],
  active: true,
  ...more,
})

describe('PingFederate', () => {
  test('finds, creates, puts and deletes instead of deactivating', async () => {
    const client = await createScimClient(server, { type: 'pingfederate scim v2.0', name: 'Ping' })
    expect((await ping(client, 'GET', '/ServiceProviderConfig')).body).toMatchObject({ patch: { supported: true } })
    expect((await ping(client, 'GET', filtered('/Users', 'userName eq "ann@corp.example"'))).body.totalResults).toBe(0)
    const { body: ann, headers: answered } = await ping(client, 'POST', '/Users', user('ann'))
    expect(answered.get('location')).toBe(ann.meta.location)
    const { body: bob } = await ping(client, 'POST', '/Users', user('bob'))
    expect((await ping(client, 'GET', filtered('/Users', 'externalId eq "cn=ann,ou=people"'))).body.Resources).toEqual([
      ann,
    ])
    expect((await ping(client, 'PUT', `/Users/${ann.id}`, user('ann', { title: 'Engineer' }))).body.title).toBe(
      'Engineer',
    )

    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group']
    const { body: eng } = await ping(client, 'POST', '/Groups', {
      schemas,
      externalId: 'cn=eng',
      displayName: 'Eng',
      members: [{ value: ann.id }],
    })
    const members = [
      { value: ann.id, type: 'User' },
      { value: bob.id, type: 'User' },
    ]
    expect(
      (await ping(client, 'PUT', `/Groups/${eng.id}`, { schemas, externalId: 'cn=eng', displayName: 'Eng', members }))
        .body.members,
    ).toHaveLength(2)

    expect((await ping(client, 'DELETE', `/Users/${ann.id}`)).status).toBe(204)
    // It deletes again when the answer was lost.
    expect((await ping(client, 'DELETE', `/Users/${ann.id}`)).status).toBe(404)
    expect((await ping(client, 'GET', `/Groups/${eng.id}`)).body.members).toMatchObject([{ value: bob.id }])
    const again = await ping(client, 'POST', '/Users', user('ann'))
    expect(again.status).toBe(201)
    expect(again.body.id).not.toBe(ann.id)
    expect(await seenByApplication(client)).toEqual({
      users: { 'ann@corp.example': 'active', 'bob@corp.example': 'active Eng' },
      groups: ['Eng'],
    })
    expect(await newsOf(client)).toEqual([
      'activated Ping',
      'user.created ann@corp.example ann Lee',
      'user.created bob@corp.example bob Lee',
      'user.updated ann@corp.example ann Lee',
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_added bob@corp.example Eng',
      'user.deleted ann@corp.example ann Lee',
      'user.created ann@corp.example ann Lee',
    ])
  })
})
