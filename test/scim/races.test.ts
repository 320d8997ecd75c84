import { describe, expect, test } from 'vitest'
import { Random } from '#protocols/scim/testdata/random.ts'
import { expectLogToTellState } from '../support/directory-replay.ts'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  patch,
  person,
  type ScimAnswer,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const addUsers = (client: ScimClient, count: number) =>
  Promise.all(Array.from({ length: count }, (_, i) => addUser(client, `u${i}@corp.example`)))

const statusesOf = (answers: readonly ScimAnswer[]) => [...new Set(answers.map(({ status }) => status))].toSorted()

const members = async (client: ScimClient, group: string): Promise<string[]> =>
  ((await client.send('GET', `/Groups/${group}`)).body.members ?? []).map(({ value }: { value: string }) => value)

const add = (...ids: string[]) => ({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
const remove = (...ids: string[]) => ({ op: 'remove', path: 'members', value: ids.map((value) => ({ value })) })
const replace = (...ids: string[]) => ({ op: 'replace', path: 'members', value: ids.map((value) => ({ value })) })

describe('sixteen writers on one group', () => {
  test('who add and remove different people all get their way', async () => {
    const client = await createScimClient(server)
    const ids = await addUsers(client, 32)
    const eng = await addGroup(client, 'Eng', ...ids.slice(0, 16))
    const answers = await Promise.all(
      ids.map((id, i) => client.send('PATCH', `/Groups/${eng}`, patch(i < 16 ? remove(id) : add(id)))),
    )
    expect(statusesOf(answers)).toEqual([204])
    expect((await members(client, eng)).toSorted()).toEqual(ids.slice(16).toSorted())
    await expectLogToTellState(client)
  })

  test('who add and rename at once all get their way', async () => {
    const client = await createScimClient(server)
    const ids = await addUsers(client, 12)
    const eng = await addGroup(client, 'Eng')
    const answers = await Promise.all([
      ...ids.map((id) => client.send('PATCH', `/Groups/${eng}`, patch(add(id)))),
      ...ids.map((_id, i) =>
        client.send('PATCH', `/Groups/${eng}`, patch({ op: 'replace', path: `x${i}`, value: `${i}` })),
      ),
      ...[1, 2, 3, 4].map((i) =>
        client.send('PATCH', `/Groups/${eng}`, patch({ op: 'replace', value: { displayName: `Eng ${i}` } })),
      ),
    ])
    expect(statusesOf(answers)).toEqual([204])
    const { body } = await client.send('GET', `/Groups/${eng}`)
    expect(body.members).toHaveLength(12)
    ids.forEach((_id, i) => expect(body[`x${i}`]).toBe(`${i}`))
    await expectLogToTellState(client)
  })

  test('who replace all members leave one of their lists, whole', async () => {
    const client = await createScimClient(server)
    const ids = await addUsers(client, 12)
    const eng = await addGroup(client, 'Eng', ...ids)
    const lists = Array.from({ length: 16 }, (_, i) => ids.filter((_id, n) => (n * 7 + i) % 3 !== 0))
    const answers = await Promise.all(
      lists.map((list, i) =>
        i % 2
          ? client.send('PATCH', `/Groups/${eng}`, patch(replace(...list)))
          : client.send('PUT', `/Groups/${eng}`, {
              schemas: [coreGroup],
              displayName: 'Eng',
              members: list.map((value) => ({ value })),
            }),
      ),
    )
    expect(statusesOf(answers)).toEqual([200, 204])
    const left = (await members(client, eng)).toSorted().join()
    expect(lists.map((list) => list.toSorted().join())).toContain(left)
    await expectLogToTellState(client)
  })

  test('while its people are deactivated, renamed, brought back and deleted, and groups come and go', async () => {
    const client = await createScimClient(server)
    const random = new Random(42)
    const ids = await addUsers(client, 10)
    const groups = [await addGroup(client, 'Eng', ...ids.slice(0, 5)), await addGroup(client, 'Ops', ...ids.slice(3))]
    const allowed: [string, readonly number[]][] = []
    const answers: Promise<ScimAnswer>[] = []
    const send = (expected: readonly number[], method: string, path: string, body?: unknown) => {
      allowed.push([`${method} ${path}`, expected])
      answers.push(client.send(method, path, body))
    }
    for (let i = 0; i < 160; i++) {
      const [user, other, group] = [
        random.pick(ids as [string]),
        random.pick(ids as [string]),
        random.pick(groups as [string]),
      ]
      switch (random.below(10)) {
        case 0:
        case 1:
          send([204], 'PATCH', `/Groups/${group}`, patch(add(user, other)))
          break
        case 2:
        case 3:
          send([204], 'PATCH', `/Groups/${group}`, patch(remove(user, other)))
          break
        case 4:
          send(
            [204],
            'PATCH',
            `/Groups/${group}`,
            patch(replace(user, other), { op: 'replace', path: 'displayName', value: `g${i}` }),
          )
          break
        case 5:
          send([200], 'PUT', `/Groups/${group}`, {
            schemas: [coreGroup],
            displayName: `p${i}`,
            members: [{ value: user }, { value: other }],
          })
          break
        case 6:
          send(
            [200, 404],
            'PATCH',
            `/Users/${user}`,
            patch({ op: 'replace', value: { active: false, title: `t${i}` } }),
          )
          break
        case 7:
          send([200, 404], 'PATCH', `/Users/${user}`, patch({ op: 'replace', path: 'active', value: true }))
          break
        case 8:
          send(
            [200, 404],
            'PUT',
            `/Users/${user}`,
            person(`u${ids.indexOf(user)}@corp.example`, { active: random.chance(0.5), nickName: `n${i}` }),
          )
          break
        case 9:
          if (i % 40 === 9) send([204, 404], 'DELETE', `/Users/${user}`)
          else
            send([201], 'POST', '/Groups', {
              schemas: [coreGroup],
              displayName: `new ${i}`,
              members: [{ value: user }, { value: other }],
            })
          break
      }
      // Sixteen at a time.
      if (answers.length % 16 === 0) await Promise.all(answers)
    }
    const wrong = (await Promise.all(answers)).flatMap(({ status, body }, i) => {
      const [request, expected] = allowed[i] ?? ['', []]
      return expected.includes(status) ? [] : [`${request} → ${status} ${JSON.stringify(body)}`]
    })
    expect(wrong).toEqual([])
    await expectLogToTellState(client)
  })

  test('of whom one deletes it: who comes later finds nothing, and nobody breaks', async () => {
    const client = await createScimClient(server)
    const ids = await addUsers(client, 16)
    const eng = await addGroup(client, 'Eng', ...ids.slice(0, 8))
    const answers = await Promise.all(
      ids.map((id, i) =>
        i === 7
          ? client.send('DELETE', `/Groups/${eng}`)
          : client.send('PATCH', `/Groups/${eng}`, patch(i % 2 ? add(id) : replace(id))),
      ),
    )
    for (const { status } of answers) expect([204, 404]).toContain(status)
    expect((await expectLogToTellState(client)).groups).toEqual({})
  })
})

describe('sixteen writers on one user', () => {
  test('who change different attributes all get their way', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        client.send('PATCH', `/Users/${id}`, patch({ op: 'add', path: `urn:example:2.0:User:a${i}`, value: `${i}` })),
      ),
    )
    expect(statusesOf(answers)).toEqual([200])
    const { body } = await client.send('GET', `/Users/${id}`)
    expect(body['urn:example:2.0:User']).toEqual(
      Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`a${i}`, `${i}`])),
    )
    await expectLogToTellState(client)
  })

  test('who add values to one attribute all get their way', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        client.send('PATCH', `/Users/${id}`, patch({ op: 'add', path: 'roles', value: [{ value: `r${i}` }] })),
      ),
    )
    expect((await client.send('GET', `/Users/${id}`)).body.roles).toHaveLength(16)
    await expectLogToTellState(client)
  })

  test('who deactivate, bring back and put leave a state that the log tells', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await addGroup(client, 'Eng', id)
    await addGroup(client, 'Ops', id)
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, i) =>
        i % 4 === 3
          ? client.send('PUT', `/Users/${id}`, person('ann@corp.example', { title: `${i}`, active: i % 8 === 3 }))
          : client.send(
              'PATCH',
              `/Users/${id}`,
              patch({ op: 'replace', value: { active: i % 2 === 0, nickName: `${i}` } }),
            ),
      ),
    )
    expect(statusesOf(answers)).toEqual([200])
    const { memberships, users } = await expectLogToTellState(client)
    expect(memberships).toHaveLength(id in users ? 2 : 0)
  })

  test('of whom several delete: one does, the others find nobody', async () => {
    const client = await createScimClient(server)
    const id = await addUser(client, 'ann@corp.example')
    await addGroup(client, 'Eng', id)
    const answers = await Promise.all(Array.from({ length: 16 }, () => client.send('DELETE', `/Users/${id}`)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(15).fill(404)])
    await expectLogToTellState(client)
  })

  test('who take one name or one address: one gets it, the others are told so', async () => {
    const client = await createScimClient(server)
    const ids = await addUsers(client, 16)
    const names = await Promise.all(
      ids.map((id) =>
        client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'userName', value: 'New@corp.example' })),
      ),
    )
    expect(names.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(409)])
    const work = 'emails[type eq "work"].value'
    const addresses = await Promise.all(
      ids.map((id) =>
        client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: work, value: 'new@corp.example' })),
      ),
    )
    expect(addresses.map(({ status }) => status).toSorted()).toEqual([200, ...Array(15).fill(409)])
    await expectLogToTellState(client)
  })

  test('who create each other’s groups and people at once', async () => {
    const client = await createScimClient(server)
    const people = await Promise.all(
      Array.from({ length: 50 }, (_, i) => client.send('POST', '/Users', person(`P${i % 5}@corp.example`))),
    )
    expect(people.filter(({ status }) => status === 201)).toHaveLength(5)
    expect(people.filter(({ status }) => status === 409)).toHaveLength(45)
    const groups = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        client.send('POST', '/Groups', { schemas: [coreGroup], displayName: `g${i % 5}` }),
      ),
    )
    expect(groups.filter(({ status }) => status === 201)).toHaveLength(5)
    expect(groups.filter(({ status }) => status === 409)).toHaveLength(45)
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(5)
    expect((await client.send('GET', '/Groups?count=0')).body.totalResults).toBe(5)
    await expectLogToTellState(client)
  })
})

describe('who is brought back while a group changes', () => {
  test('waits for the group without holding the person, whom the change of the group may want', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const eng = await addGroup(client, 'Eng', ann)
    const active = (value: boolean) =>
      client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: value } }))
    await active(false)
    const other = await server.db.pool.connect()
    try {
      await other.query('begin')
      await other.query('select from directory_groups where id = $1 for update', [eng])
      const answer = active(true)
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await server.db.pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1)
      const { rowCount } = await other.query('select from directory_users where id = $1 for update nowait', [ann])
      expect(rowCount).toBe(1)
      await other.query('commit')
      expect(await answer).toMatchObject({ status: 200, body: { active: true } })
    } finally {
      // Closed, not returned: a failed test leaves a transaction open.
      other.release(true)
    }
    await expectLogToTellState(client)
  })
})

describe('what PostgreSQL undoes to end a deadlock', () => {
  const eng = { schemas: [coreGroup], displayName: 'New' }
  test.each([
    ['creating a user', 'POST', () => '/Users', person('new@corp.example'), 201],
    [
      'changing a user',
      'PATCH',
      ({ ann }) => `/Users/${ann}`,
      patch({ op: 'replace', path: 'title', value: 'x' }),
      200,
    ],
    ['bringing a user back', 'POST', () => '/Users', person('bob@corp.example'), 201],
    ['deleting a user', 'DELETE', ({ ann }) => `/Users/${ann}`, undefined, 204],
    ['creating a group', 'POST', () => '/Groups', eng, 201],
    ['changing a group', 'PUT', ({ group }) => `/Groups/${group}`, { ...eng, members: [] }, 200],
    ['changing members', 'PATCH', ({ group }) => `/Groups/${group}`, patch({ op: 'remove', path: 'members' }), 204],
    ['deleting a group', 'DELETE', ({ group }) => `/Groups/${group}`, undefined, 204],
  ] as [string, string, (ids: Record<'ann' | 'group', string>) => string, unknown, number][])(
    'is done again: %s',
    async (_claim, method, path, body, status) => {
      const client = await createScimClient(server)
      const ann = await addUser(client, 'ann@corp.example')
      await addUser(client, 'bob@corp.example', { active: false })
      const group = await addGroup(client, 'Eng', ann)
      await server.db.pool.query(`
        create sequence undone;
        create function undo() returns trigger language plpgsql as $$ begin
          if nextval('undone') <= 2 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
          return coalesce(new, old);
        end $$;
        create trigger undo before insert or update or delete on directory_users for each row execute function undo();
        create trigger undo before insert or update or delete on directory_groups for each row execute function undo();
        create trigger undo before insert or update or delete on directory_memberships for each row execute function undo()`)
      try {
        expect(await client.send(method, path({ ann, group }), body)).toMatchObject({ status })
        const { rows } = await server.db.pool.query('select last_value::int as tries from undone')
        expect(rows[0].tries, 'it was undone twice').toBeGreaterThan(2)
      } finally {
        await server.db.pool.query('drop function undo() cascade; drop sequence undone')
      }
      await expectLogToTellState(client)
    },
  )
})
