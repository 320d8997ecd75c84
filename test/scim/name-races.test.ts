import { describe, expect, test } from 'vitest'
import { expectLogToTellState } from '../support/directory-replay.ts'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  filtered,
  patch,
  person,
  type ScimAnswer,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const rename = (client: ScimClient, id: string, userName: string) =>
  client.send('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { userName } }))

const create = (client: ScimClient, userName: string, more: object = {}) =>
  client.send('POST', '/Users', person(userName, more))

/** Sends requests that have to wait for a row in the order in which they are given; each then meets what the one before left. */
async function inLine(table: string, id: string, ...requests: (() => Promise<ScimAnswer>)[]): Promise<ScimAnswer[]> {
  const other = await server.db.pool.connect()
  try {
    await other.query('begin')
    await other.query(`select from ${table} where id = $1 for update`, [id])
    const answers: Promise<ScimAnswer>[] = []
    for (const send of requests) {
      answers.push(send())
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await expect
        .poll(async () => (await server.db.pool.query(waiting)).rowCount, { timeout: 10_000 })
        .toBe(answers.length)
    }
    await other.query('commit')
    return await Promise.all(answers)
  } finally {
    // Closed, not returned: a failed test leaves a transaction open.
    other.release(true)
  }
}

describe.each([
  ['people whom the application does not see', false],
  ['people whom the application keeps seeing', true],
])('an inactive namesake, of %s', (_kind, keepInactive) => {
  async function open() {
    const client = await createScimClient(server)
    if (keepInactive)
      await server.db.pool.query('update environments set keep_inactive_directory_users = true where id = $1', [
        client.environment.id,
      ])
    return client
  }

  test('who is renamed first leaves the name to somebody new', async () => {
    const client = await open()
    const ann = await addUser(client, 'ann@corp.example', { active: false })
    await addGroup(client, 'Eng', ann)
    const [renamed, created] = await inLine(
      'directory_users',
      ann,
      () => rename(client, ann, 'former@corp.example'),
      () => create(client, 'ann@corp.example', { title: 'New' }),
    )
    expect(renamed?.status).toBe(200)
    expect(created).toMatchObject({ status: 201, body: { userName: 'ann@corp.example', title: 'New' } })
    expect(created?.body.id).not.toBe(ann)
    await expectLogToTellState(client)
  })

  test('who is brought back first keeps the name until the rename', async () => {
    const client = await open()
    const ann = await addUser(client, 'ann@corp.example', { active: false })
    await addGroup(client, 'Eng', ann)
    const [created, renamed] = await inLine(
      'directory_users',
      ann,
      () => create(client, 'ann@corp.example'),
      () => rename(client, ann, 'former@corp.example'),
    )
    expect(created).toMatchObject({ status: 201, body: { id: ann } })
    expect(renamed).toMatchObject({ status: 200, body: { userName: 'former@corp.example', active: true } })
    await expectLogToTellState(client)
  })

  test('who is deleted first is succeeded by somebody new', async () => {
    const client = await open()
    const ann = await addUser(client, 'ann@corp.example', { active: false })
    const [gone, created] = await inLine(
      'directory_users',
      ann,
      () => client.send('DELETE', `/Users/${ann}`),
      () => create(client, 'ann@corp.example'),
    )
    expect(gone?.status).toBe(204)
    expect(created?.status).toBe(201)
    expect(created?.body.id).not.toBe(ann)
    await expectLogToTellState(client)
  })

  test('who is activated first is a reason to refuse', async () => {
    const client = await open()
    const ann = await addUser(client, 'ann@corp.example', { active: false })
    const [activated, created] = await inLine(
      'directory_users',
      ann,
      () => client.send('PATCH', `/Users/${ann}`, patch({ op: 'replace', path: 'active', value: true })),
      () => create(client, 'ann@corp.example', { title: 'New' }),
    )
    expect(activated?.status).toBe(200)
    expect(created).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    await expectLogToTellState(client)
  })

  test('may change names with whoever is created, many times over, and nobody is refused', async () => {
    const client = await open()
    const ids = [await addUser(client, 'n0@corp.example', { active: false })]
    for (let round = 0; round < 12; round++) {
      // The name is free or held by somebody inactive at every moment: whatever the order, there is room for both.
      const [renamed, created] = await Promise.all([
        rename(client, ids.at(-1) ?? '', `former${round}@corp.example`),
        create(client, 'n0@corp.example', { active: false, title: `${round}` }),
      ])
      expect([renamed?.status, created?.status], JSON.stringify(created?.body)).toEqual([200, 201])
      if (created?.body.id !== ids.at(-1)) ids.push(created?.body.id)
      else ids.push(await addUser(client, 'n0@corp.example', { active: false }))
    }
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(new Set(ids).size)
    await expectLogToTellState(client)
  })
})

describe('creators of one name', () => {
  test('of whom all but one come second, while its holder is renamed away', async () => {
    const client = await createScimClient(server)
    const holder = await addUser(client, 'ann@corp.example')
    const [renamed, ...created] = await Promise.all([
      rename(client, holder, 'former@corp.example'),
      ...Array.from({ length: 8 }, (_, i) =>
        create(client, 'ann@corp.example', { emails: [{ value: `a${i}@corp.example`, primary: true }] }),
      ),
    ])
    expect(renamed.status).toBe(200)
    // Those who came before the rename are refused as well, so there may be no winner at all.
    expect(created.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1)
    expect(created.filter(({ status }) => status !== 201).every(({ status }) => status === 409)).toBe(true)
    await expectLogToTellState(client)
  })

  test('of an inactive person bring that person back, one of them', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example', { active: false })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => create(client, 'ann@corp.example', { title: `${i}` })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
    expect(answers.find(({ status }) => status === 201)?.body.id).toBe(ann)
    await expectLogToTellState(client)
  })
})

describe('two people who swap names', () => {
  test('get there or are refused, and no name is held twice', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const answers = await Promise.all([
      rename(client, ann, 'bob@corp.example'),
      rename(client, bob, 'ann@corp.example'),
    ])
    for (const { status } of answers) expect([200, 409]).toContain(status)
    const names = (await client.send('GET', '/Users')).body.Resources.map(
      ({ userName }: { userName: string }) => userName,
    )
    expect(new Set(names).size).toBe(2)
    await expectLogToTellState(client)
  })
})

describe('groups of one name', () => {
  const group = (displayName: string, more: object = {}) => ({ schemas: [coreGroup], displayName, ...more })

  test('whose first holder was renamed: of many who create it, one does', async () => {
    const client = await createScimClient(server)
    const user = await addUser(client, 'ann@corp.example')
    for (let round = 0; round < 4; round++) {
      const name = `Eng ${round}`
      const first = await addGroup(client, name)
      await client.send(
        'PATCH',
        `/Groups/${first}`,
        patch({ op: 'replace', path: 'displayName', value: `Ops ${round}` }),
      )
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          client.send('POST', '/Groups', group(name, i % 2 ? {} : { members: [{ value: user }] })),
        ),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)])
      const found = await client.send('GET', filtered('/Groups', `displayName eq "${name}"`))
      expect(found.body.totalResults).toBe(1)
    }
    await expectLogToTellState(client)
  })

  test('while its holder is deleted: whoever creates it is refused, or has the name for an identity', async () => {
    const client = await createScimClient(server)
    for (let round = 0; round < 12; round++) {
      const name = `Eng ${round}`
      const first = await addGroup(client, name)
      const [gone, ...created] = await Promise.all([
        client.send('DELETE', `/Groups/${first}`),
        ...Array.from({ length: 3 }, () => client.send('POST', '/Groups', group(name))),
      ])
      expect(gone.status).toBe(204)
      const winners = created.filter(({ status }) => status === 201)
      expect(winners.length).toBeLessThanOrEqual(1)
      expect(created.filter(({ status }) => status === 409)).toHaveLength(3 - winners.length)
      const made = (await expectLogToTellState(client)).groups[winners[0]?.body.id]
      if (winners.length > 0) expect(made?.idp_id).toBe(name)
    }
  })

  test('wait for a holder who is being renamed, and then are there', async () => {
    const client = await createScimClient(server)
    const first = await addGroup(client, 'Eng')
    await client.send('PATCH', `/Groups/${first}`, patch({ op: 'replace', path: 'displayName', value: 'Ops' }))
    const [renamed, created] = await inLine(
      'directory_groups',
      first,
      () => client.send('PATCH', `/Groups/${first}`, patch({ op: 'replace', path: 'displayName', value: 'Eng' })),
      () => client.send('POST', '/Groups', group('Eng')),
    )
    expect(renamed?.status).toBe(204)
    expect(created).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    await expectLogToTellState(client)
  })
})
