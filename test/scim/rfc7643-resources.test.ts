import { describe, expect, test } from 'vitest'
import type { DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import {
  addGroup,
  addUser,
  coreGroup,
  groupShown,
  memberShown,
  coreUser,
  createScimClient,
  enterpriseUser,
  filtered,
  patch,
  person,
  refusal,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

async function create(more: object) {
  const client = await createScimClient(server)
  const answer = await client.send('POST', '/Users', person('ann@corp.example', more))
  return { client, ...answer }
}

describe('RFC 7643 §2 attributes', () => {
  test('§2.1 names ignore case, and are answered as the schema spells them', async () => {
    const client = await createScimClient(server)
    const { status, body } = await client.send('POST', '/Users', {
      SCHEMAS: [coreUser.toUpperCase()],
      USERNAME: 'ann@corp.example',
      Name: { GIVENNAME: 'Ann' },
      EMAILS: [{ VALUE: 'ann@corp.example', Primary: true }],
      [enterpriseUser.toUpperCase()]: { Department: 'R&D' },
    })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toMatchObject({
      schemas: [coreUser, enterpriseUser],
      userName: 'ann@corp.example',
      name: { givenName: 'Ann' },
      emails: [{ value: 'ann@corp.example', primary: true }],
      [enterpriseUser]: { department: 'R&D' },
    })
  })

  test.each([
    ['null', null],
    ['an empty array', []],
    ['nothing', undefined],
  ])('§2.5 %s means that there is no value', async (_claim, nothing) => {
    const { client, status, body } = await create({
      title: nothing,
      name: nothing,
      roles: nothing,
      phoneNumbers: nothing,
      [enterpriseUser]: nothing && null,
    })
    expect(status, JSON.stringify(body)).toBe(201)
    for (const name of ['title', 'name', 'roles', 'phoneNumbers', enterpriseUser]) expect(body).not.toHaveProperty(name)
    expect((await client.send('GET', filtered('/Users', 'title pr or name pr or roles pr'))).body.totalResults).toBe(0)
  })

  test('§2.4 the same value twice is one value, and one at most is primary', async () => {
    const { body } = await create({
      roles: [{ value: 'a' }, { value: 'a', display: 'A' }, { value: 'b', primary: true }],
    })
    expect(body.roles).toEqual([
      { value: 'a', display: 'A' },
      { value: 'b', primary: true },
    ])
    const two = {
      emails: [
        { value: 'a@corp.example', primary: true },
        { value: 'b@corp.example', primary: true },
      ],
    }
    expect(await create(two)).toMatchObject(refusal(400, 'invalidValue'))
  })

  test.each([
    ['§2.3.1 text', { title: { a: 1 } }],
    ['§2.3.2 boolean', { active: 1 }],
    ['§2.3.6 binary', { x509Certificates: [{ value: 'not base64!' }] }],
    ['§2.3.8 complex', { name: 'Ann' }],
    ['§2.4 multi-valued', { emails: 7 }],
  ])('%s: another type is refused', async (_claim, more) => {
    expect(await create(more)).toMatchObject(refusal(400, 'invalidValue'))
  })
})

describe('RFC 7643 §3.1 common attributes', () => {
  test('id is the server’s, not reused, and not externalId', async () => {
    const client = await createScimClient(server)
    const first = await client.send('POST', '/Users', person('ann@corp.example', { id: 'mine', externalId: 'x1' }))
    await client.send('DELETE', `/Users/${first.body.id}`)
    const second = await client.send(
      'POST',
      '/Users',
      person('ann@corp.example', { id: first.body.id, externalId: 'x1' }),
    )
    expect(new Set(['mine', first.body.id, second.body.id]).size).toBe(3)
    expect(second.body.externalId).toBe('x1')
  })

  test('externalId may be the same for two users, and is the application’s idp_id', async () => {
    const client = await createScimClient(server)
    const ids = [
      await addUser(client, 'a@corp.example', { externalId: 'x' }),
      await addUser(client, 'b@corp.example', { externalId: 'x' }),
    ]
    const { body } = await client.send('GET', filtered('/Users', 'externalId eq "x"'))
    expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual(ids)
    const { body: seen } = await client.environment.api<DirectoryUserWithGroups>('GET', `/directory_users/${ids[0]}`)
    expect(seen.idp_id).toBe('x')
  })

  test('meta tells when it was made and last changed, and members are no change of a group', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const eng = await addGroup(client, 'Eng')
    const times = async (path: string) => {
      const { created, lastModified } = (await client.send('GET', path)).body.meta
      return (Date.parse(lastModified) - Date.parse(created)) / 60_000
    }
    server.clock.advance(60_000)
    await client.send('PATCH', `/Groups/${eng}`, patch({ op: 'add', path: 'members', value: [{ value: ann }] }))
    expect([await times(`/Users/${ann}`), await times(`/Groups/${eng}`)]).toEqual([0, 0])
    server.clock.advance(60_000)
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'add', path: 'title', value: 'x' }))
    await client.send('PATCH', `/Groups/${eng}`, patch({ op: 'replace', path: 'displayName', value: 'x' }))
    expect([await times(`/Users/${ann}`), await times(`/Groups/${eng}`)]).toEqual([2, 2])
  })

  test('§3 schemas that nobody declares are welcome beside the own one, and alone are not', async () => {
    const client = await createScimClient(server)
    const microsoft = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'
    expect((await client.send('POST', '/Groups', { schemas: [coreGroup, microsoft], displayName: 'Eng' })).status).toBe(
      201,
    )
    expect(await client.send('POST', '/Groups', { schemas: [microsoft], displayName: 'Ops' })).toMatchObject(
      refusal(400, 'invalidSyntax'),
    )
  })
})

describe('RFC 7643 §4.1.1 userName', () => {
  test.each([
    ['ann@corp.example', 'ANN@CORP.EXAMPLE', 409],
    ['straße', 'STRASSE', 201],
    ['Ωμέγα', 'ωμέγα', 409],
    ['ΟΔΟΣ', 'οδος', 409],
    ['ÉMILE', 'émile', 409],
    ['I', 'ı', 201],
  ])('%s and %s: the second is answered with %i', async (first, second, status) => {
    const client = await createScimClient(server)
    await addUser(client, first, { emails: [{ value: 'a@corp.example', primary: true }] })
    const answer = await client.send(
      'POST',
      '/Users',
      person(second, { emails: [{ value: 'b@corp.example', primary: true }] }),
    )
    expect(answer.status).toBe(status)
    const { body } = await client.send('GET', filtered('/Users', `userName eq "${second}"`))
    expect(body.totalResults, 'the filter agrees with what is unique').toBe(1)
  })
})

describe('RFC 7643 §4.1 and §4.3 the user as the application sees it', () => {
  test.each([
    [
      'the primary address',
      {
        emails: [
          { value: 'w@x.example', type: 'work' },
          { value: 'p@x.example', primary: true },
        ],
      },
      { email: 'p@x.example' },
    ],
    [
      'else the one for work',
      {
        emails: [
          { value: 'h@x.example', type: 'home' },
          { value: 'w@x.example', type: 'Work' },
        ],
      },
      { email: 'w@x.example' },
    ],
    [
      'else the one for home',
      {
        emails: [
          { value: 'o@x.example', type: 'other' },
          { value: 'h@x.example', type: 'home' },
        ],
      },
      { email: 'h@x.example' },
    ],
    [
      'else the user name, if it is one',
      { emails: [{ value: 'o@x.example', type: 'other' }] },
      { email: 'ann@corp.example' },
    ],
    ['the display name', { displayName: 'Ann L.' }, { name: 'Ann L.', first_name: 'Ann', last_name: 'Lee' }],
    [
      'else the formatted name',
      { name: { formatted: 'Dr. Ann Lee', givenName: 'Ann' } },
      { name: 'Dr. Ann Lee', first_name: 'Ann', last_name: null },
    ],
    ['else given and family name', {}, { name: 'Ann Lee' }],
    ['the title', { title: 'Lead' }, { job_title: 'Lead' }],
    ['the state', {}, { state: 'active' }],
    [
      'everything',
      { [enterpriseUser]: { department: 'R&D' }, favourite: 1 },
      { raw_attributes: expect.objectContaining({ [enterpriseUser]: { department: 'R&D' }, favourite: 1 }) },
    ],
  ])('%s', async (_claim, more, expected) => {
    const { client, status, body } = await create(more)
    expect(status, JSON.stringify(body)).toBe(201)
    const { body: seen } = await client.environment.api<DirectoryUserWithGroups>('GET', `/directory_users/${body.id}`)
    expect(seen).toMatchObject(expected)
    expect((await client.log()).at(-1)?.data).toMatchObject(expected)
  })
})

describe('RFC 7643 §4.2 groups', () => {
  test('may have the same name when the client tells them apart', async () => {
    const client = await createScimClient(server)
    for (const externalId of ['g1', 'g2'])
      expect(
        (await client.send('POST', '/Groups', { schemas: [coreGroup], displayName: 'Eng', externalId })).status,
      ).toBe(201)
    expect((await client.send('GET', filtered('/Groups', 'displayName eq "eng"'))).body.totalResults).toBe(2)
  })

  test('show who is in them, inactive or not, in order of arrival', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [
      await addUser(client, 'ann@corp.example'),
      await addUser(client, 'bob@corp.example', { active: false }),
    ]
    const eng = await addGroup(client, 'Eng', bob, ann)
    expect((await client.send('GET', `/Groups/${eng}`)).body.members).toEqual([
      memberShown(client, ann, 'ann@corp.example'),
      memberShown(client, bob, 'bob@corp.example'),
    ])
    expect((await client.send('GET', `/Users/${bob}`)).body.groups).toEqual([groupShown(client, eng, 'Eng')])
  })

  test('do not nest: a group as a member is nobody', async () => {
    const client = await createScimClient(server)
    const [inner, outer] = [await addGroup(client, 'Inner'), await addGroup(client, 'Outer')]
    await client.send(
      'PATCH',
      `/Groups/${outer}`,
      patch({ op: 'add', path: 'members', value: [{ value: inner, type: 'Group' }, { value: outer }] }),
    )
    expect((await client.send('GET', `/Groups/${outer}`)).body).not.toHaveProperty('members')
  })
})
