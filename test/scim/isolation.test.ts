import { describe, expect, test } from 'vitest'
import { expectLogToTellState } from '../support/directory-replay.ts'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  createSibling,
  filtered,
  patch,
  person,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

/** Somebody else's directory: of the same application, and of another one. */
const others = [
  ['of the same application', (client: ScimClient) => createSibling(server, client)],
  ['of another application', () => createScimClient(server)],
] as const

const ids = ({ body }: { body: { Resources: { id: string }[] } }) => body.Resources.map(({ id }) => id)

describe.each(others)('a directory and another %s', (_whose, createOther) => {
  async function both() {
    const mine = await createScimClient(server)
    const theirs = await createOther(mine)
    const people = {
      mine: await addUser(mine, 'ann@corp.example', { externalId: 'x' }),
      theirs: await addUser(theirs, 'ann@corp.example', {
        externalId: 'x',
        emails: [{ value: 'ann@corp.example', primary: true }, { value: 'a@home.example' }],
      }),
    }
    const groups = {
      mine: await addGroup(mine, 'Eng', people.mine),
      theirs: await addGroup(theirs, 'Eng', people.theirs),
    }
    return { mine, theirs, people, groups }
  }

  test('have names, addresses and groups of their own', async () => {
    const { mine, theirs, people, groups } = await both()
    expect(new Set([people.mine, people.theirs, groups.mine, groups.theirs]).size).toBe(4)
    for (const [client, user, group] of [
      [mine, people.mine, groups.mine],
      [theirs, people.theirs, groups.theirs],
    ] as const) {
      for (const query of [
        '',
        '?startIndex=1&count=10',
        '?cursor=',
        '?sortBy=userName',
        '?filter=userName+pr',
        '?filter=externalId+eq+%22x%22',
        '?filter=emails.value+eq+%22ann@corp.example%22',
        '?filter=active+eq+true',
      ]) {
        const answer = await client.send('GET', `/Users${query}`)
        expect(ids(answer), query).toEqual([user])
        expect(answer.body.totalResults, query).toBe(1)
      }
      for (const query of [
        '',
        '?cursor=',
        '?sortBy=displayName',
        '?filter=displayName+eq+%22eng%22',
        '?filter=members+pr',
      ])
        expect(ids(await client.send('GET', `/Groups${query}`)), query).toEqual([group])
      expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(1)
      expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(1)
    }
  })

  test('cannot be asked about each other', async () => {
    const { mine, people, groups } = await both()
    for (const [path, filter] of [
      ['/Users', `id eq "${people.theirs}"`],
      ['/Users', 'emails.value eq "a@home.example"'],
      ['/Users', `groups eq "${groups.theirs}"`],
      ['/Groups', `id eq "${groups.theirs}"`],
      ['/Groups', `members eq "${people.theirs}"`],
    ] as const)
      expect(ids(await mine.send('GET', filtered(path, filter))), filter).toEqual([])
  })

  test('cannot read, write or delete what is the other’s', async () => {
    const { mine, theirs, people, groups } = await both()
    const before = await theirs.log()
    const calls = [
      ['PUT', `/Users/${people.theirs}`, person('taken@corp.example')],
      ['PATCH', `/Users/${people.theirs}`, patch({ op: 'replace', value: { active: false } })],
      ['PUT', `/Groups/${groups.theirs}`, { schemas: [coreGroup], displayName: 'Taken', members: [] }],
      ['PATCH', `/Groups/${groups.theirs}`, patch({ op: 'replace', value: { displayName: 'Taken' } })],
      ['PATCH', `/Groups/${groups.theirs}`, patch({ op: 'add', path: 'members', value: [{ value: people.mine }] })],
      [
        'PATCH',
        `/Groups/${groups.theirs}`,
        patch({ op: 'remove', path: 'members', value: [{ value: people.theirs }] }),
      ],
      ['PATCH', `/Groups/${groups.theirs}`, patch({ op: 'remove', path: 'members[display pr]' })],
      ['PATCH', `/Groups/${groups.theirs}`, patch({ op: 'replace', path: 'members', value: [] })],
      ['GET', `/Users/${people.theirs}`, undefined],
      ['GET', `/Groups/${groups.theirs}`, undefined],
      ['DELETE', `/Users/${people.theirs}`, undefined],
      ['DELETE', `/Groups/${groups.theirs}`, undefined],
    ] as const
    for (const [method, path, body] of calls)
      expect(await mine.send(method, path, body), `${method} ${path}`).toMatchObject(refusal(404))
    const { body } = await mine.send('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [{ method: 'DELETE', path: `/Users/${people.theirs}` }],
    })
    expect(body.Operations).toMatchObject([{ status: '404' }])
    expect(await theirs.log()).toEqual(before)
    expect((await theirs.send('GET', `/Groups/${groups.theirs}`)).body.members).toMatchObject([
      { value: people.theirs },
    ])
  })

  test('cannot have each other’s people in their groups', async () => {
    const { mine, people, groups } = await both()
    const foreign = [{ value: people.theirs }]
    const before = await mine.log()
    await mine.send('PATCH', `/Groups/${groups.mine}`, patch({ op: 'add', path: 'members', value: foreign }))
    await mine.send('PUT', `/Groups/${groups.mine}`, {
      schemas: [coreGroup],
      displayName: 'Eng',
      members: [{ value: people.mine }, ...foreign],
    })
    const { body } = await mine.send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Ops', members: foreign })
    expect(body).not.toHaveProperty('members')
    expect((await mine.send('GET', `/Groups/${groups.mine}`)).body.members).toMatchObject([{ value: people.mine }])
    expect((await mine.log()).slice(before.length).map(({ event }) => event)).toEqual(['dsync.group.created'])
  })

  test('do not open to each other’s tokens', async () => {
    const { mine, theirs } = await both()
    const authorization = `Bearer ${theirs.directory.bearer_token}`
    for (const path of ['/Users', '/Groups', '/ServiceProviderConfig'])
      expect(await mine.send('GET', path, undefined, { authorization })).toMatchObject(refusal(401))
  })
})

describe('two directories of one application', () => {
  test('write into one log, which tells both apart', async () => {
    const mine = await createScimClient(server)
    const theirs = await createSibling(server, mine)
    const eng = await addGroup(mine, 'Eng', await addUser(mine, 'ann@corp.example'))
    const ops = await addGroup(theirs, 'Ops', await addUser(theirs, 'ann@corp.example'))
    const directories = (await mine.log()).flatMap(({ data }) => data.directory_id ?? [])
    expect(new Set(directories)).toEqual(new Set([mine.directory.id, theirs.directory.id]))
    await mine.send('DELETE', `/Groups/${eng}`)
    await theirs.send('DELETE', `/Groups/${ops}`)
    const log = await mine.log()
    for (const client of [mine, theirs]) {
      const own = log.filter(({ data }) => (data.directory_id ?? data.id) === client.directory.id)
      await expectLogToTellState({ ...client, log: async () => own })
    }
  })
})
