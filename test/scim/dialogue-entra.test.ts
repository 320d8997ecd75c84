import { describe, expect, test } from 'vitest'
import type { DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import { createScimClient, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const headers = {
  accept: 'application/scim+json',
  'content-type': 'application/scim+json; charset=utf-8',
  'user-agent': 'Microsoft.Azure.ActiveDirectory.Provisioning',
}
const entra = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)
const query = (path: string, filter: string, more = '') =>
  `${path}?filter=${encodeURIComponent(filter).replaceAll('%20', '+')}${more}`

const user = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
  externalId: `guid-${name}`,
  userName: `${name}@corp.example`,
  active: true,
  displayName: name,
  emails: [{ primary: true, type: 'work', value: `${name}@corp.example` }],
  meta: { resourceType: 'User' },
  name: { formatted: `${name} Lee`, familyName: 'Lee', givenName: name },
  roles: [],
  ...more,
})

async function provision(client: ScimClient, name: string, more: object = {}): Promise<string> {
  expect((await entra(client, 'GET', query('/Users', `userName eq "${name}@corp.example"`))).body.totalResults).toBe(0)
  const { status, body } = await entra(client, 'POST', '/Users', user(name, more))
  expect(status).toBe(201)
  return body.id
}

describe('Entra ID without aadOptscim062020', () => {
  test('tests the connection, provisions, updates in its dialect, deactivates, undeletes and deletes', async () => {
    const client = await createScimClient(server, { type: 'azure scim v2.0', name: 'Entra' })

    const probe = await entra(client, 'GET', query('/Users', 'userName eq "3ba5fc09-8b0f-4a47-8a9a-2d2b1d5ef9d8"'))
    expect(probe).toMatchObject({ status: 200, body: { totalResults: 0, Resources: [] } })

    const boss = await provision(client, 'boss')
    const ann = await provision(client, 'ann', { [enterprise]: { department: 'R&D', employeeNumber: '7' } })

    // Matching by each attribute an administrator may choose.
    for (const filter of [
      'userName eq "ANN@corp.example"',
      'externalId eq "guid-ann"',
      'emails[type eq "work"].value eq "ann@corp.example"',
      `id eq "${ann}"`,
    ])
      expect((await entra(client, 'GET', query('/Users', filter))).body, filter).toMatchObject({
        totalResults: 1,
        Resources: [{ id: ann }],
      })

    // A change of several attributes, one operation each.
    const changed = await entra(
      client,
      'PATCH',
      `/Users/${ann}`,
      patch(
        { op: 'Replace', path: 'displayName', value: 'Ann L.' },
        { op: 'Replace', path: 'name.givenName', value: 'Annie' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'annie@corp.example' },
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '+47 1' },
        { op: 'Add', path: 'addresses[type eq "work"].locality', value: 'Oslo' },
        { op: 'Add', path: 'addresses[type eq "work"].country', value: 'NO' },
        { op: 'Add', path: `${enterprise}:manager`, value: boss },
        { op: 'Replace', path: `${enterprise}:department`, value: 'Ops' },
        { op: 'Add', path: 'roles[primary eq "True"].value', value: 'Admin' },
        { op: 'Remove', path: 'title' },
      ),
    )
    expect(changed.status).toBe(200)
    expect(changed.body).toMatchObject({
      displayName: 'Ann L.',
      name: { givenName: 'Annie', familyName: 'Lee' },
      emails: [{ primary: true, type: 'work', value: 'annie@corp.example' }],
      phoneNumbers: [{ type: 'work', value: '+47 1' }],
      addresses: [{ type: 'work', locality: 'Oslo', country: 'NO' }],
      roles: [{ primary: true, value: 'Admin' }],
      [enterprise]: { manager: { value: boss }, department: 'Ops', employeeNumber: '7' },
    })
    // The other form of a manager.
    const reference = [{ $ref: `../Users/${boss}`, value: boss }]
    expect(
      (
        await entra(
          client,
          'PATCH',
          `/Users/${ann}`,
          patch({ op: 'Add', path: `${enterprise}:manager`, value: reference }),
        )
      ).body[enterprise].manager,
    ).toMatchObject({ value: boss })
    expect(
      (
        await entra(
          client,
          'GET',
          query('/Users', `id eq "${ann}" and ${enterprise}:manager eq "${boss}"`, '&attributes=id'),
        )
      ).body.totalResults,
    ).toBe(1)

    // Soft delete: the text "False", and the user can still be read.
    const off = await entra(client, 'PATCH', `/Users/${ann}`, patch({ op: 'Replace', path: 'active', value: 'False' }))
    expect(off).toMatchObject({ status: 200, body: { active: false } })
    expect((await entra(client, 'GET', `/Users/${ann}`)).body).toMatchObject({ id: ann, active: false })
    expect((await client.environment.api('GET', `/directory_users/${ann}`)).status).toBe(404)

    // Restored from the recycle bin.
    const on = await entra(client, 'PATCH', `/Users/${ann}`, patch({ op: 'Replace', path: 'active', value: 'True' }))
    expect(on.body).toMatchObject({ id: ann, active: true })
    const { body: seen } = await client.environment.api<DirectoryUserWithGroups>('GET', `/directory_users/${ann}`)
    expect(seen).toMatchObject({
      idp_id: 'guid-ann',
      email: 'annie@corp.example',
      first_name: 'Annie',
      name: 'Ann L.',
      state: 'active',
    })

    // Thirty days after the next soft delete.
    await entra(client, 'PATCH', `/Users/${ann}`, patch({ op: 'Replace', path: 'active', value: 'False' }))
    expect((await entra(client, 'DELETE', `/Users/${ann}`)).status).toBe(204)
    expect((await entra(client, 'GET', `/Users/${ann}`)).status).toBe(404)

    expect(await newsOf(client)).toEqual([
      'activated Entra',
      'user.created boss@corp.example boss',
      'user.created ann@corp.example ann',
      'user.updated annie@corp.example Ann L.',
      'user.updated annie@corp.example Ann L.',
      'user.deleted annie@corp.example Ann L.',
      'user.created annie@corp.example Ann L.',
      'user.deleted annie@corp.example Ann L.',
    ])
  })

  test('makes, checks, renames, fills and empties groups, and never asks for their members', async () => {
    const client = await createScimClient(server, { type: 'azure scim v2.0', name: 'Entra' })
    const [ann, bob] = [await provision(client, 'ann'), await provision(client, 'bob')]
    const schemas = [
      'urn:ietf:params:scim:schemas:core:2.0:Group',
      'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group',
    ]

    expect(
      (await entra(client, 'GET', query('/Groups', 'displayName eq "Eng"', '&excludedAttributes=members'))).body
        .totalResults,
    ).toBe(0)
    const made = await entra(client, 'POST', '/Groups', {
      schemas,
      externalId: 'guid-eng',
      displayName: 'Eng',
      meta: { resourceType: 'Group' },
    })
    expect(made.status).toBe(201)
    const path = `/Groups/${made.body.id}`
    expect((await entra(client, 'GET', `${path}?excludedAttributes=members`)).body).not.toHaveProperty('members')

    for (const value of [ann, bob])
      expect(
        (await entra(client, 'PATCH', path, patch({ op: 'Add', path: 'members', value: [{ $ref: null, value }] })))
          .status,
      ).toBe(204)
    for (const [id, total] of [
      [ann, 1],
      ['directory_user_nobody', 0],
    ] as const)
      expect(
        (
          await entra(
            client,
            'GET',
            query('/Groups', `id eq "${made.body.id}" and members eq "${id}"`, '&attributes=id'),
          )
        ).body.totalResults,
      ).toBe(total)
    expect(
      (await entra(client, 'PATCH', path, patch({ op: 'Replace', path: 'displayName', value: 'Engineering' }))).status,
    ).toBe(204)

    // The dearest of mistakes would be to take this for "remove all".
    await entra(client, 'PATCH', path, patch({ op: 'Remove', path: 'members', value: [{ $ref: null, value: ann }] }))
    expect((await entra(client, 'GET', path)).body.members).toMatchObject([{ value: bob }])
    await entra(client, 'PATCH', path, patch({ op: 'Remove', path: 'members', value: [{ $ref: null, value: ann }] }))
    expect(await seenByApplication(client)).toEqual({
      users: { 'ann@corp.example': 'active', 'bob@corp.example': 'active Engineering' },
      groups: ['Engineering'],
    })
    expect((await entra(client, 'DELETE', path)).status).toBe(204)
    expect((await newsOf(client)).slice(3)).toEqual([
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_added bob@corp.example Eng',
      'group.updated Engineering',
      'group.user_removed ann@corp.example Engineering',
      'group.deleted Engineering',
    ])
  })

  test('that sends the same changes again in every cycle changes and tells nothing', async () => {
    const client = await createScimClient(server, { type: 'azure scim v2.0', name: 'Entra' })
    const ann = await provision(client, 'ann')
    const cycle = patch(
      { op: 'Replace', path: 'active', value: 'True' },
      { op: 'Replace', path: 'displayName', value: 'ann' },
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ann@corp.example' },
      { op: 'Replace', path: 'name.familyName', value: 'Lee' },
    )
    const before = await entra(client, 'GET', `/Users/${ann}`)
    server.clock.advance(40 * 60_000)
    for (let i = 0; i < 3; i++) expect((await entra(client, 'PATCH', `/Users/${ann}`, cycle)).body).toEqual(before.body)
    expect(await newsOf(client)).toHaveLength(2)
  })
})
