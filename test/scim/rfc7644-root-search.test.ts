import { beforeAll, describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreUser,
  createScimClient,
  createSibling,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

let client: ScimClient
const all: string[] = []
beforeAll(async () => {
  client = await createScimClient(server)
  const ann = await addUser(client, 'ann@corp.example', { displayName: 'Ann Eng' })
  all.push(ann, await addUser(client, 'bob@corp.example'), await addUser(client, 'cy@corp.example'))
  all.push(await addGroup(client, 'Eng', ann), await addGroup(client, 'Ops'))
  const sibling = await createSibling(server, client)
  await addUser(sibling, 'ann@corp.example')
  await addGroup(sibling, 'Eng')
})

const search = (more: object) => client.send('POST', '/.search', { schemas: [searchRequest], ...more })
const idsOf = (answer: { body: { Resources: { id: string }[] } }) => answer.body.Resources.map(({ id }) => id)

describe('RFC 7644 §3.4.3 a search of all resources', () => {
  test('holds users and then groups, each as their own lists show them', async () => {
    const answer = await search({})
    expect(answer).toMatchObject({ status: 200, body: { totalResults: 5, startIndex: 1, itemsPerPage: 5 } })
    expect(idsOf(answer)).toEqual(all)
    for (const [i, path] of [`/Users/${all[0]}`, `/Groups/${all[3]}`].entries())
      expect(answer.body.Resources[i * 3]).toEqual((await client.send('GET', path)).body)
    expect((await client.send('GET', '')).body, 'GET of the root is the same').toEqual(answer.body)
  })

  test.each([
    ['a name that both have', 'displayName co "eng"', () => [all[0], all[3]]],
    ['the kind', 'meta.resourceType eq "Group"', () => [all[3], all[4]]],
    ['a name that one has', 'userName sw "b"', () => [all[1]]],
    ['a name of the other', `members eq "{ann}"`, () => [all[3]]],
    ['its absence', 'not (userName pr)', () => [all[3], all[4]]],
    ['a name with its URN', `${coreUser}:userName pr`, () => all.slice(0, 3)],
  ])('can be narrowed by %s', async (_claim, filter, expected) => {
    const answer = await search({ filter: filter.replace('{ann}', all[0] ?? '') })
    expect(idsOf(answer)).toEqual(expected())
    expect(answer.body.totalResults).toBe(expected().length)
  })

  test('comes in pages by index that go over from one kind to the other', async () => {
    for (const [startIndex, expected] of [
      [1, all.slice(0, 2)],
      [3, all.slice(2, 4)],
      [4, all.slice(3)],
      [5, all.slice(4)],
      [6, []],
    ] as const) {
      const answer = await search({ startIndex, count: 2 })
      expect(idsOf(answer)).toEqual(expected)
      expect(answer.body).toMatchObject({ totalResults: 5, startIndex, itemsPerPage: expected.length })
    }
    expect((await search({ count: 0 })).body).toMatchObject({ totalResults: 5, Resources: [] })
  })

  test.each([1, 2, 3, 10])('comes in pages by cursor, %i at a time', async (count) => {
    const seen: string[] = []
    let cursor: string | undefined = ''
    for (let pages = 0; cursor !== undefined && pages < 10; pages++) {
      const answer = await search({ cursor, count })
      expect(answer.body.totalResults).toBe(5)
      seen.push(...idsOf(answer))
      cursor = answer.body.nextCursor
    }
    expect(seen).toEqual(all)
  })

  test('shows what is asked for of each kind', async () => {
    const { body } = await search({ attributes: ['userName', 'displayName'], filter: 'displayName co "eng"' })
    expect(body.Resources.map(({ schemas: _schemas, ...rest }: { schemas: unknown }) => rest)).toEqual([
      { id: all[0], userName: 'ann@corp.example', displayName: 'Ann Eng' },
      { id: all[3], displayName: 'Eng' },
    ])
  })

  test.each([
    ['no schemas', { schemas: undefined }, 'invalidSyntax'],
    ['a filter that is none', { filter: 'userName eq' }, 'invalidFilter'],
    ['an order', { sortBy: 'displayName' }, 'invalidValue'],
    ['an order by a name that one has', { sortBy: 'userName' }, 'invalidValue'],
    ['a cursor of another list', { cursor: Buffer.from('[1,""]').toString('base64url') }, 'invalidCursor'],
    ['a cursor that leads nowhere', { cursor: 'g~x' }, 'invalidCursor'],
    ['a cursor and an index', { cursor: '', startIndex: 1 }, 'invalidCursor'],
  ])('with %s is refused', async (_claim, more, scimType) => {
    expect(await search(more)).toMatchObject(refusal(400, scimType))
  })
})
