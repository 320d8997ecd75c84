import { request as httpRequest } from 'node:http'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  addGroup,
  addUser,
  coreGroup,
  coreUser,
  createScimClient,
  patch,
  person,
  type ScimAnswer,
  type ScimClient,
} from '../support/scim.ts'
import { useTestServer } from '../support/server.ts'

const server = useTestServer()
const errorUrn = 'urn:ietf:params:scim:api:messages:2.0:Error'

let client: ScimClient
let ann: string
let eng: string
let base: string
beforeAll(async () => {
  client = await createScimClient(server)
  ann = await addUser(client, 'ann@corp.example', { title: 'Engineer' })
  eng = await addGroup(client, 'Eng', ann)
  base = new URL(client.directory.endpoint).pathname
})

const state = async () => ({
  users: (await client.send('GET', '/Users')).body,
  groups: (await client.send('GET', '/Groups')).body,
  log: await client.log(),
})

/** Whatever a test sends, nothing may be lost by it. */
let before: Awaited<ReturnType<typeof state>>
beforeEach(async () => {
  before = await state()
})
afterEach(() => expectNothingLost())

async function expectNothingLost(): Promise<void> {
  expect(await state()).toEqual(before)
}

/** Sends what fetch would put right. */
function raw(
  method: string,
  path: string,
  body?: Buffer | string,
  headers: Record<string, string> = {},
): Promise<ScimAnswer> {
  const authorization = `Bearer ${client.directory.bearer_token}`
  const isChunked = 'transfer-encoding' in headers
  const length = body === undefined || isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { port: server.port, host: '127.0.0.1', method, path, headers: { authorization, ...length, ...headers } },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString()
          const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [name, String(value)])
          resolve({
            status: response.statusCode ?? 0,
            headers: new Headers(pairs),
            body: text === '' ? undefined : JSON.parse(text),
          })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

function expectRefusal({ status, headers, body }: ScimAnswer, statuses: readonly number[]): void {
  expect(statuses, JSON.stringify(body)).toContain(status)
  expect(headers.get('content-type')).toBe('application/scim+json')
  expect(body).toMatchObject({ schemas: [errorUrn], status: String(status), detail: expect.stringMatching(/.{10}/) })
}

const deep = (levels: number, inner = '1') => `${'{"a":'.repeat(levels)}${inner}${'}'.repeat(levels)}`

describe('RFC 7644 §3.12 and §3.8: every refusal speaks SCIM', () => {
  test.each([
    ['PUT', ''],
    ['PUT', '/'],
    ['GET', '/Nothing'],
    ['GET', '/users'],
    ['POST', '/Nothing'],
    ['GET', '/Users/a/b'],
    ['PUT', '/Users'],
    ['PATCH', '/Users'],
    ['DELETE', '/Users'],
    ['POST', '/Users/abc'],
    ['GET', '/Users/.search/x'],
    ['OPTIONS', '/Users'],
    ['GET', '/Bulk'],
    ['DELETE', '/Users//'],
  ])('%s %s is not found', async (method, path) => {
    const body = method === 'GET' || method === 'OPTIONS' ? undefined : '{}'
    expectRefusal(await raw(method, base + path, body, { 'content-type': 'application/scim+json' }), [404, 405])
  })

  test.each([
    'text/plain',
    'text/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'nonsense',
  ])('a body as %s is refused with 415', async (type) => {
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${ann}`],
      ['PATCH', `/Groups/${eng}`],
      ['POST', '/Bulk'],
      ['POST', '/Users/.search'],
    ] as const)
      expectRefusal(
        await raw(method, base + path, JSON.stringify(person('x@corp.example')), { 'content-type': type }),
        [415],
      )
  })

  test('a body without a type is refused', async () => {
    expectRefusal(await raw('POST', `${base}/Users`, JSON.stringify(person('x@corp.example'))), [415])
  })

  test.each(['/scim/v2', '/scim/v2.0', '/scim/v2/key/Users'])('so at %s, which is no endpoint', async (path) => {
    expectRefusal(await raw('GET', path), [404])
  })

  test('a byte order mark before a body says nothing', async () => {
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], count: 0 }
    for (const type of ['application/scim+json; charset=utf-8', 'application/json'])
      expect(
        await raw('POST', `${base}/Users/.search`, `\uFEFF${JSON.stringify(search)}`, { 'content-type': type }),
      ).toMatchObject({ status: 200 })
  })

  test.each([
    '',
    ' ',
    '{',
    '{"schemas":',
    'null',
    'true',
    '7',
    '"text"',
    '[]',
    '[{}]',
    '{}',
    '{"schemas":null}',
    '{"schemas":{}}',
    '{"schemas":[null]}',
    '{"schemas":[]}',
    '\uFEFF{}',
    "{'schemas':[]}",
    'schemas=urn:ietf:params:scim:schemas:core:2.0:User',
    '<Envelope/>',
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    // Latin-1, which would be kept with its letters lost.
    Buffer.from(JSON.stringify(person('café@corp.example')), 'latin1'),
    '['.repeat(200_000),
    `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    deep(5_000),
  ])('the body %.40j is refused everywhere', async (body) => {
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${ann}`],
      ['PATCH', `/Users/${ann}`],
      ['POST', '/Groups'],
      ['PUT', `/Groups/${eng}`],
      ['PATCH', `/Groups/${eng}`],
      ['POST', '/Bulk'],
      ['POST', '/Users/.search'],
    ] as const)
      for (const type of ['application/scim+json', 'application/json; charset=utf-8'])
        expectRefusal(await raw(method, base + path, body, { 'content-type': type }), [400])
  })

  test.each([
    ['with its length said', {}],
    ['in pieces', { 'transfer-encoding': 'chunked' }],
  ])('3 MB %s are refused with 413', async (_claim, more) => {
    const body = JSON.stringify(person('x@corp.example', { nickName: 'x'.repeat(3_000_000) }))
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${ann}`],
      ['PATCH', `/Groups/${eng}`],
      ['POST', '/Bulk'],
    ] as const) {
      const headers = { 'content-type': 'application/scim+json', ...more }
      // The server answers and hangs up; whether the rest could still be sent is not its business.
      const answer = await raw(method, base + path, body, headers).catch((error: NodeJS.ErrnoException) => error.code)
      if (typeof answer === 'string') expect(['EPIPE', 'ECONNRESET']).toContain(answer)
      else expectRefusal(answer as ScimAnswer, [413]) // The other half of the union.
    }
  })

  test('without the token nothing is told, whatever the request', async () => {
    const paths = [
      '/Users',
      `/Users/${ann}`,
      '/Users/nobody',
      '/ServiceProviderConfig',
      '/Schemas',
      '/Groups?filter=(((',
    ]
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      `Basic ${client.directory.bearer_token}`,
      `Bearer ${client.directory.bearer_token} x`,
      client.directory.bearer_token ?? '',
    ])
      for (const path of paths) expectRefusal(await raw('GET', base + path, undefined, { authorization }), [401])
    expectRefusal(await raw('GET', `${base.slice(0, -3)}xyz/Users`), [401])
    for (const key of ['', '%00', '..', 'a'.repeat(1_000), 'a'.repeat(3_000), '%F0%9F%98%80', "'--"])
      expectRefusal(await raw('GET', `/scim/v2.0/${key}/Users`), [400, 401, 404])
  })

  test('the scheme is read in any case', async () => {
    expect(
      (await raw('GET', `${base}/Users`, undefined, { authorization: `bEARER ${client.directory.bearer_token}` }))
        .status,
    ).toBe(200)
  })
})

describe('ids and paths nobody has', () => {
  test.each([
    '%zz',
    '%',
    '%E0%A4',
    '%ff',
    '%ED%A0%80',
    '%00',
    'a%00b',
    '%2e%2e%2f',
    '..%2f..',
    '%0d%0aX-Y:1',
    'x'.repeat(1_025),
    'x'.repeat(3_000),
    '%F0%9F%98%80'.repeat(50),
    'null',
    'undefined',
    '__proto__',
    'constructor',
    "'%20or%201=1--",
    '%25',
    '*',
    '.search',
    '-1',
    '1e9',
  ])('%.60s is an error of the client', async (id) => {
    for (const kind of ['Users', 'Groups', 'Schemas', 'ResourceTypes'])
      expectRefusal(await raw('GET', `${base}/${kind}/${id}`), [400, 404])
    const headers = { 'content-type': 'application/scim+json' }
    for (const kind of ['Users', 'Groups']) {
      const put = kind === 'Users' ? person('x@corp.example') : { schemas: [coreGroup], displayName: 'X' }
      expectRefusal(await raw('PUT', `${base}/${kind}/${id}`, JSON.stringify(put), headers), [400, 404])
      expectRefusal(
        await raw(
          'PATCH',
          `${base}/${kind}/${id}`,
          JSON.stringify(patch({ op: 'remove', path: 'externalId' })),
          headers,
        ),
        [400, 404],
      )
      expectRefusal(await raw('DELETE', `${base}/${kind}/${id}`), [400, 404])
    }
  })

  test.each([
    'filter=%zz',
    'filter=%00',
    'filter=userName+eq+%22%00%22',
    'filter=%ED%A0%80',
    `filter=${'('.repeat(4_000)}`,
    'startIndex=%00',
    'count=%F0',
    'attributes=%00',
    'sortBy=%00',
    'cursor=%00',
    'filter=userName+eq+1e999',
    'sortBy=__proto__',
    'filter=emails%5B__proto__+pr%5D',
  ])('the query %.60s is an error of the client, or finds nobody', async (query) => {
    const { status, body } = await raw('GET', `${base}/Users?${query}`)
    if (status === 200) expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:ListResponse'])
    else expect({ status, schemas: body.schemas }).toEqual({ status: 400, schemas: [errorUrn] })
  })

  test.each(['__proto__=x', 'constructor=x', 'filter[]=x', 'a&&&=&'])('the query %s is ignored', async (query) => {
    expect((await raw('GET', `${base}/Users?${query}`)).body.totalResults).toBe(1)
  })
})

describe('documents', () => {
  const refused: [string, object | string][] = [
    ['NUL in a text', person('a\u0000b@corp.example')],
    ['NUL in a name', person('a@corp.example', { 'a\u0000': 1 })],
    ['half a surrogate pair', person('a\ud800b@corp.example')],
    ['half a surrogate pair in an extension', person('a@corp.example', { 'urn:x:y': { z: '\udfff' } })],
    ['__proto__', `{"schemas":["${coreUser}"],"userName":"a@corp.example","__proto__":{"active":false}}`],
    ['__proto__ within', `{"schemas":["${coreUser}"],"userName":"a@corp.example","name":{"__proto__":{"x":1}}}`],
    ['nesting', `{"schemas":["${coreUser}"],"userName":"a@corp.example","x":${deep(100)}}`],
    ['a name of 10,000 characters', person(`${'x'.repeat(10_000)}@corp.example`)],
    ['a title of 10,000 characters', person('a@corp.example', { title: 'x'.repeat(10_000) })],
    [
      '5,000 addresses',
      person('a@corp.example', { emails: Array.from({ length: 5_000 }, (_, i) => ({ value: `${i}@x.example` })) }),
    ],
    ['addresses that are numbers', person('a@corp.example', { emails: [1] })],
    ['addresses that are arrays', person('a@corp.example', { emails: [[]] })],
    ['a name that is an array', person('a@corp.example', { name: [1, 2] })],
    ['a userName that is an object', person('a@corp.example', { userName: { a: 1 } })],
    ['a userName that is true', person('a@corp.example', { userName: true })],
    [
      'an extension that is text',
      person('a@corp.example', { 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': 'x' }),
    ],
  ]
  test.each(refused)('with %s are refused by POST and PUT', async (_claim, body) => {
    for (const [method, path] of [
      ['POST', '/Users'],
      ['PUT', `/Users/${ann}`],
    ] as const)
      expectRefusal(await client.send(method, path, body), [400])
  })

  test.each([
    ['__proto__', { op: 'replace', path: '__proto__.active', value: false }],
    [
      '__proto__ in a value',
      `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"__proto__":{"active":false}}}]}`,
    ],
    ['a path of a megabyte', { op: 'replace', path: 'x'.repeat(1_000_000), value: 1 }],
    ['brackets within brackets', { op: 'remove', path: `emails[${'('.repeat(5_000)}` }],
    ['a path that is an object', { op: 'replace', path: {}, value: 1 }],
    ['an op that is an object', { op: {}, path: 'title', value: 1 }],
    ['NUL in a value', { op: 'replace', path: 'title', value: 'a\u0000' }],
    ['NUL in a filter', { op: 'remove', path: 'emails[value eq "\\u0000"]' }],
    [
      'a value without end',
      { op: 'add', path: 'emails', value: Array.from({ length: 5_000 }, (_, i) => ({ value: `${i}@x.example` })) },
    ],
    ['a value that nests', { op: 'add', path: 'x', value: JSON.parse(deep(60)) }],
    ['a member of 3,000 characters', { op: 'add', path: 'members', value: [{ value: 'x'.repeat(3_000) }] }],
    ['a member with NUL', { op: 'add', path: 'members', value: [{ value: 'a\u0000' }] }],
  ] as [string, object | string][])('operations with %s are refused', async (_claim, operation) => {
    const body = typeof operation === 'string' ? operation : patch(operation)
    const path =
      typeof operation === 'object' && 'path' in operation && operation.path === 'members'
        ? `/Groups/${eng}`
        : `/Users/${ann}`
    expectRefusal(await client.send('PATCH', path, body), [400])
  })

  test('more operations than anybody needs are refused', async () => {
    const many = Array.from({ length: 5_000 }, () => ({ op: 'replace', path: 'title', value: 'x' }))
    expectRefusal(await client.send('PATCH', `/Users/${ann}`, patch(...many)), [400, 413])
  })

  test('with numbers beyond all bounds and names of JavaScript are stored or refused, never an error of ours', async () => {
    for (const more of [
      '"x":1e400',
      '"x":-1e400',
      '"x":1e-400',
      '"x":123456789012345678901234567890',
      '"constructor":{"prototype":1}',
      '"toString":"x"',
      '"hasOwnProperty":1',
      '"urn:x:constructor":{"valueOf":1}',
      '"":1',
      '"a b":1',
    ]) {
      const body = `{"schemas":["${coreUser}"],"userName":"odd@corp.example",${more}}`
      const { status, body: made } = await client.send('POST', '/Users', body)
      expect([201, 400], more).toContain(status)
      if (status !== 201) continue
      expect((await client.send('GET', `/Users/${made.id}`)).status).toBe(200)
      expect(
        (await client.send('PATCH', `/Users/${made.id}`, patch({ op: 'replace', path: 'active', value: false })))
          .status,
      ).toBe(200)
      expect((await client.send('DELETE', `/Users/${made.id}`)).status).toBe(204)
    }
    before = await state()
  })

  test('with every character there is come back as they were sent', async () => {
    const title = `${String.fromCodePoint(...Array.from({ length: 0xd7 }, (_, i) => i * 256 + 0x7f))}\u0001\u001f'"\\\n\u2028😀ﬀİıẞς`
    const { status, body } = await client.send('POST', '/Users', person('odd@corp.example', { title }))
    expect({ status, title: body.title }).toEqual({ status: 201, title })
    const { body: seen } = await client.environment.api<{ job_title: string }>('GET', `/directory_users/${body.id}`)
    expect(seen.job_title).toBe(title)
    expect((await client.log()).at(-1)?.data.job_title).toBe(title)
    await addGroup(client, title, body.id)
    expect((await client.log()).at(-1)).toMatchObject({
      event: 'dsync.group.user_added',
      data: { user: { job_title: title }, group: { name: title } },
    })
    for (const { id } of (await client.send('GET', '/Groups?startIndex=2')).body.Resources)
      await client.send('DELETE', `/Groups/${id}`)
    await client.send('DELETE', `/Users/${body.id}`)
    before = await state()
  })
})
