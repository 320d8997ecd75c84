import type { FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import { kinds } from './kinds.ts'
import { scenarioGroups, scenarios } from './scenarios.ts'
import { createSigningKey, type SigningKey } from './signing-key.ts'
import { fetchMetadata, now, startTestIdp, TestServiceProvider } from './test-service-provider.ts'

let app: FastifyInstance
let decryption: SigningKey

beforeAll(async () => {
  app = await startTestIdp()
  decryption = await createSigningKey('A service provider', now, 365)
})

describe.each(Object.keys(kinds))('%s', (kind) => {
  let serviceProvider: TestServiceProvider

  beforeAll(async () => {
    await app.inject({ method: 'POST', url: '/test-idp/idps', payload: { slug: kind, kind, name: kind } })
    serviceProvider = new TestServiceProvider({ metadata: await fetchMetadata(app, kind), decryption })
    const payload = {
      entity_id: serviceProvider.entityId,
      acs_url: serviceProvider.acsUrl,
      encryption_certificate: decryption.certificate,
    }
    await app.inject({ method: 'POST', url: `/test-idp/${kind}/service-providers`, payload })
    // Something to replay, in either way.
    await signIn('success')
    await launch('success')
  })

  test.each(scenarios.map(({ slug, verdict }) => [slug, verdict]))(
    'asked for “%s”, a service provider says %s',
    async (scenario, verdict) => expect(await signIn(scenario)).toBe(verdict),
  )

  test.each(scenarios.map(({ slug, verdict, verdictUnasked }) => [slug, verdictUnasked ?? verdict]))(
    'when the sign-in starts here with “%s”, a service provider says %s',
    async (scenario, verdict) => expect(await launch(scenario)).toBe(verdict),
  )

  async function signIn(scenario: string) {
    const { id, path } = serviceProvider.startSignIn()
    const sent = await app.inject(`${path}&auto=todd@example.com&scenario=${scenario}&format=json`)
    return serviceProvider.judge(sent.json<{ SAMLResponse: string }>().SAMLResponse, id)
  }

  async function launch(scenario: string) {
    const fields = { sp: serviceProvider.entityId, user: 'todd@example.com', scenario, format: 'json' }
    const sent = await app.inject(`/test-idp/${kind}/launch?${new URLSearchParams(fields).toString()}`)
    return serviceProvider.judge(sent.json<{ SAMLResponse: string }>().SAMLResponse, null)
  }
})

describe('the table', () => {
  test('names every scenario once', () => {
    const slugs = scenarios.map(({ slug }) => slug)
    expect(new Set(slugs).size).toBe(slugs.length)
  })

  test.each(scenarioGroups)('has something under “%s”', (group) => {
    expect(scenarios.some((scenario) => scenario.group === group)).toBe(true)
  })
})
