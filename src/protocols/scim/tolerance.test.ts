import { describe, expect, test } from 'vitest'
import { findAttribute } from './attribute.ts'
import { operationRules, requestRules } from './patch-tolerance.ts'
import { parsePatchRequest } from './patch-request.ts'
import { printPath } from './path.ts'
import { attributesOf, userType } from './schema.ts'
import { tolerateBody, tolerateValue, valueRules } from './tolerance.ts'

function attributeNamed(name: string) {
  const found = findAttribute(
    [...attributesOf(userType), ...userType.extensions.flatMap(({ attributes }) => attributes)],
    name,
  )
  if (!found) throw new Error(`no attribute ${name}`)
  return found
}

const valueCases: [rule: string, attribute: string, sent: unknown, taken: unknown][] = [
  ['empty text', 'title', '', null],
  ['empty text', 'name', { givenName: '', familyName: 'Lee' }, { givenName: null, familyName: 'Lee' }],
  ['object instead of array', 'emails', { value: 'a@b' }, [{ value: 'a@b' }]],
  ['object instead of array', 'emails', null, null],
  ['array instead of value', 'title', ['x'], 'x'],
  ['array instead of value', 'title', [], null],
  ['array instead of value', 'title', ['x', 'y'], ['x', 'y']],
  ['value in an object', 'title', { $ref: null, value: 'x' }, 'x'],
  ['value in an object', 'active', { value: 'True' }, true],
  ['boolean as text', 'active', 'False', false],
  ['boolean as text', 'active', 'TRUE', true],
  ['boolean as text', 'active', 'no', 'no'],
  ['boolean as text', 'title', 'True', 'True'],
  ['number as text', 'employeeNumber', 701984, '701984'],
  ['number as text', 'active', 1, 1],
  ['text instead of object', 'manager', 'boss', { value: 'boss' }],
  ['text instead of object', 'emails', ['a@b', 'c@d'], [{ value: 'a@b' }, { value: 'c@d' }]],
  ['text instead of object', 'name', 'Ann', 'Ann'],
  ['element without value', 'emails', [{ type: 'home', value: '' }, { value: 'a@b' }], [null, { value: 'a@b' }]],
  ['element without value', 'emails', [{ type: 'home', value: null }], [null]],
  ['element without value', 'emails', [{ type: 'home' }], [{ type: 'home' }]],
]

/** The operations an operation is taken for. */
const operationCases: [rule: string, sent: Record<string, unknown>, taken: string[]][] = [
  ['member names in any case', { OP: 'add', Path: 'title', VALUE: 'x' }, ['add title "x"']],
  ['operation names in any case', { op: 'Replace', path: 'title', value: 'x' }, ['replace title "x"']],
  ['operation names in any case', { op: ' ADD ', path: 'title', value: 'x' }, ['add title "x"']],
  ['blank path', { op: 'add', path: '', value: { title: 'x' } }, ['add title "x"']],
  ['blank path', { op: 'add', path: null, value: { title: 'x' } }, ['add title "x"']],
  [
    'paths as names in a value',
    { op: 'add', value: { 'name.givenName': 'x', 'emails[type eq "home"].display': 'y' } },
    ['add name.givenName "x"', 'add emails[type eq "home"].display "y" or {"type":"home"}'],
  ],
  [
    'read-only attributes along with others',
    { op: 'replace', value: { schemas: [], meta: {}, groups: [], id: 'u1', title: 'x' } },
    ['replace id "u1"', 'replace title "x"'],
  ],
  ['read-only attributes along with others', { op: 'replace', path: 'groups', value: [] }, ['replace groups []']],
  ['remove with a list', { op: 'remove', path: 'emails', value: [{ value: 'a' }] }, ['remove emails[value eq "a"]']],
  [
    'remove with a list',
    { op: 'remove', path: 'emails', value: [{ value: 'a', type: 'work', primary: 'True' }, 'b'] },
    ['remove emails[value eq "a" and type eq "work"]', 'remove emails[value eq "b"]'],
  ],
  [
    'remove with a list',
    { op: 'remove', path: 'addresses', value: { locality: 'Town', primary: 'True' } },
    ['remove addresses[locality eq "Town" and primary eq true]'],
  ],
  [
    'remove with a list',
    { op: 'remove', path: 'addresses', value: { locality: 'Town', region: null, extra: {} } },
    ['remove addresses[locality eq "Town"]'],
  ],
  ['remove with a list', { op: 'remove', path: 'emails', value: [] }, []],
  ['remove with a list', { op: 'remove', path: 'emails', value: null }, ['remove emails']],
  ['remove with a list', { op: 'remove', path: 'title', value: 'x' }, ['remove title']],
  [
    'remove with a list',
    { op: 'remove', path: 'emails[type eq "work"]', value: [] },
    ['remove emails[type eq "work"]'],
  ],
  [
    'filter without a match',
    { op: 'add', path: 'emails[type eq "work" and primary eq "True"].value', value: 'a' },
    ['add emails[type eq "work" and primary eq "True"].value "a" or {"type":"work","primary":true}'],
  ],
  [
    'filter without a match',
    { op: 'replace', path: 'emails[type eq "work"].value', value: 'a' },
    ['replace emails[type eq "work"].value "a" or {"type":"work"}'],
  ],
  [
    'filter without a match',
    { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'a' } },
    ['replace emails[type eq "work"] {"value":"a"}'],
  ],
  [
    'filter without a match',
    { op: 'add', path: 'emails[type ne "work"].value', value: 'a' },
    ['add emails[type ne "work"].value "a"'],
  ],
  [
    'filter without a match',
    { op: 'add', path: 'emails[type eq "work" or type eq "home"].value', value: 'a' },
    ['add emails[type eq "work" or type eq "home"].value "a"'],
  ],
  [
    'filter without a match',
    { op: 'add', path: 'emails[type.x eq "work"].value', value: 'a' },
    ['add emails[type.x eq "work"].value "a"'],
  ],
  ['values in the wrong form', { op: 'add', path: 'active', value: 'False' }, ['add active false']],
  ['values in the wrong form', { op: 'add', path: 'favourite', value: ['', 'x'] }, ['add favourite ["","x"]']],
  ['values in the wrong form', { op: 'add', path: 'favourite', value: [''] }, ['add favourite [""]']],
  ['values in the wrong form', { op: 'add', path: 'emails.primary', value: 'True' }, ['add emails.primary true']],
  [
    'values in the wrong form',
    { op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'a', primary: 'True' }] },
    ['replace emails[type eq "work"] {"value":"a","primary":true}'],
  ],
  [
    'values in the wrong form',
    { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', value: { employeeNumber: 7 } },
    ['add urn:ietf:params:scim:schemas:extension:enterprise:2.0:User {"employeeNumber":"7"}'],
  ],
]

describe('tolerance for values', () => {
  test.each(valueCases)('%s: %s %j is taken for %j', (_rule, name, sent, taken) => {
    expect(tolerateValue(attributeNamed(name), sent)).toEqual(taken)
  })

  test('reaches into extensions, and leaves undeclared data as it is', () => {
    const body = {
      ACTIVE: 'False',
      'URN:ietf:params:scim:schemas:extension:enterprise:2.0:user': { Manager: 'boss' },
      'urn:example:2.0:User': { active: 'False', empty: '' },
      favourite: '',
    }
    expect(tolerateBody(body, userType)).toEqual({
      ACTIVE: false,
      'URN:ietf:params:scim:schemas:extension:enterprise:2.0:user': { Manager: { value: 'boss' } },
      'urn:example:2.0:User': { active: 'False', empty: '' },
      favourite: '',
    })
  })
})

describe('tolerance for operations', () => {
  test.each(operationCases)('%s: %j is taken for %j', (_rule, sent, taken) => {
    const parsed = parsePatchRequest({ Operations: [sent] }, userType)
    if (!parsed.ok) throw new Error(parsed.error.detail)
    const written = parsed.value.map(({ op, path, value, whenMissing }) => {
      const parts = [
        op,
        path && printPath(path),
        JSON.stringify(value),
        whenMissing && `or ${JSON.stringify(whenMissing)}`,
      ]
      return parts.filter((part) => part !== undefined).join(' ')
    })
    expect(written).toEqual(taken)
  })
})

test('every rule is shown at work', () => {
  const shown = new Set([...valueCases, ...operationCases].map(([rule]) => rule))
  const names = [...valueRules, ...requestRules, ...operationRules].map(({ name }) => name)
  expect(shown).toEqual(new Set(names))
  expect(new Set(names).size).toBe(names.length)
})
