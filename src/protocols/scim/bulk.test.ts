import { describe, expect, test } from 'vitest'
import { bulkRequestUrn, bulkResponse, isOver, parseBulkRequest } from './bulk.ts'
import { orderBulk, resolveBulkIds, leaveOutReferences } from './bulk-order.ts'
import { scimError } from './errors.ts'

const limits = { maxOperations: 1_000 }

function parse(...operations: unknown[]) {
  const parsed = parseBulkRequest({ schemas: [bulkRequestUrn], Operations: operations }, limits)
  if (!parsed.ok) throw new Error(parsed.error.detail)
  return parsed.value.operations
}

const post = (bulkId: string, data: object = {}) => ({ method: 'POST', path: '/Groups', bulkId, data })
const referTo = (bulkId: string) => ({ members: [{ value: `bulkId:${bulkId}` }] })

const user = (bulkId: string, ...managers: string[]) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: Object.fromEntries(managers.map((each, i) => [`urn:x${i}`, { manager: { value: `bulkId:${each}` } }])),
})

describe('RFC 7644 §3.7 the body of a bulk request', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'x', 'invalidSyntax'],
    ['no schemas', { Operations: [] }, 'invalidSyntax'],
    ['no operations', { schemas: [bulkRequestUrn] }, 'invalidSyntax'],
    ['failOnErrors of 0', { schemas: [bulkRequestUrn], Operations: [], failOnErrors: 0 }, 'invalidSyntax'],
    ['failOnErrors as text', { schemas: [bulkRequestUrn], Operations: [], failOnErrors: '1' }, 'invalidSyntax'],
    [
      'too many operations',
      { schemas: [bulkRequestUrn], Operations: Array.from({ length: 1_001 }, () => ({})) },
      '413',
    ],
    ['no operations to carry out', { schemas: [bulkRequestUrn], Operations: [] }, 'accepted'],
  ])('%s', (_claim, body, expected) => {
    const parsed = parseBulkRequest(body, limits)
    expect(parsed.ok ? 'accepted' : (parsed.error.scimType ?? parsed.error.status)).toBe(expected)
  })

  test('an operation has its place, its type and its id', () => {
    expect(
      parse(
        { method: 'post', path: '/Users', bulkId: 'a', data: { userName: 'x' } },
        { method: 'PUT', path: '/users/u1', data: {}, version: 'W/"1"' },
        { method: 'DELETE', path: '/Groups/bulkId:a', data: 'ignored' },
      ),
    ).toMatchObject([
      { index: 0, method: 'POST', type: { name: 'User' }, bulkId: 'a', data: { userName: 'x' } },
      { index: 1, method: 'PUT', type: { name: 'User' }, id: 'u1', version: 'W/"1"' },
      { index: 2, method: 'DELETE', type: { name: 'Group' }, id: 'bulkId:a' },
    ])
  })

  test.each<[string, unknown]>([
    ['null', null],
    ['no method', { path: '/Users', data: {} }],
    ['a GET', { method: 'GET', path: '/Users/u1', data: {} }],
    ['a POST without bulkId', { method: 'POST', path: '/Users', data: {} }],
    ['a POST with an id', { method: 'POST', path: '/Users/u1', bulkId: 'a', data: {} }],
    ['a PUT without an id', { method: 'PUT', path: '/Users', data: {} }],
    ['a PUT with an empty id', { method: 'PUT', path: '/Users/', data: {} }],
    ['a path too long', { method: 'DELETE', path: '/Users/u1/x' }],
    ['a path of no endpoint', { method: 'DELETE', path: '/Cars/1' }],
    ['a path from elsewhere', { method: 'DELETE', path: 'Users/u1' }],
    ['no path', { method: 'DELETE' }],
    ['a PATCH without data', { method: 'PATCH', path: '/Users/u1' }],
    ['a version that is no text', { method: 'DELETE', path: '/Users/u1', version: 1 }],
  ])('%s is refused alone', (_claim, operation) => {
    expect(parse(operation, post('ok'))).toMatchObject([
      { index: 0, error: { scimType: 'invalidSyntax' } },
      { index: 1, bulkId: 'ok' },
    ])
  })

  test('a bulkId used twice is refused the second time', () => {
    expect(parse(post('a'), post('a'))).toMatchObject([
      { index: 0 },
      { index: 1, error: { scimType: 'invalidSyntax' } },
    ])
  })
})

describe('RFC 7644 §3.7.1 references', () => {
  const order = (...operations: unknown[]) =>
    orderBulk(parse(...operations)).map((step) => {
      if (step.kind === 'circle') return `circle ${step.operations.map(({ index }) => index).join(' ')}`
      return `${step.operation.index}${'error' in step.operation ? ` ${step.operation.error.status}` : ''}`
    })

  test.each<[string, unknown[], string[]]>([
    ['operations without references keep their order', [post('a'), post('b'), post('c')], ['0', '1', '2']],
    ['what is referred to comes first', [post('a', referTo('b')), post('b')], ['1', '0']],
    ['along a chain', [post('a', referTo('b')), post('b', referTo('c')), post('c')], ['2', '1', '0']],
    ['in the path', [{ method: 'DELETE', path: '/Users/bulkId:b' }, post('b')], ['1', '0']],
    [
      'in the filter of a PATCH',
      [
        {
          method: 'PATCH',
          path: '/Groups/g',
          data: { Operations: [{ op: 'remove', path: 'members[value eq "bulkId:b"]' }] },
        },
        post('b'),
      ],
      ['1', '0'],
    ],
    ['to nothing', [post('a', referTo('z')), post('b')], ['0 400', '1']],
    ['to itself', [post('a', referTo('a'))], ['0 409']],
    [
      'in a circle of groups, which do not nest',
      [post('a', referTo('b')), post('b', referTo('a')), post('c')],
      ['0 409', '1 409', '2'],
    ],
    [
      'into a circle of groups',
      [post('x', referTo('a')), post('a', referTo('b')), post('b', referTo('a'))],
      ['1 409', '2 409', '0 409'],
    ],
    ['in a circle of people', [user('a', 'b'), user('b', 'c'), user('c', 'a')], ['circle 0 1 2']],
    ['of somebody to themselves', [user('a', 'a'), user('b')], ['circle 0', '1']],
    [
      'into and out of a circle of people',
      [post('g', referTo('a')), user('a', 'b'), user('b', 'a', 'c'), user('c')],
      ['3', 'circle 1 2', '0'],
    ],
    ['in two circles that meet', [user('a', 'b', 'c'), user('b', 'a'), user('c', 'a')], ['circle 0 1 2']],
    ['in a circle with one to nothing', [user('a', 'b'), user('b', 'a', 'z')], ['0', '1 400']],
    [
      'from what is ignored: the groups of a user',
      [{ ...user('a'), data: { groups: [{ value: 'bulkId:g' }] } }, post('g', referTo('a'))],
      ['0', '1'],
    ],
    [
      'to what is refused',
      [{ method: 'POST', path: '/Cars', bulkId: 'a', data: {} }, post('b', referTo('a'))],
      ['0 400', '1 400'],
    ],
  ])('%s', (_claim, operations, expected) => {
    expect(order(...operations)).toEqual(expected)
  })

  test('a chain as long as a request may be', () => {
    const chain = Array.from({ length: 1_000 }, (_, i) => post(`b${i}`, i < 999 ? referTo(`b${i + 1}`) : {}))
    expect(order(...chain).slice(0, 3)).toEqual(['999', '998', '997'])
  })

  test('become ids', () => {
    const [operation] = parse({
      method: 'PATCH',
      path: '/Groups/bulkId:g',
      data: {
        Operations: [
          { op: 'remove', path: 'members[value eq "bulkId:u"]' },
          { op: 'add', path: 'members', value: [{ value: 'bulkId:u' }] },
        ],
      },
    })
    if (!operation || 'error' in operation) throw new Error('refused')
    expect(
      resolveBulkIds(
        operation,
        new Map([
          ['g', 'g1'],
          ['u', 'u1'],
        ]),
      ),
    ).toMatchObject({
      ok: true,
      value: {
        id: 'g1',
        data: {
          Operations: [
            { op: 'remove', path: 'members[value eq "u1"]' },
            { op: 'add', path: 'members', value: [{ value: 'u1' }] },
          ],
        },
      },
    })
    expect(resolveBulkIds(operation, new Map([['g', 'g1']]))).toMatchObject({
      ok: false,
      error: { scimType: 'invalidValue' },
    })
  })
})

describe('without the references of a circle', () => {
  const left = (data: object) => {
    const [operation] = parse({ method: 'POST', path: '/Users', bulkId: 'a', data })
    if (!operation || 'error' in operation) throw new Error('refused')
    return leaveOutReferences(operation, new Set(['a', 'b'])).data
  }

  test.each<[string, object, object]>([
    [
      'others stay',
      { userName: 'x', 'urn:x': { manager: { value: 'bulkId:z' } } },
      {
        userName: 'x',
        'urn:x': { manager: { value: 'bulkId:z' } },
      },
    ],
    [
      'what has the value goes',
      { 'urn:x': { manager: { value: 'bulkId:b', $ref: 'x' }, costCenter: '1' } },
      {
        'urn:x': { costCenter: '1' },
      },
    ],
    ['what holds nothing else goes', { userName: 'x', 'urn:x': { manager: { Value: 'bulkId:b' } } }, { userName: 'x' }],
    ['of a list only the element goes', { list: ['bulkId:a', 'y', { value: 'bulkId:b' }] }, { list: ['y'] }],
    ['what was empty stays', { userName: 'x', list: [], name: {} }, { userName: 'x', list: [], name: {} }],
    ['nothing is left', { x: 'bulkId:a' }, {}],
  ])('%s', (_claim, data, expected) => {
    expect(left(data)).toEqual(expected)
  })
})

describe('RFC 7644 §3.7.3 bulk responses', () => {
  test('have statuses as text and errors as the response', () => {
    const error = scimError(409, 'uniqueness', 'Taken.')
    expect(
      bulkResponse([
        { method: 'POST', bulkId: 'a', status: 201, location: 'https://scim.example/Users/u1', version: 'W/"1"' },
        { method: 'POST', bulkId: 'b', status: 409, error },
      ]),
    ).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
      Operations: [
        { method: 'POST', bulkId: 'a', status: '201', location: 'https://scim.example/Users/u1', version: 'W/"1"' },
        { method: 'POST', bulkId: 'b', status: '409', response: error },
      ],
    })
  })

  test.each([
    [undefined, 99, false],
    [1, 0, false],
    [1, 1, true],
    [2, 1, false],
    [2, 3, true],
  ])('with failOnErrors %s, %s errors end the job: %s', (failOnErrors, errors, over) => {
    expect(isOver({ ...(failOnErrors !== undefined && { failOnErrors }), operations: [] }, errors)).toBe(over)
  })
})
