import { WorkOS } from 'workos-8'
import { useTestServer } from '../support/server.ts'
import { describeSdk, type SdkClient } from './sdk-suite.ts'

const server = useTestServer()

describeSdk(server, {
  product: 'workos-node/8.13.0/fetch',
  connect(apiKey, options) {
    const { organizations, organizationDomains: domains, events } = new WorkOS(apiKey, options)
    // The SDK types a domain's state and an event's name as enumerations of its own; their values are this text.
    return { organizations, domains, events } as unknown as SdkClient
  },
})
