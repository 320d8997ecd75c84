import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ConfiguredDirectory } from '#contracts/directories.ts'
import type { Organization } from '#contracts/organizations.ts'
import { Replica, type Snapshot, stateOf } from '../support/replica.ts'
import { addGroup, addUser, createScimClient, type LogEntry, patch, person, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const snapshotPath = ({ directory }: ScimClient) => `/directories/${directory.id}/snapshot`

async function snapshot(client: ScimClient): Promise<Snapshot> {
  const { status, body } = await client.environment.api<Snapshot>('GET', snapshotPath(client))
  expect(status).toBe(200)
  return body
}

const members = (op: 'add' | 'remove', ...ids: string[]) =>
  patch({ op, path: 'members', value: ids.map((value) => ({ value })) })

function replay(replica: Replica, entries: readonly LogEntry[]) {
  for (const entry of entries) replica.apply(entry)
  return replica.state
}

describe('a snapshot', () => {
  test('holds people and groups as events carry them, memberships, and the last event', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@example.com'), await addUser(client, 'bob@example.com')]
    const [eng, ops] = [await addGroup(client, 'Eng', ann, bob), await addGroup(client, 'Ops', bob)]
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    const { environment } = client
    const last = await environment.api<Organization>('POST', '/organizations', { body: { name: 'Unrelated' } })
    const taken = await snapshot(client)
    const log = await client.log()
    const { previous_attributes: _previous, ...updated } = log.at(-1)?.data ?? {}
    const { body: directory } = await environment.api<ConfiguredDirectory>('GET', `/directories/${client.directory.id}`)
    const { attribute_map: _map, endpoint: _endpoint, last_request_at: _at, ...shown } = directory
    expect(taken).toEqual({
      object: 'directory_snapshot',
      directory: shown,
      event_cursor: expect.stringMatching(/^event_/),
      groups: [
        log.find(({ data }) => data.id === eng && data.object === 'directory_group')?.data,
        log.find(({ data }) => data.id === ops)?.data,
      ],
      users: [updated, log.find(({ data }) => data.id === bob)?.data],
      memberships: [
        { group_id: eng, user_id: ann },
        { group_id: eng, user_id: bob },
        { group_id: ops, user_id: bob },
      ].toSorted((a, b) => (`${a.group_id}${a.user_id}` < `${b.group_id}${b.user_id}` ? -1 : 1)),
    })
    const newest = await environment.api<{ data: { id: string; data: { id: string } }[] }>(
      'GET',
      '/events?events=organization.created&order=desc&limit=1',
    )
    expect(newest.body.data[0]).toMatchObject({ id: taken.event_cursor, data: { id: last.body.id } })
  })

  test('of a directory that nobody fills is empty', async () => {
    const client = await createScimClient(server)
    expect(await snapshot(client)).toMatchObject({ groups: [], users: [], memberships: [] })
  })

  test('shows nobody the application does not see, nor their memberships', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@example.com'), await addUser(client, 'bob@example.com')]
    const eng = await addGroup(client, 'Eng', ann, bob)
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', value: { active: false } }))
    await client.send('POST', '/Users', person('nobody', { emails: [] }))
    const { users, memberships } = await snapshot(client)
    expect([users.map(({ id }) => id), memberships]).toEqual([[bob], [{ group_id: eng, user_id: bob }]])
  })

  test('comes in many pieces and whole, in valid JSON with one element a line', async () => {
    const client = await createScimClient(server)
    await multiply(client, await addUser(client, 'ann@example.com'), 1202)
    const { text, body } = await client.environment.api<Snapshot>('GET', snapshotPath(client))
    expect(body.users).toHaveLength(1203)
    expect(new Set(body.users.map(({ id }) => id)).size).toBe(1203)
    expect(text.split('\n').filter((line) => line.startsWith('{"object":"directory_user"'))).toHaveLength(1203)
  })

  test('two may be read at once in an environment, and one that its reader leaves counts no more', async () => {
    const [client, other] = [await createScimClient(server), await createScimClient(server)]
    // More than the buffers between the two ends hold.
    await multiply(client, await addUser(client, 'ann@example.com'), 3000, 10_000)
    const open = async () => {
      const stop = new AbortController()
      const headers = { authorization: `Bearer ${client.environment.apiKey.value}` }
      const response = await fetch(server.url + snapshotPath(client), { headers, signal: stop.signal })
      return { response, leave: () => stop.abort() }
    }
    // They hold their responses: one that is collected as garbage leaves by itself.
    const readers = [await open(), await open()]
    expect(readers.map(({ response }) => response.status)).toEqual([200, 200])
    const third = await client.environment.api('GET', snapshotPath(client))
    expect(third).toMatchObject({ status: 429, body: { code: 'too_many_snapshots' } })
    expect(third.headers.get('retry-after')).toBe('5')
    expect((await other.environment.api('GET', snapshotPath(other))).status).toBe(200)
    for (const reader of readers) reader.leave()
    const statusOfNext = async () => (await client.environment.api('GET', snapshotPath(client))).status
    await expect.poll(statusOfNext, { timeout: 20_000 }).toBe(200)
    await expect.poll(openTransactions, { timeout: 20_000 }).toBe(0)
  })

  test('of another tenant’s directory, or none, is not found', async () => {
    const [mine, theirs] = [await createScimClient(server), await createScimClient(server)]
    expect((await mine.environment.api('GET', snapshotPath(theirs))).status).toBe(404)
    expect((await mine.environment.api('GET', '/directories/directory_none/snapshot')).status).toBe(404)
  })
})

/** Makes copies of somebody, as many as no test would send one by one. */
async function multiply({ directory }: ScimClient, id: string, copies: number, noteLength = 1): Promise<void> {
  const note = '"raw_attributes":{'
  await server.db.pool.query(
    `insert into directory_users (environment_id, directory_id, id, idp_id, user_name, user_name_key, active, visible,
       complete, resource, presented, role_slug, created_at, updated_at)
     select environment_id, directory_id, id || n, idp_id, user_name || n, user_name_key || n, active, visible,
       complete, resource, replace(replace(presented, id, id || n), $3, $3 || '"note":"' || repeat('x', $4) || '",'),
       role_slug, created_at, updated_at
     from directory_users, generate_series(1, $5) as n where directory_id = $1 and id = $2`,
    [directory.id, id, note, noteLength, copies],
  )
}

async function openTransactions(): Promise<number | undefined> {
  const { rows } = await server.db.pool.query<{ n: number }>(
    `select count(*) as n from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
  )
  return rows[0]?.n
}

describe('snapshots taken while an identity provider writes', () => {
  test('are what the events up to their cursor come to, and with those after it become what comes later', async () => {
    const client = await createScimClient(server)
    await client.send('GET', '/Users')
    const groups = await Promise.all(['A', 'B', 'C', 'D'].map((name) => addGroup(client, name)))
    let writing = 8
    const write = async (writer: number) => {
      for (let round = 0; round < 6 || snapshots.length < 4; round++) {
        const id = await addUser(client, `w${writer}-${round}@example.com`)
        const [here = '', there = ''] = [groups[(writer + round) % 4], groups[(writer + round + 1) % 4]]
        await Promise.all([
          client.send('PATCH', `/Groups/${here}`, members('add', id)),
          client.send('PATCH', `/Groups/${there}`, members('add', id)),
          client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'title', value: `${round}` })),
        ])
        await Promise.all([
          client.send('PATCH', `/Groups/${here}`, members('remove', id)),
          client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: round % 2 === 0 } })),
          round % 3 === 0 ? client.send('DELETE', `/Users/${id}`) : undefined,
        ])
      }
      writing--
    }
    const snapshots: Snapshot[] = []
    const writers = Array.from({ length: writing }, (_, writer) => write(writer))
    while (writing > 0) snapshots.push(await snapshot(client))
    await Promise.all(writers)
    snapshots.push(await snapshot(client))

    const log = await client.log()
    const everything = await readIds(client)
    for (const taken of snapshots) {
      const cut = everything.indexOf(taken.event_cursor ?? '')
      const included = new Set(everything.slice(0, cut + 1))
      const before = log.filter(({ id }) => included.has(id))
      expect(replay(new Replica(), before)).toEqual(stateOf(taken))
      const after = log.filter(({ id }) => !included.has(id))
      expect(replay(new Replica(taken), after)).toEqual(replay(new Replica(), log))
    }
    expect(new Set(snapshots.map(({ event_cursor }) => event_cursor)).size).toBeGreaterThan(3)
  })
})

/** Ids of all events, in order. */
async function readIds(client: ScimClient): Promise<string[]> {
  const { rows } = await server.db.pool.query<{ id: string }>(
    'select e.id from event_log l join events e on e.seq = l.seq where l.environment_id = $1 order by l.position',
    [client.environment.id],
  )
  return rows.map(({ id }) => id)
}

describe('reconciliation', () => {
  interface Differences<T> {
    readonly missing: readonly T[]
    readonly stale: readonly T[]
    readonly extra: readonly string[]
  }
  interface Reconciliation {
    readonly event_cursor: string | null
    readonly users: Differences<{ id: string }>
    readonly groups: Differences<{ id: string }>
    readonly memberships: { readonly missing: readonly object[]; readonly extra: readonly object[] }
  }

  async function reconcile(client: ScimClient, view: object) {
    const answer = await client.environment.api<Reconciliation>(
      'POST',
      `/directories/${client.directory.id}/reconcile`,
      { body: view },
    )
    expect(answer.status).toBe(200)
    const { users, groups, memberships, event_cursor } = answer.body
    const ids = (difference: Differences<{ id: string }>) => ({
      missing: difference.missing.map(({ id }) => id),
      stale: difference.stale.map(({ id }) => id),
      extra: difference.extra,
    })
    return { users: ids(users), groups: ids(groups), memberships, event_cursor, body: answer.body }
  }

  const hashOf = (value: object) => createHash('sha256').update(JSON.stringify(value)).digest('hex')
  const nothing = { missing: [], stale: [], extra: [] }
  const nothingElse = { missing: [], extra: [] }
  const emptyView = { users: [], groups: [], memberships: [] }

  async function filled() {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'änn@example.com'), await addUser(client, 'bob@example.com')]
    const eng = await addGroup(client, 'Eng', ann)
    return { client, ann, bob, eng, taken: await snapshot(client) }
  }

  test.each([
    ['times', ({ id, updated_at }: { id: string; updated_at: string }) => ({ id, updated_at })],
    ['hashes', (each: { id: string }) => ({ id: each.id, hash: hashOf(each) })],
    ['ids alone', ({ id }: { id: string }) => ({ id })],
  ] as const)('finds nothing to do for somebody who holds the snapshot, compared by %s', async (_claim, held) => {
    const { client, taken } = await filled()
    const view = { users: taken.users.map(held), groups: taken.groups.map(held), memberships: taken.memberships }
    const found = await reconcile(client, view)
    expect(found).toMatchObject({ users: nothing, groups: nothing, memberships: nothingElse })
    expect(found.event_cursor).toBe(taken.event_cursor)
  })

  test('gives everything to somebody who holds nothing', async () => {
    const { client, taken } = await filled()
    const { body } = await reconcile(client, emptyView)
    expect(body.users.missing).toEqual(taken.users)
    expect(body.groups.missing).toEqual(taken.groups)
    expect(body.memberships.missing).toEqual(taken.memberships)
  })

  test('tells what is missing, stale and extra of each kind', async () => {
    const { client, ann, bob, eng, taken } = await filled()
    const cat = await addUser(client, 'cat@example.com')
    const ops = await addGroup(client, 'Ops', cat)
    server.clock.advance(1000)
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    await client.send('PATCH', `/Groups/${eng}`, patch({ op: 'replace', value: { displayName: 'Engineering' } }))
    await client.send('PATCH', `/Groups/${eng}`, members('remove', ann))
    await client.send('DELETE', `/Users/${bob}`)
    const held = ({ id, updated_at }: { id: string; updated_at: string }) => ({ id, updated_at })
    const found = await reconcile(client, {
      users: taken.users.map(held),
      groups: [...taken.groups.map(held), { id: 'directory_group_"odd"' }],
      memberships: taken.memberships,
    })
    expect(found).toMatchObject({
      users: { missing: [cat], stale: [ann], extra: [bob] },
      groups: { missing: [ops], stale: [eng], extra: ['directory_group_"odd"'] },
      memberships: { missing: [{ group_id: ops, user_id: cat }], extra: [{ group_id: eng, user_id: ann }] },
    })
  })

  test('a hash tells apart what a time does not', async () => {
    const { client, ann, taken } = await filled()
    // In the same millisecond: the clock stands still.
    await client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'title', value: 'Lead' }))
    const view = (held: (each: { id: string; updated_at: string }) => object) => ({
      ...emptyView,
      users: taken.users.map(held),
    })
    const byTime = await reconcile(
      client,
      view(({ id, updated_at }) => ({ id, updated_at })),
    )
    const byHash = await reconcile(
      client,
      view((each) => ({ id: each.id, hash: hashOf(each) })),
    )
    expect([byTime.users.stale, byHash.users.stale]).toEqual([[], [ann]])
  })

  test('does not show another tenant’s people to those who guess ids, and changes nothing', async () => {
    const [mine, theirs] = [await filled(), await filled()]
    const log = await theirs.client.log()
    const refused = await mine.client.environment.api('POST', `/directories/${theirs.client.directory.id}/reconcile`, {
      body: emptyView,
    })
    expect(refused.status).toBe(404)
    const { users } = await reconcile(mine.client, { ...emptyView, users: [{ id: theirs.ann }] })
    expect(users).toEqual({ missing: [mine.ann, mine.bob], stale: [], extra: [theirs.ann] })
    expect(await theirs.client.log()).toEqual(log)
  })

  test('of a large view takes it whole', async () => {
    const { client, taken } = await filled()
    const strangers = Array.from({ length: 60_000 }, (_, i) => ({
      id: `directory_user_01HXYZ${String(i).padStart(20, '0')}`,
    }))
    const { users } = await reconcile(client, {
      ...emptyView,
      users: [...taken.users.map(({ id }) => ({ id })), ...strangers],
    })
    expect([users.missing, users.extra.length]).toEqual([[], 60_000])
  })

  test.each([
    ['no lists', {}, 'users'],
    ['a user without an id', { ...emptyView, users: [{}] }, 'users.0.id'],
    ['a time that is none', { ...emptyView, users: [{ id: 'x', updated_at: 'yesterday' }] }, 'users.0.updated_at'],
    ['a hash that is none', { ...emptyView, groups: [{ id: 'x', hash: 'abc' }] }, 'groups.0.hash'],
    ['a membership of nobody', { ...emptyView, memberships: [{ group_id: 'x' }] }, 'memberships.0.user_id'],
  ])('refuses %s', async (_claim, body, field) => {
    const { client } = await filled()
    const answer = await client.environment.api('POST', `/directories/${client.directory.id}/reconcile`, { body })
    expect(answer.status).toBe(422)
    expect(answer.body.errors?.map((error) => error.field)).toContain(field)
  })
})
