import { describe, expect, test } from 'vitest'
import { listResponse, listResponseUrn, type PagingParameters, parsePaging } from './list.ts'

const limits = { defaultPageSize: 100, maxPageSize: 200 }

function outcome(parameters: PagingParameters): unknown {
  const parsed = parsePaging(parameters, limits)
  return parsed.ok ? parsed.value : parsed.error.scimType
}

describe('RFC 7644 §3.4.2.4 pages by index', () => {
  test.each<[PagingParameters, unknown]>([
    [{}, { kind: 'index', startIndex: 1, count: 100 }],
    [
      { startIndex: '3', count: '2' },
      { kind: 'index', startIndex: 3, count: 2 },
    ],
    [
      { startIndex: 3, count: 2 },
      { kind: 'index', startIndex: 3, count: 2 },
    ],
    [{ startIndex: '0' }, { kind: 'index', startIndex: 1, count: 100 }],
    [{ startIndex: '-5' }, { kind: 'index', startIndex: 1, count: 100 }],
    [{ count: '0' }, { kind: 'index', startIndex: 1, count: 0 }],
    [{ count: '-1' }, { kind: 'index', startIndex: 1, count: 0 }],
    [{ count: '5000' }, { kind: 'index', startIndex: 1, count: 200 }],
    [
      { count: '', startIndex: '' },
      { kind: 'index', startIndex: 1, count: 100 },
    ],
    [{ startIndex: '9'.repeat(400) }, 'invalidValue'],
    [{ startIndex: '9'.repeat(30) }, { kind: 'index', startIndex: Number.MAX_SAFE_INTEGER, count: 100 }],
    [{ count: 'ten' }, 'invalidValue'],
    [{ count: '1.5' }, 'invalidValue'],
    [{ count: ['1', '2'] }, 'invalidValue'],
    [{ startIndex: '0x10' }, 'invalidValue'],
    [{ startIndex: true }, 'invalidValue'],
  ])('%j', (parameters, expected) => {
    expect(outcome(parameters)).toEqual(expected)
  })
})

describe('RFC 9865 §2 pages by cursor', () => {
  test.each<[PagingParameters, unknown]>([
    [{ cursor: '' }, { kind: 'cursor', count: 100 }],
    [
      { cursor: 'VZUTiyhEQJ94IR', count: '10' },
      { kind: 'cursor', cursor: 'VZUTiyhEQJ94IR', count: 10 },
    ],
    [
      { cursor: '', count: '5000' },
      { kind: 'cursor', count: 200 },
    ],
    [{ cursor: '', count: 'ten' }, 'invalidCount'],
    [{ cursor: 'a b' }, 'invalidCursor'],
    [{ cursor: 'a/b' }, 'invalidCursor'],
    [{ cursor: 'x'.repeat(4_001) }, 'invalidCursor'],
    [{ cursor: ['a', 'b'] }, 'invalidCursor'],
    [{ cursor: 5 }, 'invalidCursor'],
    [{ cursor: '', startIndex: '1' }, 'invalidCursor'],
  ])('%j', (parameters, expected) => {
    expect(outcome(parameters)).toEqual(expected)
  })
})

describe('RFC 7644 §3.4.2 list responses', () => {
  test('count the resources they hold', () => {
    expect(listResponse({ resources: ['a'], totalResults: 7, startIndex: 7 })).toEqual({
      schemas: [listResponseUrn],
      totalResults: 7,
      startIndex: 7,
      itemsPerPage: 1,
      Resources: ['a'],
    })
  })

  test('without a match are empty, not absent', () => {
    expect(listResponse({ resources: [], totalResults: 0, startIndex: 1 })).toMatchObject({
      itemsPerPage: 0,
      Resources: [],
    })
  })

  test('by cursor have no index', () => {
    expect(listResponse({ resources: [], totalResults: 7, nextCursor: 'n', previousCursor: 'p' })).toEqual({
      schemas: [listResponseUrn],
      totalResults: 7,
      itemsPerPage: 0,
      nextCursor: 'n',
      previousCursor: 'p',
      Resources: [],
    })
  })
})
