import { describe, expect, test } from 'vitest'
import { createScimClient, filtered, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const headers = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'Rippling SCIM' }
const rippling = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

const user = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: `${name}@corp.example`,
  externalId: `rip-${name}`,
  emails: [{ value: `${name}@corp.example`, primary: true }],
  name: { givenName: name, familyName: 'Lee', formatted: `${name} Lee` },
  title: '',
  active: true,
  ...more,
})

describe('Rippling', () => {
  test('tests, reads everybody, creates, repeats what timed out, updates and offboards', async () => {
    const client = await createScimClient(server, { type: 'rippling scim v2.0', name: 'Rippling' })
    const config = await rippling(client, 'GET', '/ServiceProviderConfig')
    expect(config).toMatchObject({ status: 200, body: { patch: { supported: true } } })
    for (let i = 0; i < 3; i++) expect((await rippling(client, 'POST', '/Users', user(`p${i}`))).status).toBe(201)
    const pages = []
    for (let startIndex = 1; startIndex <= 4; startIndex += 2)
      pages.push((await rippling(client, 'GET', `/Users?startIndex=${startIndex}&count=2`)).body)
    expect(pages.map(({ itemsPerPage, totalResults }) => [itemsPerPage, totalResults])).toEqual([
      [2, 3],
      [1, 3],
    ])

    // A create that timed out is sent again: the second is a conflict without side effects, and the user is found.
    const first = await rippling(client, 'POST', '/Users', user('ann'))
    const before = await client.log()
    const second = await rippling(client, 'POST', '/Users', user('ann', { title: 'Should not show' }))
    expect(second).toMatchObject({ status: 409, body: { status: '409', scimType: 'uniqueness' } })
    expect(await client.log()).toEqual(before)
    const { body: found } = await rippling(client, 'GET', filtered('/Users', 'userName eq "ann@corp.example"'))
    expect(found.Resources).toEqual([first.body])

    // Attributes by name, as its form has them.
    const path = `/Users/${first.body.id}`
    const changed = await rippling(
      client,
      'PATCH',
      path,
      patch({ op: 'replace', value: { 'name.givenName': 'Annie', title: 'Engineer' } }),
    )
    expect(changed.body).toMatchObject({ name: { givenName: 'Annie', familyName: 'Lee' }, title: 'Engineer' })
    const { body: renamed } = await rippling(
      client,
      'PATCH',
      path,
      patch({ op: 'replace', path: 'emails[primary eq true].value', value: 'annie@corp.example' }),
    )
    expect(renamed.emails).toEqual([{ value: 'annie@corp.example', primary: true }])

    const group = await rippling(client, 'POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Eng',
      members: [{ value: first.body.id, display: 'Annie' }],
    })
    expect(group.status).toBe(201)
    expect(
      (
        await rippling(
          client,
          'PATCH',
          `/Groups/${group.body.id}`,
          patch({ op: 'remove', path: 'members', value: [{ value: first.body.id }] }),
        )
      ).status,
    ).toBe(204)
    expect(
      (await rippling(client, 'PATCH', path, patch({ op: 'replace', value: { active: false } }))).body.active,
    ).toBe(false)
    expect((await seenByApplication(client)).users).not.toHaveProperty('annie@corp.example')

    // Hired again, after months.
    const back = await rippling(client, 'POST', '/Users', user('ann', { externalId: 'rip-ann-2' }))
    expect(back).toMatchObject({ status: 201, body: { id: first.body.id, externalId: 'rip-ann-2' } })
    expect((await newsOf(client)).slice(4)).toEqual([
      'user.created ann@corp.example ann Lee',
      'user.updated ann@corp.example ann Lee',
      'user.updated annie@corp.example ann Lee',
      'group.created Eng',
      'group.user_added annie@corp.example Eng',
      'group.user_removed annie@corp.example Eng',
      'user.deleted annie@corp.example ann Lee',
      'user.created ann@corp.example ann Lee',
    ])
  })
})
