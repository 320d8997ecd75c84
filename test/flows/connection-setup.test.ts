import { createPublicKey, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ConfiguredConnection } from '#contracts/connections.ts'
import type { ErrorBody } from '#contracts/errors.ts'
import type { Organization } from '#contracts/organizations.ts'
import { refreshMetadata } from '#domain/connections/refresh-metadata.ts'
import { decodeRedirect, verifyRedirectSignature } from '#protocols/saml/bindings.ts'
import { identityProviderMetadata, serviceProviderMetadata } from '#protocols/saml/metadata.ts'
import { answer, createIdp, readRedirect } from '../support/saml-idp.ts'
import { type TestEnvironment, useTestServer } from '../support/server.ts'
import { startWeb, type Web } from '../support/web.ts'

const server = useTestServer()
const callback = 'http://localhost:3000/callback'
let web: Web
beforeAll(async () => {
  web = await startWeb()
})
afterAll(() => web.close())

async function organization(environment: TestEnvironment): Promise<Organization> {
  await environment.api('POST', '/user_management/redirect_uris', { body: { uri: callback } })
  const created = await environment.api<Organization>('POST', '/organizations', {
    body: { name: 'Acme', domain_data: [{ domain: 'example.com', state: 'verified' }] },
  })
  return created.body
}

async function connect(environment: TestEnvironment, body: object) {
  const { id } = await organization(environment)
  return environment.api<ConfiguredConnection & ErrorBody>('POST', '/connections', {
    body: { organization_id: id, connection_type: 'OktaSAML', ...body },
  })
}

const authorizeUrl = (environment: TestEnvironment, connection: ConfiguredConnection) =>
  `${server.url}/sso/authorize?${new URLSearchParams({ client_id: environment.client_id, redirect_uri: callback, response_type: 'code', connection: connection.id })}`

describe('setting a connection up', () => {
  test('shows final service provider addresses before anything is known of the identity provider', async () => {
    const environment = await server.environment()
    const { status, body } = await connect(environment, { name: 'Acme – Okta' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      state: 'inactive',
      status: 'unlinked',
      name: 'Acme – Okta',
      idp_entity_id: null,
      certificates: [],
    })
    const { metadata } = await createIdp()
    const saved = await environment.api<ConfiguredConnection>('PUT', `/connections/${body.id}`, {
      body: { idp_metadata_xml: metadata },
    })
    expect(saved.body).toMatchObject({
      state: 'validating',
      sp_entity_id: body.sp_entity_id,
      acs_url: body.acs_url,
      sp_metadata_url: body.sp_metadata_url,
      idp_entity_id: 'https://idp.test/metadata',
      idp_sso_url: 'https://idp.test/sso',
    })
    expect(saved.body.certificates).toHaveLength(1)
  })

  test('works by metadata URL and by hand', async () => {
    const environment = await server.environment()
    const idp = await createIdp()
    web.pages.set('/metadata', idp.metadata)
    const byUrl = await connect(environment, { idp_metadata_url: `${web.url}/metadata` })
    expect(byUrl.body).toMatchObject({ state: 'validating', idp_metadata_url: `${web.url}/metadata` })
    const pem = `-----BEGIN CERTIFICATE-----\n${idp.certificate.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----`
    const byHand = await connect(await server.environment(), {
      idp_entity_id: idp.entityId,
      idp_sso_url: 'https://idp.test/sso',
      x509_certificates: [pem],
    })
    expect(byHand.body.certificates).toEqual(byUrl.body.certificates)
  })

  test('cannot be switched on before the identity provider is known', async () => {
    const environment = await server.environment()
    const { body } = await connect(environment, {})
    const answered = await environment.api('PUT', `/connections/${body.id}`, { body: { state: 'active' } })
    expect(answered).toMatchObject({ status: 422, body: { errors: [{ code: 'connection_unlinked' }] } })
  })

  test('refuses an option it does not know: a misspelt safeguard must not be off unnoticed', async () => {
    const refused = await connect(await server.environment(), { options: { require_signed_respones: true } })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'options.require_signed_respones' }] } })
  })

  test.each(['GoogleOAuth', 'MagicLink'])(
    'refuses the type %s, which no organization can have',
    async (connection_type) => {
      expect(await connect(await server.environment(), { connection_type })).toMatchObject({
        status: 422,
        body: { code: 'connection_type_not_supported' },
      })
    },
  )
})

describe('metadata that will not do', () => {
  const expired = 'MIIC'
  test('is explained by a sentence of its own for each cause, and nothing is saved', async () => {
    const environment = await server.environment()
    const idp = await createIdp()
    const { body: connection } = await connect(environment, {})
    web.pages.set('/admin', '<!doctype html><html><head><title>Sign in</title></head><body>Okta</body></html>')
    web.pages.set(
      '/sp',
      serviceProviderMetadata({
        entityId: 'https://sp.test',
        acsUrl: 'https://sp.test/acs',
        signingCertificates: [],
        encryptionCertificates: [],
        wantAssertionsSigned: true,
        authnRequestsSigned: false,
      }),
    )
    web.pages.set(
      '/no-cert',
      identityProviderMetadata({
        entityId: 'https://idp.test',
        ssoRedirectUrl: 'https://idp.test/sso',
        ssoPostUrl: 'https://idp.test/sso',
        signingCertificates: [],
        wantAuthnRequestsSigned: false,
      }),
    )
    web.pages.set('/broken-cert', idp.metadata.replace(idp.certificate, expired))
    web.pages.set('/cut', idp.metadata.slice(0, 200))
    const inputs = [
      { idp_metadata_url: `${web.url}/admin` },
      { idp_metadata_url: `${web.url}/missing` },
      { idp_metadata_url: `${web.url}/sp` },
      { idp_metadata_url: `${web.url}/no-cert` },
      { idp_metadata_url: `${web.url}/broken-cert` },
      { idp_metadata_url: `${web.url}/cut` },
      { idp_metadata_url: 'http://127.0.0.1:1/' },
      { idp_metadata_url: 'not a url' },
      { idp_metadata_url: `${web.url}/sp`, idp_metadata_xml: idp.metadata },
      { idp_entity_id: 'https://idp.test', idp_sso_url: 'javascript:alert(1)', x509_certificates: [idp.certificate] },
      { idp_entity_id: 'https://idp.test', idp_sso_url: 'https://idp.test/sso', x509_certificates: ['nonsense'] },
    ]
    const sentences = new Set<string>()
    for (const body of inputs) {
      const refused = await environment.api('PUT', `/connections/${connection.id}`, { body })
      expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_idp_metadata' } })
      const [error] = refused.body.errors ?? []
      expect(error?.code).toBeTruthy()
      expect(error?.message).toMatch(/\.$/)
      sentences.add(error?.message ?? '')
    }
    expect(sentences.size).toBe(inputs.length)
    const { body } = await environment.api<ConfiguredConnection>('GET', `/connections/${connection.id}`)
    expect(body).toMatchObject({ state: 'inactive', idp_entity_id: null })
  })

  test('a certificate by hand that ends on no day is none', async () => {
    const { certificate } = await createIdp()
    const bytes = Buffer.from(certificate, 'base64')
    // As the certificate has it: yymmddhh and more.
    const end = new X509Certificate(bytes).validToDate.toISOString().slice(2, 13).replaceAll(/[-T]/g, '')
    bytes.write('99', bytes.lastIndexOf(end) + 2)
    const refused = await connect(await server.environment(), {
      idp_entity_id: 'https://idp.test',
      idp_sso_url: 'https://idp.test/sso',
      x509_certificates: [bytes.toString('base64')],
    })
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ code: 'invalid_certificate' }] } })
  })

  test('by hand names every field that is missing', async () => {
    const refused = await connect(await server.environment(), { idp_entity_id: 'https://idp.test' })
    expect(refused.status).toBe(422)
    expect(refused.body.errors?.map(({ field }) => field)).toEqual(['idp_sso_url', 'x509_certificates'])
  })
})

describe('an identity provider that changes its key', () => {
  test('signs people in with the new one: the metadata is read again when no known key fits', async () => {
    const environment = await server.environment()
    const [old, rotated] = [await createIdp(), await createIdp()]
    web.pages.set('/rotating', old.metadata)
    const { body: connection } = await connect(environment, { idp_metadata_url: `${web.url}/rotating` })
    web.pages.set('/rotating', rotated.metadata)
    server.clock.advance(61_000)
    const start = await fetch(authorizeUrl(environment, connection), { redirect: 'manual' })
    const request = readRedirect(start.headers.get('location') ?? '')
    const form = answer(rotated, request, { now: server.clock.read() })
    const done = await fetch(server.url + new URL(request.acsUrl).pathname, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'manual',
    })
    expect(done.headers.get('location')).toContain('?code=')
    const { body } = await environment.api<ConfiguredConnection>('GET', `/connections/${connection.id}`)
    expect(body.certificates[0]?.fingerprint).toBe(
      new X509Certificate(Buffer.from(rotated.certificate, 'base64')).fingerprint256,
    )
  })

  test('is not asked for its metadata more than once a minute by wrong signatures', async () => {
    const environment = await server.environment()
    const [idp, stranger] = [await createIdp(), await createIdp()]
    web.pages.set('/asked', idp.metadata)
    const { body: connection } = await connect(environment, { idp_metadata_url: `${web.url}/asked` })
    server.clock.advance(61_000)
    const forged = () =>
      answer(
        { ...stranger, entityId: idp.entityId },
        { issuer: connection.sp_entity_id, acsUrl: connection.acs_url },
        { now: server.clock.read() },
      )
    for (let i = 0; i < 5; i++)
      await fetch(server.url + new URL(connection.acs_url).pathname, {
        method: 'POST',
        body: new URLSearchParams(forged()),
        redirect: 'manual',
      })
    expect(web.visits.get('/asked')).toBe(2)
  })

  test('is never replaced by another identity provider that answers at its address', async () => {
    const environment = await server.environment()
    const [idp, other] = [await createIdp(), await createIdp('https://other.test/metadata')]
    web.pages.set('/taken-over', idp.metadata)
    const { body: connection } = await connect(environment, { idp_metadata_url: `${web.url}/taken-over` })
    web.pages.set('/taken-over', other.metadata)
    server.clock.advance(25 * 60 * 60_000)
    await refreshMetadata(server.deps, new AbortController().signal)
    expect(web.visits.get('/taken-over')).toBe(2)
    const { body } = await environment.api<ConfiguredConnection>('GET', `/connections/${connection.id}`)
    expect(body).toMatchObject({ idp_entity_id: idp.entityId, certificates: connection.certificates })
  })

  test('is read again daily, and keeps its keys when it cannot be', async () => {
    const environment = await server.environment()
    const [old, next] = [await createIdp(), await createIdp()]
    web.pages.set('/daily', old.metadata)
    const { body: connection } = await connect(environment, { idp_metadata_url: `${web.url}/daily` })
    const read = async () =>
      (await environment.api<ConfiguredConnection>('GET', `/connections/${connection.id}`)).body.certificates
    web.pages.delete('/daily')
    server.clock.advance(25 * 60 * 60_000)
    await refreshMetadata(server.deps, new AbortController().signal)
    expect(await read()).toEqual(connection.certificates)
    web.pages.set('/daily', next.metadata)
    server.clock.advance(25 * 60 * 60_000)
    await refreshMetadata(server.deps, new AbortController().signal)
    expect(await read()).not.toEqual(connection.certificates)
  })
})

describe('requests', () => {
  test('are signed over the raw query when the connection asks for it, with a published key', async () => {
    const environment = await server.environment()
    const { body: connection } = await connect(environment, {
      idp_metadata_xml: (await createIdp()).metadata,
      options: { sign_authn_requests: true },
    })
    const location =
      (await fetch(authorizeUrl(environment, connection), { redirect: 'manual' })).headers.get('location') ?? ''
    const decoded = decodeRedirect(new URL(location).search.slice(1))
    const metadata = await (await fetch(server.url + new URL(connection.sp_metadata_url).pathname)).text()
    expect(metadata).toContain('AuthnRequestsSigned="true"')
    const certificate = /X509Certificate>([^<]+)</.exec(metadata)?.[1] ?? ''
    const key = createPublicKey(
      new X509Certificate(Buffer.from(certificate, 'base64')).publicKey.export({ type: 'spki', format: 'pem' }),
    )
    expect(decoded.ok && verifyRedirectSignature(decoded.value, key)).toBe(true)
  })

  test('are signed when the metadata of the identity provider wants it', async () => {
    const environment = await server.environment()
    const { metadata } = await createIdp()
    const { body: connection } = await connect(environment, {
      idp_metadata_xml: metadata.replace('WantAuthnRequestsSigned="false"', 'WantAuthnRequestsSigned="true"'),
    })
    const location =
      (await fetch(authorizeUrl(environment, connection), { redirect: 'manual' })).headers.get('location') ?? ''
    expect(location).toContain('&Signature=')
  })

  test('go by POST as a page that submits itself, to the identity provider alone', async () => {
    const environment = await server.environment()
    const { body: connection } = await connect(environment, {
      idp_metadata_xml: (await createIdp()).metadata,
      options: { request_binding: 'post' },
    })
    const response = await fetch(authorizeUrl(environment, connection), { redirect: 'manual' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(/form-action 'self' https:\/\/idp\.test https:;/)
    const text = await response.text()
    expect(text).toContain('<form method="post" action="https://idp.test/sso">')
    expect(text).toContain('<button')
  })

  test('name the addresses a moved customer was set up with', async () => {
    const environment = await server.environment()
    const idp = await createIdp()
    const { body: connection } = await connect(environment, {
      idp_metadata_xml: idp.metadata,
      options: { sp_entity_id_override: 'https://old.example/sp', acs_url_override: 'https://old.example/acs' },
    })
    expect(connection).toMatchObject({ sp_entity_id: 'https://old.example/sp', acs_url: 'https://old.example/acs' })
    const location =
      (await fetch(authorizeUrl(environment, connection), { redirect: 'manual' })).headers.get('location') ?? ''
    const request = readRedirect(location)
    expect(request).toMatchObject({ issuer: 'https://old.example/sp', acsUrl: 'https://old.example/acs' })
    // A proxy at the old address passes the form on.
    const form = new URLSearchParams(answer(idp, request, { now: server.clock.read() }))
    const done = await fetch(`${server.url}/sso/saml/acs/${connection.external_key}`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    })
    expect(done.headers.get('location')).toContain('?code=')
  })
})

describe('the door for answers', () => {
  const post = (path: string, init: RequestInit) =>
    fetch(server.url + path, { method: 'POST', redirect: 'manual', ...init })

  test.each<[string, RequestInit, number]>([
    ['JSON', { body: '{}', headers: { 'content-type': 'application/json' } }, 415],
    ['an empty form', { body: new URLSearchParams() }, 400],
    [
      'two responses',
      {
        body: new URLSearchParams([
          ['SAMLResponse', 'a'],
          ['SAMLResponse', 'b'],
        ]),
      },
      400,
    ],
    ['something that is not base64', { body: new URLSearchParams({ SAMLResponse: '<xml>' }) }, 400],
    ['something that is not SAML', { body: new URLSearchParams({ SAMLResponse: btoa('<html></html>') }) }, 400],
    ['too much', { body: new URLSearchParams({ SAMLResponse: 'A'.repeat(1_100_000) }) }, 413],
    ['a NUL in RelayState', { body: new URLSearchParams({ SAMLResponse: btoa('<x/>'), RelayState: '\0' }) }, 400],
  ])('answers %s with a page or an error, never a failure of ours', async (_claim, init, status) => {
    const { body: connection } = await connect(await server.environment(), {
      idp_metadata_xml: (await createIdp()).metadata,
    })
    const response = await post(`/sso/saml/acs/${connection.external_key}`, init)
    expect(response.status).toBe(status)
    expect(await response.text()).not.toMatch(/at .*\.ts:\d+/)
  })

  test('does not know other addresses', async () => {
    expect(
      (await post('/sso/saml/acs/unknown', { body: new URLSearchParams({ SAMLResponse: btoa('<x/>') }) })).status,
    ).toBe(404)
    expect((await fetch(`${server.url}/sso/saml/acs/unknown`)).status).toBe(405)
  })

  test('closes for a minute to whoever keeps failing', async () => {
    const { body: connection } = await connect(await server.environment(), {
      idp_metadata_xml: (await createIdp()).metadata,
    })
    const attempt = () =>
      post(`/sso/saml/acs/${connection.external_key}`, { body: new URLSearchParams({ SAMLResponse: btoa('<x/>') }) })
    for (let i = 0; i < 60; i++) expect((await attempt()).status).toBe(400)
    const closed = await attempt()
    expect(closed.status).toBe(429)
    expect(Number(closed.headers.get('retry-after'))).toBeGreaterThan(0)
    server.clock.advance(60_000)
    expect((await attempt()).status).toBe(400)
  })
})
