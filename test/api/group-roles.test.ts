import { describe, expect, test } from 'vitest'
import type { DirectoryGroupRole, DirectoryUserRole } from '#contracts/directory-roles.ts'
import type { DirectoryUserWithGroups } from '#contracts/directory-users.ts'
import type { Page } from '#contracts/list.ts'
import { change } from '#db/work.ts'
import { setGroupRoles } from '#domain/directories/group-roles.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import { addGroup, addUser, coreGroup, createScimClient, patch, person, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

type Mapping = readonly (readonly [group: string, role: string])[]

const rolesPath = ({ directory }: ScimClient) => `/organizations/${directory.organization_id}/group_roles`
const bodyOf = (mapping: Mapping) => ({
  group_roles: mapping.map(([group_id, role_slug]) => ({ group_id, role_slug })),
})

async function setRoles(client: ScimClient, ...mapping: Mapping): Promise<DirectoryGroupRole[]> {
  const { status, body } = await client.environment.api<Page<DirectoryGroupRole>>('PUT', rolesPath(client), {
    body: bodyOf(mapping),
  })
  expect(status).toBe(200)
  return body.data
}

async function roleOf(client: ScimClient, user: string): Promise<string | undefined> {
  const { body } = await client.environment.api<DirectoryUserWithGroups>('GET', `/directory_users/${user}`)
  expect(body.roles).toEqual([body.role])
  return body.role?.slug
}

const members = (op: 'add' | 'remove' | 'replace', ...ids: string[]) =>
  patch({ op, path: 'members', value: ids.map((value) => ({ value })) })

/** What the log says since it had this many entries: event, whom it is about, and for people their role. */
async function newsSince(client: ScimClient, length: number) {
  const log = await client.log()
  return log.slice(length).map(({ event, data }) => [event, data.user?.id ?? data.id, data.role?.slug])
}

/** Ann in Eng, Bob in Eng and Ops, Cat in none. */
async function filled() {
  const client = await createScimClient(server)
  const [ann, bob, cat] = [
    await addUser(client, 'ann@example.com'),
    await addUser(client, 'bob@example.com'),
    await addUser(client, 'cat@example.com'),
  ]
  const [eng, ops] = [await addGroup(client, 'Eng', ann, bob), await addGroup(client, 'Ops', bob)]
  const before = (await client.log()).length
  return { client, ann, bob, cat, eng, ops, before }
}

describe('groups give roles', () => {
  test('to their members, the first in the list to those of several, and members are told of', async () => {
    const { client, ann, bob, cat, eng, ops, before } = await filled()
    const set = await setRoles(client, [ops, 'admin'], [eng, 'engineer'])
    const { id: directory_id } = client.directory
    const object = 'directory_group_role'
    expect(set).toEqual([
      { object, directory_id, group_id: ops, group_name: 'Ops', role_slug: 'admin', priority: 0 },
      { object, directory_id, group_id: eng, group_name: 'Eng', role_slug: 'engineer', priority: 1 },
    ])
    expect((await client.environment.api<Page<unknown>>('GET', rolesPath(client))).body.data).toEqual(set)
    expect([await roleOf(client, ann), await roleOf(client, bob), await roleOf(client, cat)]).toEqual([
      'engineer',
      'admin',
      'member',
    ])
    expect(await newsSince(client, before)).toEqual([
      ['dsync.user.updated', ann, 'engineer'],
      ['dsync.user.updated', bob, 'admin'],
    ])
    const { data } = (await client.log())[before] ?? {}
    expect(data.roles).toEqual([{ slug: 'engineer' }])
    expect(data.previous_attributes).toEqual({ role: { slug: 'member' }, roles: [{ slug: 'member' }] })
  })

  test('in another order to others, and none any more when they are left out', async () => {
    const { client, ann, bob, eng, ops } = await filled()
    await setRoles(client, [ops, 'admin'], [eng, 'engineer'])
    await setRoles(client, [eng, 'engineer'], [ops, 'admin'])
    expect([await roleOf(client, ann), await roleOf(client, bob)]).toEqual(['engineer', 'engineer'])
    await setRoles(client)
    expect([await roleOf(client, ann), await roleOf(client, bob)]).toEqual(['member', 'member'])
    expect((await client.environment.api<Page<unknown>>('GET', rolesPath(client))).body.data).toEqual([])
  })

  test('said again is no news', async () => {
    const { client, eng } = await filled()
    await setRoles(client, [eng, 'engineer'])
    const before = (await client.log()).length
    await setRoles(client, [eng, 'engineer'])
    expect(await newsSince(client, before)).toEqual([])
  })

  test('can be explained for each person', async () => {
    const { client, bob, cat, eng, ops } = await filled()
    const [first, second] = await setRoles(client, [ops, 'admin'], [eng, 'engineer'])
    const explain = async (user: string) =>
      (await client.environment.api<DirectoryUserRole>('GET', `/directory_users/${user}/role`)).body
    const rest = { object: 'directory_user_role', default_role: { slug: 'member' } }
    expect(await explain(bob)).toEqual({ ...rest, user_id: bob, role: { slug: 'admin' }, groups: [first, second] })
    expect(await explain(cat)).toEqual({ ...rest, user_id: cat, role: { slug: 'member' }, groups: [] })
  })

  test('cannot be explained for somebody the application does not see', async () => {
    const { client, ann } = await filled()
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: false } }))
    for (const id of [ann, 'directory_user_none'])
      expect((await client.environment.api('GET', `/directory_users/${id}/role`)).status).toBe(404)
  })

  test('of one organization leave people of another alone', async () => {
    const { client, ann, eng } = await filled()
    const other = await createScimClient(server, {}, client.environment)
    const dan = await addUser(other, 'dan@example.com')
    const all = await addGroup(other, 'All', dan)
    await setRoles(other, [all, 'owner'])
    await setRoles(client, [eng, 'engineer'])
    expect([await roleOf(client, ann), await roleOf(client, dan)]).toEqual(['engineer', 'owner'])
  })
})

describe('a change of members changes roles', () => {
  type Filled = Awaited<ReturnType<typeof filled>>
  test.each<[string, (filled: Filled) => unknown, (filled: Filled) => (string | undefined)[][]]>([
    [
      'added',
      ({ client, cat, eng }) => client.send('PATCH', `/Groups/${eng}`, members('add', cat)),
      ({ cat }) => [
        ['dsync.group.user_added', cat],
        ['dsync.user.updated', cat, 'engineer'],
      ],
    ],
    [
      'removed',
      ({ client, bob, ops }) => client.send('PATCH', `/Groups/${ops}`, members('remove', bob)),
      ({ bob }) => [
        ['dsync.group.user_removed', bob],
        ['dsync.user.updated', bob, 'engineer'],
      ],
    ],
    [
      'removed by a filter on what they are called',
      ({ client, eng }) =>
        client.send('PATCH', `/Groups/${eng}`, patch({ op: 'remove', path: 'members[display eq "ANN@example.com"]' })),
      ({ ann }) => [
        ['dsync.group.user_removed', ann],
        ['dsync.user.updated', ann, 'member'],
      ],
    ],
    [
      'replaced, with those who stay untouched',
      ({ client, bob, cat, eng }) => client.send('PATCH', `/Groups/${eng}`, members('replace', bob, cat)),
      ({ ann, cat }) => [
        ['dsync.group.user_removed', ann],
        ['dsync.group.user_added', cat],
        ['dsync.user.updated', ann, 'member'],
        ['dsync.user.updated', cat, 'engineer'],
      ],
    ],
    [
      'put together with a new name',
      ({ client, ann, eng }) =>
        client.send('PUT', `/Groups/${eng}`, {
          schemas: [coreGroup],
          displayName: 'Engineers',
          members: [{ value: ann }],
        }),
      ({ bob, eng }) => [
        ['dsync.group.updated', eng],
        ['dsync.group.user_removed', bob],
      ],
    ],
    [
      'of a group that is deleted, and with it what it gave',
      ({ client, ops }) => client.send('DELETE', `/Groups/${ops}`),
      ({ bob, ops }) => [
        ['dsync.group.deleted', ops],
        ['dsync.user.updated', bob, 'engineer'],
      ],
    ],
    [
      'who is deleted takes it along',
      ({ client, bob }) => client.send('DELETE', `/Users/${bob}`),
      ({ bob }) => [['dsync.user.deleted', bob, 'admin']],
    ],
  ])('%s', async (_claim, act, expected) => {
    const given = await filled()
    const { client, eng, ops } = given
    await setRoles(client, [ops, 'admin'], [eng, 'engineer'])
    const before = (await client.log()).length
    await act(given)
    const news = await newsSince(client, before)
    expect(news).toEqual(expected(given).map(([event, id, role]) => [event, id, role]))
    await expectSettled(client)
  })

  test('of a group that was named before its member arrived', async () => {
    const client = await createScimClient(server)
    const eng = await addGroup(client, 'Eng', '00u-later')
    await setRoles(client, [eng, 'engineer'])
    const id = await addUser(client, 'ann@example.com', { externalId: '00u-later' })
    expect((await newsSince(client, 0)).slice(-3)).toEqual([
      ['dsync.user.created', id, 'member'],
      ['dsync.group.user_added', id, undefined],
      ['dsync.user.updated', id, 'engineer'],
    ])
  })

  test('while somebody is away: they come back with the role of then', async () => {
    const { client, ann, cat, eng, ops } = await filled()
    await setRoles(client, [eng, 'engineer'])
    for (const id of [ann, cat])
      await client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))
    await client.send('PATCH', `/Groups/${ops}`, members('add', cat))
    await setRoles(client, [eng, 'lead'], [ops, 'admin'])
    const before = (await client.log()).length
    await client.send('POST', '/Users', person('ann@example.com'))
    await client.send('PATCH', `/Users/${cat}`, patch({ op: 'replace', value: { active: true } }))
    expect(await newsSince(client, before)).toEqual([
      ['dsync.user.created', ann, 'lead'],
      ['dsync.group.user_added', ann, undefined],
      ['dsync.user.created', cat, 'admin'],
      ['dsync.group.user_added', cat, undefined],
    ])
  })

  test('gives nothing from a group that is made again under the same name', async () => {
    const { client, ann, eng } = await filled()
    await setRoles(client, [eng, 'engineer'])
    await client.send('DELETE', `/Groups/${eng}`)
    expect((await client.environment.api<Page<unknown>>('GET', rolesPath(client))).body.data).toEqual([])
    await addGroup(client, 'Eng', ann)
    expect(await roleOf(client, ann)).toBe('member')
  })
})

/** Everybody's role is that of their first group with one, computed here from memberships and mapping alone. */
async function expectSettled({ directory }: ScimClient): Promise<void> {
  const { rows } = await server.db.pool.query(
    `select u.id, u.role_slug, u.presented::jsonb -> 'role' ->> 'slug' as shown, coalesce(best.role_slug, 'member') as due
     from directory_users u left join lateral (
       select r.role_slug from directory_memberships m join directory_group_roles r on r.group_id = m.group_id
       where m.user_id = u.id order by r.priority limit 1) best on true
     where u.directory_id = $1 and (u.role_slug <> coalesce(best.role_slug, 'member')
       or u.presented::jsonb -> 'role' ->> 'slug' <> u.role_slug)`,
    [directory.id],
  )
  expect(rows).toEqual([])
}

describe('at the same time', () => {
  test('two groups losing the same people leave nobody a role', async () => {
    const client = await createScimClient(server)
    const people = await Promise.all(Array.from({ length: 6 }, (_, i) => addUser(client, `u${i}@example.com`)))
    const groups = await Promise.all(['A', 'B', 'C', 'D'].map((name) => addGroup(client, name, ...people)))
    await setRoles(client, ...groups.map((group, i) => [group, `role-${i}`] as const))
    const answers = await Promise.all(
      groups.flatMap((group) =>
        people.map((person) => client.send('PATCH', `/Groups/${group}`, members('remove', person))),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    await expectSettled(client)
    expect(await roleOf(client, people[0] ?? '')).toBe('member')
  })

  test('members, people, groups and what groups give change, and every role comes out right', async () => {
    const client = await createScimClient(server)
    const people = await Promise.all(Array.from({ length: 12 }, (_, i) => addUser(client, `u${i}@example.com`)))
    const groups = await Promise.all(['A', 'B', 'C'].map((name) => addGroup(client, name)))
    const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T // lists are not empty
    const statuses = await Promise.all([
      ...Array.from({ length: 60 }, async (_, i) => {
        const op = i % 5 === 0 ? 'replace' : i % 3 === 0 ? 'remove' : 'add'
        const chosen = [at(people, i), at(people, i * 7 + 1), at(people, i * 5 + 2)]
        return (await client.send('PATCH', `/Groups/${at(groups, i)}`, members(op, ...chosen))).status
      }),
      ...Array.from({ length: 24 }, async (_, i) => {
        const value = i % 2 === 0 ? { active: i % 4 === 0 } : { title: `${i}` }
        return (await client.send('PATCH', `/Users/${at(people, i)}`, patch({ op: 'replace', value }))).status
      }),
      ...Array.from({ length: 8 }, async (_, i) => {
        const mapping = groups.slice(i % 3).map((group, n) => ({ group_id: group, role_slug: `role-${i}-${n}` }))
        const body = { group_roles: i === 3 ? [] : mapping }
        return (await client.environment.api('PUT', rolesPath(client), { body })).status
      }),
    ])
    expect(statuses.filter((status) => status >= 300)).toEqual([])
    await expectSettled(client)
  })
})

test('what a server that died left over is settled by the next that looks', async () => {
  const { client, ann, bob, eng, before } = await filled()
  const { environment, directory } = client
  await change(server.deps, { environment: environment.id }, (work) =>
    setGroupRoles(work, directory.organization_id, bodyOf([[eng, 'engineer']])),
  )
  expect(await newsSince(client, before)).toEqual([])
  await settlePeople(server.deps)
  expect(await newsSince(client, before)).toEqual([
    ['dsync.user.updated', ann, 'engineer'],
    ['dsync.user.updated', bob, 'engineer'],
  ])
  await settlePeople(server.deps)
  expect(await newsSince(client, before)).toHaveLength(2)
})

describe('refused', () => {
  test.each([
    [
      'a group that is not there',
      () => [['directory_group_none', 'admin']],
      'group_roles.0.group_id',
      'group_not_found',
    ],
    ['text that is no group', () => [['x', 'admin']], 'group_roles.0.group_id', 'group_not_found'],
    [
      'a group twice',
      ({ eng }) => [
        [eng, 'admin'],
        [eng, 'editor'],
      ],
      'group_roles.1.group_id',
      'group_repeated',
    ],
    [
      'a group of another organization',
      ({ eng, foreign }) => [
        [eng, 'admin'],
        [foreign, 'admin'],
      ],
      'group_roles.1.group_id',
      'group_not_found',
    ],
    ['a group of another tenant', ({ stranger }) => [[stranger, 'admin']], 'group_roles.0.group_id', 'group_not_found'],
  ] as [string, (ids: Record<'eng' | 'foreign' | 'stranger', string>) => Mapping, string, string][])(
    '%s, and nothing is changed',
    async (_claim, mapping, field, code) => {
      const { client, ann, eng } = await filled()
      const foreign = await addGroup(await createScimClient(server, {}, client.environment), 'Foreign')
      const stranger = await addGroup(await createScimClient(server), 'Stranger')
      const kept = await setRoles(client, [eng, 'kept'])
      const { status, body } = await client.environment.api('PUT', rolesPath(client), {
        body: bodyOf(mapping({ eng, foreign, stranger })),
      })
      expect([status, body.code]).toEqual([422, 'invalid_group_roles'])
      expect(body.errors?.map((error) => [error.field, error.code])).toEqual([[field, code]])
      expect((await client.environment.api<Page<unknown>>('GET', rolesPath(client))).body.data).toEqual(kept)
      expect(await roleOf(client, ann)).toBe('kept')
    },
  )

  test.each(['', 'Admin', 'a b', '-a', 'ä', 'x'.repeat(65)])('the slug %j', async (slug) => {
    const { client, eng } = await filled()
    const { status, body } = await client.environment.api('PUT', rolesPath(client), { body: bodyOf([[eng, slug]]) })
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'group_roles.0.role_slug'])
  })

  test.each(['GET', 'PUT'])('%s for an organization that is not there, or another tenant’s', async (method) => {
    const [mine, theirs] = [await createScimClient(server), await createScimClient(server)]
    for (const path of ['/organizations/org_none/group_roles', rolesPath(theirs)])
      expect((await mine.environment.api(method, path, { body: { group_roles: [] } })).status).toBe(404)
  })
})
