import { describe, expect, test } from 'vitest'
import { bindFilter } from '#protocols/scim/bind.ts'
import { parseFilter } from '#protocols/scim/filter.ts'
import { userType } from '#protocols/scim/schema.ts'
import { findsOne, lookUpName } from './look-up-names.ts'

const bound = (text: string) => {
  const parsed = parseFilter(text)
  const filter = parsed.ok ? bindFilter(parsed.value, userType) : parsed
  if (!filter.ok) throw new Error(text)
  return filter.value
}

describe('the statement of a filter', () => {
  test.each([
    ['userName eq "ann"', true],
    ['externalId eq "7"', true],
    ['emails[type eq "work"].value eq "ann@corp.example"', true],
    ['emails.value eq "ann@corp.example" and active eq true', true],
    ['userName sw "a"', false],
    ['not (userName eq "ann")', false],
    ['userName eq "ann" or userName eq "bob"', false],
    ['active eq true', false],
  ])('%s has a name: %s', (filter, hasName) => {
    expect('name' in lookUpName(bound(filter), 'select 1')).toBe(hasName)
  })

  test('has the same name each time, and another has another', () => {
    const filter = bound('userName eq "ann"')
    const { name } = lookUpName(filter, 'select 2')
    expect(name).toBeDefined()
    expect(lookUpName(bound('userName eq "bob"'), 'select 2')).toEqual({ name })
    expect(lookUpName(filter, 'select 3')).not.toEqual({ name })
  })

  test('goes unnamed when there are many already, for connections keep what is named', () => {
    const filter = bound('userName eq "ann"')
    const answers = Array.from({ length: 1_000 }, (_, n) => lookUpName(filter, `select from n${n}`).name)
    expect(answers.at(-1)).toBeUndefined()
    expect(new Set(answers.filter((name) => name !== undefined)).size).toBeLessThanOrEqual(64)
    expect(lookUpName(filter, 'select from n0').name).toBe(answers[0])
  })
})

describe('what finds one at most', () => {
  test.each([
    ['id eq "directory_user_1"', true],
    ['userName eq "ann"', true],
    ['externalId eq "7"', false],
    ['emails[type eq "work"].value eq "ann@corp.example"', false],
    ['displayName eq "Ann"', false],
    ['title eq "Engineer"', false],
    ['userName sw "a"', false],
    ['not (userName eq "ann")', false],
    ['userName eq "ann" or title eq "Engineer"', false],
  ])('of people, %s: %s', (filter, expected) => expect(findsOne('directory_users', bound(filter))).toBe(expected))

  test.each([
    ['id eq "directory_group_1"', true],
    ['displayName eq "Engineers"', false],
  ])('of groups, %s: %s', (filter, expected) => expect(findsOne('directory_groups', bound(filter))).toBe(expected))
})
