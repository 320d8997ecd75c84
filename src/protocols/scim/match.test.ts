import { describe, expect, test } from 'vitest'
import { attribute } from './attribute.ts'
import { parseFilter } from './filter.ts'
import type { JsonObject } from './json.ts'
import { matchFilter } from './match.ts'
import { groupType, userType } from './schema.ts'

const user: JsonObject = {
  schemas: [
    'urn:ietf:params:scim:schemas:core:2.0:User',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    'urn:example:scim:2.0:User',
  ],
  id: 'directory_user_01Ann',
  externalId: '00uAnn',
  userName: 'Ann@Corp.example',
  displayName: '',
  name: { familyName: 'Müller', givenName: 'Ann' },
  title: 'Engineer',
  active: false,
  emails: [
    { value: 'ann@corp.example', type: 'work', primary: true },
    { value: 'ann@home.example', type: 'home' },
  ],
  phoneNumbers: [],
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': {
    department: 'Research',
    manager: { value: 'directory_user_01Boss' },
  },
  'urn:example:scim:2.0:User': { costCode: 'X-7', level: 7, tags: ['a', 'b'], cards: [null, { Kind: 'Blue' }] },
  meta: { resourceType: 'User', created: '2026-01-01T00:00:00.000Z', lastModified: '2026-06-01T12:30:00.250Z' },
}

const group: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  id: 'directory_group_01G',
  displayName: 'Engineering',
  members: [{ value: 'directory_user_01Ann' }],
}

/** true, false, or the keyword of the error. */
function outcome(text: string, resource = user, type = userType): boolean | string {
  const filter = parseFilter(text)
  if (!filter.ok) return filter.error.detail
  const result = matchFilter(filter.value, resource, type)
  return result.ok ? result.value : result.error.scimType
}

describe('RFC 7644 §3.4.2.2 matching', () => {
  test.each([
    // caseExact false and true.
    ['userName eq "ann@corp.EXAMPLE"', true],
    ['USERNAME eq "ann@corp.example"', true],
    ['name.familyName eq "MÜLLER"', true],
    ['externalId eq "00uAnn"', true],
    ['externalId eq "00uann"', false],
    ['id eq "directory_user_01ann"', false],
    // The URN may stand in front.
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ANN"', true],
    ['URN:IETF:params:scim:schemas:CORE:2.0:User:userName sw "ANN"', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "research"', true],
    // Entra asks for attributes of the extension without its URN.
    ['department eq "research"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName pr', false],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName ne "x"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq null', true],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName ne null', false],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:members[value eq "x"]', false],
    ['emails[type.x eq "work"]', false],
    // Each operator.
    ['title ne "engineer"', false],
    ['title ne "x"', true],
    ['title co "GINE"', true],
    ['title sw "eng"', true],
    ['title sw "gin"', false],
    ['title ew "EER"', true],
    ['title ew "enginee"', false],
    ['title gt "Engine"', true],
    ['title ge "engineer"', true],
    ['title lt "engineer"', false],
    ['title le "engineer"', true],
    ['title pr', true],
    // Missing values, null, and what counts as a value.
    ['nickName pr', false],
    ['displayName pr', false],
    ['phoneNumbers pr', false],
    ['active pr', true],
    ['name pr', true],
    ['nickName eq "x"', false],
    ['nickName ne "x"', true],
    ['nickName eq null', true],
    ['title eq null', false],
    ['title ne null', true],
    ['nickName gt ""', false],
    ['nickName co ""', false],
    ['title co ""', true],
    ['not (nickName eq "x")', true],
    ['foo pr', false],
    ['foo ne "x"', true],
    ['userName.foo pr', false],
    // Booleans, also as Entra writes them.
    ['active eq false', true],
    ['active eq "False"', true],
    ['active ne true', true],
    ['active eq null', false],
    // Times are instants.
    ['meta.created eq "2026-01-01T01:00:00+01:00"', true],
    ['meta.lastModified gt "2026-06-01T12:30:00Z"', true],
    ['meta.lastModified lt "2026-06-01T14:30:00+01:00"', true],
    ['meta.lastModified ge "2026-06-01T12:30:00.251Z"', false],
    // Several values: one of them is enough.
    ['emails.value eq "ANN@home.example"', true],
    ['emails co "@corp"', true],
    ['emails eq "ann@home.example"', true],
    ['emails.type eq "work" and emails.value eq "ann@home.example"', true],
    ['emails.value ne "ann@home.example"', false],
    ['emails.value ne "other@home.example"', true],
    ['emails.primary eq true', true],
    // In brackets: one and the same value.
    ['emails[type eq "work" and value eq "ann@home.example"]', false],
    ['emails[type eq "home" and value eq "ann@home.example"]', true],
    ['emails[not (type eq "work")]', true],
    ['emails[primary pr]', true],
    ['emails[primary eq "True"].value eq "ann@corp.example"', true],
    ['emails[type eq "fax"]', false],
    ['not (emails[type eq "fax"])', true],
    ['phoneNumbers[type ne "work"]', false],
    // A bare complex attribute means its value.
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "directory_user_01Boss"', true],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr', true],
    ['schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"', true],
    // What no schema declares: by the type of the operand, names and texts without case.
    ['urn:example:scim:2.0:User:costCode eq "x-7"', true],
    ['urn:EXAMPLE:scim:2.0:User:COSTCODE eq "x-7"', true],
    ['urn:example:scim:2.0:User:level eq 7', true],
    ['urn:example:scim:2.0:User:level eq "7"', false],
    ['urn:example:scim:2.0:User:level gt 6.5', true],
    ['urn:example:scim:2.0:User:tags eq "B"', true],
    ['urn:example:scim:2.0:User:cards.kind eq "blue"', true],
    ['urn:example:scim:2.0:User:cards[kind sw "b"]', true],
    // A number in a text attribute is its digits.
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq 7', false],
    // Names every object has.
    ['constructor pr', false],
    ['toString.name pr', false],
    ['hasOwnProperty ne "x"', true],
  ])('%s is %s', (text, expected) => {
    expect(outcome(text)).toBe(expected)
  })

  test.each([
    ['members eq "directory_user_01Ann"', true],
    ['members.value eq "directory_user_01Ann"', true],
    ['members[value eq "directory_user_01Ann"]', true],
    ['id eq "directory_group_01G" and members eq "directory_user_01Bob"', false],
    ['displayName eq "engineering"', true],
  ])('on a group, %s is %s', (text, expected) => {
    expect(outcome(text, group, groupType)).toBe(expected)
  })

  test.each([
    ['order on a boolean', 'active gt true'],
    ['text search in a boolean', 'active co "al"'],
    ['a boolean compared with another text', 'active eq "yes"'],
    ['a boolean compared with a number', 'active eq 0'],
    ['order on a binary', 'x509Certificates.value gt "x"'],
    ['a time compared with no time', 'meta.created gt "yesterday"'],
    ['a time that is on no calendar', 'meta.created gt "2026-02-30T00:00:00Z"'],
    ['text search in a time', 'meta.created sw "2026-01-01T00:00:00Z"'],
    ['a time compared with a part of one', 'meta.created sw "2026"'],
    ['order on null', 'title gt null'],
    ['text search for null', 'title co null'],
    ['text search for a number in undeclared data', 'urn:example:scim:2.0:User:level co 7'],
    ['a complex attribute without a value', 'name eq "x"'],
    ['elements of a simple attribute', 'userName[value eq "x"]'],
  ])('%s is invalidFilter', (_claim, text) => {
    expect(outcome(text)).toBe('invalidFilter')
  })
})

describe('RFC 7643 §2.3 numbers', () => {
  const attributes = [attribute('age', '', { type: 'integer' }), attribute('weight', '', { type: 'decimal' })]
  const type = { ...userType, schema: { ...userType.schema, attributes } }

  test.each([
    ['age gt 6', true],
    ['age eq 7.0', true],
    ['age le "7"', true],
    ['age ne 7', false],
    ['weight lt 70.6', true],
    ['age eq "seven"', 'invalidFilter'],
    ['age eq ""', 'invalidFilter'],
    ['age eq true', 'invalidFilter'],
    ['age co 7', 'invalidFilter'],
  ])('%s is %s', (text, expected) => {
    expect(outcome(text, { age: 7, weight: 70.5 }, type)).toBe(expected)
  })
})
