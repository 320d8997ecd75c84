import { describe, expect, test } from 'vitest'
import { analyzeGrown } from '../../src/jobs/analyze.ts'
import { addGroup, addUser, createScimClient, createSibling, refusal, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('RFC 6585 §4 a directory that asks too often', () => {
  test('is told to wait, in its own protocol, and others are not', async () => {
    const client = await createScimClient(server)
    const sibling = await createSibling(server, client)
    // The clock stands, so that no request comes back: these are all that may be made at once.
    for (let done = 0; done < 2_000; done += 100)
      await Promise.all(Array.from({ length: 100 }, () => client.send('GET', '/Users?count=0')))
    const refused = await client.send('GET', '/Users?count=0')
    expect(refused).toMatchObject(refusal(429))
    expect(refused.headers.get('retry-after')).toBe('1')
    expect(refused.headers.get('content-type')).toMatch(/^application\/scim\+json/)
    expect(refused.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error'])
    expect((await client.send('POST', '/Users', {})).status, 'before anything is read or written').toBe(429)
    expect((await sibling.send('GET', '/Users?count=0')).status).toBe(200)
    server.clock.advance(1_000)
    expect((await client.send('GET', '/Users?count=0')).status).toBe(200)
  }, 120_000)
})

describe('a page of groups with very many members', () => {
  /** Groups with so many members each: by SQL, for it is many thousands. */
  async function fill(client: ScimClient, ...sizes: number[]): Promise<string[]> {
    const template = await addUser(client, 'template@corp.example')
    const ids: string[] = []
    for (const n of sizes.keys()) ids.push(await addGroup(client, `g${n}`))
    const columns = `environment_id, directory_id, external_id, active, visible, complete, resource, presented, role_slug, created_at, updated_at`
    await server.db.pool.query(
      `insert into directory_users (id, idp_id, user_name, user_name_key, ${columns})
       select id || n, n, 'u' || n, 'u' || n, ${columns} from directory_users, generate_series(1, $2::int) as n where id = $1`,
      [template, Math.max(...sizes)],
    )
    for (const [i, size] of sizes.entries())
      await server.db.pool.query(
        `insert into directory_memberships (environment_id, group_id, user_id)
         select environment_id, $1, $2 || n from directory_users, generate_series(1, $3::int) as n where id = $2`,
        [ids[i], template, size],
      )
    // The server notices by itself, within seconds.
    await server.db.pool.query('select pg_stat_force_next_flush()')
    await analyzeGrown(server.db)
    return ids
  }

  const shown = (answer: { body: { Resources: { id: string; members?: unknown[] }[] } }) =>
    answer.body.Resources.map(({ id, members = [] }): [string, number] => [id, members.length])

  test('ends before it holds more than 50,000 of them; every group is whole, and the next page goes on', async () => {
    const client = await createScimClient(server)
    const sizes = [20_000, 30_000, 1, 50_001, 0, 2]
    const ids = await fill(client, ...sizes)
    const expected = ids.map((id, i) => [id, sizes[i]])

    const pages: [string, number][][] = []
    for (let startIndex = 1; startIndex <= 6;) {
      const answer = await client.send('GET', `/Groups?startIndex=${startIndex}&count=10`)
      expect(answer.body).toMatchObject({ totalResults: 6, startIndex, itemsPerPage: answer.body.Resources.length })
      pages.push(shown(answer))
      startIndex += answer.body.itemsPerPage
    }
    expect(pages).toEqual([expected.slice(0, 2), expected.slice(2, 3), expected.slice(3, 4), expected.slice(4)])

    const byCursor: [string, number][][] = []
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const answer = await client.send('GET', `/Groups?cursor=${cursor}`)
      byCursor.push(shown(answer))
      cursor = answer.body.nextCursor
    }
    expect(byCursor).toEqual(pages)

    const without = await client.send('GET', '/Groups?excludedAttributes=members')
    expect(shown(without)).toEqual(ids.map((id) => [id, 0]))
    expect(without.body).toMatchObject({ totalResults: 6, itemsPerPage: 6 })
  }, 120_000)
})
