import { describe, expect, test } from 'vitest'
import { createScimClient, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const headers = {
  accept: 'application/scim+json',
  'accept-charset': 'utf-8',
  'content-type': 'application/scim+json; charset=utf-8',
  'user-agent': 'Okta SCIM Client 1.0.0',
}
const okta = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

const user = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${name}@corp.example`,
  name: { givenName: name, familyName: 'Lee' },
  emails: [{ primary: true, value: `${name}@corp.example`, type: 'work' }],
  displayName: `${name} Lee`,
  locale: 'en-US',
  externalId: `00u${name}`,
  groups: [],
  password: 'Okta-made-1',
  active: true,
  ...more,
})
const lookUp = (name: string) => `/Users?filter=userName%20eq%20%22${name}%40corp.example%22&startIndex=1&count=100`

async function assign(client: ScimClient, name: string): Promise<string> {
  expect((await okta(client, 'GET', lookUp(name))).body).toMatchObject({ totalResults: 0, Resources: [] })
  const { status, body } = await okta(client, 'POST', '/Users', user(name))
  expect(status).toBe(201)
  expect(body).toMatchObject({ userName: `${name}@corp.example`, externalId: `00u${name}`, active: true })
  expect(body).not.toHaveProperty('password')
  return body.id
}

describe('Okta', () => {
  test('probes, provisions, updates, deactivates and takes people back', async () => {
    const client = await createScimClient(server)

    // "Test API Credentials", and the checks of the template.
    const probe = await okta(client, 'GET', '/Users?startIndex=1&count=2')
    expect(probe).toMatchObject({
      status: 200,
      body: { totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] },
    })
    expect(probe.headers.get('content-type')).toContain('application/scim+json')
    const random = await okta(client, 'GET', '/Users?filter=userName+eq+%22okta-probe-4711%22')
    expect(random).toMatchObject({ status: 200, body: { totalResults: 0 } })
    expect((await okta(client, 'GET', '/ServiceProviderConfig')).status).toBe(200)

    const ann = await assign(client, 'ann')
    const bob = await assign(client, 'bob')
    expect((await okta(client, 'GET', '/Users?startIndex=1&count=2')).body).toMatchObject({
      totalResults: 2,
      itemsPerPage: 2,
    })

    // A profile update: read, merge, PUT of the whole document.
    const { body: read } = await okta(client, 'GET', `/Users/${ann}`)
    const updated = await okta(client, 'PUT', `/Users/${ann}`, {
      ...read,
      title: 'Engineer',
      name: { givenName: 'Anna', familyName: 'Lee' },
      password: 'Okta-made-2',
    })
    expect(updated).toMatchObject({ status: 200, body: { id: ann, title: 'Engineer', name: { givenName: 'Anna' } } })

    // Deactivation, without a path.
    const off = await okta(client, 'PATCH', `/Users/${bob}`, patch({ op: 'replace', value: { active: false } }))
    expect(off).toMatchObject({ status: 200, body: { id: bob, active: false } })
    expect(await seenByApplication(client)).toEqual({ users: { 'ann@corp.example': 'active' }, groups: [] })

    // Re-assignment: found, so updated.
    const { body: found } = await okta(client, 'GET', lookUp('bob'))
    expect(found).toMatchObject({ totalResults: 1, Resources: [{ id: bob, active: false }] })
    await okta(client, 'PUT', `/Users/${bob}`, { ...found.Resources[0], ...user('bob') })
    expect(await seenByApplication(client)).toMatchObject({
      users: { 'ann@corp.example': 'active', 'bob@corp.example': 'active' },
    })

    // Old templates deactivate by PUT; a new import then creates the user again.
    const { body: current } = await okta(client, 'GET', `/Users/${bob}`)
    expect((await okta(client, 'PUT', `/Users/${bob}`, { ...current, active: false })).body.active).toBe(false)
    const again = await okta(client, 'POST', '/Users', user('bob'))
    expect(again).toMatchObject({ status: 201, body: { id: bob, active: true } })

    expect(await newsOf(client)).toEqual([
      'activated Okta',
      'user.created ann@corp.example ann Lee',
      'user.created bob@corp.example bob Lee',
      'user.updated ann@corp.example ann Lee',
      'user.deleted bob@corp.example bob Lee',
      'user.created bob@corp.example bob Lee',
      'user.deleted bob@corp.example bob Lee',
      'user.created bob@corp.example bob Lee',
    ])
  })

  test('pushes a group, renames it, moves its members, pushes it anew and unlinks it', async () => {
    const client = await createScimClient(server)
    const [ann, bob, cy] = [await assign(client, 'ann'), await assign(client, 'bob'), await assign(client, 'cy')]
    const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'

    expect((await okta(client, 'GET', '/Groups?startIndex=1&count=100')).body).toMatchObject({ totalResults: 0 })
    expect(
      (await okta(client, 'GET', '/Groups?filter=displayName%20eq%20%22Eng%22&startIndex=1&count=100')).body,
    ).toMatchObject({ totalResults: 0 })
    const made = await okta(client, 'POST', '/Groups', { schemas: [group], displayName: 'Eng', members: [] })
    expect(made).toMatchObject({ status: 201, body: { displayName: 'Eng' } })
    const path = `/Groups/${made.body.id}`
    const members = async () =>
      ((await okta(client, 'GET', path)).body.members ?? []).map(({ value }: { value: string }) => value)

    expect(
      (
        await okta(
          client,
          'PATCH',
          path,
          patch({
            op: 'add',
            path: 'members',
            value: [
              { value: ann, display: 'ann@corp.example' },
              { value: bob, display: 'bob@corp.example' },
            ],
          }),
        )
      ).status,
    ).toBe(204)
    // The rename carries the id of the group itself.
    expect(
      (
        await okta(
          client,
          'PATCH',
          path,
          patch({ op: 'replace', value: { id: made.body.id, displayName: 'Engineering' } }),
        )
      ).status,
    ).toBe(204)
    await okta(
      client,
      'PATCH',
      path,
      patch(
        { op: 'remove', path: `members[value eq "${ann}"]` },
        { op: 'add', path: 'members', value: [{ value: cy, display: 'cy@corp.example' }] },
      ),
    )
    expect(await members()).toEqual([bob, cy])

    // "Push now" is the full list.
    await okta(
      client,
      'PATCH',
      path,
      patch({
        op: 'replace',
        path: 'members',
        value: [
          { value: ann, display: 'x' },
          { value: cy, display: 'y' },
        ],
      }),
    )
    expect(await members()).toEqual([ann, cy])
    // Older templates put the whole group.
    await okta(client, 'PUT', path, {
      schemas: [group],
      id: made.body.id,
      displayName: 'Engineering',
      members: [{ value: cy, display: 'y' }],
    })
    expect(await seenByApplication(client)).toEqual({
      users: { 'ann@corp.example': 'active', 'bob@corp.example': 'active', 'cy@corp.example': 'active Engineering' },
      groups: ['Engineering'],
    })

    // Another group may take the name the first one had.
    const second = await okta(client, 'POST', '/Groups', { schemas: [group], displayName: 'Eng', members: [] })
    expect(second).toMatchObject({ status: 201, body: { displayName: 'Eng' } })
    expect(second.body.id).not.toBe(made.body.id)
    // But not the name that one has.
    expect((await okta(client, 'POST', '/Groups', { schemas: [group], displayName: 'Eng', members: [] })).status).toBe(
      409,
    )

    expect((await okta(client, 'DELETE', path)).status).toBe(204)
    expect((await okta(client, 'GET', path)).status).toBe(404)
    expect((await newsOf(client)).slice(4)).toEqual([
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_added bob@corp.example Eng',
      'group.updated Engineering',
      'group.user_removed ann@corp.example Engineering',
      'group.user_added cy@corp.example Engineering',
      'group.user_removed bob@corp.example Engineering',
      'group.user_added ann@corp.example Engineering',
      'group.user_removed ann@corp.example Engineering',
      'group.created Eng',
      'group.deleted Engineering',
    ])
  })

  test('reads everybody in pages for an import', async () => {
    const client = await createScimClient(server)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await assign(client, name)
    const seen: string[] = []
    for (let startIndex = 1; ;) {
      const { body } = await okta(client, 'GET', `/Users?startIndex=${startIndex}&count=2`)
      seen.push(...body.Resources.map(({ userName }: { userName: string }) => userName))
      startIndex += body.itemsPerPage
      if (startIndex > body.totalResults) break
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@corp.example`))
  })

  test('keeps memberships while somebody is away, and the application hears of them again', async () => {
    const client = await createScimClient(server)
    const ann = await assign(client, 'ann')
    const { body } = await okta(client, 'POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Eng',
      members: [{ value: ann, display: 'ann@corp.example' }],
    })
    await okta(client, 'PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: false } }))
    await okta(client, 'PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: true } }))
    expect((await okta(client, 'GET', `/Groups/${body.id}`)).body.members).toMatchObject([{ value: ann }])
    expect((await newsOf(client)).slice(2)).toEqual([
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'user.deleted ann@corp.example ann Lee',
      'user.created ann@corp.example ann Lee',
      'group.user_added ann@corp.example Eng',
    ])
  })
})
