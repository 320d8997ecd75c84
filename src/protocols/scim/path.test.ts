import { describe, expect, test } from 'vitest'
import { parsePath, printPath } from './path.ts'
import { Random } from './testdata/random.ts'
import { randomFilter } from './testdata/random-filter.ts'

describe('RFC 7644 figure 7, paths', () => {
  test.each([
    ['members', { attribute: { name: 'members' } }],
    ['name.familyName', { attribute: { name: 'name', sub: 'familyName' } }],
    [
      'addresses[type eq "work"]',
      {
        attribute: { name: 'addresses' },
        filter: { kind: 'compare', path: { name: 'type' }, operator: 'eq', value: 'work' },
      },
    ],
    [
      'members[value eq "2819c223-7f76-453a-919d-413861904646"].displayName',
      {
        attribute: { name: 'members' },
        filter: {
          kind: 'compare',
          path: { name: 'value' },
          operator: 'eq',
          value: '2819c223-7f76-453a-919d-413861904646',
        },
        sub: 'displayName',
      },
    ],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:name.givenName',
      { attribute: { urn: 'urn:ietf:params:scim:schemas:core:2.0:User', name: 'name', sub: 'givenName' } },
    ],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      { attribute: { urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0', name: 'User' } },
    ],
    [' active ', { attribute: { name: 'active' } }],
  ])('%s', (text, path) => {
    expect(parsePath(text)).toEqual({ ok: true, value: path })
  })

  test.each([
    ['', 'character 1'],
    ['emails[', 'character 8'],
    ['emails[]', 'character 8'],
    ['emails[type eq "work"', 'character 22'],
    ['emails[type eq "work"]value', 'character 23'],
    ['emails[type eq "work"].', 'character 24'],
    ['emails[type eq "work"].a.b', 'character 24'],
    ['emails[a pr][b pr]', 'character 13'],
    ['emails.value[a pr]', 'character 14'],
    ['a.b.c', 'character 1'],
    ['a b', 'character 3'],
    ['a eq "b"', 'character 3'],
    ['__proto__', 'character 1'],
    ['constructor.__proto__', 'character 1'],
    ['/name/givenName', 'character 1'],
  ])('refuses %j at %s', (text, place) => {
    const parsed = parsePath(text)
    expect(parsed).toMatchObject({ ok: false, error: { status: '400', scimType: 'invalidPath' } })
    expect(parsed.ok ? '' : parsed.error.detail).toContain(`see ${place}:`)
  })

  test.each([
    ['brackets without end', '['.repeat(10_000)],
    ['a filter deeper than the stack', `a[${'('.repeat(10_000)}`],
  ])('refuses %s', (_claim, text) => {
    expect(parsePath(text)).toMatchObject({ ok: false, error: { scimType: 'invalidPath' } })
  })

  test('refuses what is longer than any path, and does not repeat it', () => {
    const parsed = parsePath('x'.repeat(20_000))
    expect(parsed).toMatchObject({ ok: false, error: { scimType: 'invalidPath' } })
    expect(parsed.ok ? '' : parsed.error.detail.length).toBeLessThan(300)
  })

  test('printed and parsed again is the same path', () => {
    const random = new Random(3)
    for (let i = 0; i < 500; i++) {
      const filter = randomFilter(random, 2)
      if (printPath({ attribute: { name: 'emails' }, filter }).includes('[emails[')) continue
      const path = { attribute: { name: 'emails' }, filter, ...(random.chance(0.5) && { sub: 'value' }) }
      const parsed = parsePath(printPath(path))
      if (parsed.ok) expect(parsed.value).toEqual(path)
      // Elements within elements are the one thing the generator makes that a path cannot hold.
      else expect(printPath(path).slice(7)).toContain('[')
    }
  })
})
