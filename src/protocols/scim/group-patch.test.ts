import { describe, expect, test } from 'vitest'
import { memberIds, planGroupPatch } from './group-patch.ts'
import { applyPatch } from './patch.ts'
import { parsePatchRequest, patchOpUrn } from './patch-request.ts'
import { printPath } from './path.ts'
import { groupType } from './schema.ts'
import { Random } from './testdata/random.ts'

function plan(...operations: unknown[]) {
  const parsed = parsePatchRequest({ schemas: [patchOpUrn], Operations: operations }, groupType)
  return parsed.ok ? planGroupPatch(parsed.value) : parsed
}

/** The changes with ids as text, the paths of the other operations, or the keyword of the error. */
function outcome(...operations: unknown[]): string[] | string {
  const planned = plan(...operations)
  if (!planned.ok) return planned.error.scimType ?? planned.error.status
  const { members, attributes } = planned.value
  const changes = members.map((change) =>
    change.kind === 'removeMatching' ? change.kind : `${change.kind} ${change.ids.join(' ')}`,
  )
  return [...changes, ...attributes.map(({ op, path }) => `${op} ${path ? printPath(path) : '-'}`)]
}

const add = (...ids: string[]) => ({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
const remove = (id: string) => ({ op: 'remove', path: `members[value eq "${id}"]` })

describe('RFC 7644 §3.5.2 on the members of a group', () => {
  test.each<[string, unknown[], string[] | string]>([
    ['members are added', [add('u1', 'u2')], ['add u1 u2']],
    ['a member is removed by a filter', [remove('u1')], ['remove u1']],
    ['several by one filter', [{ op: 'remove', path: 'members[value eq "u1" or VALUE eq "u2"]' }], ['remove u1 u2']],
    ['all are removed', [{ op: 'remove', path: 'members' }], ['replace ']],
    ['all are replaced', [{ op: 'replace', path: 'members', value: [{ value: 'u1' }] }], ['replace u1']],
    ['by nobody', [{ op: 'replace', path: 'members', value: [] }], ['replace ']],
    [
      'a list removes those listed',
      [{ op: 'remove', path: 'members', value: [{ value: 'u1' }, { value: 'u2' }] }],
      ['remove u1 u2'],
    ],
    ['an empty list removes nobody', [{ op: 'remove', path: 'members', value: [] }], []],
    ['nor does a list of nothing', [{ op: 'remove', path: 'members', value: [null] }], 'invalidValue'],
    ['null is no list, and not everybody', [{ op: 'remove', path: 'members', value: null }], 'invalidValue'],
    [
      'nor with the URN in front, in any case',
      [{ op: 'Remove', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:Members', value: null }],
      'invalidValue',
    ],
    ['empty text neither', [{ op: 'remove', path: 'members', value: '' }], 'invalidValue'],
    ['nor an empty object', [{ op: 'remove', path: 'members', value: {} }], 'invalidValue'],
    ['nor false', [{ op: 'remove', path: 'members', value: false }], 'invalidValue'],
    ['with a filter null is no value', [{ ...remove('u1'), value: null }], ['remove u1']],
    ['ids keep their case', [add('U1'), add('u1')], ['add U1 u1']],
    ['an id listed twice is added once', [add('u1', 'u1')], ['add u1']],
    [
      'the URN may stand in front',
      [{ op: 'remove', path: 'urn:ietf:params:scim:schemas:core:2.0:Group:members' }],
      ['replace '],
    ],
    [
      'adding to a selected member adds that one',
      [{ op: 'add', path: 'members[value eq "u1"]', value: { value: 'u1' } }],
      ['add u1'],
    ],
    // Of several operations the last decides.
    ['adds are joined', [add('u1'), add('u2')], ['add u1 u2']],
    ['added and removed is removed', [add('u1'), remove('u1')], ['remove u1']],
    ['removed and added is added', [remove('u1'), add('u1')], ['add u1']],
    ['what is done to others stays', [add('u1', 'u2'), remove('u1'), remove('u3')], ['remove u1 u3', 'add u2']],
    [
      'what comes before a replacement is void',
      [add('u1'), { op: 'remove', path: 'members' }, add('u2')],
      ['replace u2'],
    ],
    [
      'and what comes after belongs to it',
      [{ op: 'replace', path: 'members', value: [{ value: 'u1' }, { value: 'u2' }] }, remove('u1')],
      ['replace u2'],
    ],
    // Filters on anything but ids have to look at the members, and keep their place.
    ['by what is equal to a display name', [{ op: 'remove', path: 'members[display eq "u1"]' }], ['removeMatching']],
    ['by a part no id has', [{ op: 'remove', path: 'members[value.x eq "u1"]' }], ['removeMatching']],
    ['by display', [{ op: 'remove', path: 'members[display sw "A"]' }], ['removeMatching']],
    ['by id and more', [{ op: 'remove', path: 'members[value eq "u1" and type eq "User"]' }], ['removeMatching']],
    [
      'in its place',
      [add('u1'), { op: 'remove', path: 'members[display sw "A"]' }, add('u2')],
      ['add u1', 'removeMatching', 'add u2'],
    ],
    // The rest is for applyPatch.
    [
      'other attributes',
      [{ op: 'replace', path: 'displayName', value: 'G' }, add('u1')],
      ['add u1', 'replace displayName'],
    ],
    [
      'both in one value',
      [{ op: 'replace', value: { displayName: 'G', Members: [{ value: 'u1' }] } }],
      ['replace u1', 'replace displayName'],
    ],
    // Members are not edited.
    ['a part of a member', [{ op: 'replace', path: 'members[value eq "u1"].display', value: 'x' }], 'mutability'],
    ['a part of all members', [{ op: 'remove', path: 'members.display' }], 'mutability'],
    [
      'another in the place of one',
      [{ op: 'replace', path: 'members[value eq "u1"]', value: { value: 'u2' } }],
      'mutability',
    ],
    // What is no member.
    ['a member without an id', [{ op: 'add', path: 'members', value: [{ display: 'x' }] }], 'invalidValue'],
    [
      'a member with an empty id',
      [{ op: 'replace', path: 'members', value: [{ value: '' }, { value: 'u1' }] }],
      'invalidValue',
    ],
    ['nothing in the place of a member', [{ op: 'replace', path: 'members', value: [{}] }], 'invalidValue'],
    ['a number', [{ op: 'add', path: 'members', value: [7] }], 'invalidValue'],
    ['a list of nobody knows what', [{ op: 'remove', path: 'members', value: [{}] }], 'invalidValue'],
    [
      'a filter that compares nonsense',
      [{ op: 'remove', path: 'members[value eq 5 and $ref.x pr]' }],
      ['removeMatching'],
    ],
    ['filters without end', Array.from({ length: 21 }, () => ({ op: 'remove', path: 'members[display pr]' })), '413'],
  ])('%s', (_claim, operations, expected) => {
    expect(outcome(...operations)).toEqual(expected)
  })

  test.each([
    ['without members', {}, { ok: true, value: [] }],
    ['with a member twice', { members: [{ value: 'u1' }, { value: 'u1' }] }, { ok: true, value: ['u1'] }],
    ['with a member nobody can tell', { members: [{}] }, { ok: false, error: { scimType: 'invalidValue' } }],
  ])('the ids of a group %s', (_claim, group, expected) => {
    expect(memberIds(group)).toMatchObject(expected)
  })

  test('needs no time that depends on the group, and little for the change', () => {
    const ids = Array.from({ length: 30_000 }, (_, i) => ({ value: `directory_user_${i}` }))
    const planned = plan(
      { op: 'add', path: 'members', value: ids },
      { op: 'Remove', path: 'members', value: ids.slice(0, 29_999) },
    )
    if (!planned.ok) throw new Error(planned.error.detail)
    expect(planned.value.members.map((change) => ('ids' in change ? [change.kind, change.ids.length] : []))).toEqual([
      ['remove', 29_999],
      ['add', 1],
    ])
  })

  test('comes to the same members as applying the operations to the whole group', () => {
    const random = new Random(6)
    const ids = ['u1', 'u2', 'u3', 'u4', 'u5'] as const
    for (let i = 0; i < 1_000; i++) {
      const before = ids.filter(() => random.chance(0.5))
      const some = () => ids.filter(() => random.chance(0.4))
      const operations = random.list(5, () =>
        random.pick<unknown>([
          add(...some()),
          remove(random.pick(ids)),
          { op: 'replace', path: 'members', value: some().map((value) => ({ value })) },
          { op: 'Remove', path: 'members', value: some().map((value) => ({ value })) },
          { op: 'remove', path: 'members[not (value eq "u1")]' },
        ]),
      )
      if (operations.length === 0) continue
      const parsed = parsePatchRequest({ schemas: [patchOpUrn], Operations: operations }, groupType)
      if (!parsed.ok) throw new Error(parsed.error.detail)
      const group = { displayName: 'G', members: before.map((value) => ({ value })) }
      const applied = applyPatch(group, parsed.value, groupType)
      if (!applied.ok) throw new Error(applied.error.detail)
      const whole = memberIds(applied.value.resource)
      expect(membersAfter(before, operations)).toEqual(new Set(whole.ok ? whole.value : []))
    }
  })
})

/** Carries out a plan as a server with a table would. */
function membersAfter(before: readonly string[], operations: readonly unknown[]): Set<string> {
  const planned = plan(...operations)
  if (!planned.ok) throw new Error(planned.error.detail)
  let members = new Set(before)
  for (const change of planned.value.members) {
    switch (change.kind) {
      case 'add':
        members = members.union(new Set(change.ids))
        break
      case 'remove':
        members = members.difference(new Set(change.ids))
        break
      case 'replace':
        members = new Set(change.ids)
        break
      case 'removeMatching':
        // The only filter used above.
        members = new Set([...members].filter((id) => id === 'u1'))
        break
      default:
        change satisfies never
    }
  }
  return members
}
