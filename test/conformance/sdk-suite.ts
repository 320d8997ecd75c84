import { describe, expect, test } from 'vitest'
import type { Organization as WireOrganization } from '#contracts/organizations.ts'
import type { TestEnvironment, TestServer } from '../support/server.ts'

/** The part of an SDK these nouns need, whatever a major calls it. Its own types decide what it takes and gives. */
export interface Sdk {
  /** How it names itself in User-Agent. */
  readonly product: string
  connect(apiKey: string, options: SdkOptions): SdkClient
}

export interface SdkOptions {
  readonly apiHostname: string
  readonly port: number
  readonly https: false
}

interface Domain {
  readonly id: string
  readonly object: string
  readonly domain: string
  readonly organizationId: string
  readonly state: string
  readonly verificationToken?: string
  readonly verificationPrefix?: string
}

interface Organization {
  readonly id: string
  readonly name: string
  readonly externalId: string | null
  readonly metadata: Record<string, string>
  readonly domains: readonly Domain[]
  readonly stripeCustomerId?: string
  readonly createdAt: string
}

interface List<T> {
  readonly data: T[]
  readonly listMetadata: { readonly before?: string | null; readonly after?: string | null }
}

interface Pages<T> extends List<T> {
  autoPagination(): Promise<T[]>
}

export interface SdkClient {
  readonly organizations: {
    createOrganization(
      payload: {
        name: string
        externalId?: string | null
        metadata?: Record<string, string>
        domainData?: { domain: string; state: string }[]
      },
      request?: { idempotencyKey?: string },
    ): Promise<Organization>
    getOrganization(id: string): Promise<Organization>
    getOrganizationByExternalId(externalId: string): Promise<Organization>
    updateOrganization(options: {
      organization: string
      name?: string
      stripeCustomerId?: string
      externalId?: string | null
      metadata?: Record<string, string>
      domainData?: { domain: string; state: string }[]
    }): Promise<Organization>
    listOrganizations(options?: {
      domains?: string[]
      limit?: number
      after?: string
      order?: 'asc' | 'desc'
    }): Promise<Pages<Organization>>
    deleteOrganization(id: string): Promise<void>
  }
  readonly domains: {
    create(options: { organizationId: string; domain: string }): Promise<Domain>
    get(id: string): Promise<Domain>
    verify(id: string): Promise<Domain>
    delete(id: string): Promise<void>
  }
  readonly events: {
    listEvents(options: {
      events: string[]
      limit?: number
      after?: string
      rangeStart?: string
      organizationId?: string
    }): Promise<List<{ id: string; event: string; createdAt: string; data: unknown } | undefined>>
  }
}

/** SDKs before 11 leave a hole where an event is whose name they do not know. */
function organizationIn(event: { data: unknown } | undefined): { id: string; name: string } {
  if (!event) throw new Error('an event got lost in the SDK')
  return event.data as { id: string; name: string } // of organization.created
}

/** What every major must be able to do with organizations, domains and events, unmodified. */
export function describeSdk(server: TestServer, sdk: Sdk): void {
  async function connect(): Promise<{ client: SdkClient; environment: TestEnvironment }> {
    const environment = await server.environment()
    return { client: at(environment.apiKey.value), environment }
  }

  function at(apiKey: string): SdkClient {
    return sdk.connect(apiKey, { apiHostname: '127.0.0.1', port: server.port, https: false })
  }

  describe('organizations', () => {
    test('are created, read, found by external id, updated and deleted', async () => {
      const { organizations } = (await connect()).client
      const made = await organizations.createOrganization({
        name: 'Acme',
        externalId: 'auth0|a/b@c',
        metadata: { tier: 'gold', seats: '5' },
        domainData: [{ domain: 'acme.test', state: 'verified' }],
      })
      expect(made).toMatchObject({
        object: 'organization',
        name: 'Acme',
        externalId: 'auth0|a/b@c',
        metadata: { tier: 'gold', seats: '5' },
        domains: [{ object: 'organization_domain', domain: 'acme.test', organizationId: made.id, state: 'verified' }],
        createdAt: server.clock.read().toISOString(),
      })
      expect(await organizations.getOrganization(made.id)).toEqual(made)

      const updated = await organizations.updateOrganization({
        organization: made.id,
        name: 'Acme Inc.',
        stripeCustomerId: 'cus_1',
        externalId: null,
        metadata: { tier: 'silver' },
        domainData: [],
      })
      expect(updated).toMatchObject({
        id: made.id,
        name: 'Acme Inc.',
        stripeCustomerId: 'cus_1',
        externalId: null,
        metadata: { tier: 'silver', seats: '5' },
        domains: [],
      })

      expect(await organizations.deleteOrganization(made.id)).toBeUndefined()
      await expect(organizations.getOrganization(made.id)).rejects.toMatchObject({ name: 'NotFoundException' })
    })

    test('are filtered by several domains', async () => {
      const { organizations } = (await connect()).client
      for (const name of ['a', 'b', 'c'])
        await organizations.createOrganization({ name, domainData: [{ domain: `${name}.test`, state: 'verified' }] })
      const { data } = await organizations.listOrganizations({ domains: ['a.test', 'c.test'] })
      expect(data.map(({ name }) => name)).toEqual(['c', 'a'])
    })

    test('are listed newest first, a page at a time when limited', async () => {
      const { organizations } = (await connect()).client
      for (const name of ['a', 'b', 'c']) await organizations.createOrganization({ name })
      const first = await organizations.listOrganizations({ limit: 2 })
      expect(first.data.map(({ name }) => name)).toEqual(['c', 'b'])
      const second = await organizations.listOrganizations({ limit: 2, after: first.listMetadata.after ?? '' })
      expect(second.data.map(({ name }) => name)).toEqual(['a'])
      expect(second.listMetadata.after).toBeNull()
      const oldest = await organizations.listOrganizations({ order: 'asc' })
      expect(oldest.data.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    })

    test('are paged through to the end, each once', async () => {
      const { client, environment } = await connect()
      const names = Array.from({ length: 120 }, (_, index) => `${index}`)
      for (let index = 0; index < names.length; index += 20)
        await Promise.all(
          names.slice(index, index + 20).map((name) => environment.api('POST', '/organizations', { body: { name } })),
        )
      const all = await (await client.organizations.listOrganizations()).autoPagination()
      expect(all.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    })

    test('created twice with one idempotency key are one', async () => {
      const { organizations } = (await connect()).client
      const create = (name: string) => organizations.createOrganization({ name }, { idempotencyKey: 'key-1' })
      expect(await create('Acme')).toEqual(await create('Acme'))
      await expect(create('Other')).rejects.toThrow(/Another idempotency key \(key-1\)/)
    })
  })

  describe('domains', () => {
    test('are claimed, proven by DNS, read and deleted', async () => {
      const { organizations, domains } = (await connect()).client
      const { id: organizationId } = await organizations.createOrganization({ name: 'Acme' })
      const claimed = await domains.create({ organizationId, domain: 'proof.test' })
      expect(claimed).toMatchObject({ organizationId, domain: 'proof.test', state: 'pending' })
      expect((await domains.verify(claimed.id)).state).toBe('pending')

      // SDK 7 does not know the prefix; its users publish on the domain itself.
      const prefix = claimed.verificationPrefix
      server.dns.set(prefix === undefined ? 'proof.test' : `${prefix}.proof.test`, [[claimed.verificationToken ?? '']])
      expect((await domains.verify(claimed.id)).state).toBe('verified')
      expect((await domains.get(claimed.id)).state).toBe('verified')
      expect(await domains.delete(claimed.id)).toBeUndefined()
      await expect(domains.get(claimed.id)).rejects.toMatchObject({ name: 'NotFoundException' })
    })

    test('that belong to somebody else are a conflict', async () => {
      const { organizations, domains } = (await connect()).client
      await organizations.createOrganization({ name: 'A', domainData: [{ domain: 'taken.test', state: 'verified' }] })
      const { id: organizationId } = await organizations.createOrganization({ name: 'B' })
      const attempts = [
        () => domains.create({ organizationId, domain: 'taken.test' }),
        () => organizations.createOrganization({ name: 'C', domainData: [{ domain: 'taken.test', state: 'pending' }] }),
      ]
      for (const attempt of attempts) {
        const error = await attempt().catch((reason: unknown) => reason)
        expect(error).toMatchObject({
          name: 'ConflictException',
          message: 'An Organization with the domain taken.test already exists.',
        })
      }
    })
  })

  describe('events', () => {
    const names = [
      'organization.created',
      'organization.updated',
      'organization.deleted',
      'organization_domain.created',
      'organization_domain.verified',
      'organization_domain.deleted',
    ]

    test('are read oldest first and understood, none lost', async () => {
      const { organizations, events } = (await connect()).client
      const made = await organizations.createOrganization({
        name: 'Acme',
        metadata: { a: 'b' },
        domainData: [{ domain: 'events.test', state: 'verified' }],
      })
      await organizations.updateOrganization({ organization: made.id, name: 'Acme Inc.' })
      await organizations.deleteOrganization(made.id)
      const { data, listMetadata } = await events.listEvents({ events: names })
      expect(data.map((event) => event?.event)).toEqual([
        'organization_domain.created',
        'organization.created',
        'organization.updated',
        'organization_domain.deleted',
        'organization.deleted',
      ])
      expect(data[1]).toMatchObject({
        id: expect.stringMatching(/^event_/),
        createdAt: server.clock.read().toISOString(),
        data: { id: made.id, name: 'Acme', metadata: { a: 'b' }, domains: [{ domain: 'events.test' }] },
      })
      expect(listMetadata.after).toBeNull()
    })

    test('are followed with after until it is empty', async () => {
      const { organizations, events } = (await connect()).client
      for (const name of ['a', 'b', 'c', 'd', 'e']) await organizations.createOrganization({ name })
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await events.listEvents({ events: ['organization.created'], limit: 2, ...(after && { after }) })
        seen.push(...page.data.map((event) => organizationIn(event).name))
        after = page.listMetadata.after ?? undefined
      } while (after)
      expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'])
    })

    test('are filtered by organization and by time', async () => {
      const { organizations, events } = (await connect()).client
      const a = await organizations.createOrganization({ name: 'a' })
      server.clock.advance(1000)
      const b = await organizations.createOrganization({ name: 'b' })
      const ids = async (filter: object) =>
        (await events.listEvents({ events: ['organization.created'], ...filter })).data.map(
          (event) => organizationIn(event).id,
        )
      expect(await ids({ organizationId: a.id })).toEqual([a.id])
      expect(await ids({ rangeStart: server.clock.read().toISOString() })).toEqual([b.id])
    })
  })

  describe('errors arrive as the exceptions applications catch', () => {
    test('a wrong key', async () => {
      await expect(at('sk_test_wrong').organizations.listOrganizations()).rejects.toMatchObject({
        name: 'UnauthorizedException',
      })
    })

    test('an unknown id, with code and message', async () => {
      const { organizations } = (await connect()).client
      const error = await organizations.getOrganization('org_none').catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        name: 'NotFoundException',
        status: 404,
        code: 'entity_not_found',
        message: "Organization not found: 'org_none'.",
      })
    })

    test('a rule that is not met, spelled out', async () => {
      const { organizations } = (await connect()).client
      const error = await organizations.createOrganization({ name: '' }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        name: 'UnprocessableEntityException',
        status: 422,
        message: expect.stringMatching(/must be met:\s+name must not have fewer/),
      })
    })

    test('a request that cannot be granted', async () => {
      const { organizations } = (await connect()).client
      const error = await organizations
        .createOrganization({ name: 'A', metadata: { ['k'.repeat(41)]: 'v' } })
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({
        name: 'GenericServerException',
        status: 400,
        rawData: { code: 'invalid_metadata' },
      })
    })

    test('events without names', async () => {
      const { events } = (await connect()).client
      const error = await events.listEvents({ events: [] }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ status: 400, rawData: { code: 'invalid_events_request' } })
    })
  })

  test(`the key shows that ${sdk.product} used it`, async () => {
    const { client, environment } = await connect()
    await client.organizations.listOrganizations()
    await server.deps.keyUses.flush(server.db)
    const { body } = await environment.api<{ data: { last_used_by: string }[] }>(
      'GET',
      `/environments/${environment.id}/api_keys`,
    )
    expect(body.data.map((key) => key.last_used_by)).toEqual([sdk.product])
  })

  test('what an SDK writes, plain HTTP reads', async () => {
    const { client, environment } = await connect()
    const made = await client.organizations.createOrganization({ name: 'größe', metadata: { k: '🎉' } })
    const { body } = await environment.api<WireOrganization>('GET', `/organizations/${made.id}`)
    expect(body).toMatchObject({ id: made.id, name: 'größe', metadata: { k: '🎉' } })
  })
}
