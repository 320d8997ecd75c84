import { describe, expect, test } from 'vitest'
import { bindFilter } from './bind.ts'
import { parseFilter } from './filter.ts'
import { groupType, type ResourceType, userType } from './schema.ts'
import { filterToSql, type Storage } from './sql.ts'
import { fragment, joinFragments, numberPlaceholders, quoteLiteral, trusted } from './sql-fragment.ts'

const asked: string[] = []
const storage: Storage = {
  resource: 'r.resource',
  columnOf(path) {
    asked.push(path)
    if (path === 'userName') return { kind: 'column', sql: 'r.user_name_key', folded: true }
    if (path === 'displayName') return { kind: 'column', sql: 'r.display_name' }
    if (path !== 'members') return undefined
    return {
      kind: 'rows',
      from: 'group_members m',
      where: 'm.group_id = r.id',
      columns: { value: { kind: 'column', sql: 'm.user_id' } },
    }
  },
}

function sqlOf(text: string, type: ResourceType = userType, offset = 0) {
  const parsed = parseFilter(text)
  const bound = parsed.ok ? bindFilter(parsed.value, type) : parsed
  if (!bound.ok) throw new Error(bound.error.detail)
  return filterToSql(bound.value, storage, offset)
}

describe('filters as SQL', () => {
  test.each<[string, ResourceType, string, unknown[]]>([
    ['userName eq "ÄNN"', userType, '(r.user_name_key = $1::text)', ['änn']],
    ['userName sw "50%_\\\\"', userType, '(r.user_name_key like $1)', ['50\\%\\_\\\\%']],
    ['displayName pr', userType, "(r.display_name <> '')", []],
    [
      'displayName gt "A"',
      userType,
      `(((translate(lower((r.display_name) collate "und-x-icu"), 'ς', 'σ') collate "C")) collate "C" > $1::text)`,
      ['a'],
    ],
    [
      'members eq "u1"',
      groupType,
      'exists (select 1 from group_members m where m.group_id = r.id and (m.user_id = $1::text))',
      ['u1'],
    ],
    [
      'members[value eq "u1"]',
      groupType,
      'exists (select 1 from group_members m where m.group_id = r.id and (m.user_id = $1::text))',
      ['u1'],
    ],
    [
      'members.display eq "x"',
      groupType,
      'exists (select 1 from group_members m where m.group_id = r.id and false)',
      [],
    ],
    [
      'members[display pr or foo pr]',
      groupType,
      'exists (select 1 from group_members m where m.group_id = r.id and (false or false))',
      [],
    ],
    ['members pr', groupType, 'exists (select 1 from group_members m where m.group_id = r.id)', []],
    ['not (userName eq "x")', userType, '(((r.user_name_key = $1::text)) is not true)', ['x']],
    ['active eq true', userType, `((r.resource #> '{"active"}') = 'true'::jsonb)`, []],
  ])('%s', (text, type, sql, values) => {
    expect(sqlOf(text, type)).toMatchObject({ text: sql, values })
  })

  test('placeholders go on from those of the statement', () => {
    const { text, values, parts } = sqlOf('userName eq "a" or userName eq "b"', userType, 3)
    expect(text).toBe('((r.user_name_key = $4::text) or (r.user_name_key = $5::text))')
    expect(values).toEqual(['a', 'b'])
    expect(parts).toEqual(['((r.user_name_key = ', '::text) or (r.user_name_key = ', '::text))'])
  })

  test('nothing a client wrote is in the text', () => {
    const { text } = sqlOf(`urn:evil':2.0:User:secret eq "evil" and evil.evil pr and emails[evil co "evil"]`)
    expect(text).not.toContain('evil')
  })

  test('storage is asked for declared names in their canonical form only', () => {
    asked.length = 0
    sqlOf(
      'constructor pr and USERNAME pr and urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:MANAGER.value pr and emails.toString pr',
    )
    expect(asked).toEqual(['userName', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value'])
  })
})

describe('fragments', () => {
  test('splice fragments and make parameters of the rest', () => {
    const inner = fragment`(${1} + ${trusted('x')})`
    const outer = fragment`${inner} = ${"'; drop table x"} or ${joinFragments([inner, trusted('true')], ', ')}`
    expect(numberPlaceholders(outer, 0)).toBe('($1 + x) = $2 or ($3 + x), true')
    expect(outer.values).toEqual([1, "'; drop table x", 1])
  })

  test('literals cannot be left', () => {
    expect(quoteLiteral("a'b")).toBe("'a''b'")
  })
})
