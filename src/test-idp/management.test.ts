import { X509Certificate } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import { testIdpLaunchUrl, testIdpMetadataUrl } from './addresses.ts'
import { scenarios } from './scenarios.ts'
import { baseUrl, fetchMetadata, now, startTestIdp, TestServiceProvider } from './test-service-provider.ts'

let app: FastifyInstance

beforeAll(async () => {
  app = await startTestIdp()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

interface Shown {
  readonly slug: string
}

describe('creating an identity provider', () => {
  const serviceProvider = { entity_id: 'https://app.test', acs_url: 'https://app.test/acs' }

  test('as JSON: it answers with its addresses and has the service provider already', async () => {
    const payload = { slug: 'acme', kind: 'okta-like', name: 'Acme', service_provider: serviceProvider }
    const created = await app.inject({ method: 'POST', url: '/test-idp/idps', payload })
    expect([created.statusCode, created.json()]).toMatchObject([
      201,
      {
        slug: 'acme',
        kind: 'okta-like',
        name: 'Acme',
        entity_id: `${baseUrl}/test-idp/acme`,
        metadata_url: `${baseUrl}/test-idp/acme/metadata`,
        sso_url: `${baseUrl}/test-idp/acme/sso`,
        service_providers: [{ ...serviceProvider, registered: true }],
      },
    ])
    const listed = await app.inject({ url: '/test-idp', headers: { accept: 'application/json' } })
    expect(listed.json<{ data: Shown[] }>().data).toContainEqual(created.json())
  })

  test('as a form: it leads to its page', async () => {
    const payload = new URLSearchParams({
      kind: 'entra-like',
      name: 'Äcme Inc.',
      entity_id: '',
      acs_url: '',
    }).toString()
    const created = await app.inject({ method: 'POST', url: '/test-idp/idps', headers: form, payload })
    expect([created.statusCode, created.headers.location]).toEqual([303, '/test-idp/acme-inc'])
    const page = await app.inject('/test-idp/acme-inc')
    expect(page.body).toContain('<h1>Äcme Inc.</h1>')
  })

  test('a name that is taken gets a number, a slug that is taken is a conflict', async () => {
    const create = (payload: object) => app.inject({ method: 'POST', url: '/test-idp/idps', payload })
    await create({ kind: 'okta-like', name: 'Twice' })
    const second = await create({ kind: 'okta-like', name: 'Twice' })
    expect(second.json<Shown>().slug).toBe('twice-2')
    const taken = await create({ kind: 'okta-like', name: 'Other', slug: 'twice' })
    expect([taken.statusCode, taken.json()]).toMatchObject([409, { code: 'slug_taken' }])
  })

  test.each([
    ['an unknown kind', { kind: 'ping-like', name: 'x' }, 'kind'],
    ['no name', { kind: 'okta-like' }, 'name'],
    ['a name no certificate holds', { kind: 'okta-like', name: 'x'.repeat(65) }, 'name'],
    ['a slug that leaves its folder', { kind: 'okta-like', name: 'x', slug: '../x' }, 'slug'],
    ['a slug that hides a page', { kind: 'okta-like', name: 'x', slug: 'scenarios' }, 'slug'],
    [
      'an ACS URL that is none',
      { kind: 'okta-like', name: 'x', service_provider: { ...serviceProvider, acs_url: 'x' } },
      'acs_url',
    ],
    [
      'half a service provider',
      { kind: 'okta-like', name: 'x', service_provider: { acs_url: 'https://a.test' } },
      'entity_id',
    ],
    [
      'a certificate that is none',
      { kind: 'okta-like', name: 'x', service_provider: { ...serviceProvider, encryption_certificate: 'AAAA' } },
      'encryption_certificate',
    ],
  ])('%s is told by its field', async (_claim, payload, field) => {
    const refused = await app.inject({ method: 'POST', url: '/test-idp/idps', payload })
    expect(refused.statusCode).toBe(422)
    expect(refused.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toEqual([field])
  })

  test('a refused form comes back filled in', async () => {
    const payload = new URLSearchParams({
      kind: 'google-like',
      name: '',
      acs_url: 'nowhere',
      entity_id: 'urn:x',
    }).toString()
    const page = await app.inject({ method: 'POST', url: '/test-idp/idps', headers: form, payload })
    expect(page.statusCode).toBe(422)
    expect(page.body).toMatch(/value="google-like" +selected/)
    expect(page.body).toContain('value="nowhere"')
    expect(page.body.match(/aria-invalid="true"/g)).toHaveLength(2)
  })

  test.each([['{'], ['[]'], ['null'], ['"x"']])('the body %s is refused in JSON', async (payload) => {
    const headers = { 'content-type': 'application/json' }
    const refused = await app.inject({ method: 'POST', url: '/test-idp/idps', headers, payload })
    expect([refused.statusCode, refused.json()]).toMatchObject([400, { code: 'malformed_body' }])
  })
})

describe('metadata', () => {
  test('tells a service provider all it needs', async () => {
    const metadata = await fetchMetadata(app, 'default')
    expect(metadata).toMatchObject({
      entityId: `${baseUrl}/test-idp/default`,
      ssoRedirectUrl: `${baseUrl}/test-idp/default/sso`,
      ssoPostUrl: `${baseUrl}/test-idp/default/sso`,
      wantsSignedRequests: false,
    })
    expect(metadata.signingCertificates).toHaveLength(1)
  })

  test('is where the addresses say', async () => {
    const answer = await app.inject(testIdpMetadataUrl('', 'default'))
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'application/samlmetadata+xml; charset=utf-8',
    ])
  })

  test('each identity provider has a key of its own', async () => {
    await app.inject({ method: 'POST', url: '/test-idp/idps', payload: { slug: 'b', kind: 'okta-like', name: 'B' } })
    const [first, second] = await Promise.all(['default', 'b'].map((slug) => fetchMetadata(app, slug)))
    expect(first?.signingCertificates[0]).not.toBe(second?.signingCertificates[0])
  })
})

describe('rotating the key', () => {
  test('responses are signed with the new key, which only new metadata knows', async () => {
    const before = new TestServiceProvider({ metadata: await fetchMetadata(app, 'default') })
    await app.inject({ method: 'POST', url: '/test-idp/default/rotate', headers: form, payload: '' })
    const after = new TestServiceProvider({ metadata: await fetchMetadata(app, 'default') })
    const { id, path } = before.startSignIn()
    const sent = await app.inject(`${path}&auto=todd@example.com&format=json`)
    const { SAMLResponse } = sent.json<{ SAMLResponse: string }>()
    expect(before.judge(SAMLResponse, id)).toBe('wrong_signature')
    expect(after.judge(SAMLResponse, id)).toBe('accepted')
  })

  test.each([
    ['okta-like', false],
    ['entra-like', true],
  ])('%s still lists the certificate before: %s', async (kind, expected) => {
    await app.inject({ method: 'POST', url: '/test-idp/idps', payload: { slug: kind, kind, name: kind } })
    const before = await fetchMetadata(app, kind)
    await app.inject({ method: 'POST', url: `/test-idp/${kind}/rotate`, payload: {} })
    const after = await fetchMetadata(app, kind)
    expect(after.signingCertificates[0]).not.toBe(before.signingCertificates[0])
    expect(after.signingCertificates.includes(before.signingCertificates[0] ?? '')).toBe(expected)
  })

  test('the certificate can be made to end soon', async () => {
    const rotated = await app.inject({ method: 'POST', url: '/test-idp/default/rotate', payload: { days: 60 } })
    const [certificate = ''] = rotated.json<{ certificates: string[] }>().certificates
    const end = new X509Certificate(Buffer.from(certificate, 'base64')).validToDate
    expect(end.getTime() - now.getTime()).toBe(60 * 24 * 60 * 60 * 1000)
  })

  test.each(['0', '-1', '3651', '1.5', 'soon', ''])('“%s” is no number of days', async (days) => {
    const refused = await app.inject({ method: 'POST', url: '/test-idp/default/rotate', payload: { days } })
    expect([refused.statusCode, refused.json()]).toMatchObject([422, { errors: [{ field: 'days' }] }])
  })
})

describe('what another site makes a browser send', () => {
  const routes = [
    ['/test-idp/idps', 'kind=okta-like&name=x'],
    ['/test-idp/default/rotate', ''],
    ['/test-idp/default/service-providers', 'entity_id=x&acs_url=https://attacker.test/acs'],
    ['/test-idp/default/sign-in', 'sp=x&acs_url=http://localhost/acs&user=todd@example.com'],
  ] as const
  const foreign = [
    ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
    ['one of a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['another origin, in a browser without fetch metadata', { origin: 'https://attacker.test' }],
    ['an opaque origin', { origin: 'null' }],
  ] as const
  const cases = routes.flatMap(([url, payload]) =>
    foreign.map(([claim, headers]) => [claim, url, payload, headers] as const),
  )

  test.each(cases)('%s is refused at %s', async (_claim, url, payload, headers) => {
    const refused = await app.inject({ method: 'POST', url, headers: { ...form, ...headers }, payload })
    expect([refused.statusCode, refused.body]).toEqual([403, expect.stringContaining('cross_site')])
  })

  test.each([
    ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:80' }],
    ['our own page, in a browser without fetch metadata', { origin: 'http://localhost:80' }],
    ['a program', {}],
  ])('%s is let in', async (_claim, headers) => {
    const payload = 'kind=okta-like&name=x'
    const created = await app.inject({
      method: 'POST',
      url: '/test-idp/idps',
      headers: { ...form, ...headers },
      payload,
    })
    expect(created.statusCode).toBe(303)
  })
})

describe('every page', () => {
  test.each([
    ['/test-idp', 200],
    ['/test-idp/default', 200],
    [testIdpLaunchUrl('', 'default', { serviceProvider: 'x', acsUrl: 'http://localhost/acs' }), 200],
    ['/test-idp/nobody', 404],
  ])('%s may load and run nothing but its own, lead nowhere else, and be framed by nobody', async (url, status) => {
    const { statusCode, headers, body } = await app.inject(url)
    expect(statusCode).toBe(status)
    const nonce = /style-src 'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? 'none'
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
    expect(body).toContain(`<style nonce="${nonce}">`)
    expect(body).toContain('Test identity provider – for development.')
    expect(body).toContain('<html lang="en">')
    expect(body.match(/<h1>/g)).toHaveLength(1)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' })
  })

  test('has a nonce of its own', async () => {
    const [first, second] = await Promise.all([app.inject('/test-idp'), app.inject('/test-idp')])
    expect(first.headers['content-security-policy']).not.toBe(second.headers['content-security-policy'])
  })
})

test('the scenarios can be listed, with the verdict each should get', async () => {
  const listed = (await app.inject('/test-idp/scenarios')).json<{ data: { slug: string; verdict: string }[] }>()
  expect(listed.data).toHaveLength(scenarios.length)
  expect(listed.data).toContainEqual(expect.objectContaining({ slug: 'wrong-audience', verdict: 'wrong_audience' }))
})
