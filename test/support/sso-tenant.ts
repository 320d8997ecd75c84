import { expect } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Organization } from '#contracts/organizations.ts'
import { answer, type Answering, createIdp, readRedirect, type SamlIdp, type SentRequest } from './saml-idp.ts'
import type { TestEnvironment, TestServer } from './server.ts'

export const callback = 'http://localhost:3000/callback'

/** An environment with one organization that owns example.com and signs in through one identity provider. */
export interface SsoTenant {
  readonly environment: TestEnvironment
  readonly organization: Organization
  readonly connection: ConfiguredConnection
  readonly idp: SamlIdp
  /** What the application would send the browser to. */
  start(): Promise<SentRequest>
  /** Posts what the identity provider made of a request. */
  post(form: Record<string, string>): Promise<Response>
  /** A whole sign-in; `options` say what is wrong with it. */
  signIn(options?: Partial<Answering>): Promise<Response>
}

export async function createSsoTenant(server: TestServer, connection: object = {}): Promise<SsoTenant> {
  const environment = await server.environment()
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const { body: organization } = await environment.api<Organization>('POST', '/organizations', {
    body: { name: 'Acme', domain_data: [{ domain: 'example.com', state: 'verified' }] },
  })
  const idp = await createIdp()
  const created = await environment.api<ConfiguredConnection>('POST', '/connections', {
    body: {
      organization_id: organization.id,
      connection_type: 'OktaSAML',
      idp_metadata_xml: idp.metadata,
      ...connection,
    },
  })
  expect(created.status).toBe(201)
  const acs = server.url + new URL(created.body.acs_url).pathname

  const start = async () => {
    const parameters = new URLSearchParams({
      client_id: environment.client_id,
      redirect_uri: callback,
      response_type: 'code',
      connection: created.body.id,
      login_hint: 'hint@example.com',
    })
    const response = await fetch(`${server.url}/sso/authorize?${parameters}`, { redirect: 'manual' })
    return readRedirect(response.headers.get('location') ?? '')
  }
  const post = (form: Record<string, string>) =>
    fetch(acs, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
  return {
    environment,
    organization,
    connection: created.body,
    idp,
    start,
    post,
    signIn: async (options = {}) => post(answer(idp, await start(), { now: server.clock.read(), ...options })),
  }
}
