import { describe, expect, test } from 'vitest'
import { createScimClient, filtered, newsOf, patch, type ScimClient, seenByApplication } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const headers = { accept: 'application/scim+json, application/json', 'content-type': 'application/scim+json' }
const onelogin = (client: ScimClient, method: string, path: string, body?: unknown) =>
  client.send(method, path, body, headers)

/** The administrator's JSON template, filled in: what a person lacks is an empty text. */
const template = (name: string, more: object = {}) => ({
  schemas: [core, enterprise],
  userName: `${name}@corp.example`,
  externalId: `ol-${name}`,
  name: { familyName: 'Lee', givenName: name, formatted: '' },
  displayName: '',
  title: '',
  active: true,
  emails: [
    { value: `${name}@corp.example`, type: 'work', primary: true },
    { value: '', type: 'home' },
  ],
  phoneNumbers: [{ value: '', type: 'work' }],
  [enterprise]: { department: '', employeeNumber: 7, manager: { value: '', displayName: '' } },
  ...more,
})

describe('OneLogin', () => {
  test('fills templates, updates by PUT, deactivates either way and deletes', async () => {
    const client = await createScimClient(server, { type: 'onelogin scim v2.0', name: 'OneLogin' })
    const lookUp = async (name: string) =>
      (await onelogin(client, 'GET', filtered('/Users', `userName eq "${name}@corp.example"`))).body

    expect((await onelogin(client, 'GET', '/Users?count=1')).body).toMatchObject({ totalResults: 0 })
    expect(await lookUp('ann')).toMatchObject({ totalResults: 0 })
    const made = await onelogin(client, 'POST', '/Users', template('ann'))
    expect(made.status).toBe(201)
    // What was empty is not there.
    expect(made.body).toMatchObject({
      name: { familyName: 'Lee', givenName: 'ann' },
      [enterprise]: { employeeNumber: '7' },
    })
    for (const name of ['displayName', 'title', 'phoneNumbers']) expect(made.body).not.toHaveProperty(name)
    expect(made.body.emails).toEqual([{ value: 'ann@corp.example', type: 'work', primary: true }])
    const path = `/Users/${made.body.id}`

    const boss = await onelogin(client, 'POST', '/Users', template('boss'))
    const manager = { value: boss.body.id, displayName: 'Boss Lee' }
    const updated = await onelogin(
      client,
      'PUT',
      path,
      template('ann', { id: made.body.id, title: 'Engineer', [enterprise]: { department: 'Ops', manager } }),
    )
    expect(updated).toMatchObject({
      status: 200,
      body: {
        id: made.body.id,
        title: 'Engineer',
        [enterprise]: { department: 'Ops', manager: { value: boss.body.id } },
      },
    })
    expect(updated.body[enterprise]).not.toHaveProperty('employeeNumber')
    // The same again, as a full synchronisation sends it.
    expect(
      (
        await onelogin(
          client,
          'PUT',
          path,
          template('ann', { title: 'Engineer', [enterprise]: { department: 'Ops', manager } }),
        )
      ).body,
    ).toEqual(updated.body)

    expect(
      (await onelogin(client, 'PATCH', path, patch({ op: 'replace', path: 'active', value: false }))).body.active,
    ).toBe(false)
    expect((await onelogin(client, 'PUT', path, template('ann'))).body.active).toBe(true)
    expect((await onelogin(client, 'PUT', path, template('ann', { active: false }))).body).toMatchObject({
      id: made.body.id,
      active: false,
    })
    expect(await lookUp('ann')).toMatchObject({ totalResults: 1, Resources: [{ id: made.body.id, active: false }] })
    expect((await onelogin(client, 'DELETE', path)).status).toBe(204)
    expect(await lookUp('ann')).toMatchObject({ totalResults: 0 })

    expect(await newsOf(client)).toEqual([
      'activated OneLogin',
      'user.created ann@corp.example ann Lee',
      'user.created boss@corp.example boss Lee',
      'user.updated ann@corp.example ann Lee',
      'user.deleted ann@corp.example ann Lee',
      'user.created ann@corp.example ann Lee',
      'user.deleted ann@corp.example ann Lee',
    ])
  })

  test('maps roles to groups: reads all of them, then adds and removes', async () => {
    const client = await createScimClient(server, { type: 'onelogin scim v2.0', name: 'OneLogin' })
    const { body: ann } = await onelogin(client, 'POST', '/Users', template('ann'))
    const { body: eng } = await onelogin(client, 'POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Eng',
    })
    expect((await onelogin(client, 'GET', '/Groups?startIndex=1&count=100')).body.Resources).toMatchObject([
      { id: eng.id, displayName: 'Eng' },
    ])
    const path = `/Groups/${eng.id}`
    expect(
      (await onelogin(client, 'PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: ann.id }] }))).status,
    ).toBe(204)
    expect((await seenByApplication(client)).users).toEqual({ 'ann@corp.example': 'active Eng' })
    expect(
      (await onelogin(client, 'PATCH', path, patch({ op: 'remove', path: 'members', value: [{ value: ann.id }] })))
        .status,
    ).toBe(204)
    expect((await seenByApplication(client)).users).toEqual({ 'ann@corp.example': 'active' })
    expect((await newsOf(client)).slice(2)).toEqual([
      'group.created Eng',
      'group.user_added ann@corp.example Eng',
      'group.user_removed ann@corp.example Eng',
    ])
  })
})
