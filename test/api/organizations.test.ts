import { describe, expect, test } from 'vitest'
import type { Page } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import { readLog } from '../support/log.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()

describe('an organization', () => {
  test('is created with a name alone and everything else at rest', async () => {
    const { api } = await server.environment()
    const { status, body } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
    expect(status).toBe(201)
    expect(body).toEqual({
      object: 'organization',
      id: expect.stringMatching(/^org_[0-9A-HJKMNP-TV-Z]{26}$/),
      name: 'Acme',
      allow_profiles_outside_organization: false,
      domains: [],
      external_id: null,
      metadata: {},
      created_at: '2026-03-01T12:00:00.000Z',
      updated_at: '2026-03-01T12:00:00.000Z',
    })
  })

  test('is read, listed, updated and deleted, each change one event', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
    const path = `/organizations/${made.id}`
    expect((await api<Organization>('GET', path)).body).toEqual(made)
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toEqual([made])

    server.clock.advance(1000)
    const updated = await api<Organization>('PUT', path, { body: { name: 'Acme Inc.', stripe_customer_id: 'cus_1' } })
    expect(updated.body).toEqual({
      ...made,
      name: 'Acme Inc.',
      stripe_customer_id: 'cus_1',
      updated_at: server.clock.read().toISOString(),
    })

    const deleted = await api('DELETE', path)
    expect([deleted.status, deleted.text, deleted.headers.get('content-type')]).toEqual([
      202,
      'Accepted',
      'text/plain; charset=utf-8',
    ])
    expect((await api('GET', path)).status).toBe(404)
    expect((await api('DELETE', path)).status).toBe(404)
    const log = await readLog(api)
    expect(log.map((event) => event.event)).toEqual([
      'organization.created',
      'organization.updated',
      'organization.deleted',
    ])
    expect(log[2]?.data).toMatchObject({ id: made.id, name: 'Acme Inc.' })
  })

  test('an update that changes nothing writes no event and keeps updated_at', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'Acme', metadata: { b: '1', a: '2' }, domain_data: [{ domain: 'acme.test', state: 'verified' }] },
    })
    const before = await readLog(api)
    server.clock.advance(1000)
    const { body } = await api<Organization>('PUT', `/organizations/${made.id}`, {
      body: {
        name: 'Acme',
        metadata: { a: '2', b: '1' },
        external_id: null,
        domain_data: [{ domain: 'ACME.test', state: 'verified' }],
      },
    })
    expect(body).toEqual(made)
    expect(await readLog(api)).toEqual(before)
  })

  test('deleting it deletes its domains, each with an event, its own last', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: {
        name: 'Acme',
        domain_data: [
          { domain: 'a.test', state: 'verified' },
          { domain: 'b.test', state: 'pending' },
        ],
      },
    })
    const before = (await readLog(api)).length
    await api('DELETE', `/organizations/${made.id}`)
    const log = (await readLog(api)).slice(before)
    expect(log.map((event) => event.event)).toEqual([
      'organization_domain.deleted',
      'organization_domain.deleted',
      'organization.deleted',
    ])
    expect((await api('GET', `/organization_domains/${made.domains[0]?.id}`)).status).toBe(404)
  })

  test.each([
    ['/connections', { connection_type: 'GenericSAML' }],
    ['/directories', { type: 'okta scim v2.0' }],
    ['/organization_domains', { domain: 'late.test' }],
  ])('is deleted with what is being made for it by POST %s, or there is nothing to make it for', async (path, body) => {
    const { api } = await server.environment()
    for (let round = 0; round < 8; round++) {
      const { body: made } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
      const [created, deleted] = await Promise.all([
        api<{ id: string }>('POST', path, { body: { ...body, organization_id: made.id } }),
        api('DELETE', `/organizations/${made.id}`),
      ])
      expect(deleted.status).toBe(202)
      expect([201, 404]).toContain(created.status)
      if (created.status === 201) expect((await api('GET', `${path}/${created.body.id}`)).status).toBe(404)
    }
  })

  test.each([
    ['no name', {}, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name that is no text', { name: 7 }, 'name'],
    ['a name of null', { name: null }, 'name'],
    ['a name past 255 characters', { name: 'x'.repeat(256) }, 'name'],
    ['domain data without a state', { name: 'A', domain_data: [{ domain: 'a.test' }] }, 'domain_data.0.state'],
    ['a state of its own', { name: 'A', domain_data: [{ domain: 'a.test', state: 'failed' }] }, 'domain_data.0.state'],
    ['domains that are no list', { name: 'A', domains: 'a.test' }, 'domains'],
    ['an external id with a line break', { name: 'A', external_id: 'a\nb' }, 'external_id'],
    ['an external id past 128 characters', { name: 'A', external_id: 'x'.repeat(129) }, 'external_id'],
    [
      'a flag that is text',
      { name: 'A', allow_profiles_outside_organization: 'true' },
      'allow_profiles_outside_organization',
    ],
    ['metadata that is a list', { name: 'A', metadata: ['a'] }, 'metadata'],
    ['a metadata value that is a number', { name: 'A', metadata: { seats: 5 } }, 'metadata'],
    ['a body that is a list', [], ''],
    ['a body that is text', 'name', ''],
  ])('is refused with %s, naming the field', async (_claim, body, field) => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organizations', { body })
    expect(answer.status).toBe(422)
    expect(answer.body.message).toBe('Validation failed')
    expect(
      answer.body.errors?.map((error) => error.field?.split('.').slice(0, field.split('.').length).join('.')),
    ).toContain(field)
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toEqual([])
  })
})

describe('an external id', () => {
  test.each(['acme', 'a/b', 'user@example.com', 'auth0|123', 'a b', '%2F', '?x=1#y', '.', '..', 'a+b', '100%'])(
    '%s finds its organization, sent encoded',
    async (externalId) => {
      const { api } = await server.environment()
      const made = await api<Organization>('POST', '/organizations', { body: { name: 'A', external_id: externalId } })
      expect([made.status, made.body.external_id]).toEqual([201, externalId])
      // fetch resolves dot segments before sending, encoded or not; SDKs refuse them.
      if (externalId.startsWith('.')) return
      const path = `/organizations/external_id/${encodeURIComponent(externalId)}`
      expect((await api<Organization>('GET', path)).body).toEqual(made.body)
    },
  )

  test('with @ and | is found as SDKs before 11 send it, bare', async () => {
    const { api } = await server.environment()
    await api('POST', '/organizations', { body: { name: 'A', external_id: 'a@b' } })
    expect((await api('GET', '/organizations/external_id/a@b')).status).toBe(200)
  })

  test('is decoded once, not twice', async () => {
    const { api } = await server.environment()
    await api('POST', '/organizations', { body: { name: 'A', external_id: 'a/b' } })
    expect((await api('GET', '/organizations/external_id/a%252Fb')).status).toBe(404)
  })

  test('is unique in its environment and free in another', async () => {
    const [one, two] = [await server.environment(), await server.environment()]
    const body = { name: 'A', external_id: 'acme' }
    expect((await one.api('POST', '/organizations', { body })).status).toBe(201)
    const again = await one.api('POST', '/organizations', { body })
    expect([again.status, again.body.code]).toEqual([400, 'external_id_already_used'])
    expect((await two.api('POST', '/organizations', { body })).status).toBe(201)
  })

  test('is taken away by null and then free again', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', external_id: 'acme' },
    })
    const cleared = await api<Organization>('PUT', `/organizations/${made.id}`, { body: { external_id: null } })
    expect(cleared.body.external_id).toBeNull()
    expect((await api('POST', '/organizations', { body: { name: 'B', external_id: 'acme' } })).status).toBe(201)
  })

  test('that belongs to another organization is refused in an update too', async () => {
    const { api } = await server.environment()
    await api('POST', '/organizations', { body: { name: 'A', external_id: 'acme' } })
    const { body: other } = await api<Organization>('POST', '/organizations', { body: { name: 'B' } })
    const answer = await api('PUT', `/organizations/${other.id}`, { body: { external_id: 'acme' } })
    expect([answer.status, answer.body.code]).toEqual([400, 'external_id_already_used'])
  })

  test('a Stripe customer belongs to one organization', async () => {
    const { api } = await server.environment()
    const [a, b] = await Promise.all(
      ['A', 'B'].map((name) => api<Organization>('POST', '/organizations', { body: { name } })),
    )
    await api('PUT', `/organizations/${a?.body.id}`, { body: { stripe_customer_id: 'cus_1' } })
    const answer = await api('PUT', `/organizations/${b?.body.id}`, { body: { stripe_customer_id: 'cus_1' } })
    expect([answer.status, answer.body.code]).toEqual([400, 'stripe_customer_id_already_used'])
  })
})

describe('metadata', () => {
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key${index}`, 'v']))

  test.each([
    ['50 keys', fifty],
    ['a key of 40 characters', { ['k'.repeat(40)]: 'v' }],
    ['a value of 600 characters', { key: 'v'.repeat(600) }],
    ['an empty value', { key: '' }],
    ['a value in any script', { key: 'größe 🎉' }],
    ['a key that names a prototype', JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>],
  ])('may have %s', async (_claim, metadata) => {
    const { api } = await server.environment()
    const made = await api<Organization>('POST', '/organizations', { body: { name: 'A', metadata } })
    expect(made.status).toBe(201)
    expect(Object.entries(made.body.metadata).toSorted()).toEqual(Object.entries(metadata).toSorted())
  })

  test.each([
    ['51 keys', { ...fifty, more: 'v' }],
    ['a key of 41 characters', { ['k'.repeat(41)]: 'v' }],
    ['an empty key', { '': 'v' }],
    ['a key that is not ASCII', { größe: 'v' }],
    ['a value of 601 characters', { key: 'v'.repeat(601) }],
  ])('may not have %s', async (_claim, metadata) => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organizations', { body: { name: 'A', metadata } })
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_metadata'])
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toEqual([])
  })

  test.each([
    ['adds and overwrites what it names', { a: '9', c: '3' }, { a: '9', b: '2', c: '3' }],
    ['removes what it sets to null', { a: null }, { b: '2' }],
    ['ignores null for what is not there', { z: null }, { a: '1', b: '2' }],
    ['changes nothing when empty', {}, { a: '1', b: '2' }],
    ['clears everything when null itself', null, {}],
  ])('an update %s', async (_claim, metadata, expected) => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', metadata: { a: '1', b: '2' } },
    })
    const updated = await api<Organization>('PUT', `/organizations/${made.id}`, { body: { metadata } })
    expect(updated.body.metadata).toEqual(expected)
    expect((await api<Organization>('GET', `/organizations/${made.id}`)).body.metadata).toEqual(expected)
  })

  test('the limit counts what the update leaves, not what it sends', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', { body: { name: 'A', metadata: fifty } })
    const path = `/organizations/${made.id}`
    expect((await api('PUT', path, { body: { metadata: { more: 'v' } } })).status).toBe(400)
    expect((await api('PUT', path, { body: { metadata: { more: 'v', key0: null } } })).status).toBe(200)
  })
})

describe('domains of an organization', () => {
  test('domain_data says whether a domain is vouched for or still to be proven', async () => {
    const { api } = await server.environment()
    const { body } = await api<Organization>('POST', '/organizations', {
      body: {
        name: 'A',
        domain_data: [
          { domain: 'Verified.Test', state: 'verified' },
          { domain: 'pending.test', state: 'pending' },
        ],
      },
    })
    const [verified, pending] = body.domains
    expect(verified).toMatchObject({ domain: 'verified.test', state: 'verified', verification_strategy: 'manual' })
    expect(verified).not.toHaveProperty('verification_token')
    expect(pending).toMatchObject({
      domain: 'pending.test',
      state: 'pending',
      verification_strategy: 'dns',
      verification_token: expect.stringMatching(/^[a-z0-9]{20,}$/),
      verification_prefix: expect.stringMatching(/^gatehouse-[a-z0-9]+$/),
    })
  })

  test('the oldest spelling, domains, is taken on trust', async () => {
    const { api } = await server.environment()
    const { body } = await api<Organization>('POST', '/organizations', { body: { name: 'A', domains: ['old.test'] } })
    expect(body.domains).toMatchObject([{ domain: 'old.test', state: 'legacy_verified' }])
  })

  test.each([
    ['domain_data', { domain_data: [{ domain: 'ACME.test', state: 'verified' }] }],
    ['domains', { domains: ['acme.test'] }],
  ])('a domain another organization owns is a conflict in %s, and nothing is created', async (_claim, claims) => {
    const { api } = await server.environment()
    await api('POST', '/organizations', {
      body: { name: 'A', domain_data: [{ domain: 'acme.test', state: 'verified' }] },
    })
    const answer = await api('POST', '/organizations', { body: { name: 'B', ...claims } })
    expect([answer.status, answer.body.message]).toEqual([
      409,
      'An Organization with the domain acme.test already exists.',
    ])
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(1)
  })

  test('the same domain twice in one request is a conflict', async () => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organizations', {
      body: { name: 'A', domains: ['acme.test', 'ACME.TEST'] },
    })
    expect(answer.status).toBe(409)
  })

  test('two requests for one domain at the same time make one organization', async () => {
    const { api } = await server.environment()
    const body = { name: 'A', domain_data: [{ domain: 'race.test', state: 'verified' }] }
    const answers = await Promise.all(Array.from({ length: 6 }, () => api('POST', '/organizations', { body })))
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409])
    expect((await api<Page<Organization>>('GET', '/organizations')).body.data).toHaveLength(1)
  })

  test('an update replaces the set; domains that stay keep their id', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: {
        name: 'A',
        domain_data: [
          { domain: 'stays.test', state: 'verified' },
          { domain: 'goes.test', state: 'verified' },
        ],
      },
    })
    const before = (await readLog(api)).length
    const { body } = await api<Organization>('PUT', `/organizations/${made.id}`, {
      body: {
        domain_data: [
          { domain: 'stays.test', state: 'verified' },
          { domain: 'comes.test', state: 'pending' },
        ],
      },
    })
    expect(body.domains.map(({ domain, state }) => [domain, state])).toEqual([
      ['stays.test', 'verified'],
      ['comes.test', 'pending'],
    ])
    expect(body.domains[0]?.id).toBe(made.domains[0]?.id)
    expect((await readLog(api)).slice(before).map((event) => event.event)).toEqual([
      'organization_domain.deleted',
      'organization_domain.created',
      'organization.updated',
    ])
  })

  test('an update can vouch for a pending domain, and cannot unprove a proven one', async () => {
    const { api } = await server.environment()
    const { body: made } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', domain_data: [{ domain: 'acme.test', state: 'pending' }] },
    })
    const path = `/organizations/${made.id}`
    const update = (state: string) =>
      api<Organization>('PUT', path, { body: { domain_data: [{ domain: 'acme.test', state }] } })
    expect((await update('verified')).body.domains[0]).toMatchObject({
      state: 'verified',
      verification_strategy: 'manual',
    })
    expect((await update('pending')).body.domains[0]).toMatchObject({ state: 'verified' })
  })

  test.each([
    'localhost',
    'exa mple.com',
    '-a.test',
    'a..test',
    'https://acme.test',
    'a@b.test',
    '192.168.0.1',
    `${'a'.repeat(64)}.test`,
    `${'a.'.repeat(130)}test`,
  ])('%s is no domain', async (domain) => {
    const { api } = await server.environment()
    const answer = await api('POST', '/organizations', { body: { name: 'A', domains: [domain] } })
    expect([answer.status, answer.body.errors?.[0]?.code]).toEqual([422, 'invalid_domain'])
  })

  test.each(['gmail.com', 'GMX.de.', 'yahoo.co.uk'])('%s is everybody’s, and no organization’s', async (domain) => {
    const { api } = await server.environment()
    const { body: acme } = await api<Organization>('POST', '/organizations', { body: { name: 'Acme' } })
    const domain_data = [{ domain, state: 'verified' }]
    for (const answer of [
      await api('POST', '/organizations', { body: { name: 'A', domain_data } }),
      await api('PUT', `/organizations/${acme.id}`, { body: { domain_data } }),
      await api('POST', '/organization_domains', { body: { organization_id: acme.id, domain } }),
    ])
      expect([answer.status, answer.body.errors?.[0]?.code]).toEqual([422, 'consumer_domain'])
    expect((await api<Organization>('GET', `/organizations/${acme.id}`)).body).toEqual(acme)
  })

  test('a domain in another script is kept as DNS knows it', async () => {
    const { api } = await server.environment()
    const { body } = await api<Organization>('POST', '/organizations', {
      body: { name: 'A', domains: ['Bücher.test.'] },
    })
    expect(body.domains[0]?.domain).toBe('xn--bcher-kva.test')
  })
})

describe('finding organizations', () => {
  test('domains= takes a list joined by commas, repeated, or with brackets', async () => {
    const { api } = await server.environment()
    for (const name of ['a', 'b', 'c'])
      await api('POST', '/organizations', { body: { name, domains: [`${name}.test`] } })
    const names = async (query: string) =>
      (await api<Page<Organization>>('GET', `/organizations?order=asc&${query}`)).body.data.map(({ name }) => name)
    for (const query of [
      'domains=a.test%2Cb.test',
      'domains=a.test,b.test',
      'domains=a.test&domains=b.test',
      'domains[]=a.test&domains[]=b.test',
      'domains%5B%5D=A.test&domains%5B%5D=b.test',
    ])
      expect(await names(query)).toEqual(['a', 'b'])
    expect(await names('domains=')).toEqual(['a', 'b', 'c'])
    expect(await names('domains=nobody.test')).toEqual([])
  })

  test.each([
    ['part of the name, in any case', 'CME', ['Acme']],
    ['part of a domain', 'beta.t', ['Beta']],
    ['the external id', 'ext-1', ['Acme']],
    ['part of an external id finds nothing', 'ext', []],
    ['a percent sign stands for itself', '%', ['100% Pure']],
    ['an underscore stands for itself', '_', []],
    ['a quote is text', "'", []],
  ])('search takes %s', async (_claim, search, expected) => {
    const { api } = await server.environment()
    await api('POST', '/organizations', { body: { name: 'Acme', external_id: 'ext-1' } })
    await api('POST', '/organizations', { body: { name: 'Beta', domains: ['beta.test'] } })
    await api('POST', '/organizations', { body: { name: '100% Pure' } })
    const { body } = await api<Page<Organization>>('GET', `/organizations?search=${encodeURIComponent(search)}`)
    expect(body.data.map(({ name }) => name)).toEqual(expected)
  })
})
