import { describe, expect, test } from 'vitest'
import { coreGroup, coreUser, createScimClient, enterpriseUser, patch, person, refusal } from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const serviceSchemas = ['ServiceProviderConfig', 'ResourceType', 'Schema'].map(
  (name) => `urn:ietf:params:scim:schemas:core:2.0:${name}`,
)

describe('RFC 7644 §4, RFC 7643 §5: what the server says it can, it can', () => {
  test('the configuration is complete and has the shape of its schema', async () => {
    const client = await createScimClient(server)
    const { status, body } = await client.send('GET', '/ServiceProviderConfig')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      schemas: [serviceSchemas[0]],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 2_048_000 },
      filter: { supported: true, maxResults: 1_000 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 1_000,
      },
      authenticationSchemes: [{ type: 'oauthbearertoken', name: expect.any(String), description: expect.any(String) }],
      meta: { resourceType: 'ServiceProviderConfig', location: `${client.directory.endpoint}/ServiceProviderConfig` },
    })
  })

  test('pages have the size it names, without a count and with too large a one', async () => {
    const client = await createScimClient(server)
    await server.db.pool.query(
      `insert into directory_users (environment_id, directory_id, id, idp_id, user_name, user_name_key, active,
         visible, complete, resource, presented, role_slug, created_at, updated_at)
       select $1, $2, 'directory_user_' || n, n, n, n, true, true, true, '{}', '{}', 'member', now(), now()
       from generate_series(1, 1001) n`,
      [client.environment.id, client.directory.id],
    )
    for (const page of ['', 'cursor=']) {
      const sizes = []
      for (const count of ['', 'count=1000', 'count=1001', 'count=5000'])
        sizes.push((await client.send('GET', `/Users?${page}&${count}&attributes=id`)).body.itemsPerPage)
      expect(sizes).toEqual([100, 1_000, 1_000, 1_000])
    }
    expect((await client.send('GET', '/Users?count=0')).body.totalResults).toBe(1_001)
  })

  test('RFC 7643 §6: resource types lead to endpoints that work and schemas that exist', async () => {
    const client = await createScimClient(server)
    const { body } = await client.send('GET', '/ResourceTypes')
    expect(body).toMatchObject({ totalResults: 2, itemsPerPage: 2, startIndex: 1 })
    expect(body.Resources).toMatchObject([
      {
        id: 'User',
        endpoint: '/Users',
        schema: coreUser,
        schemaExtensions: [{ schema: enterpriseUser, required: false }],
      },
      { id: 'Group', endpoint: '/Groups', schema: coreGroup },
    ])
    for (const type of body.Resources) {
      expect((await client.send('GET', `/ResourceTypes/${type.id}`)).body).toEqual(type)
      expect(type.meta.location).toBe(`${client.directory.endpoint}/ResourceTypes/${type.id}`)
      expect((await client.send('GET', type.endpoint)).status).toBe(200)
      for (const id of [type.schema, ...(type.schemaExtensions ?? []).map(({ schema }: { schema: string }) => schema)])
        expect((await client.send('GET', `/Schemas/${id}`)).status).toBe(200)
    }
  })

  test('RFC 7643 §7: every schema can be read, in any case, on its own and in the list', async () => {
    const client = await createScimClient(server)
    const { body } = await client.send('GET', '/Schemas')
    expect(body.Resources.map(({ id }: { id: string }) => id)).toEqual([
      coreUser,
      enterpriseUser,
      coreGroup,
      ...serviceSchemas,
    ])
    for (const schema of body.Resources) {
      expect((await client.send('GET', `/Schemas/${schema.id}`)).body).toEqual(schema)
      expect((await client.send('GET', `/Schemas/${encodeURIComponent(schema.id.toUpperCase())}`)).body).toEqual(schema)
      expect(schema.meta).toEqual({
        resourceType: 'Schema',
        location: `${client.directory.endpoint}/Schemas/${schema.id}`,
      })
    }
  })

  test('every attribute a schema says can be written is stored and answered, unless it is never returned', async () => {
    const client = await createScimClient(server)
    const { body: core } = await client.send('GET', `/Schemas/${coreUser}`)
    const { body: extension } = await client.send('GET', `/Schemas/${enterpriseUser}`)
    const samples: Record<string, unknown> = {
      string: 'text',
      boolean: true,
      reference: 'https://x.example/1',
      binary: 'TUlJ',
    }
    const sample = (attribute: {
      name: string
      type: string
      multiValued: boolean
      mutability: string
      subAttributes?: never[]
    }): unknown => {
      const one = attribute.type === 'complex' ? sampleOf(attribute.subAttributes ?? []) : samples[attribute.type]
      return attribute.multiValued ? [one] : one
    }
    const sampleOf = (attributes: Parameters<typeof sample>[0][]) =>
      Object.fromEntries(
        attributes.filter(({ mutability }) => mutability !== 'readOnly').map((each) => [each.name, sample(each)]),
      )
    const sent = {
      ...sampleOf(core.attributes),
      userName: 'ann@corp.example',
      [enterpriseUser]: sampleOf(extension.attributes),
    }
    expect(Object.keys(sent).length).toBeGreaterThan(18)
    const { status, body } = await client.send('POST', '/Users', { schemas: [coreUser, enterpriseUser], ...sent })
    expect(status, JSON.stringify(body)).toBe(201)
    const { password: _never, ...returned } = sent as Record<string, unknown>
    expect(body).toMatchObject(returned)
    expect(body).not.toHaveProperty('password')
  })

  test('what a schema says is read-only cannot be written, and what is required is', async () => {
    const client = await createScimClient(server)
    const { body: made } = await client.send('POST', '/Users', person('ann@corp.example'))
    const { body: schema } = await client.send('GET', `/Schemas/${coreUser}`)
    const readOnly = schema.attributes.filter(({ mutability }: { mutability: string }) => mutability === 'readOnly')
    expect(readOnly.map(({ name }: { name: string }) => name)).toEqual(['groups'])
    const required = schema.attributes.filter(({ required }: { required: boolean }) => required)
    expect(required.map(({ name }: { name: string }) => name)).toEqual(['userName'])
    for (const path of ['groups', 'id', 'meta', 'schemas'])
      expect(
        await client.send('PATCH', `/Users/${made.id}`, patch({ op: 'replace', path, value: [{ value: 'x' }] })),
        path,
      ).toMatchObject(refusal(400, 'mutability'))
  })

  test.each(['/ServiceProviderConfig', '/ResourceTypes', '/Schemas'])(
    '%s cannot be filtered, written or deleted',
    async (path) => {
      const client = await createScimClient(server)
      expect(await client.send('GET', `${path}?filter=id+pr`)).toMatchObject(refusal(403))
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expect(await client.send(method, path, {}), method).toMatchObject(refusal(404))
    },
  )

  test.each(['/ResourceTypes/Robot', '/Schemas/urn:nobody', '/Schemas/constructor', '/ResourceTypes/__proto__'])(
    '%s is not found',
    async (path) => {
      const client = await createScimClient(server)
      expect(await client.send('GET', path)).toMatchObject(refusal(404))
    },
  )

  test('all of it needs the token', async () => {
    const client = await createScimClient(server)
    for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas', '/Me', '/Bulk'])
      expect(await client.send('GET', path, undefined, { authorization: 'Bearer nobody' }), path).toMatchObject(
        refusal(path === '/Bulk' ? 404 : 401),
      )
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])('§3.11: %s /Me is not offered', async (method) => {
    const client = await createScimClient(server)
    const body = method === 'GET' ? undefined : person('me@corp.example')
    expect(await client.send(method, '/Me', body)).toMatchObject(refusal(501))
  })
})
