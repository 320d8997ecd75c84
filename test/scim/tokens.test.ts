import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { CreatedDirectory, DirectoryToken, IssuedDirectoryToken } from '#contracts/directories.ts'
import type { Event } from '#contracts/events.ts'
import type { Page } from '#contracts/list.ts'
import { createScimClient, createSibling, type ScimClient } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

const day = 24 * 60 * 60 * 1000
const pathOf = ({ directory }: ScimClient) => `/directories/${directory.id}/tokens`

function addressOf({ endpoint }: CreatedDirectory): string {
  return `${server.url}${new URL(endpoint).pathname}/Users`
}

async function opens(directory: CreatedDirectory, token: string | null): Promise<boolean> {
  const { status } = await fetch(addressOf(directory), { headers: { authorization: `Bearer ${token}` } })
  expect([200, 401]).toContain(status)
  return status === 200
}

async function create(client: ScimClient, body: object = {}): Promise<IssuedDirectoryToken> {
  const answer = await client.environment.api<IssuedDirectoryToken>('POST', pathOf(client), { body })
  expect(answer.status).toBe(201)
  return answer.body
}

async function live(client: ScimClient): Promise<readonly DirectoryToken[]> {
  return (await client.environment.api<Page<DirectoryToken>>('GET', pathOf(client))).body.data
}

const roll = (client: ScimClient, id: string, body: object = {}) =>
  client.environment.api<IssuedDirectoryToken>('POST', `${pathOf(client)}/${id}/roll`, { body })
const revoke = (client: ScimClient, id: string) => client.environment.api('DELETE', `${pathOf(client)}/${id}`)

describe('a bearer token of a directory', () => {
  test('opens it beside others, until it is revoked: then at once, and for good', async () => {
    const client = await createScimClient(server)
    const { directory } = client
    const second = await create(client)
    expect([await opens(directory, directory.bearer_token), await opens(directory, second.value)]).toEqual([true, true])
    expect((await revoke(client, second.id)).status).toBe(204)
    expect([await opens(directory, directory.bearer_token), await opens(directory, second.value)]).toEqual([
      true,
      false,
    ])
    expect((await live(client)).map(({ id }) => id)).not.toContain(second.id)
    expect([(await revoke(client, second.id)).status, (await roll(client, second.id)).status]).toEqual([404, 404])
  })

  test('is kept as a hash, and nowhere in the clear', async () => {
    const client = await createScimClient(server)
    const { value } = await create(client)
    const { rows } = await server.db.pool.query<{ hash: Buffer }>(
      'select t.*, e.body from directory_tokens t, events e where t.directory_id = $1 and e.environment_id = t.environment_id',
      [client.directory.id],
    )
    expect(rows.map(({ hash }) => hash.toString('hex'))).toContain(
      createHash('sha256')
        .update(value ?? '')
        .digest('hex'),
    )
    expect(JSON.stringify(rows)).not.toContain(value)
  })

  test('ends when it was said to', async () => {
    const client = await createScimClient(server)
    const expires_at = new Date(server.clock.read().getTime() + day).toISOString()
    const { value } = await create(client, { expires_at })
    server.clock.advance(day - 1)
    expect(await opens(client.directory, value)).toBe(true)
    server.clock.advance(1)
    expect(await opens(client.directory, value)).toBe(false)
  })

  test.each(['2001-01-01T00:00:00.000Z', 'tomorrow'])('cannot end at %s', async (expires_at) => {
    const client = await createScimClient(server)
    const { status, body } = await client.environment.api('POST', pathOf(client), { body: { expires_at } })
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'expires_at'])
  })

  test('tells when it was used last, and by what', async () => {
    const client = await createScimClient(server)
    const { id, value } = await create(client)
    const headers = { authorization: `Bearer ${value}`, 'user-agent': 'Okta SCIM Client 1.0.0' }
    await fetch(addressOf(client.directory), { headers })
    await server.deps.tokenUses.flush(server.db)
    expect((await live(client)).find((token) => token.id === id)).toMatchObject({
      last_used_at: server.clock.read().toISOString(),
      last_used_by: 'Okta',
    })
  })

  test('is announced when it comes and when it goes, without what it is', async () => {
    const client = await createScimClient(server)
    const { id, token_suffix, value } = await create(client)
    await revoke(client, id)
    const { body } = await client.environment.api<Page<Event>>(
      'GET',
      '/events?events=dsync.token.created,dsync.token.revoked',
    )
    const news = body.data.filter(({ data }) => (data as { id: string }).id === id)
    expect(news.map(({ event, data }) => [event, (data as DirectoryToken).token_suffix])).toEqual([
      ['dsync.token.created', token_suffix],
      ['dsync.token.revoked', token_suffix],
    ])
    expect(value?.endsWith(token_suffix)).toBe(true)
    expect(JSON.stringify(body)).not.toContain(value)
  })
})

describe('rolling a bearer token', () => {
  test.each([
    [{}, day],
    [{ overlap_seconds: 60 }, 60_000],
    [{ overlap_seconds: 0 }, 0],
  ])('%j lets the old one live on for so long, and the new one for good', async (body, milliseconds) => {
    const client = await createScimClient(server)
    const { directory } = client
    const old = await create(client)
    const { status, body: successor } = await roll(client, old.id, body)
    expect(status).toBe(201)
    if (milliseconds > 0) {
      server.clock.advance(milliseconds - 1)
      expect([await opens(directory, old.value), await opens(directory, successor.value)]).toEqual([true, true])
      server.clock.advance(1)
    }
    expect([await opens(directory, old.value), await opens(directory, successor.value)]).toEqual([false, true])
    expect((await roll(client, old.id)).status).toBe(404)
  })

  test('a second time cannot lengthen the life of the old one', async () => {
    const client = await createScimClient(server)
    const old = await create(client)
    await roll(client, old.id, { overlap_seconds: 60 })
    await roll(client, old.id, { overlap_seconds: 3600 })
    server.clock.advance(60_000)
    expect(await opens(client.directory, old.value)).toBe(false)
  })

  test('of a neighbour is not possible, nor is revoking it', async () => {
    const client = await createScimClient(server)
    const neighbour = await createSibling(server, client)
    const { id, value } = await create(neighbour)
    expect([(await roll(client, id)).status, (await revoke(client, id)).status]).toEqual([404, 404])
    expect([await opens(neighbour.directory, value), await opens(client.directory, value)]).toEqual([true, false])
  })
})

describe('the hash of a token that an identity provider has already', () => {
  test('lets it in, and the token is never told', async () => {
    const client = await createScimClient(server, { create_token: false })
    expect(client.directory.bearer_token).toBeNull()
    const token = randomBytes(20).toString('hex')
    const token_sha256 = createHash('sha256').update(token).digest('hex')
    expect(await opens(client.directory, token)).toBe(false)
    const imported = await create(client, { token_sha256, token_suffix: token.slice(-4) })
    expect([imported.value, imported.token_suffix]).toEqual([null, token.slice(-4)])
    expect([await opens(client.directory, token), await opens(client.directory, token_sha256)]).toEqual([true, false])
    const again = await client.environment.api('POST', pathOf(client), { body: { token_sha256 } })
    expect([again.status, again.body.code]).toEqual([409, 'directory_token_already_exists'])
  })

  test.each(['', 'x', 'F'.repeat(64), 'f'.repeat(63)])('is 64 digits, and not %j', async (token_sha256) => {
    const client = await createScimClient(server)
    const { status, body } = await client.environment.api('POST', pathOf(client), { body: { token_sha256 } })
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'token_sha256'])
  })
})
