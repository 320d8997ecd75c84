import { describe, expect, test } from 'vitest'
import { addGroup, addUser, createScimClient, patch, refusal, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

interface Walk {
  readonly ids: string[]
  readonly pages: number
  readonly totals: number[]
}

/** Follows cursors to the end; `between` runs after every page. */
async function walk(client: ScimClient, path: string, between?: (page: number) => Promise<unknown>): Promise<Walk> {
  const ids: string[] = []
  const totals: number[] = []
  let cursor = ''
  for (let pages = 1; pages <= 50; pages++) {
    const { status, body } = await client.send(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`,
    )
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.itemsPerPage).toBe(body.Resources.length)
    expect(body).not.toHaveProperty('startIndex')
    ids.push(...body.Resources.map(({ id }: { id: string }) => id))
    totals.push(body.totalResults)
    if (body.nextCursor === undefined) return { ids, pages, totals }
    expect(body.nextCursor).toMatch(/^[A-Za-z0-9._~-]+$/)
    cursor = body.nextCursor
    await between?.(pages)
  }
  throw new Error('The cursors never end.')
}

describe('RFC 9865 §2 pages by cursor', () => {
  test('hold everybody once, in order of creation, and end without a cursor', async () => {
    const client = await createScimClient(server)
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push(await addUser(client, `u${i}@corp.example`))
    expect(await walk(client, '/Users?count=3')).toEqual({ ids, pages: 3, totals: [7, 7, 7] })
    expect(await walk(client, '/Users?count=7'), 'a full last page').toEqual({ ids, pages: 1, totals: [7] })
    expect(await walk(client, '/Users'), 'without a count').toEqual({ ids, pages: 1, totals: [7] })
    const odd = await walk(client, '/Users?count=2&filter=userName+ne+%22u3%40corp.example%22')
    expect(odd).toEqual({ ids: ids.filter((_id, i) => i !== 3), pages: 3, totals: [6, 6, 6] })
    const groups = [await addGroup(client, 'a'), await addGroup(client, 'b')]
    expect((await walk(client, '/Groups?count=1')).ids).toEqual(groups)
  })

  test('skip and repeat nobody while people come, go and change', async () => {
    const client = await createScimClient(server)
    const ids: string[] = []
    for (let i = 0; i < 12; i++) ids.push(await addUser(client, `u${i}@corp.example`))
    const added: string[] = []
    const result = await walk(client, '/Users?count=3', async (page) => {
      // One who was shown goes, which would shift pages by index; one to come changes; one arrives.
      await client.send('DELETE', `/Users/${ids[page - 1]}`)
      await client.send('PATCH', `/Users/${ids[11]}`, patch({ op: 'replace', path: 'title', value: `${page}` }))
      if (page <= 2) added.push(await addUser(client, `new${page}@corp.example`))
    })
    expect(result.ids).toEqual([...ids, ...added])
  })

  test('of somebody who goes before being reached does not show them', async () => {
    const client = await createScimClient(server)
    const ids: string[] = []
    for (let i = 0; i < 6; i++) ids.push(await addUser(client, `u${i}@corp.example`))
    const { ids: seen } = await walk(client, '/Users?count=2', async () => client.send('DELETE', `/Users/${ids[4]}`))
    expect(seen).toEqual(ids.filter((_id, i) => i !== 4))
  })

  test('go on where the last one shown was deleted', async () => {
    const client = await createScimClient(server)
    const ids: string[] = []
    for (let i = 0; i < 4; i++) ids.push(await addUser(client, `u${i}@corp.example`))
    const { ids: seen } = await walk(client, '/Users?count=2', async () => client.send('DELETE', `/Users/${ids[1]}`))
    expect(seen).toEqual(ids)
  })

  test.each([
    ['a cursor nobody gave out', 'cursor=bm9wZQ', 'invalidCursor'],
    ['a cursor of other characters', 'cursor=%27%20or%201%3D1', 'invalidCursor'],
    ['a cursor that is SQL inside', `cursor=${Buffer.from('s1 or true').toString('base64url')}`, 'invalidCursor'],
    [
      'a cursor past every number',
      `cursor=${Buffer.from(`s${'9'.repeat(30)}`).toString('base64url')}`,
      'invalidCursor',
    ],
    ['a cursor and an index', 'cursor=&startIndex=1', 'invalidCursor'],
    ['a count that is no number', 'cursor=&count=x', 'invalidCount'],
    ['an order of their own', 'cursor=&sortBy=userName', 'invalidValue'],
  ])('with %s are refused', async (_claim, query, scimType) => {
    const client = await createScimClient(server)
    await addUser(client, 'a@corp.example')
    expect(await client.send('GET', `/Users?${query}`)).toMatchObject(refusal(400, scimType))
  })

  test('of another directory lead into the own one only', async () => {
    const [mine, theirs] = [await createScimClient(server), await createScimClient(server)]
    for (let i = 0; i < 3; i++) await addUser(theirs, `t${i}@corp.example`)
    const own = await addUser(mine, 'a@corp.example')
    const { body } = await theirs.send('GET', '/Users?cursor=&count=1')
    const { body: crossed } = await mine.send('GET', `/Users?cursor=${body.nextCursor}`)
    expect(crossed.Resources.map(({ id }: { id: string }) => id)).toEqual([own])
  })

  test('count 0 is the total alone', async () => {
    const client = await createScimClient(server)
    await addUser(client, 'a@corp.example')
    const { body } = await client.send('GET', '/Users?cursor=&count=0')
    expect(body).toMatchObject({ totalResults: 1, itemsPerPage: 0, Resources: [] })
    expect(body).not.toHaveProperty('nextCursor')
  })

  test('go through /.search as well', async () => {
    const client = await createScimClient(server)
    const ids = [await addUser(client, 'a@corp.example'), await addUser(client, 'b@corp.example')]
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']
    const first = await client.send('POST', '/Users/.search', { schemas, count: 1, cursor: '' })
    const second = await client.send('POST', '/Users/.search', { schemas, count: 1, cursor: first.body.nextCursor })
    expect([first, second].map(({ body }) => body.Resources[0].id)).toEqual(ids)
    expect(second.body).not.toHaveProperty('nextCursor')
  })
})
