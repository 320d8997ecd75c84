import { describe, expect, test } from 'vitest'
import { expectLogToTellState } from '../support/directory-replay.ts'
import { addGroup, addUser, coreGroup, createScimClient, patch, person, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const op = (name: string, ...values: string[]) =>
  patch({ op: name, path: 'members', value: values.map((value) => ({ value })) })

async function members(client: ScimClient, group: string): Promise<string[]> {
  const { body } = await client.send('GET', `/Groups/${group}`)
  return (body.members ?? []).map(({ value }: { value: string }) => value)
}

// A member's value should be the id that this server gave. Scripts that never read answers send ids of their own.
describe('members named by external id or user name', () => {
  test('are the people who are here', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [
      await addUser(client, 'ann@corp.example', { externalId: 'x-ann' }),
      await addUser(client, 'Bob@corp.example'),
    ]
    const eng = await addGroup(client, 'Eng', 'x-ann', 'bob@CORP.example', ann)
    expect(await members(client, eng)).toEqual([ann, bob])
    await client.send('PATCH', `/Groups/${eng}`, op('replace', 'x-ann', 'bob@corp.example', 'x-nobody'))
    expect(await members(client, eng)).toEqual([ann, bob])
    // Else somebody who was let in by that name could never be put out by it.
    await client.send('PATCH', `/Groups/${eng}`, op('remove', 'x-ann'))
    expect(await members(client, eng)).toEqual([bob])
    await client.send('PATCH', `/Groups/${eng}`, patch({ op: 'remove', path: 'members[value eq "BOB@corp.example"]' }))
    expect(await members(client, eng)).toEqual([])
    expect((await client.log()).slice(3).map(({ event, data }) => [event, data.user?.id])).toEqual([
      ['dsync.group.created', undefined],
      ['dsync.group.user_added', ann],
      ['dsync.group.user_added', bob],
      ['dsync.group.user_removed', ann],
      ['dsync.group.user_removed', bob],
    ])
    await expectLogToTellState(client)
  })

  test('join when they arrive, unless they were taken out before', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', 'x-ann', 'bob@corp.example', 'x-cy', 'x-dan')
    await client.send('PATCH', `/Groups/${eng}`, op('remove', 'x-cy'))
    const arrive = (name: string) => addUser(client, `${name}@corp.example`, { externalId: `x-${name}` })
    const [ann, bob, , dan] = [await arrive('ann'), await arrive('bob'), await arrive('cy'), await arrive('dan')]
    expect(await members(client, eng)).toEqual([ann, bob, dan])
    await client.send('PATCH', `/Groups/${eng}`, op('remove', 'x-dan'))
    expect(await members(client, eng)).toEqual([ann, bob])
    await expectLogToTellState(client)
  })

  test.each<[string, (client: ScimClient, ann: string) => Promise<unknown>]>([
    [
      'a PATCH that adds the external id',
      (client, ann) => client.send('PATCH', `/Users/${ann}`, patch({ op: 'add', path: 'externalId', value: 'x-ann' })),
    ],
    [
      'a PUT that renames them',
      (client, ann) =>
        client.send('PUT', `/Users/${ann}`, person('x-ann', { emails: [{ value: 'ann@corp.example' }] })),
    ],
  ])('join when they get the name: %s', async (_how, rename) => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const eng = await addGroup(client, 'Eng', 'x-ann')
    expect(await members(client, eng)).toEqual([])
    await rename(client, ann)
    expect(await members(client, eng)).toEqual([ann])
    const told = (await client.log()).filter(({ event }) => event === 'dsync.group.user_added')
    expect(told.map(({ data }) => [data.user.id, data.group.name])).toEqual([[ann, 'Eng']])
    // Once awaited is enough: taken out, they stay out.
    await client.send('PATCH', `/Groups/${eng}`, op('remove', ann))
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'title', value: 'Engineer' }))
    expect(await members(client, eng)).toEqual([])
    await expectLogToTellState(client)
  })

  test('who are replaced before they arrive do not join', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', 'x-ann', 'x-bob')
    await client.send('PUT', `/Groups/${eng}`, {
      schemas: [coreGroup],
      displayName: 'Eng',
      members: [{ value: 'x-bob' }],
    })
    await addUser(client, 'ann@corp.example', { externalId: 'x-ann' })
    const bob = await addUser(client, 'bob@corp.example', { externalId: 'x-bob' })
    expect(await members(client, eng)).toEqual([bob])
  })

  test('of another directory are nobody', async () => {
    const [client, other] = [await createScimClient(server), await createScimClient(server)]
    const theirs = await addUser(other, 'ann@corp.example', { externalId: 'x-ann' })
    const eng = await addGroup(client, 'Eng', theirs, 'x-ann', 'ann@corp.example')
    expect(await members(client, eng)).toEqual([])
  })

  test('who arrive inactive join unseen, and are told of when they are activated', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', 'x-ann')
    const ann = await addUser(client, 'ann@corp.example', { externalId: 'x-ann', active: false })
    expect(await members(client, eng)).toEqual([ann])
    await client.send('PUT', `/Users/${ann}`, person('ann@corp.example'))
    expect((await client.log()).map(({ event }) => event)).toEqual([
      'dsync.activated',
      'dsync.group.created',
      'dsync.user.created',
      'dsync.group.user_added',
    ])
    await expectLogToTellState(client)
  })
})
