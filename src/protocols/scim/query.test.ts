import { describe, expect, test } from 'vitest'
import { matches } from './match.ts'
import { parseQuery, parseSearchRequest, searchRequestUrn } from './query.ts'
import { userType } from './schema.ts'
import { compareBy } from './sort.ts'

const limits = { defaultPageSize: 100, maxPageSize: 200 }

function fault(parameters: Record<string, unknown>): string {
  const parsed = parseQuery(parameters, userType, limits)
  return parsed.ok ? 'accepted' : (parsed.error.scimType ?? parsed.error.status)
}

describe('RFC 7644 §3.4.2 queries', () => {
  test('without parameters ask for everything', () => {
    expect(parseQuery({}, userType, limits)).toEqual({
      ok: true,
      value: { projection: { excluded: [] }, paging: { kind: 'index', startIndex: 1, count: 100 } },
    })
  })

  test.each<[Record<string, unknown>, string]>([
    [{ filter: 'userName eq "x"', sortBy: 'userName', attributes: 'userName,name', count: '5' }, 'accepted'],
    [{ filter: '', sortBy: '', attributes: '', excludedAttributes: '' }, 'accepted'],
    [{ attributes: ['userName', 'name.givenName,emails'] }, 'accepted'],
    [{ filter: 'userName eq' }, 'invalidFilter'],
    [{ filter: 'active gt true' }, 'invalidFilter'],
    [{ filter: ['a pr', 'b pr'] }, 'invalidFilter'],
    [{ filter: Array.from({ length: 300 }, () => 'a pr').join(' or ') }, 'tooMany'],
    [{ sortBy: ['a', 'b'] }, 'invalidValue'],
    [{ sortBy: 'userName', sortOrder: 'up' }, 'invalidValue'],
    [{ sortBy: 'a b' }, 'invalidPath'],
    [{ attributes: [5] }, 'invalidValue'],
    [{ excludedAttributes: 'a b' }, 'invalidPath'],
    [{ count: 'x' }, 'invalidValue'],
  ])('%j: %s', (parameters, expected) => {
    expect(fault(parameters)).toBe(expected)
  })
})

describe('RFC 7644 §3.4.2.3 sorting', () => {
  const users = [
    { id: '1', userName: 'b', emails: [{ value: 'z@x' }, { value: 'a@x', primary: true }], active: true },
    { id: '2', userName: 'A', emails: [{ value: 'M@x' }], meta: { created: '2026-01-01T01:00:00+02:00' } },
    { id: '3', userName: 'c', active: false, meta: { created: '2026-01-01T00:00:00Z' }, name: { familyName: 'Ä' } },
  ]

  test.each([
    ['userName', undefined, ['2', '1', '3']],
    ['USERNAME', 'descending', ['3', '1', '2']],
    ['userName', 'Ascending', ['2', '1', '3']],
    ['emails', 'ascending', ['1', '2', '3']],
    ['emails.value', 'descending', ['3', '2', '1']],
    ['active', 'ascending', ['3', '1', '2']],
    ['meta.created', 'ascending', ['2', '3', '1']],
    ['name.familyName', 'ascending', ['3', '1', '2']],
  ])('by %s %s', (sortBy, sortOrder, expected) => {
    const parsed = parseQuery({ sortBy, sortOrder }, userType, limits)
    if (!parsed.ok || !parsed.value.sort) throw new Error('no order')
    expect(users.toSorted(compareBy(parsed.value.sort)).map(({ id }) => id)).toEqual(expected)
  })

  test.each([
    'foo',
    'name',
    'groups',
    'groups.value',
    'emails[type eq "work"]',
    'urn:x:2.0:User:costCode',
    'userName.foo',
    'schemas',
  ])('not by %s', (sortBy) => {
    expect(fault({ sortBy })).toBe('invalidPath')
  })
})

describe('RFC 7644 §3.4.3 queries by POST', () => {
  test('take what a GET takes', () => {
    const body = { schemas: [searchRequestUrn], filter: 'title pr', attributes: ['title'], startIndex: 2, count: 3 }
    const parsed = parseSearchRequest(body, userType, limits)
    if (!parsed.ok || !parsed.value.filter) throw new Error('no filter')
    expect(parsed.value.paging).toEqual({ kind: 'index', startIndex: 2, count: 3 })
    expect(matches(parsed.value.filter, { title: 'x' })).toBe(true)
  })

  test.each<[string, unknown]>([
    ['no object', []],
    ['nothing', undefined],
    ['no schemas', { filter: 'title pr' }],
    ['other schemas', { schemas: ['urn:x'] }],
    ['a member no object should have', JSON.parse(`{"schemas":["${searchRequestUrn}"],"__proto__":1}`)],
  ])('%s is invalidSyntax', (_claim, body) => {
    expect(parseSearchRequest(body, userType, limits)).toMatchObject({
      ok: false,
      error: { scimType: 'invalidSyntax' },
    })
  })
})
