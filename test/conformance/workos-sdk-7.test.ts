import { WorkOS } from 'workos-7'
import { expect, test } from 'vitest'
import { useTestServer } from '../support/server.ts'
import { describeSdk, type SdkClient } from './sdk-suite.ts'

const server = useTestServer()

describeSdk(server, {
  product: 'workos-node/7.82.0/fetch',
  connect(apiKey, options) {
    const { organizations, organizationDomains: domains, events } = new WorkOS(apiKey, options)
    // The SDK types a domain's state and an event's name as enumerations of its own; their values are this text.
    return { organizations, domains, events } as unknown as SdkClient
  },
})

test('the fields later majors no longer send are still taken', async () => {
  const { apiKey } = await server.environment()
  const { organizations } = new WorkOS(apiKey.value, { apiHostname: '127.0.0.1', port: server.port, https: false })
  const made = await organizations.createOrganization({
    name: 'Acme',
    domains: ['old.test'],
    allowProfilesOutsideOrganization: true,
  })
  expect(made.allowProfilesOutsideOrganization).toBe(true)
  expect(made.domains).toMatchObject([{ domain: 'old.test', state: 'legacy_verified' }])
  const updated = await organizations.updateOrganization({
    organization: made.id,
    domains: [],
    allowProfilesOutsideOrganization: false,
  })
  expect(updated).toMatchObject({ allowProfilesOutsideOrganization: false, domains: [] })
})
