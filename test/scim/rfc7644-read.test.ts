import { beforeAll, describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreGroup,
  groupShown,
  memberShown,
  createScimClient,
  filtered,
  patch,
  person,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('RFC 7644 §3.4.1 reading one resource', () => {
  test('shows groups on the user and members on the group', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const [eng, ops] = [await addGroup(client, 'Eng', ann), await addGroup(client, 'Ops', ann)]
    expect((await client.send('GET', `/Users/${ann}`)).body.groups).toEqual([
      groupShown(client, eng, 'Eng'),
      groupShown(client, ops, 'Ops'),
    ])
    expect((await client.send('GET', `/Groups/${eng}`)).body).toMatchObject({
      schemas: [coreGroup],
      id: eng,
      displayName: 'Eng',
      members: [memberShown(client, ann, 'ann@corp.example')],
      meta: { resourceType: 'Group', location: `${client.directory.endpoint}/Groups/${eng}` },
    })
  })

  test('§3.12: what was never there, is gone, or is of another directory or type is not found', async () => {
    const [client, other] = [await createScimClient(server), await createScimClient(server)]
    const gone = await addUser(client, 'gone@corp.example')
    await client.send('DELETE', `/Users/${gone}`)
    const [theirs, group] = [await addUser(other, 'x@corp.example'), await addGroup(client, 'Eng')]
    const details = []
    for (const path of [
      '/Users/nobody',
      `/Users/${gone}`,
      `/Users/${theirs}`,
      `/Users/${group}`,
      `/Groups/${theirs}`,
    ]) {
      const answer = await client.send('GET', path)
      expect(answer).toMatchObject(refusal(404))
      details.push(answer.body.detail.replace(path.split('/')[2], '…'))
    }
    expect(new Set(details), 'one sentence, so that it tells nothing').toEqual(new Set(['Resource "…" not found.']))
  })

  test('an inactive user is read, found and listed like any other', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }))
    expect((await client.send('GET', `/Users/${id}`)).body.active).toBe(false)
    for (const path of [
      '/Users',
      filtered('/Users', 'userName eq "ann@corp.example"'),
      filtered('/Users', 'active eq false'),
    ])
      expect((await client.send('GET', path)).body.Resources.map((each: { id: string }) => each.id)).toEqual([id])
  })
})

describe('RFC 7644 §3.4.2 and §3.4.2.4 lists', () => {
  let client: ScimClient
  let ids: string[]
  beforeAll(async () => {
    client = await createScimClient(server)
    ids = []
    for (let i = 1; i <= 7; i++) ids.push(await addUser(client, `u${i}@corp.example`))
    for (let i = 1; i <= 3; i++) await addGroup(client, `g${i}`)
  })

  test.each([
    ['without parameters is the first page', '', 7, 1, [0, 7]],
    ['startIndex counts from one', 'startIndex=1&count=2', 7, 1, [0, 2]],
    ['a later page', 'startIndex=3&count=2', 7, 3, [2, 4]],
    ['the last page holds the rest', 'startIndex=7&count=5', 7, 7, [6, 7]],
    ['a page beyond the end is empty and the total right', 'startIndex=8&count=2', 7, 8, [0, 0]],
    ['a page far beyond the end', 'startIndex=9007199254740991&count=2', 7, 9007199254740991, [0, 0]],
    ['a startIndex past every number', 'startIndex=99999999999999999999&count=2', 7, 9007199254740991, [0, 0]],
    ['startIndex 0 is 1', 'startIndex=0&count=1', 7, 1, [0, 1]],
    ['a negative startIndex is 1', 'startIndex=-5&count=1', 7, 1, [0, 1]],
    ['count 0 is the total alone', 'count=0', 7, 1, [0, 0]],
    ['a negative count is 0', 'count=-1', 7, 1, [0, 0]],
    ['more than there is', 'count=1000', 7, 1, [0, 7]],
    ['more than the server gives at once', 'count=99999999', 7, 1, [0, 7]],
    ['with a filter the total is that of the matches', 'filter=userName+gt+%22u5%22&count=2', 3, 1, [4, 6]],
    ['with a filter, beyond its end', 'filter=userName+gt+%22u5%22&startIndex=4', 3, 4, [0, 0]],
    ['without a match it is an empty list', 'filter=userName+eq+%22nobody%22', 0, 1, [0, 0]],
    ['sorted, a later page', 'sortBy=userName&sortOrder=descending&startIndex=6', 7, 6, [1, 0, -1]],
  ])('%s', async (_claim, query, totalResults, startIndex, [from = 0, to = 0, reversed]) => {
    const { status, body } = await client.send('GET', `/Users?${query}`)
    const wanted = reversed ? [ids[1], ids[0]] : ids.slice(from, to)
    expect(status).toBe(200)
    expect({ ...body, Resources: body.Resources.map(({ id }: { id: string }) => id) }).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults,
      startIndex,
      itemsPerPage: wanted.length,
      Resources: wanted,
    })
  })

  test.each(['count=x', 'count=1.5', 'startIndex=two', 'startIndex=1&startIndex=2'])('%s is no page', async (query) => {
    expect(await client.send('GET', `/Users?${query}`)).toMatchObject(refusal(400, 'invalidValue'))
  })

  test('of groups', async () => {
    const { body } = await client.send('GET', '/Groups?startIndex=2&count=1')
    expect(body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1, Resources: [{ displayName: 'g2' }] })
  })

  test('never show another directory', async () => {
    const other = await createScimClient(server)
    await addUser(other, 'x@corp.example')
    expect((await other.send('GET', '/Users')).body.totalResults).toBe(1)
    expect((await client.send('GET', filtered('/Users', 'userName sw "x"'))).body.totalResults).toBe(0)
  })

  test('every resource is shown as it is read on its own', async () => {
    await addGroup(client, 'g4', ...ids.slice(0, 2))
    for (const path of ['/Users', '/Groups']) {
      const { body } = await client.send('GET', path)
      for (const each of body.Resources) expect((await client.send('GET', `${path}/${each.id}`)).body).toEqual(each)
    }
  })

  test('keep their order while the people in them change, so that no page skips anybody', async () => {
    const busy = await createScimClient(server)
    const all: string[] = []
    for (let i = 0; i < 12; i++) all.push(await addUser(busy, `u${i}@corp.example`))
    const seen: string[] = []
    for (let startIndex = 1; startIndex <= 12; startIndex += 3) {
      const { body } = await busy.send('GET', `/Users?startIndex=${startIndex}&count=3`)
      seen.push(...body.Resources.map(({ id }: { id: string }) => id))
      // Everybody who was seen and everybody to come changes: the row moves, its place must not.
      server.clock.advance(1_000)
      await Promise.all(
        all.map((id, i) =>
          busy.send(
            'PATCH',
            `/Users/${id}`,
            patch({ op: 'replace', value: { userName: `z${startIndex}-${99 - i}@corp.example` } }),
          ),
        ),
      )
    }
    expect(seen).toEqual(all)
  })

  test('totals are exact after people and groups came and went', async () => {
    const busy = await createScimClient(server)
    const made = await Promise.all(Array.from({ length: 30 }, (_, i) => addUser(busy, `u${i}@corp.example`)))
    const groups = await Promise.all(Array.from({ length: 10 }, (_, i) => addGroup(busy, `g${i}`)))
    await Promise.all(made.slice(0, 11).map((id) => busy.send('DELETE', `/Users/${id}`)))
    await Promise.all(groups.slice(0, 4).map((id) => busy.send('DELETE', `/Groups/${id}`)))
    await busy.send('DELETE', `/Users/${made[0]}`)
    await busy.send('POST', '/Users', { schemas: [] })
    expect((await busy.send('GET', '/Users?count=0')).body.totalResults).toBe(19)
    expect((await busy.send('GET', '/Groups?count=0')).body.totalResults).toBe(6)
    expect((await busy.send('GET', filtered('/Users', 'userName pr', '&count=0'))).body.totalResults).toBe(19)
  })
})

describe('an endpoint that was pasted with a slash behind it', () => {
  let client: ScimClient
  beforeAll(async () => {
    client = await createScimClient(server)
    await addUser(client, 'ann@corp.example')
    await addUser(client, 'bob@corp.example')
  })

  test.each(['//Users', '/Users/', '///Users//'])('%s is the list of users', async (path) => {
    const expected = await client.send('GET', '/Users?count=1')
    expect(expected.body.itemsPerPage).toBe(1)
    expect(await client.send('GET', `${path}?count=1`)).toMatchObject({ status: 200, body: expected.body })
  })

  test('people are made, changed and deleted through it', async () => {
    const made = await client.send('POST', '//Users/', person('slash@corp.example'))
    expect(made).toMatchObject({ status: 201 })
    const path = `//Users/${made.body.id}`
    const deactivate = patch({ op: 'replace', value: { active: false } })
    expect(await client.send('PATCH', path, deactivate)).toMatchObject({ status: 200, body: { active: false } })
    expect(await client.send('DELETE', path)).toMatchObject({ status: 204 })
    expect(await client.send('DELETE', '//Users/')).toMatchObject({ status: 404 })
  })
})
