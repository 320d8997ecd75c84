import { describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreGroup,
  createScimClient,
  patch,
  person,
  refusal,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

async function etagOf(client: ScimClient, path: string): Promise<string> {
  const { headers, body } = await client.send('GET', path)
  expect(headers.get('etag'), 'the header is meta.version').toBe(body.meta.version)
  return headers.get('etag') ?? ''
}

const rename = patch({ op: 'replace', path: 'displayName', value: 'New' })

/** A user, and a group with and without members: how each is written to. */
const resources = [
  [
    'a user',
    async (client: ScimClient) => `/Users/${await addUser(client, 'ann@corp.example')}`,
    person('new@corp.example'),
  ],
  [
    'a group with members',
    async (client: ScimClient) => `/Groups/${await addGroup(client, 'Eng', await addUser(client, 'ann@corp.example'))}`,
    { schemas: [coreGroup], displayName: 'New' },
  ],
  [
    'a group without members',
    async (client: ScimClient) => `/Groups/${await addGroup(client, 'Eng')}`,
    { schemas: [coreGroup], displayName: 'New' },
  ],
] as const

describe.each(resources)('RFC 7644 §3.14 the version of %s', (_kind, make, replacement) => {
  const writes = [
    ['PUT', replacement],
    ['PATCH', rename],
    ['DELETE', undefined],
  ] as const

  test.each(writes)('%s with the current one is done', async (method, body) => {
    const client = await createScimClient(server)
    const path = await make(client)
    const version = await etagOf(client, path)
    const { status } = await client.send(method, path, body, { 'if-match': version })
    expect([200, 204]).toContain(status)
    expect((await client.send('GET', path)).status).toBe(method === 'DELETE' ? 404 : 200)
  })

  test.each(writes)('%s with any, with * and with one among several is done', async (method, body) => {
    const client = await createScimClient(server)
    for (const header of ['*', `"other", VERSION, W/"x"`]) {
      const path = await make(client)
      const version = await etagOf(client, path)
      const { status } = await client.send(method, path, body, { 'if-match': header.replace('VERSION', version) })
      expect([200, 204], header).toContain(status)
      if (method !== 'DELETE') await client.send('DELETE', path)
      const { body: people } = await client.send('GET', '/Users')
      for (const { id } of people.Resources) await client.send('DELETE', `/Users/${id}`)
    }
  })

  test.each(writes)('%s with an older one is refused with 412, and changes nothing', async (method, body) => {
    const client = await createScimClient(server)
    const path = await make(client)
    const version = await etagOf(client, path)
    await client.send('PATCH', path, patch({ op: 'replace', path: 'externalId', value: 'x9' }))
    const before = await client.send('GET', path)
    const events = await client.log()
    for (const stale of [version, 'W/"0"', '"nonsense', ''])
      expect(await client.send(method, path, body, { 'if-match': stale }), stale).toMatchObject(refusal(412))
    expect((await client.send('GET', path)).body).toEqual(before.body)
    expect(await client.log()).toEqual(events)
  })

  test('is the same wherever it is shown', async () => {
    const client = await createScimClient(server)
    const path = await make(client)
    const version = await etagOf(client, path)
    const { body: list } = await client.send('GET', `/${path.split('/')[1]}`)
    expect(list.Resources.map(({ meta }: { meta: { version: string } }) => meta.version)).toContain(version)
    const put = await client.send('PUT', path, replacement)
    expect(await etagOf(client, path)).toBe(put.headers.get('etag'))
  })

  test('GET with the current one in If-None-Match is 304 without a body, with another the resource', async () => {
    const client = await createScimClient(server)
    const path = await make(client)
    const version = await etagOf(client, path)
    const unchanged = await client.send('GET', path, undefined, { 'if-none-match': version })
    expect(unchanged).toMatchObject({ status: 304, body: undefined })
    expect(unchanged.headers.get('etag')).toBe(version)
    await client.send('PATCH', path, rename)
    expect((await client.send('GET', path, undefined, { 'if-none-match': version })).status).toBe(200)
  })

  test('a request for somebody who is gone is 404, not 412', async () => {
    const client = await createScimClient(server)
    const path = await make(client)
    await client.send('DELETE', path)
    for (const [method, body] of writes)
      expect(await client.send(method, path, body, { 'if-match': 'W/"1"' })).toMatchObject(refusal(404))
  })
})

describe('RFC 7644 §3.14 versions and memberships', () => {
  test('a group with its members has another version when they change; without them it has not', async () => {
    const client = await createScimClient(server)
    const [ann, bob] = [await addUser(client, 'ann@corp.example'), await addUser(client, 'bob@corp.example')]
    const path = `/Groups/${await addGroup(client, 'Eng', ann)}`
    const [whole, bare] = [await etagOf(client, path), await etagOf(client, `${path}?excludedAttributes=members`)]
    await client.send('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: bob }] }))
    const list = [{ value: ann }]
    const full = patch({ op: 'replace', path: 'members', value: list })
    expect(await client.send('PATCH', path, full, { 'if-match': whole }), 'would remove Bob unseen').toMatchObject(
      refusal(412),
    )
    expect((await client.send('PATCH', path, rename, { 'if-match': bare })).status).toBe(204)
    expect((await client.send('GET', path)).body.members).toHaveLength(2)
  })

  test('a user whose groups change is shown anew, and may be written by whoever knew the old groups', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    const path = `/Users/${ann}`
    const before = await etagOf(client, path)
    const eng = await addGroup(client, 'Eng', ann)
    const shown = await client.send('GET', path, undefined, { 'if-none-match': before })
    expect(shown).toMatchObject({ status: 200, body: { groups: [{ value: eng }] } })
    for (const version of [before, shown.headers.get('etag') ?? ''])
      expect(
        (await client.send('PATCH', path, patch({ op: 'remove', path: 'title' }), { 'if-match': version })).status,
      ).toBe(200)
    await client.send('PATCH', `/Groups/${eng}`, patch({ op: 'replace', value: { displayName: 'Engineering' } }))
    expect(
      (await client.send('GET', path, undefined, { 'if-none-match': shown.headers.get('etag') ?? '' })).status,
    ).toBe(200)
  })

  test('of sixteen who write with the same version one succeeds', async () => {
    const client = await createScimClient(server)
    const ann = await addUser(client, 'ann@corp.example')
    for (const path of [`/Users/${ann}`, `/Groups/${await addGroup(client, 'Eng', ann)}`]) {
      const version = await etagOf(client, path)
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          client.send('PATCH', path, patch({ op: 'replace', path: 'displayName', value: `v${i}` }), {
            'if-match': version,
          }),
        ),
      )
      const done = answers.filter(({ status }) => status < 300)
      expect(done, path).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(15)
    }
  })

  test('of sixteen who delete with the same version one succeeds, and none after a change', async () => {
    const client = await createScimClient(server)
    for (const path of [
      `/Users/${await addUser(client, 'ann@corp.example')}`,
      `/Groups/${await addGroup(client, 'Eng')}`,
    ]) {
      const version = await etagOf(client, path)
      const answers = await Promise.all([
        ...Array.from({ length: 8 }, () => client.send('DELETE', path, undefined, { 'if-match': version })),
        ...Array.from({ length: 8 }, (_, i) =>
          client.send('PATCH', path, patch({ op: 'replace', path: 'displayName', value: `v${i}` }), {
            'if-match': version,
          }),
        ),
      ])
      expect(
        answers.filter(({ status }) => status < 300),
        path,
      ).toHaveLength(1)
    }
  })
})
