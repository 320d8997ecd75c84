/**
 * Where a test identity provider answers. Pure, so that whoever creates a connection to one needs no running server.
 * `baseUrl` has no trailing slash, as in `http://127.0.0.1:4100`.
 */
const prefix = '/test-idp'

/** The slug of the one identity provider that always exists. */
export const builtInSlug = 'default'

export function testIdpHomeUrl(baseUrl: string, slug: string): string {
  return `${baseUrl}${prefix}/${slug}`
}

/** The SAML entity ID, which is also what a response names as its Issuer. */
export function testIdpEntityId(baseUrl: string, slug: string): string {
  return testIdpHomeUrl(baseUrl, slug)
}

export function testIdpMetadataUrl(baseUrl: string, slug: string): string {
  return `${testIdpHomeUrl(baseUrl, slug)}/metadata`
}

/** Takes AuthnRequests by the Redirect (GET) and the POST binding alike. */
export function testIdpSsoUrl(baseUrl: string, slug: string): string {
  return `${testIdpHomeUrl(baseUrl, slug)}/sso`
}

/** The OpenID Connect issuer: the same people and the same key, by another protocol. */
export function testIdpOidcUrl(baseUrl: string, slug: string): string {
  return `${testIdpHomeUrl(baseUrl, slug)}/oidc`
}

/** Where its users and groups are sent to apps; with an id, one of the apps. */
export function testIdpProvisioningUrl(baseUrl: string, slug: string, app?: string): string {
  const list = `${testIdpHomeUrl(baseUrl, slug)}/provisioning`
  return app === undefined ? list : `${list}/${app}`
}

/** Starts a sign-in at the identity provider, as a click on an app's tile does. */
export function testIdpLaunchUrl(
  baseUrl: string,
  slug: string,
  launch: {
    readonly serviceProvider: string
    readonly acsUrl?: string
    readonly user?: string
    readonly relayState?: string
  },
): string {
  const query = new URLSearchParams({ sp: launch.serviceProvider })
  if (launch.acsUrl !== undefined) query.set('acs_url', launch.acsUrl)
  if (launch.user !== undefined) query.set('user', launch.user)
  if (launch.relayState !== undefined) query.set('relay_state', launch.relayState)
  return `${testIdpHomeUrl(baseUrl, slug)}/launch?${query.toString()}`
}
