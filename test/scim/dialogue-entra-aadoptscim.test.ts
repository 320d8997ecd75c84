import { describe, expect, test } from 'vitest'
import { createScimClient, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const headers = { accept: 'application/scim+json', 'content-type': 'application/scim+json; charset=utf-8' }
const entra = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

describe('Entra ID with aadOptscim062020', () => {
  test('sends one operation with paths as names, booleans as booleans and members in brackets', async () => {
    const client = await createScimClient(server, { type: 'azure scim v2.0', name: 'Entra' })
    const create = async (name: string) => {
      const { status, body } = await entra(client, 'POST', '/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
        externalId: `guid-${name}`,
        userName: `${name}@corp.example`,
        active: true,
        emails: [{ primary: true, type: 'work', value: `${name}@corp.example` }],
        name: { givenName: name, familyName: 'Lee' },
      })
      expect(status).toBe(201)
      return body.id
    }
    const [ann, bob] = [await create('ann'), await create('bob')]

    const changed = await entra(
      client,
      'PATCH',
      `/Users/${ann}`,
      patch({
        op: 'replace',
        value: {
          displayName: 'Ann',
          'name.givenName': 'Annie',
          'emails[type eq "work"].value': 'annie@corp.example',
          'phoneNumbers[type eq "mobile"].value': '+47 2',
          [`${enterprise}:department`]: 'Ops',
          [`${enterprise}:manager`]: bob,
        },
      }),
    )
    expect(changed.body).toMatchObject({
      displayName: 'Ann',
      name: { givenName: 'Annie', familyName: 'Lee' },
      emails: [{ type: 'work', primary: true, value: 'annie@corp.example' }],
      phoneNumbers: [{ type: 'mobile', value: '+47 2' }],
      [enterprise]: { department: 'Ops', manager: { value: bob } },
    })
    // What is there already, and what is not there any more.
    const both = patch({ op: 'add', value: { displayName: 'Ann' } }, { op: 'remove', path: `${enterprise}:manager` })
    expect((await entra(client, 'PATCH', `/Users/${ann}`, both)).body[enterprise]).toEqual({ department: 'Ops' })

    const group = await entra(client, 'POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      externalId: 'guid-eng',
      displayName: 'Eng',
      members: [],
    })
    const path = `/Groups/${group.body.id}`
    await entra(client, 'PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: ann }, { value: bob }] }))
    await entra(client, 'PATCH', path, patch({ op: 'remove', path: `members[value eq "${ann}"]` }))
    await entra(client, 'PATCH', path, patch({ op: 'replace', value: { displayName: 'Engineering' } }))
    expect(
      (await entra(client, 'PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'active', value: false }))).body
        .active,
    ).toBe(false)
    expect(await seenByApplication(client)).toEqual({
      users: { 'bob@corp.example': 'active Engineering' },
      groups: ['Engineering'],
    })
    expect(
      (await entra(client, 'PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'active', value: true }))).body
        .active,
    ).toBe(true)
    expect(await seenByApplication(client)).toMatchObject({
      users: { 'annie@corp.example': 'active', 'bob@corp.example': 'active Engineering' },
    })

    expect(await newsOf(client)).toEqual([
      'activated Entra',
      'user.created ann@corp.example ann Lee',
      'user.created bob@corp.example bob Lee',
      'user.updated annie@corp.example Ann',
      'user.updated annie@corp.example Ann',
      'group.created Eng',
      'group.user_added annie@corp.example Eng',
      'group.user_added bob@corp.example Eng',
      'group.user_removed annie@corp.example Eng',
      'group.updated Engineering',
      'user.deleted annie@corp.example Ann',
      'user.created annie@corp.example Ann',
    ])
  })
})
