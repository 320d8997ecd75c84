import { describe, expect, test } from 'vitest'
import { addGroup, addUser, createScimClient, filtered, patch, person, refusal } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('RFC 7644 §3.6 deleting', () => {
  test('answers 204 without a body, and then nobody finds the user', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const eng = await addGroup(client, 'Eng', ann, bob)
    const { status, body, headers } = await client.send('DELETE', `/Users/${ann}`)
    expect({ status, body, type: headers.get('content-type') }).toEqual({ status: 204, body: undefined, type: null })
    for (const [method, payload] of [
      ['GET', undefined],
      ['DELETE', undefined],
      ['PUT', person('ann@corp.example')],
      ['PATCH', patch({ op: 'replace', value: { active: true } })],
    ] as const)
      expect(await client.send(method, `/Users/${ann}`, payload), method).toMatchObject(refusal(404))
    expect((await client.send('GET', filtered('/Users', 'userName eq "ann@corp.example"'))).body.totalResults).toBe(0)
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toMatchObject([{ value: bob }])
    expect((await client.environment.api('GET', `/directory_users/${ann}`)).status).toBe(404)
  })

  test('a group leaves its people', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const eng = await addGroup(client, 'Eng', ann)
    expect((await client.send('DELETE', `/Groups/${eng}`)).status).toBe(204)
    expect((await client.send('GET', `/Users/${ann}`)).body).not.toHaveProperty('groups')
    const log = await client.log()
    expect(log.at(-1)).toMatchObject({ event: 'dsync.group.deleted', data: { id: eng, name: 'Eng' } })
    expect(log.filter(({ event }) => event === 'dsync.group.user_removed')).toEqual([])
    expect(await client.send('DELETE', `/Groups/${eng}`)).toMatchObject(refusal(404))
  })

  test('leaves no membership of a person, a group or a directory that is gone', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const [eng, ops] = [await addGroup(client, 'Eng', ann, bob), await addGroup(client, 'Ops', ann, bob)]
    const kept = async () => {
      const { rows } = await server.db.pool.query<string[]>({
        text: 'select group_id, user_id from directory_memberships where environment_id = $1 order by group_id',
        values: [client.environment.id],
        rowMode: 'array',
      })
      return rows
    }
    await client.send('DELETE', `/Users/${ann}`)
    expect(await kept()).toEqual(
      [
        [eng, bob],
        [ops, bob],
      ].toSorted(),
    )
    await client.send('DELETE', `/Groups/${eng}`)
    expect(await kept()).toEqual([[ops, bob]])
    const { status } = await client.environment.api('DELETE', `/directories/${client.directory.id}`)
    expect([status, await kept()]).toEqual([202, []])
  })

  test('somebody inactive, whom the application does not know any more, is told nothing about', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: false } }))
    const before = (await client.log()).length
    expect((await client.send('DELETE', `/Users/${ann}`)).status).toBe(204)
    expect((await client.log()).slice(before)).toEqual([])
  })

  test.each([
    ['application/scim+json', ''],
    ['application/scim+json; charset=utf-8', undefined],
    ['application/json', ''],
    ['application/scim+json', '{}'],
  ])('works with the content type %s and the body %j, as clients send them', async (type, body) => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    expect((await client.send('DELETE', `/Users/${ann}`, body, { 'content-type': type })).status).toBe(204)
  })
})
