import { beforeAll, describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  createScimClient,
  enterpriseUser,
  filtered,
  patch,
  person,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

let client: ScimClient
let ann: string
let eng: string
beforeAll(async () => {
  client = await createScimClient(server)
  ann = await addUser(client, 'ann@corp.example', {
    title: 'b',
    externalId: 'B',
    name: { familyName: 'Zhu', givenName: 'Ann' },
    emails: [
      { value: 'z@corp.example', type: 'work' },
      { value: 'a@corp.example', type: 'home', primary: true },
    ],
    [enterpriseUser]: { department: 'R&D', manager: { value: 'm', displayName: 'Boss' } },
  })
  server.clock.advance(1_000)
  await addUser(client, 'Émile@corp.example', {
    title: 'C',
    externalId: 'a',
    active: false,
    name: { familyName: 'Älv' },
  })
  server.clock.advance(1_000)
  await addUser(client, 'Bob@corp.example', {
    externalId: 'b',
    emails: [{ value: 'm@corp.example' }],
    name: { familyName: 'lee' },
  })
  server.clock.advance(1_000)
  await addUser(client, 'carl@corp.example', { title: 'A', name: { familyName: 'Lee' } })
  eng = await addGroup(client, 'eng', ann)
  await addGroup(client, 'Dev')
  server.clock.advance(1_000)
  await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { nickName: 'An' } }))
})

const short = (userName: string) => userName.split('@')[0]?.toLowerCase()

describe('RFC 7644 §3.4.2.3 sorting', () => {
  test.each([
    ['userName', ['ann', 'bob', 'carl', 'émile'], 'case is no order where it has no meaning'],
    ['externalId', ['ann', 'émile', 'bob', 'carl'], 'and is where it has; who has none comes last'],
    ['title', ['carl', 'ann', 'émile', 'bob'], 'who has none comes last'],
    ['name.familyName', ['bob', 'carl', 'ann', 'émile'], 'a sub-attribute; equals as they were created'],
    ['emails', ['ann', 'carl', 'bob', 'émile'], 'the primary value, else the first'],
    ['emails.value', ['ann', 'carl', 'bob', 'émile'], 'the primary value, else the first'],
    ['meta.created', ['ann', 'émile', 'bob', 'carl'], 'time'],
    ['meta.lastModified', ['émile', 'bob', 'carl', 'ann'], 'time'],
    ['active', ['émile', 'ann', 'bob', 'carl'], 'false before true'],
    [`${enterpriseUser}:department`, ['ann', 'émile', 'bob', 'carl'], 'extensions'],
    ['id', ['ann', 'émile', 'bob', 'carl'], 'ids are made in order'],
  ])('by %s', async (sortBy, expected) => {
    const names = async (order: string) => {
      const { status, body } = await client.send(
        'GET',
        `/Users?${new URLSearchParams({ sortBy, ...(order && { sortOrder: order }) })}`,
      )
      expect(status, JSON.stringify(body)).toBe(200)
      return body.Resources.map(({ userName }: { userName: string }) => short(userName))
    }
    expect(await names('')).toEqual(expected)
    expect(await names('ascending')).toEqual(expected)
    const descending = await names('descending')
    expect(new Set(descending)).toEqual(new Set(expected))
    expect(descending).not.toEqual(expected)
  })

  test('goes with filters and pages', async () => {
    const { body } = await client.send(
      'GET',
      filtered('/Users', 'title pr', '&sortBy=title&sortOrder=Descending&startIndex=2&count=1'),
    )
    expect(body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1, Resources: [{ title: 'b' }] })
  })

  test('of groups', async () => {
    const { body } = await client.send('GET', '/Groups?sortBy=displayName')
    expect(body.Resources.map(({ displayName }: { displayName: string }) => displayName)).toEqual(['Dev', 'eng'])
  })

  test.each([
    ['sortBy=userName&sortOrder=sideways', 'invalidValue'],
    ['sortBy=emails%5Btype+eq+%22work%22%5D', 'invalidPath'],
    ['sortBy=%28', 'invalidPath'],
    ['sortBy=groups', 'invalidPath'],
    ['sortBy=userName&sortBy=title', 'invalidValue'],
  ])('%s is refused', async (query, scimType) => {
    expect(await client.send('GET', `/Users?${query}`)).toMatchObject(refusal(400, scimType))
  })
})

const whole = [
  'active',
  'emails',
  'externalId',
  'groups',
  'id',
  'meta',
  'name',
  'nickName',
  'schemas',
  'title',
  enterpriseUser,
  'userName',
]

describe('RFC 7644 §3.4.2.5 and §3.9 which attributes an answer holds', () => {
  test.each([
    ['attributes=userName', ['id', 'schemas', 'userName']],
    ['attributes=USERNAME,Title', ['id', 'schemas', 'title', 'userName']],
    ['attributes=userName&attributes=title', ['id', 'schemas', 'title', 'userName']],
    ['attributes=name.givenName,emails.value', ['emails', 'id', 'name', 'schemas']],
    [`attributes=${enterpriseUser}:department`, ['id', 'schemas', enterpriseUser]],
    [`attributes=${enterpriseUser}`, ['id', 'schemas', enterpriseUser]],
    ['attributes=groups', ['groups', 'id', 'schemas']],
    ['attributes=password', ['id', 'schemas']],
    ['attributes=nobodyHasThis', ['id', 'schemas']],
    ['attributes=', whole],
    ['excludedAttributes=emails,groups', whole.filter((name) => name !== 'emails' && name !== 'groups')],
    ['excludedAttributes=id,schemas', whole],
    [`excludedAttributes=${enterpriseUser}`, whole.filter((name) => name !== enterpriseUser)],
    ['excludedAttributes=meta', whole.filter((name) => name !== 'meta')],
  ])('%s', async (query, expected) => {
    const names = (resource: object) => Object.keys(resource).toSorted()
    const sorted = [...expected].toSorted()
    expect(names((await client.send('GET', `/Users/${ann}?${query}`)).body)).toEqual(sorted)
    expect(
      names((await client.send('GET', filtered('/Users', `id eq "${ann}"`, `&${query}`))).body.Resources[0]),
    ).toEqual(sorted)
    const same = patch({ op: 'replace', path: 'title', value: 'b' })
    expect(names((await client.send('PATCH', `/Users/${ann}?${query}`, same)).body)).toEqual(sorted)
  })

  test('parts of attributes are chosen like attributes', async () => {
    const { body } = await client.send(
      'GET',
      `/Users/${ann}?attributes=name.givenName,emails.value,${enterpriseUser}:manager.value`,
    )
    expect(body).toMatchObject({
      name: { givenName: 'Ann' },
      emails: [{ value: 'z@corp.example' }, { value: 'a@corp.example' }],
      [enterpriseUser]: { manager: { value: 'm' } },
    })
    expect(Object.keys(body.emails[0])).toEqual(['value'])
    const less = await client.send('GET', `/Users/${ann}?excludedAttributes=name.givenName,emails.type`)
    expect(less.body).toMatchObject({ name: { familyName: 'Zhu' } })
    expect(less.body.name).not.toHaveProperty('givenName')
    expect(less.body.emails[0]).toEqual({ value: 'z@corp.example' })
  })

  test('what the answer leaves out is not lost by a change', async () => {
    const made = await addUser(client, 'dan@corp.example', { title: 'x', nickName: 'D' })
    await client.send(
      'PATCH',
      `/Users/${made}?attributes=userName`,
      patch({ op: 'replace', path: 'title', value: 'y' }),
    )
    await client.send(
      'PATCH',
      `/Users/${made}?excludedAttributes=nickName,emails`,
      patch({ op: 'add', path: 'locale', value: 'sv' }),
    )
    const { body } = await client.send('GET', `/Users/${made}`)
    expect(body).toMatchObject(person('dan@corp.example', { title: 'y', nickName: 'D', locale: 'sv' }))
    const group = await addGroup(client, 'team', made)
    const rename = patch({ op: 'replace', path: 'displayName', value: 'Team' })
    for (const query of ['attributes=displayName', 'excludedAttributes=members'])
      expect((await client.send('PATCH', `/Groups/${group}?${query}`, rename)).status).toBeLessThan(300)
    expect((await client.send('GET', `/Groups/${group}`)).body.members).toHaveLength(1)
    await client.send('DELETE', `/Groups/${group}`)
    await client.send('DELETE', `/Users/${made}`)
  })

  test('a name that is none is refused', async () => {
    expect(await client.send('GET', '/Users?attributes=user%20name')).toMatchObject(refusal(400, 'invalidPath'))
    expect(await client.send('POST', '/Users?attributes=%5B', person('new@corp.example'))).toMatchObject(
      refusal(400, 'invalidPath'),
    )
    expect(
      (await client.send('GET', filtered('/Users', 'userName sw "new"'))).body.totalResults,
      'and nothing was made',
    ).toBe(0)
  })
})

describe('RFC 7644 §3.4.3 searching by POST', () => {
  const search = (path: string, more: object) =>
    client.send('POST', `${path}/.search`, { schemas: [searchRequest], ...more })

  test('answers 200 with the same as GET', async () => {
    const query = {
      filter: 'title pr',
      sortBy: 'title',
      sortOrder: 'descending',
      startIndex: 2,
      count: 2,
      attributes: ['title', 'userName'],
    }
    const found = await search('/Users', query)
    expect(found.status).toBe(200)
    const got = await client.send(
      'GET',
      `/Users?${new URLSearchParams({ ...query, startIndex: '2', count: '2', attributes: 'title,userName' })}`,
    )
    expect(got.body.Resources).toHaveLength(2)
    expect(found.body).toEqual(got.body)
  })

  test('of groups, without their members', async () => {
    const { status, body } = await search('/Groups', { filter: `members eq "${ann}"`, excludedAttributes: ['members'] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ totalResults: 1, Resources: [{ id: eng, displayName: 'eng' }] })
    expect(body.Resources[0]).not.toHaveProperty('members')
  })

  test('without conditions is everybody', async () => {
    expect((await search('/Users', {})).body.totalResults).toBe(4)
  })

  test.each([
    ['no schemas', { schemas: undefined }, 'invalidSyntax'],
    ['other schemas', { schemas: ['urn:x:y'] }, 'invalidSyntax'],
    ['a filter that is none', { filter: 'userName eq' }, 'invalidFilter'],
    ['a filter that is no text', { filter: { userName: 'x' } }, 'invalidFilter'],
    ['a count that is no number', { count: 'many' }, 'invalidValue'],
    ['attributes that are no names', { attributes: [1] }, 'invalidValue'],
  ])('with %s is refused', async (_claim, more, scimType) => {
    expect(await search('/Users', more)).toMatchObject(refusal(400, scimType))
  })
})
