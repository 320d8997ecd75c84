import { describe, expect, test } from 'vitest'
import { type Filter, filterError, filterLimits, parseFilter, printFilter } from './filter.ts'
import { Random } from './testdata/random.ts'
import { randomFilter } from './testdata/random-filter.ts'

/** The filter printed again with every chain in brackets, or what is wrong and where. */
function read(text: string): string {
  const parsed = parseFilter(text)
  return parsed.ok ? bracketed(parsed.value) : `${parsed.error.scimType} at ${parsed.error.position}`
}

function bracketed(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.filters.map(bracketed).join(` ${filter.kind} `)})`
    case 'not':
      return `not ${bracketed(filter.filter)}`
    case 'elements':
      return `${filter.path.name}[${bracketed(filter.filter)}]`
    default:
      return printFilter(filter)
  }
}

describe('RFC 7644 §3.4.2.2 filters', () => {
  test.each([
    // The examples of figure 2.
    ['userName eq "bjensen"', 'userName eq "bjensen"'],
    ['name.familyName co "O\'Malley"', 'name.familyName co "O\'Malley"'],
    ['userName sw "J"', 'userName sw "J"'],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
    ],
    ['title pr', 'title pr'],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34Z"'],
    ['title pr and userType eq "Employee"', '(title pr and userType eq "Employee")'],
    ['title pr or userType eq "Intern"', '(title pr or userType eq "Intern")'],
    [
      'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
      'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    ],
    [
      'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
      '(userType eq "Employee" and (emails co "example.com" or emails.value co "example.org"))',
    ],
    [
      'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
      '(userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org"))',
    ],
    [
      'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
      '(userType eq "Employee" and emails[(type eq "work" and value co "@example.com")])',
    ],
    [
      'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
      '(emails[(type eq "work" and value co "@example.com")] or ims[(type eq "xmpp" and value co "@foo.com")])',
    ],
    // Precedence: not, and, or.
    ['a pr or b pr and c pr', '(a pr or (b pr and c pr))'],
    ['a pr and b pr or c pr and d pr', '((a pr and b pr) or (c pr and d pr))'],
    ['(a pr or b pr) and c pr', '((a pr or b pr) and c pr)'],
    ['not (a pr) and b pr', '(not a pr and b pr)'],
    ['not(a pr)or(b pr)', '(not a pr or b pr)'],
    // Names and operators in any case.
    ['USERNAME EQ "x" AND Active Pr', '(USERNAME eq "x" and Active pr)'],
    ['NOT (a PR)', 'not a pr'],
    // URNs hold dots and colons.
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26"',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "26"',
    ],
    ['http://schemas.example.com/2.0/User:costCode eq "x"', 'http://schemas.example.com/2.0/User:costCode eq "x"'],
    ['members.$ref eq "x"', 'members.$ref eq "x"'],
    // Values are JSON.
    ['a eq "\\"quoted\\" \\\\ \\u00e4 \\ud83d\\ude00"', 'a eq "\\"quoted\\" \\\\ ä 😀"'],
    ['a eq "b and c eq \\"d\\") or ["', 'a eq "b and c eq \\"d\\") or ["'],
    ['a eq ""', 'a eq ""'],
    ['a eq true and b eq False and c eq NULL', '(a eq true and b eq false and c eq null)'],
    ['a ge -12.5e2', 'a ge -1250'],
    ['a eq -0', 'a eq 0'],
    // Words that are only sometimes operators.
    ['not pr', 'not pr'],
    ['and eq "x" and or pr', '(and eq "x" and or pr)'],
    ['pr pr', 'pr pr'],
    // Blanks.
    ['  a   eq  "x"\t', 'a eq "x"'],
    ['emails[ type eq "work" ]', 'emails[type eq "work"]'],
    // Entra's, outside the grammar.
    ['emails[type eq "work"].value eq "x"', 'emails[(type eq "work" and value eq "x")]'],
    [
      'emails[type eq "work" or primary eq true].value pr',
      'emails[((type eq "work" or primary eq true) and value pr)]',
    ],
  ])('%s', (text, tree) => {
    expect(read(text)).toBe(tree)
  })

  test.each([
    ['', 'invalidFilter at 0'],
    ['   ', 'invalidFilter at 3'],
    ['userName', 'invalidFilter at 8'],
    ['userName eq', 'invalidFilter at 11'],
    ['userName "x"', 'invalidFilter at 9'],
    ['userName eq x', 'invalidFilter at 12'],
    ["userName eq 'x'", 'invalidFilter at 12'],
    ['userName eq "x', 'invalidFilter at 12'],
    ['userName eq "\\x"', 'invalidFilter at 12'],
    ['userName eq "\u0001"', 'invalidFilter at 12'],
    ['userName eq "\\u0000"', 'invalidFilter at 12'],
    ['userName eq "\\ud800"', 'invalidFilter at 12'],
    ['userName eq "x" junk', 'invalidFilter at 16'],
    ['userName eq "x" and', 'invalidFilter at 19'],
    ['userName is "x"', 'invalidFilter at 9'],
    ['userName eq ["x"]', 'invalidFilter at 12'],
    ['userName eq {"a":1}', 'invalidFilter at 12'],
    ['a eq 1e999', 'invalidFilter at 5'],
    ['a eq 01', 'invalidFilter at 5'],
    ['a eq .5', 'invalidFilter at 5'],
    ['a eq 5 pr', 'invalidFilter at 7'],
    ['(a pr', 'invalidFilter at 5'],
    ['a pr)', 'invalidFilter at 4'],
    ['()', 'invalidFilter at 1'],
    ['not a pr', 'invalidFilter at 4'],
    ['not (a pr', 'invalidFilter at 9'],
    ['emails[type eq "work"', 'invalidFilter at 21'],
    ['emails[]', 'invalidFilter at 7'],
    ['emails[a[b pr]]', 'invalidFilter at 8'],
    ['emails[type eq "work"].value', 'invalidFilter at 28'],
    ['emails[type eq "work"].a.b eq "x"', 'invalidFilter at 23'],
    ['a.b.c pr', 'invalidFilter at 0'],
    ['.a pr', 'invalidFilter at 0'],
    ['a. pr', 'invalidFilter at 0'],
    [':a pr', 'invalidFilter at 0'],
    ['1a pr', 'invalidFilter at 0'],
    ['ä pr', 'invalidFilter at 0'],
    ['__proto__ pr', 'invalidFilter at 0'],
    ['a;b pr', 'invalidFilter at 0'],
  ])('refuses %j: %s', (text, fault) => {
    expect(read(text)).toBe(fault)
  })

  test('says where, and what was expected', () => {
    const parsed = parseFilter('userName is "x"')
    if (parsed.ok) throw new Error('accepted')
    expect(filterError(parsed.error)).toMatchObject({
      status: '400',
      scimType: 'invalidFilter',
      detail:
        'The filter cannot be used, see character 10: An operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr) is expected but "is" follows.',
    })
  })
})

describe('limits of filters', () => {
  const { depth, terms, length } = filterLimits
  const nested = (levels: number) => `${'('.repeat(levels)}a pr${')'.repeat(levels)}`
  const chained = (count: number) => Array.from({ length: count }, () => 'a pr').join(' or ')

  test.each([
    ['as deep as allowed', nested(depth), 'a pr'],
    ['one level deeper', nested(depth + 1), `invalidFilter at ${depth + 1}`],
    ['deeper than the stack', nested(8_000), `invalidFilter at ${depth + 1}`],
    ['negations deeper than the stack', 'not ('.repeat(3_000), `invalidFilter at ${(depth + 1) * 5}`],
    ['one comparison more than allowed', chained(terms + 1), `tooMany at ${terms * 8}`],
    ['longer than allowed', `a eq "${'x'.repeat(length)}"`, `invalidFilter at ${length}`],
  ])('%s', (_claim, text, outcome) => {
    expect(read(text)).toBe(outcome)
  })

  test('as many comparisons as allowed', () => {
    expect(parseFilter(chained(terms)).ok).toBe(true)
  })
})

describe('any text', () => {
  const pieces = [
    'a',
    'emails',
    '.',
    '[',
    ']',
    '(',
    ')',
    ' ',
    '"',
    '\\',
    'eq',
    'pr',
    'and',
    'or',
    'not',
    '1',
    'true',
    ':',
    '$',
    '\u0000',
    '\ud800',
    'ä',
  ] as const

  test('is a filter or a fault, never an exception', () => {
    const random = new Random(1)
    let accepted = 0
    for (let i = 0; i < 20_000; i++) {
      const text = random.list(14, () => random.pick(pieces)).join(random.pick(['', ' ']))
      const parsed = parseFilter(text)
      if (parsed.ok) accepted++
      else expect(parsed.error.position).toBeLessThanOrEqual(text.length)
    }
    expect(accepted).toBeGreaterThan(10)
  })

  test('printed and parsed again is the same filter', () => {
    const random = new Random(2)
    for (let i = 0; i < 2_000; i++) {
      const filter = randomFilter(random, 5)
      expect(parseFilter(printFilter(filter))).toEqual({ ok: true, value: filter })
    }
  })
})
