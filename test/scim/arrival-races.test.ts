import { describe, expect, test } from 'vitest'
import { expectLogToTellState } from '../support/directory-replay.ts'
import { addGroup, coreGroup, createScimClient, patch, person, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const rounds = 24

const op = (name: string, ...values: string[]) =>
  patch({ op: name, path: 'members', value: values.map((value) => ({ value })) })

const arrive = async (client: ScimClient, name: string): Promise<string> => {
  const { status, body } = await client.send('POST', '/Users', person(`${name}@corp.example`, { externalId: name }))
  expect(status, JSON.stringify(body)).toBe(201)
  return body.id
}

const membersOf = async (client: ScimClient, group: string): Promise<string[]> =>
  ((await client.send('GET', `/Groups/${group}`)).body.members ?? []).map(({ value }: { value: string }) => value)

const awaited = async ({ directory }: ScimClient): Promise<string[]> =>
  (
    await server.db.pool.query<{ value: string }>(
      'select value from directory_awaited_members where directory_id = $1',
      [directory.id],
    )
  ).rows.map(({ value }) => value)

describe('somebody who gets an external id at the moment in which a group names them by it', () => {
  test('joins', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng')
    for (let round = 0; round < rounds; round++) {
      const { body } = await client.send('POST', '/Users', person(`late-${round}@corp.example`))
      const identify = patch({ op: 'add', path: 'externalId', value: `late-${round}` })
      const answers = await Promise.all([
        client.send('PATCH', `/Users/${body.id}`, identify),
        client.send('PATCH', `/Groups/${eng}`, op('add', `late-${round}`)),
      ])
      expect(answers.every(({ status }) => status < 300)).toBe(true)
      expect(await membersOf(client, eng), `round ${round}`).toContain(body.id)
      expect(await awaited(client)).toEqual([])
    }
    await expectLogToTellState(client)
  })
})

describe('somebody who is created at the moment in which a group names them', () => {
  const group = (...values: string[]) => ({
    schemas: [coreGroup],
    displayName: 'Eng',
    members: values.map((value) => ({ value })),
  })
  test.each<[string, (client: ScimClient, eng: string, name: string) => Promise<unknown>]>([
    ['by external id, in a PATCH', (client, eng, name) => client.send('PATCH', `/Groups/${eng}`, op('add', name))],
    [
      'by user name, in a PATCH that renames the group',
      (client, eng, name) =>
        client.send(
          'PATCH',
          `/Groups/${eng}`,
          patch(
            { op: 'replace', path: 'displayName', value: `Eng ${name}` },
            { op: 'add', path: 'members', value: [{ value: `${name}@corp.example` }] },
          ),
        ),
    ],
    ['in a PUT', (client, eng, name) => client.send('PUT', `/Groups/${eng}`, group(name))],
  ])('joins: %s', async (_how, name) => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng')
    for (let round = 0; round < rounds; round++) {
      const [ann] = await Promise.all([arrive(client, `x-${round}`), name(client, eng, `x-${round}`)])
      expect(await membersOf(client, eng), `round ${round}`).toContain(ann)
      expect(await awaited(client)).toEqual([])
    }
    await expectLogToTellState(client)
  })

  test('joins: by the group’s creation', async () => {
    const client = await createScimClient(server)
    for (let round = 0; round < rounds; round++) {
      const [ann, eng] = await Promise.all([
        arrive(client, `x-${round}`),
        addGroup(client, `Eng ${round}`, `x-${round}`),
      ])
      expect(await membersOf(client, eng), `round ${round}`).toEqual([ann])
      expect(await awaited(client)).toEqual([])
    }
    await expectLogToTellState(client)
  })

  test('joins all of many groups, with many others who arrive', async () => {
    const client = await createScimClient(server)
    const groups = await Promise.all([0, 1, 2, 3].map((n) => addGroup(client, `Team ${n}`)))
    const names = Array.from({ length: 16 }, (_, n) => `y-${n}`)
    const [people] = await Promise.all([
      Promise.all(names.map((name) => arrive(client, name))),
      ...groups.flatMap((eng) => names.map((name) => client.send('PATCH', `/Groups/${eng}`, op('add', name)))),
    ])
    for (const eng of groups) expect((await membersOf(client, eng)).toSorted()).toEqual(people.toSorted())
    expect(await awaited(client)).toEqual([])
    await expectLogToTellState(client)
  })
})

describe('somebody who is created at the moment in which a group lets go of them', () => {
  test('is not a member afterwards', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng')
    for (let round = 0; round < rounds; round++) {
      const name = `x-${round}`
      await client.send('PATCH', `/Groups/${eng}`, op('add', name))
      await Promise.all([arrive(client, name), client.send('PATCH', `/Groups/${eng}`, op('remove', name))])
      expect(await membersOf(client, eng), `round ${round}`).toEqual([])
      expect(await awaited(client)).toEqual([])
    }
    await expectLogToTellState(client)
  })
})
