import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ErrorBody } from '#contracts/errors.ts'
import { type RequestOptions, type TestEnvironment, useTestServer } from '../support/server.ts'

const server = useTestServer()

let api: TestEnvironment['api']
beforeAll(async () => {
  ;({ api } = await server.environment())
})

describe('every error has the envelope its status calls for', () => {
  const cases: [string, number, string, string, RequestOptions, Partial<ErrorBody>][] = [
    ['no API key', 401, 'GET', '/organizations', { key: null }, { message: 'Unauthorized' }],
    ['an unknown API key', 401, 'GET', '/organizations', { key: 'sk_test_nobody' }, { message: 'Unauthorized' }],
    [
      'another scheme',
      401,
      'GET',
      '/organizations',
      { key: null, headers: { authorization: 'Basic abc' } },
      { message: 'Unauthorized' },
    ],
    [
      'an empty key',
      401,
      'GET',
      '/organizations',
      { key: null, headers: { authorization: 'Bearer ' } },
      { message: 'Unauthorized' },
    ],
    [
      'an unknown id',
      404,
      'GET',
      '/organizations/org_1',
      {},
      { message: "Organization not found: 'org_1'.", code: 'entity_not_found', entity_id: 'org_1' },
    ],
    [
      'an id of another kind',
      404,
      'GET',
      '/organizations/conn_1',
      {},
      { code: 'entity_not_found', entity_id: 'conn_1' },
    ],
    [
      'an id that is no id',
      404,
      'DELETE',
      '/organization_domains/%20',
      {},
      { message: "Organization Domain not found: ' '.", code: 'entity_not_found' },
    ],
    [
      'a choice there is not',
      422,
      'PUT',
      '/authentication_settings',
      { body: { mfa: 'sometimes' } },
      { errors: [{ field: 'mfa', code: "mfa must be 'off' or 'optional' or 'required'" }] },
    ],
    ['an unknown path', 404, 'GET', '/nothing/here', {}, { code: 'route_not_found' }],
    ['another method', 404, 'PATCH', '/organizations', { body: {} }, { code: 'route_not_found' }],
    ['a trailing slash', 404, 'GET', '/organizations/', {}, { code: 'entity_not_found' }],
    [
      'a missing field',
      422,
      'POST',
      '/organizations',
      { body: {} },
      { message: 'Validation failed', errors: [{ field: 'name', code: 'name is required' }] },
    ],
    ['events without names', 400, 'GET', '/events', {}, { code: 'invalid_events_request' }],
    ['broken JSON', 400, 'POST', '/organizations', { raw: '{"name":' }, { code: 'invalid_json' }],
    ['JSON with a comment', 400, 'POST', '/organizations', { raw: '{"name":"A"} // x' }, { code: 'invalid_json' }],
    [
      'a body that is no JSON',
      415,
      'POST',
      '/organizations',
      { raw: '<a/>', headers: { 'content-type': 'text/xml' } },
      { code: 'unsupported_media_type' },
    ],
    [
      'a body past the limit',
      413,
      'POST',
      '/organizations',
      { raw: `{"name":"${'x'.repeat(2 * 1024 * 1024)}"}` },
      { code: 'body_too_large' },
    ],
    ['a path that is not UTF-8', 400, 'GET', '/organizations/%E0%A4%A', {}, { code: 'invalid_url' }],
    ['a path parameter past the limit', 400, 'GET', `/organizations/${'x'.repeat(3000)}`, {}, { code: 'invalid_url' }],
  ]
  test.each(cases)('%s is %i', async (_claim, status, method, path, options, expected) => {
    const answer = await api(method, path, options)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject(expected)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  })

  test('401 says nothing about why', async () => {
    const answers = [
      await api('GET', '/organizations', { key: null }),
      await api('GET', '/organizations', { key: 'sk_test_nobody' }),
      await api('POST', '/organizations', { key: 'x', raw: '' }),
    ]
    for (const answer of answers) expect(answer.text).toBe('{"message":"Unauthorized"}')
  })

  test('whoever has no key learns nothing about a body either', async () => {
    expect((await api('POST', '/organizations', { key: null, body: {} })).status).toBe(401)
  })
})

describe('every answer carries a request id of its own', () => {
  test.each([
    ['a success', 'GET', '/organizations', {}],
    ['a refusal', 'GET', '/organizations', { key: null }],
    ['an unknown path', 'GET', '/nothing', {}],
    ['a broken path', 'GET', '/organizations/%zz', {}],
    ['a broken body', 'POST', '/organizations', { raw: '{' }],
    ['an empty answer', 'DELETE', '/organizations/org_1', {}],
  ])('%s', async (_claim, method, path, options: RequestOptions) => {
    const ids = await Promise.all(
      [1, 2].map(async () =>
        (await api(method, path, { ...options, headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id'),
      ),
    )
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(ids[1]).not.toBe(ids[0])
  })
})

describe('SDKs send application/json with no body', () => {
  test.each([
    ['GET', '/organizations', 200],
    ['DELETE', '/organizations/org_1', 404],
    ['POST', '/organization_domains/org_domain_1/verify', 404],
    ['POST', '/organizations', 422],
  ])('%s %s counts it as an empty object', async (method, path, status) => {
    const answer = await api(method, path, { headers: { 'content-type': 'application/json' } })
    expect(answer.status).toBe(status)
  })

  test('POST without a content type and body is an empty object too', async () => {
    expect((await api('POST', '/organizations')).status).toBe(422)
  })

  test('a charset in the content type changes nothing', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=UTF-8' }
    expect((await api('POST', '/organizations', { raw: '{"name":"A"}', headers })).status).toBe(201)
  })

  test('unknown fields are ignored', async () => {
    expect((await api('POST', '/organizations', { body: { name: 'A', colour: 'red' } })).status).toBe(201)
  })
})

describe('hostile input is the caller’s error, never ours', () => {
  const deep = (depth: number) => `{"name":"A","metadata":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
  const bodies: [string, string][] = [
    ['a NUL in a value', '{"name":"a\\u0000b"}'],
    ['a NUL in a key', '{"name":"A","metadata":{"a\\u0000b":"c"}}'],
    ['a NUL in a field nobody knows', '{"name":"A","extra":{"deep":["\\u0000"]}}'],
    ['half a surrogate pair', '{"name":"\\ud800"}'],
    ['half a surrogate pair as a key', '{"name":"A","metadata":{"\\udfff":"c"}}'],
    ['a number past every type', '{"name":1e999}'],
    ['a very long number', `{"name":${'9'.repeat(10_000)}}`],
    ['a number where text belongs', '{"name":"A","external_id":12345678901234567890}'],
    ['a prototype', '{"name":"A","__proto__":{"isAdmin":true},"metadata":{"__proto__":{"a":"b"}}}'],
    ['a constructor', '{"name":"A","metadata":{"constructor":{"prototype":{"a":"b"}}}}'],
    ['nesting 1,000 deep', deep(1000)],
    ['nesting 100,000 deep', deep(100_000)],
    ['a list nested 500,000 deep', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
    ['100,000 domains', JSON.stringify({ name: 'A', domains: Array.from({ length: 100_000 }, () => 1) })],
    [
      '100,000 metadata keys',
      JSON.stringify({
        name: 'A',
        metadata: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'v'])),
      }),
    ],
    ['JSON null', 'null '],
    ['a bare number', '5'],
    ['a byte order mark', '\uFEFF{"name":'],
  ]
  test.each(bodies)('%s in a body', async (_claim, raw) => {
    const { status } = await api('POST', '/organizations', { raw })
    expect([400, 422]).toContain(status)
  })

  test.each([
    ['/organizations?search=%00', 422],
    ['/organizations?search=%FF%FE', 200],
    ['/organizations?domains=%00', 422],
    ['/organizations?%00=%00', 200],
    ['/organizations?domains=__proto__&constructor=1', 200],
    [`/organizations?search=${'%25'.repeat(4000)}`, 200],
    ['/organizations/external_id/%00', 422],
    ['/organizations/org_%00', 422],
    ['/organizations/external_id/%F0%9F%8E%89', 404],
    ['/organizations/__proto__', 404],
    ['/environments/__proto__/api_keys', 404],
  ])('%s is %i', async (path, status) => {
    expect((await api('GET', path)).status).toBe(status)
  })

  test('many bad fields are named in an answer of bounded size', async () => {
    const { status, text } = await api('POST', '/organizations', {
      body: { name: 'A', domains: Array.from({ length: 50_000 }, () => 1) },
    })
    expect(status).toBe(422)
    expect(text.length).toBeLessThan(20_000)
  })

  test('an API key with strange characters is a wrong key', async () => {
    for (const key of ['ключ'.replaceAll(/./gu, '\u00ff'), "' or 1=1 --", 'x'.repeat(8000)])
      expect((await api('GET', '/organizations', { key })).status).toBe(401)
  })
})

test('a request that is not HTTP is answered with 400 and nothing else breaks', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'))
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect((await api('GET', '/organizations')).status).toBe(200)
})
