import { describe, expect, test } from 'vitest'
import { NotFoundException, UnprocessableEntityException, WorkOS } from 'workos-11'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { describeSdk, type SdkClient } from './sdk-suite.ts'

const server = useTestServer()

describeSdk(server, {
  product: 'workos-node/11.0.0',
  connect(apiKey, options) {
    const { organizations, organizationDomains, events } = new WorkOS(apiKey, options)
    const domains: SdkClient['domains'] = {
      create: (claim) => organizationDomains.createOrganizationDomain(claim),
      get: (id) => organizationDomains.getOrganizationDomain(id),
      verify: (id) => organizationDomains.verifyOrganizationDomain(id),
      delete: (id) => organizationDomains.deleteOrganizationDomain(id),
    }
    // The SDK types a domain's state and an event's name as enumerations of its own; their values are this text.
    return { organizations, domains, events } as unknown as SdkClient
  },
})

const connect = (environment: TestEnvironment, fetchFn: typeof fetch = fetch) =>
  new WorkOS(environment.apiKey.value, { apiHostname: '127.0.0.1', port: server.port, https: false, fetchFn })

describe('an answer that is lost on the way', () => {
  test('is asked for again with the same key, and nothing happens twice', async () => {
    const environment = await server.environment()
    const keys: (string | null)[] = []
    const losing: typeof fetch = async (input, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'))
      const response = await fetch(input, init)
      return keys.length === 1 ? new Response('{"message":"Bad gateway"}', { status: 502 }) : response
    }
    const made = await connect(environment, losing).organizations.createOrganization({ name: 'Acme' })
    expect(keys).toEqual([expect.stringMatching(/^retry-/), keys[0]])
    const { data } = await connect(environment).organizations.listOrganizations()
    expect(data).toEqual([made])
  })
})

describe('exceptions carry what support asks for', () => {
  test('the request id and the code', async () => {
    const { organizations } = connect(await server.environment())
    const error = await organizations.getOrganization('org_none').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(NotFoundException)
    expect(error).toMatchObject({ code: 'entity_not_found', requestID: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  test('every unmet rule', async () => {
    const { organizations } = connect(await server.environment())
    const error = await organizations
      .createOrganization({ name: 'x'.repeat(256), externalId: 'a\nb' })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnprocessableEntityException)
    expect(error).toMatchObject({ message: expect.stringMatching(/name must not[^]*external_id must/) })
  })
})
