import type { Pool } from 'undici'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { Organization } from '#contracts/organizations.ts'
import { answer, readRedirect, type SamlIdp } from '../test/support/saml-idp.ts'
import { callApi } from './http.ts'
import type { ServerReady } from './server.ts'

export const callback = 'http://localhost:3000/callback'

/** Where to sign in, through which connection, as which application. */
export interface Target {
  readonly pool: Pool
  readonly clientId: string
  readonly clientSecret: string
  readonly connection: string
}

/** One organization with a verified domain and a SAML connection. */
export async function prepareGatehouse(pool: Pool, server: ServerReady, idp: SamlIdp): Promise<Target> {
  const { apiKey, clientId } = server
  await callApi(pool, apiKey, '/user_management/redirect_uris', { uri: callback })
  const organization = await callApi<Organization>(pool, apiKey, '/organizations', {
    name: 'Bench',
    domain_data: [{ domain: 'example.com', state: 'verified' }],
  })
  const connection = await callApi<ConfiguredConnection>(pool, apiKey, '/connections', {
    organization_id: organization.id,
    connection_type: 'OktaSAML',
    idp_metadata_xml: idp.metadata,
  })
  return { pool, clientId, clientSecret: apiKey, connection: connection.id }
}

const people = 500
let flows = 0

/** Application, identity provider and browser in one: from the redirect to the profile. Throws unless all went well. */
export async function signIn(target: Target, idp: SamlIdp): Promise<void> {
  const person = ++flows % people
  const start = new URLSearchParams({
    client_id: target.clientId,
    redirect_uri: callback,
    response_type: 'code',
    connection: target.connection,
    state: `state-${flows}`,
  })
  const request = readRedirect(await redirected(target.pool, 'GET', `/sso/authorize?${start.toString()}`))
  const form = answer(idp, request, {
    now: new Date(),
    email: `person${person}@example.com`,
    idpId: `00u${person}`,
    change: { sign: { response: true, assertion: false, key: idp.key, certificate: idp.certificate } },
  })
  const location = await redirected(target.pool, 'POST', new URL(request.acsUrl).pathname, new URLSearchParams(form))
  const code = new URL(location).searchParams.get('code')
  if (code === null) throw new Error(`No code: ${location}`)
  const { access_token: token } = await json<{ access_token: string }>(
    await target.pool.request({
      method: 'POST',
      path: '/sso/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_id: target.clientId,
        client_secret: target.clientSecret,
        grant_type: 'authorization_code',
        code,
      }).toString(),
    }),
  )
  const profile = await json<{ idp_id: string }>(
    await target.pool.request({ method: 'GET', path: '/sso/profile', headers: { authorization: `Bearer ${token}` } }),
  )
  if (profile.idp_id !== `00u${person}`) throw new Error(`Somebody else signed in: ${profile.idp_id}`)
}

type Answer = Awaited<ReturnType<Pool['request']>>

async function redirected(pool: Pool, method: 'GET' | 'POST', path: string, form?: URLSearchParams): Promise<string> {
  const { statusCode, headers, body } = await pool.request({
    method,
    path,
    ...(form && { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form.toString() }),
  })
  const text = await body.text()
  const { location } = headers
  if (statusCode !== 302 || typeof location !== 'string') throw new Error(`${path} answered ${statusCode}: ${text}`)
  return location
}

async function json<T>({ statusCode, body }: Answer): Promise<T> {
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${text}`)
  return JSON.parse(text) as T // the caller names the endpoint's type
}
