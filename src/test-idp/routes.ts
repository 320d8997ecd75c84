import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { prepareDoor } from './door.ts'
import { managementRoutes } from './management.ts'
import { oidcRoutes } from './oidc/routes.ts'
import { Registry } from './registry.ts'
import { Apps } from './scim/apps.ts'
import type { Fetch } from './scim/http-send.ts'
import { provisioningRoutes } from './scim/provisioning-routes.ts'
import { signInRoutes } from './sign-in.ts'

export interface TestIdpOptions {
  /** Where browsers reach this server, such as `http://127.0.0.1:4100`; no trailing slash. */
  readonly baseUrl: string
  /** Where keys and service providers are kept between starts; undefined keeps them in memory. */
  readonly folder: string | undefined
  readonly clock: () => Date
  /** The way out for provisioning, which calls this machine and `origins` alone. */
  readonly fetch: Fetch
  /** Where directories and redirect URIs may be, beside this machine: the origin of the server around this, as others reach it. */
  readonly origins: readonly string[]
}

/**
 * Mounts the test identity providers under `/test-idp`: real SAML, OpenID Connect and SCIM over HTTP, with keys of their own. They let anybody sign in
 * as anybody, so this is for development: whoever mounts it decides that.
 */
export function testIdpRoutes(app: FastifyInstance, options: TestIdpOptions): void {
  app.register(
    async (door) => {
      const registry = await Registry.open(options)
      const deps = { registry, baseUrl: options.baseUrl, clock: options.clock }
      const folder = options.folder === undefined ? undefined : join(options.folder, 'provisioning')
      const apps = new Apps({ ...options, folder })
      prepareDoor(door)
      managementRoutes(door, deps)
      signInRoutes(door, deps)
      oidcRoutes(door, { ...deps, origins: options.origins })
      provisioningRoutes(door, { ...deps, apps, origins: options.origins })
    },
    { prefix: '/test-idp' },
  )
}
