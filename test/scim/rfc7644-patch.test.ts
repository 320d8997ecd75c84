import { describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreUser,
  createScimClient,
  enterpriseUser,
  patch,
  patchOp,
  person,
  refusal,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const work = { value: 'ann@corp.example', type: 'work', primary: true }
const home = { value: 'ann@home.example', type: 'home' }
const ann = person('ann@corp.example', {
  title: 'Engineer',
  emails: [work, home],
  roles: [{ value: 'Reader' }],
  [enterpriseUser]: { department: 'R&D', manager: { value: 'boss-1' } },
})

async function createAnn() {
  const client = await createScimClient(server)
  const { body, headers } = await client.send('POST', '/Users', ann)
  server.clock.advance(60_000)
  return { client, body, path: `/Users/${body.id}`, etag: headers.get('etag') }
}

describe('RFC 7644 §3.5.2 changing a user in part', () => {
  test.each([
    ['§3.5.2.1 add to a simple attribute sets it', { op: 'add', path: 'nickName', value: 'An' }, { nickName: 'An' }],
    [
      '§3.5.2.1 add without a path sets what the value names',
      { op: 'add', value: { nickName: 'An', name: { middleName: 'B' } } },
      { nickName: 'An', name: { givenName: 'Ann', familyName: 'Lee', middleName: 'B' } },
    ],
    [
      '§3.5.2.1 add to several values adds one',
      { op: 'add', path: 'roles', value: [{ value: 'Writer' }] },
      { roles: [{ value: 'Reader' }, { value: 'Writer' }] },
    ],
    [
      '§3.5.2.1 add to an extension',
      { op: 'add', path: `${enterpriseUser}:costCenter`, value: '7' },
      { [enterpriseUser]: { department: 'R&D', manager: { value: 'boss-1' }, costCenter: '7' } },
    ],
    [
      '§3.5.2 a new primary value takes the mark from the old',
      { op: 'add', path: 'emails', value: [{ value: 'new@corp.example', type: 'other', primary: true }] },
      { emails: [{ ...work, primary: false }, home, { value: 'new@corp.example', type: 'other', primary: true }] },
    ],
    ['§3.5.2.2 remove clears an attribute', { op: 'remove', path: 'title' }, { title: undefined }],
    [
      '§3.5.2.2 remove with a value path removes what it selects',
      { op: 'remove', path: 'emails[type eq "home"]' },
      { emails: [work] },
    ],
    [
      '§3.5.2.2 remove of a part leaves the rest',
      { op: 'remove', path: 'emails[type eq "home"].type' },
      { emails: [work, { value: home.value }] },
    ],
    [
      '§3.5.2.2 remove of the last value removes the attribute',
      { op: 'remove', path: 'roles[value eq "reader"]' },
      { roles: undefined },
    ],
    [
      '§3.5.2.2 remove of a whole extension',
      { op: 'remove', path: enterpriseUser },
      { [enterpriseUser]: undefined, schemas: [coreUser] },
    ],
    ['§3.5.2.3 replace of a simple attribute', { op: 'replace', path: 'title', value: 'Lead' }, { title: 'Lead' }],
    [
      '§3.5.2.3 replace of a complex attribute keeps the parts it does not name',
      { op: 'replace', path: 'name', value: { familyName: 'Ng' } },
      { name: { givenName: 'Ann', familyName: 'Ng' } },
    ],
    ['§3.5.2.3 replace of all values', { op: 'replace', path: 'emails', value: [work] }, { emails: [work] }],
    [
      '§3.5.2.3 replace of a part of a selected value',
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@corp.example' },
      { emails: [{ ...work, value: 'a@corp.example' }, home] },
    ],
    ['§3.5.2.3 replace of what is not there adds it', { op: 'replace', path: 'locale', value: 'sv' }, { locale: 'sv' }],
    ['§3.5.2.3 replace with null clears', { op: 'replace', path: 'title', value: null }, { title: undefined }],
    [
      '§3.10 a path may name the core schema',
      { op: 'replace', path: `${coreUser}:name.givenName`, value: 'Anna' },
      { name: { givenName: 'Anna', familyName: 'Lee' } },
    ],
    ['names and operations in any case', { op: 'Replace', path: 'TITLE', value: 'Lead' }, { title: 'Lead' }],
    [
      'what no schema declares is kept',
      { op: 'add', path: 'urn:example:2.0:User:badge', value: 'b1' },
      { 'urn:example:2.0:User': { badge: 'b1' } },
    ],
  ])('%s', async (_claim, operation, expected) => {
    const { client, body: before, path, etag } = await createAnn()
    const { status, body, headers } = await client.send('PATCH', path, patch(operation))
    expect(status, JSON.stringify(body)).toBe(200)
    const wanted = Object.fromEntries(
      Object.entries({ ...ann, ...expected }).filter(([, value]) => value !== undefined),
    )
    const { id, meta, schemas, ...attributes } = body
    const { schemas: _schemas, ...wantedAttributes } = wanted as Record<string, unknown>
    expect(attributes).toEqual(wantedAttributes)
    expect(schemas.toSorted()).toEqual(
      [coreUser, ...Object.keys(attributes).filter((name) => name.includes(':'))].toSorted(),
    )
    expect(id).toBe(before.id)
    expect(meta).toEqual({
      ...before.meta,
      lastModified: new Date(Date.parse(before.meta.created) + 60_000).toISOString(),
      version: headers.get('etag'),
    })
    expect(headers.get('etag')).not.toBe(etag)
    expect((await client.send('GET', path)).body).toEqual({ ...body, schemas: expect.arrayContaining(schemas) })
    expect((await client.log()).map(({ event }) => event)).toEqual([
      'dsync.activated',
      'dsync.user.created',
      'dsync.user.updated',
    ])
  })

  test.each([
    ['§3.5.2.1 add of what is there', { op: 'add', path: 'roles', value: [{ value: 'Reader' }] }],
    ['§3.5.2.1 add of the value that is set', { op: 'add', value: { title: 'Engineer' } }],
    ['§3.5.2.2 remove of what is not there', { op: 'remove', path: 'locale' }],
    ['§3.5.2.2 remove of what no value path selects', { op: 'remove', path: 'emails[type eq "fax"]' }],
    ['§3.5.2.3 replace by the same', { op: 'replace', path: 'emails', value: [work, home] }],
    ['a password', { op: 'replace', path: 'password', value: 'x' }],
  ])('%s changes nothing: no version, no time, no event', async (_claim, operation) => {
    const { client, body: before, path, etag } = await createAnn()
    const { status, body, headers } = await client.send('PATCH', path, patch(operation))
    expect({ status, body }).toEqual({ status: 200, body: before })
    expect(headers.get('etag')).toBe(etag)
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test.each([
    ['an unknown operation', { op: 'move', path: 'title', value: 'x' }, refusal(400, 'invalidSyntax')],
    ['no operation', { path: 'title', value: 'x' }, refusal(400, 'invalidSyntax')],
    ['a path that is none', { op: 'replace', path: 'emails[', value: 'x' }, refusal(400, 'invalidPath')],
    [
      'a path of another type of resource',
      { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:displayName', value: 'x' },
      refusal(400, 'invalidPath'),
    ],
    ['remove without a path', { op: 'remove', value: { title: 'Engineer' } }, refusal(400, 'noTarget')],
    [
      'replace of values that none is',
      { op: 'replace', path: 'emails[type eq "fax"]', value: { value: 'x' } },
      refusal(400, 'noTarget'),
    ],
    ['a change of the id', { op: 'replace', path: 'id', value: 'x' }, refusal(400, 'mutability')],
    [
      'a change of meta',
      { op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' },
      refusal(400, 'mutability'),
    ],
    ['a change of groups', { op: 'add', path: 'groups', value: [{ value: 'g' }] }, refusal(400, 'mutability')],
    ['the removal of the name', { op: 'remove', path: 'userName' }, refusal(400, 'mutability')],
    ['a wrong type', { op: 'replace', path: 'active', value: 'perhaps' }, refusal(400, 'invalidValue')],
    ['no value', { op: 'add', path: 'title' }, refusal(400, 'invalidValue')],
    [
      'two primary values',
      { op: 'replace', path: 'emails', value: [work, { ...home, primary: true }] },
      refusal(400, 'invalidValue'),
    ],
    ['the removal of every address', { op: 'remove', path: 'emails' }, undefined],
    ['a filter that is none', { op: 'remove', path: 'emails[type gt]' }, refusal(400, 'invalidPath')],
  ])('%s is refused, and nothing before it is done', async (_claim, operation, expected) => {
    const { client, body: before, path } = await createAnn()
    const answer = await client.send('PATCH', path, patch({ op: 'replace', path: 'title', value: 'Lead' }, operation))
    // With an address for a name nobody is without an address.
    if (!expected) return expect(answer).toMatchObject({ status: 200, body: { title: 'Lead' } })
    expect(answer).toMatchObject(expected)
    expect((await client.send('GET', path)).body).toEqual(before)
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('to leave somebody without any address is refused, and nothing changes', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann', { emails: [work] })
    const before = await client.send('GET', `/Users/${id}`)
    for (const operations of [
      [{ op: 'remove', path: 'emails' }],
      [
        { op: 'replace', path: 'title', value: 'x' },
        { op: 'replace', path: 'emails', value: [] },
      ],
    ])
      expect(await client.send('PATCH', `/Users/${id}`, patch(...operations))).toMatchObject({
        ...refusal(400, 'invalidValue'),
        body: { detail: 'Required attributes missing: emails' },
      })
    expect((await client.send('GET', `/Users/${id}`)).body).toEqual(before.body)
    expect((await client.log()).map(({ event }) => event)).toEqual(['dsync.activated', 'dsync.user.created'])
  })

  test('operations are carried out in order', async () => {
    const { client, path } = await createAnn()
    const { body } = await client.send(
      'PATCH',
      path,
      patch(
        { op: 'replace', path: 'title', value: 'a' },
        { op: 'remove', path: 'title' },
        { op: 'add', path: 'roles', value: [{ value: 'x' }] },
        { op: 'remove', path: 'roles[value eq "x"]' },
        { op: 'add', path: 'title', value: 'b' },
      ),
    )
    expect(body).toMatchObject({ title: 'b', roles: [{ value: 'Reader' }] })
  })

  test.each([
    ['no operations', { schemas: [patchOp], Operations: [] }],
    ['operations that are none', { schemas: [patchOp], Operations: [null] }],
    ['operations as text', { schemas: [patchOp], Operations: 'replace' }],
    ['no Operations', { schemas: [patchOp] }],
    ['the schemas of something else', { schemas: [coreUser], Operations: [{ op: 'remove', path: 'title' }] }],
    ['an array', []],
    ['null', null],
  ])('%s is no PATCH', async (_claim, body) => {
    const { client, path } = await createAnn()
    expect(await client.send('PATCH', path, body)).toMatchObject(refusal(400, 'invalidSyntax'))
  })

  test('of nobody is not found', async () => {
    const client = await createScimClient(server)
    const body = patch({ op: 'replace', path: 'title', value: 'x' })
    expect(await client.send('PATCH', '/Users/directory_user_1', body)).toMatchObject(refusal(404))
    expect(
      await client.send('PATCH', '/Groups/directory_group_1', patch({ op: 'add', path: 'members', value: [] })),
    ).toMatchObject(refusal(404))
  })
})

describe('RFC 7644 §3.5.2 changing a group in part', () => {
  async function team() {
    const client = await createScimClient(server)
    const [a, b, c] = [
      await addUser(client, 'a@x.example'),
      await addUser(client, 'b@x.example'),
      await addUser(client, 'c@x.example'),
    ]
    const id = await addGroup(client, 'Eng', a, b)
    const names = new Map([
      [a, 'a'],
      [b, 'b'],
      [c, 'c'],
    ])
    const before = (await client.log()).length
    return {
      client,
      path: `/Groups/${id}`,
      ids: { a, b, c },
      members: async () =>
        ((await client.send('GET', `/Groups/${id}`)).body.members ?? []).map(({ value }: { value: string }) =>
          names.get(value),
        ),
      news: async () =>
        (await client.log())
          .slice(before)
          .map(({ event, data }) => [event.slice('dsync.group.'.length), names.get(data.user?.id)]),
    }
  }
  const ref = (value: string) => ({ value, $ref: null })

  test.each([
    [
      'add',
      (ids: Record<'a' | 'b' | 'c', string>) => [{ op: 'add', path: 'members', value: [ref(ids.c)] }],
      'abc',
      [['user_added', 'c']],
    ],
    ['add of one who is there', (ids) => [{ op: 'add', path: 'members', value: [ref(ids.a)] }], 'ab', []],
    ['add without a path', (ids) => [{ op: 'add', value: { members: [ref(ids.c)] } }], 'abc', [['user_added', 'c']]],
    [
      'add of one as an object',
      (ids) => [{ op: 'add', path: 'members', value: ref(ids.c) }],
      'abc',
      [['user_added', 'c']],
    ],
    ['add of one as text', (ids) => [{ op: 'add', path: 'members', value: ids.c }], 'abc', [['user_added', 'c']]],
    ['add of somebody unknown', () => [{ op: 'add', path: 'members', value: [ref('nobody')] }], 'ab', []],
    [
      'remove of one by a value path',
      (ids) => [{ op: 'remove', path: `members[value eq "${ids.a}"]` }],
      'b',
      [['user_removed', 'a']],
    ],
    [
      'remove of several by a value path',
      (ids) => [{ op: 'remove', path: `members[value eq "${ids.a}" or value eq "${ids.b}"]` }],
      '',
      [
        ['user_removed', 'a'],
        ['user_removed', 'b'],
      ],
    ],
    [
      'remove of those listed',
      (ids) => [{ op: 'remove', path: 'members', value: [ref(ids.b), ref(ids.c)] }],
      'a',
      [['user_removed', 'b']],
    ],
    [
      'remove by name',
      () => [{ op: 'remove', path: 'members[display eq "A@x.example"]' }],
      'b',
      [['user_removed', 'a']],
    ],
    [
      'remove of all',
      () => [{ op: 'remove', path: 'members' }],
      '',
      [
        ['user_removed', 'a'],
        ['user_removed', 'b'],
      ],
    ],
    ['remove by a list of nobody', () => [{ op: 'remove', path: 'members', value: [] }], 'ab', []],
    [
      'replace',
      (ids) => [{ op: 'replace', path: 'members', value: [ref(ids.b), ref(ids.c)] }],
      'bc',
      [
        ['user_removed', 'a'],
        ['user_added', 'c'],
      ],
    ],
    ['replace by the same', (ids) => [{ op: 'replace', path: 'members', value: [ref(ids.b), ref(ids.a)] }], 'ab', []],
    [
      'replace by nobody',
      () => [{ op: 'replace', path: 'members', value: [] }],
      '',
      [
        ['user_removed', 'a'],
        ['user_removed', 'b'],
      ],
    ],
    [
      'replace by null, which is nobody as well',
      () => [{ op: 'replace', path: 'members', value: null }],
      '',
      [
        ['user_removed', 'a'],
        ['user_removed', 'b'],
      ],
    ],
    ['add of null', () => [{ op: 'add', path: 'members', value: null }], 'ab', []],
    [
      'replace without a path, with a name',
      (ids) => [{ op: 'replace', value: { displayName: 'New', members: [ref(ids.c)] } }],
      'c',
      [
        ['updated', undefined],
        ['user_removed', 'a'],
        ['user_removed', 'b'],
        ['user_added', 'c'],
      ],
    ],
    [
      'in, out and in again',
      (ids) => [
        { op: 'add', path: 'members', value: [ref(ids.c)] },
        { op: 'remove', path: `members[value eq "${ids.c}"]` },
        { op: 'add', path: 'members', value: [ref(ids.c)] },
      ],
      'abc',
      [['user_added', 'c']],
    ],
    [
      'out and another in, as Okta sends it',
      (ids) => [
        { op: 'remove', path: `members[value eq "${ids.a}"]` },
        { op: 'add', path: 'members', value: [{ value: ids.c, display: 'c@x.example' }] },
      ],
      'bc',
      [
        ['user_removed', 'a'],
        ['user_added', 'c'],
      ],
    ],
  ] as [string, (ids: Record<'a' | 'b' | 'c', string>) => object[], string, unknown[]][])(
    'members: %s',
    async (_claim, operations, expected, events) => {
      const { client, path, ids, members, news } = await team()
      const { status, body } = await client.send('PATCH', path, patch(...operations(ids)))
      expect({ status, body }).toEqual({ status: 204, body: undefined })
      expect((await members()).join('')).toBe(expected)
      expect((await news()).toSorted()).toEqual(events.toSorted())
    },
  )

  test('with attributes in the query answers with the group', async () => {
    const { client, path, ids } = await team()
    const { status, body } = await client.send(
      'PATCH',
      `${path}?attributes=displayName`,
      patch({ op: 'add', path: 'members', value: [ref(ids.c)] }),
    )
    expect(status).toBe(200)
    expect(Object.keys(body).toSorted()).toEqual(['displayName', 'id', 'schemas'])
    const withMembers = await client.send(
      'PATCH',
      `${path}?attributes=members`,
      patch({ op: 'remove', path: 'members', value: [ref(ids.c)] }),
    )
    expect(withMembers.body.members).toHaveLength(2)
  })

  test.each([
    ['editing a member', { op: 'replace', path: 'members[value eq "x"].display', value: 'y' }, 'mutability'],
    ['the removal of the name', { op: 'remove', path: 'displayName' }, 'mutability'],
    ['a member without a value', { op: 'add', path: 'members', value: [{ display: 'x' }] }, 'invalidValue'],
    ['the removal of null members', { op: 'remove', path: 'members', value: null }, 'invalidValue'],
    ['a member that is a number', { op: 'add', path: 'members', value: [7] }, 'invalidValue'],
    ['another id', { op: 'replace', value: { id: 'other', displayName: 'New' } }, 'mutability'],
    ['a filter with an order for a boolean', { op: 'remove', path: 'members[value gt 5 and]' }, 'invalidPath'],
  ])('%s is refused, and nothing before it is done', async (_claim, operation, scimType) => {
    const { client, path, ids, members, news } = await team()
    const first = { op: 'remove', path: 'members', value: [ref(ids.a)] }
    expect(await client.send('PATCH', path, patch(first, operation))).toMatchObject(refusal(400, scimType))
    expect((await members()).join('')).toBe('ab')
    expect(await news()).toEqual([])
  })

  test('attributes and members change together', async () => {
    const { client, path, ids, members, news } = await team()
    await client.send(
      'PATCH',
      path,
      patch(
        { op: 'replace', path: 'displayName', value: 'New' },
        { op: 'add', path: 'members', value: [ref(ids.c)] },
        { op: 'add', path: 'externalId', value: 'g7' },
      ),
    )
    expect((await client.send('GET', path)).body).toMatchObject({ displayName: 'New', externalId: 'g7' })
    expect((await members()).join('')).toBe('abc')
    expect(await news()).toEqual([
      ['updated', undefined],
      ['user_added', 'c'],
    ])
    expect((await client.log()).at(-1)?.data.group).toMatchObject({ name: 'New', idp_id: 'g7' })
  })

  test('a full list of members in any number leaves those who stay alone', async () => {
    const { client, path, ids, members, news } = await team()
    const list = [...Array.from({ length: 3_000 }, (_, i) => ref(`unknown-${i}`)), ref(ids.b), ref(ids.c)]
    expect((await client.send('PATCH', path, patch({ op: 'replace', path: 'members', value: list }))).status).toBe(204)
    expect((await members()).join('')).toBe('bc')
    expect(await news()).toEqual([
      ['user_removed', 'a'],
      ['user_added', 'c'],
    ])
  })
})
