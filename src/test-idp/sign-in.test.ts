import type { FastifyInstance } from 'fastify'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { authnRequest } from '#protocols/saml/authn-request.ts'
import { encodePost, redirectUrl } from '#protocols/saml/bindings.ts'
import { signElement } from '#protocols/xmldsig/sign.ts'
import { createSigningKey, type SigningKey } from './signing-key.ts'
import { baseUrl, fetchMetadata, now, startTestIdp, TestServiceProvider } from './test-service-provider.ts'

let app: FastifyInstance
let serviceProvider: TestServiceProvider

beforeAll(async () => {
  app = await startTestIdp()
})

beforeEach(async () => {
  serviceProvider = new TestServiceProvider({ metadata: await fetchMetadata(app, 'default') })
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

function post(url: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url,
    headers: { ...form, ...headers },
    payload: new URLSearchParams(fields).toString(),
  })
}

/** The inputs and chosen buttons of a page, as a browser without scripts would send them. */
function inputsOf(page: string): Record<string, string> {
  const inputs = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, unescape(value)]))
}

function unescape(text: string): string {
  const entities: Record<string, string> = { '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' }
  return text.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (entity) => entities[entity] ?? entity)
}

describe('signing in with forms alone', () => {
  test('Redirect binding, a click on a user, and the response is accepted with its RelayState', async () => {
    const { id, path } = serviceProvider.startSignIn('state "1" & <more>')
    const page = await app.inject(path)
    expect(page.body).toContain('name="user" value="lela.block@example.com"')
    expect(page.body).toContain('name="scenario" value="unsolicited"')
    const fields = { ...inputsOf(page.body), user: 'lela.block@example.com' }
    const handOver = await post('/test-idp/default/sign-in', fields)
    expect(handOver.body).toContain(`<form method="post" action="${serviceProvider.acsUrl}">`)
    const sent = inputsOf(handOver.body)
    expect(sent['RelayState']).toBe('state "1" & <more>')
    expect(serviceProvider.judge(sent['SAMLResponse'] ?? '', id)).toBe('accepted')
  })

  test('POST binding arrives from another site and is answered alike', async () => {
    const { id, xml } = serviceProvider.startSignIn()
    const fields = { SAMLRequest: encodePost(xml), RelayState: 'state-2' }
    const page = await post('/test-idp/default/sso', fields, { 'sec-fetch-site': 'cross-site' })
    const handOver = await post('/test-idp/default/sign-in', { ...inputsOf(page.body), user: 'todd@example.com' })
    const sent = inputsOf(handOver.body)
    expect(sent['RelayState']).toBe('state-2')
    expect(serviceProvider.judge(sent['SAMLResponse'] ?? '', id)).toBe('accepted')
  })

  test('somebody typed in is sent as typed, and what was left empty is not sent', async () => {
    const { id, path } = serviceProvider.startSignIn()
    const typed = { email: ' kim@example.com ', first_name: 'Kim <b>', last_name: '', id: 'k-1', groups: 'A & B, C' }
    const page = await app.inject(path)
    const handOver = await post('/test-idp/default/sign-in', { ...inputsOf(page.body), ...typed })
    const verified = serviceProvider.verify(inputsOf(handOver.body)['SAMLResponse'] ?? '', id)
    expect(verified.ok && Object.fromEntries(verified.value.attributes)).toEqual({
      id: ['k-1'],
      email: ['kim@example.com'],
      firstName: ['Kim <b>'],
      groups: ['A & B', 'C'],
    })
  })

  test('the login hint of a request is filled in', async () => {
    const xml = authnRequest({
      id: '_1',
      issueInstant: now,
      destination: `${baseUrl}/test-idp/default/sso`,
      acsUrl: serviceProvider.acsUrl,
      spEntityId: serviceProvider.entityId,
      forceAuthn: true,
      loginHint: 'hinted@example.com',
    })
    const page = await app.inject(redirectUrl('/test-idp/default/sso', 'SAMLRequest', xml, undefined))
    expect(page.body).toContain('value="hinted@example.com"')
  })

  test('a form that cannot be taken comes back with its values and the reason', async () => {
    const { path } = serviceProvider.startSignIn()
    const context = inputsOf((await app.inject(path)).body)
    const page = await post('/test-idp/default/sign-in', { ...context, email: ' ', first_name: 'Kim' })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('aria-invalid="true"')
    expect(page.body).toContain('value="Kim"')
    expect(inputsOf(page.body)).toEqual(context)
  })
})

describe('what a form may hold', () => {
  test.each([
    ['an address', 'email', 'a'.repeat(320), 'a'.repeat(321)],
    ['a first name', 'first_name', 'a'.repeat(200), 'a'.repeat(201)],
    ['a last name', 'last_name', 'a'.repeat(200), 'a'.repeat(201)],
    ['an id', 'id', 'a'.repeat(200), 'a'.repeat(201)],
    ['a group', 'groups', 'a'.repeat(200), 'a'.repeat(201)],
    ['groups', 'groups', 'a,'.repeat(500), 'a,'.repeat(501)],
  ])('%s has an end', async (_claim, name, longest, tooLong) => {
    const send = (value: string) =>
      post('/test-idp/default/launch', {
        sp: 'x',
        acs_url: 'http://localhost/acs',
        email: 'a@b.test',
        [name]: value,
      })
    expect((await send(longest)).statusCode).toBe(200)
    const refused = await send(tooLong)
    expect([refused.statusCode, refused.body]).toEqual([422, expect.stringContaining(`id="${name}-error"`)])
  })
})

describe('the page that carries the response', () => {
  test('submits itself where scripts run', async () => {
    const page = await app.inject(`${serviceProvider.startSignIn().path}&auto=todd@example.com`)
    expect(page.body).toMatch(/<script nonce="[^"]+">\s*document\.forms\[0\]\.submit\(\)/)
    expect(page.body).toContain('<button autofocus>Continue</button>')
    // Chromium holds the redirect of the ACS to form-action as well, and it leads to an app on any origin.
    expect(page.headers['content-security-policy']).toContain('form-action http: https:;')
  })

  test('waits when the response is to be looked at first', async () => {
    const page = await app.inject(`${serviceProvider.startSignIn().path}&auto=todd@example.com&review=1`)
    expect(page.body).not.toContain('<script')
    expect(page.body).toContain('&lt;saml2p:Response')
  })
})

describe('for programs', () => {
  test('auto and format=json answer with what a browser would post', async () => {
    const { id, path } = serviceProvider.startSignIn('state-3')
    const sent = await app.inject(`${path}&auto=todd@example.com&format=json`)
    const { SAMLResponse, ...rest } = sent.json<{ SAMLResponse: string }>()
    expect(rest).toEqual({ acs_url: serviceProvider.acsUrl, RelayState: 'state-3' })
    expect(serviceProvider.judge(SAMLResponse, id)).toBe('accepted')
  })

  test('without anybody to sign in, it says what to add', async () => {
    const sent = await app.inject(`${serviceProvider.startSignIn().path}&format=json`)
    expect([sent.statusCode, sent.json()]).toMatchObject([422, { code: 'nobody_chosen' }])
  })

  test('an unknown scenario is told with where they are listed', async () => {
    const sent = await app.inject(`${serviceProvider.startSignIn().path}&scenario=nonsense&format=json`)
    expect([sent.statusCode, sent.json()]).toMatchObject([
      422,
      {
        code: 'invalid_fields',
        errors: [{ field: 'scenario', message: expect.stringContaining('/test-idp/scenarios') }],
      },
    ])
  })
})

describe('starting at the identity provider', () => {
  test('an app seen in a request has a tile, which signs in unasked and carries a RelayState', async () => {
    await app.inject(serviceProvider.startSignIn().path)
    const home = await app.inject('/test-idp/default')
    const sp = encodeURIComponent(serviceProvider.entityId)
    expect(home.body).toContain(`href="/test-idp/default/launch?sp=${sp}"`)
    const page = await app.inject(`/test-idp/default/launch?sp=${sp}&relay_state=redirect_uri%3Dx`)
    expect(page.body).not.toContain('value="unsolicited"')
    const handOver = await post('/test-idp/default/sign-in', { ...inputsOf(page.body), user: 'todd@example.com' })
    const sent = inputsOf(handOver.body)
    expect(sent['RelayState']).toBe('redirect_uri=x')
    expect(serviceProvider.judge(sent['SAMLResponse'] ?? '', null)).toBe('accepted')
  })

  test('a replay sends again what started here, not an answer to a request', async () => {
    const fresh = new TestServiceProvider({
      metadata: await fetchMetadata(app, 'default'),
      entityId: 'https://replayed.test',
    })
    const { id, path } = fresh.startSignIn()
    const launch = { sp: fresh.entityId, acs_url: fresh.acsUrl, user: 'todd@example.com' }
    const asked = await app.inject(`${path}&auto=todd@example.com&format=json`)
    expect(fresh.judge(asked.json<{ SAMLResponse: string }>().SAMLResponse, id)).toBe('accepted')
    const nothing = await post('/test-idp/default/launch', { ...launch, scenario: 'replay' })
    expect([nothing.statusCode, nothing.body]).toEqual([409, expect.stringContaining('nothing_to_replay')])
    const first = inputsOf((await post('/test-idp/default/launch', launch)).body)
    const again = inputsOf((await post('/test-idp/default/launch', { ...launch, scenario: 'replay' })).body)
    expect(again).toEqual(first)
  })

  test('an app that nobody has seen can be opened with its ACS URL, by form too', async () => {
    const sent = await post('/test-idp/default/launch', {
      sp: 'https://new.test/saml',
      acs_url: serviceProvider.acsUrl,
      user: 'todd@example.com',
    })
    expect(sent.body).toContain(`action="${serviceProvider.acsUrl}"`)
  })

  test('an app that nobody has seen, without one, is told what is missing', async () => {
    const page = await app.inject('/test-idp/default/launch?sp=https://never.test')
    expect([page.statusCode, page.body]).toEqual([404, expect.stringContaining('unknown_service_provider')])
  })
})

describe('where a response is not sent', () => {
  test('an ACS URL elsewhere is refused, however it arrives', async () => {
    const elsewhere = new TestServiceProvider({
      metadata: await fetchMetadata(app, 'default'),
      acsUrl: 'https://attacker.test/acs',
    })
    const { path } = elsewhere.startSignIn()
    const acs = { sp: elsewhere.entityId, acs_url: elsewhere.acsUrl, user: 'todd@example.com' }
    const answers = await Promise.all([
      app.inject(path),
      app.inject(`${path}&auto=todd@example.com`),
      post('/test-idp/default/sign-in', acs),
      post('/test-idp/default/launch', acs),
      app.inject(`/test-idp/default/launch?${new URLSearchParams(acs).toString()}`),
    ])
    for (const { statusCode, body } of answers) {
      expect([statusCode, body]).toEqual([403, expect.stringContaining('acs_url_not_registered')])
      expect(body).not.toContain('SAMLResponse')
    }
  })

  test('registering allows that URL of that service provider, and no other', async () => {
    const registered = { entity_id: 'https://registered.test', acs_url: 'https://registered.test/acs' }
    await post('/test-idp/default/service-providers', registered)
    const launch = (sp: string, acsUrl: string) =>
      post('/test-idp/default/launch', { sp, acs_url: acsUrl, user: 'todd@example.com' })
    const statuses = await Promise.all([
      launch(registered.entity_id, registered.acs_url),
      launch(registered.entity_id, 'https://registered.test/other'),
      launch('https://another.test', registered.acs_url),
    ])
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 403, 403])
  })

  test.each([
    ['javascript:alert(1)', 400],
    ['/relative', 400],
    ['http://localhost@attacker.test/', 400],
  ])('%s is no address', async (acsUrl, status) => {
    const page = await post('/test-idp/default/launch', { sp: 'x', acs_url: acsUrl, user: 'todd@example.com' })
    expect([page.statusCode, page.body]).toEqual([status, expect.stringContaining('invalid_acs_url')])
  })
})

describe('signed requests', () => {
  let own: SigningKey
  let other: SigningKey

  beforeAll(async () => {
    own = await createSigningKey('Service provider', now, 365)
    other = await createSigningKey('Another', now, 365)
    await post('/test-idp/default/service-providers', {
      entity_id: 'https://signs.test',
      acs_url: 'http://localhost/acs',
      signing_certificate: own.certificate,
    })
  })

  const xml = authnRequest({
    id: '_signed',
    issueInstant: now,
    destination: `${baseUrl}/test-idp/default/sso`,
    acsUrl: 'http://localhost/acs',
    spEntityId: 'https://signs.test',
    forceAuthn: false,
  })
  const redirect = (key?: SigningKey) => app.inject(redirectUrl('/test-idp/default/sso', 'SAMLRequest', xml, 's', key))
  const posted = (key?: SigningKey, change = (text: string) => text) => {
    const text = key ? signElement(xml, { id: '_signed', key: key.key }) : xml
    return post('/test-idp/default/sso', { SAMLRequest: encodePost(change(text)) })
  }

  test.each([
    ['Redirect, signed', () => redirect(own), 200, 'verified'],
    ['Redirect, unsigned', () => redirect(), 400, 'unsigned_request'],
    ['Redirect, signed by another', () => redirect(other), 400, 'wrong_request_signature'],
    ['POST, signed', () => posted(own), 200, 'verified'],
    ['POST, unsigned', () => posted(), 400, 'unsigned_request'],
    ['POST, signed by another', () => posted(other), 400, 'wrong_request_signature'],
    [
      'POST, changed after signing',
      () => posted(own, (text) => text.replace('http://localhost/acs', 'http://localhost/else')),
      400,
      'wrong_request_signature',
    ],
  ])('%s', async (_claim, send, status, said) => {
    const page = await send()
    expect([page.statusCode, page.body]).toEqual([status, expect.stringContaining(said)])
  })
})

describe('bad input gets a page with a cause and a next step', () => {
  const sso = '/test-idp/default/sso'
  const requestFor = (xml: string) => redirectUrl(sso, 'SAMLRequest', xml, undefined)
  const good = {
    id: '_1',
    issueInstant: now,
    destination: `${baseUrl}/test-idp/default/sso`,
    acsUrl: 'http://localhost/acs',
    spEntityId: 'https://app.test',
    forceAuthn: false,
  }

  test.each([
    ['no SAMLRequest', sso, 400, 'no_saml_request'],
    ['an identity provider that is not there', '/test-idp/nobody/sso?SAMLRequest=x', 404, 'unknown_idp'],
    ['a path that is not there', '/test-idp/default/sso/more', 404, 'no_such_page'],
    ['no percent-encoding', `${sso}?SAMLRequest=%zz`, 400, 'undecodable_saml_request'],
    ['no base64', `${sso}?SAMLRequest=*`, 400, 'undecodable_saml_request'],
    ['nothing deflated', `${sso}?SAMLRequest=YWJj`, 400, 'undecodable_saml_request'],
    ['a bomb', requestFor(' '.repeat(5_000_000)), 400, 'undecodable_saml_request'],
    ['no XML', requestFor('hello'), 400, 'not_an_authn_request'],
    ['a DTD', requestFor(`<!DOCTYPE x>${authnRequest(good)}`), 400, 'not_an_authn_request'],
    ['another message', requestFor('<a/>'), 400, 'not_an_authn_request'],
    [
      'another destination',
      requestFor(authnRequest({ ...good, destination: 'https://else.test' })),
      400,
      'wrong_destination',
    ],
    ['an ID that is no name', requestFor(authnRequest({ ...good, id: '1 2' })), 400, 'invalid_request_id'],
    [
      'an endless issuer',
      requestFor(authnRequest({ ...good, spEntityId: 'x'.repeat(1025) })),
      400,
      'no_service_provider',
    ],
    [
      'an endless RelayState',
      redirectUrl(sso, 'SAMLRequest', authnRequest(good), 'x'.repeat(2049)),
      400,
      'relay_state_too_long',
    ],
    ['a launch of nothing', '/test-idp/default/launch', 400, 'no_service_provider'],
    [
      'encryption without a certificate',
      `${requestFor(authnRequest(good))}&scenario=encrypted`,
      409,
      'no_encryption_certificate',
    ],
    [
      'a replay of nothing',
      `${requestFor(authnRequest({ ...good, spEntityId: 'https://fresh.test' }))}&scenario=replay`,
      409,
      'nothing_to_replay',
    ],
  ])('%s', async (_claim, url, status, code) => {
    const page = await app.inject(url)
    expect([page.statusCode, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(page.body).toContain(`<code>${code}</code>`)
  })

  test.each([
    ['no SAMLRequest in a form', {}, 400, 'no_saml_request'],
    ['no base64 in a form', { SAMLRequest: '***' }, 400, 'undecodable_saml_request'],
    ['more than anybody needs', { SAMLRequest: 'A'.repeat(300_000) }, 413, 'body_too_large'],
  ])('%s', async (_claim, fields, status, code) => {
    const page = await post(sso, fields)
    expect([page.statusCode, page.body]).toEqual([status, expect.stringContaining(`<code>${code}</code>`)])
  })

  test('another media type', async () => {
    const page = await app.inject({
      method: 'POST',
      url: sso,
      headers: { 'content-type': 'text/xml' },
      payload: '<a/>',
    })
    expect([page.statusCode, page.body]).toEqual([415, expect.stringContaining('unsupported_media_type')])
  })

  test('text from a request is shown, never run', async () => {
    const attack = '"><script>alert(1)</script>'
    const xml = authnRequest({ ...good, spEntityId: attack, loginHint: attack })
    const page = await app.inject(redirectUrl(sso, 'SAMLRequest', xml, attack))
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toContain('<script>')
    expect(inputsOf(page.body)).toMatchObject({ sp: attack, relay_state: attack })
  })
})
