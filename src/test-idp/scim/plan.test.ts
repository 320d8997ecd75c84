import { describe, expect, test } from 'vitest'
import { dialects } from './dialects.ts'
import { type Change, planSimulation } from './plan.ts'

const options = { users: 60, groups: 8, changes: 80, seed: 5 }
const plan = planSimulation(options, dialects.okta)
const changes = (of = plan): Change[] => of.changes.flat()

describe('a plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(planSimulation(options, dialects.okta)).toEqual(plan)
    expect(planSimulation({ ...options, seed: 6 }, dialects.okta)).not.toEqual(plan)
  })

  test('has people with names outside ASCII, and addresses nobody shares in any case', () => {
    const names = plan.employees.map(({ givenName, familyName }) => givenName + familyName)
    expect(names.some((name) => /[^\0-\x7f]/.test(name))).toBe(true)
    const addresses = plan.employees.map(({ email }) => email.toLowerCase())
    expect(new Set(addresses).size).toBe(options.users)
    expect(plan.employees.some(({ email }) => /[A-Z]/.test(email))).toBe(true)
  })

  test('has groups with names of their own, and members who exist', () => {
    expect(new Set(plan.teams.map(({ name }) => name)).size).toBe(options.groups)
    const ids = new Set(plan.employees.map(({ id }) => id))
    for (const { members } of plan.teams) {
      expect(members.length).toBeGreaterThan(0)
      expect(members.filter((id) => !ids.has(id))).toEqual([])
      expect(new Set(members).size).toBe(members.length)
    }
  })

  test('moves only people in who are out, and out who are in', () => {
    const members = new Map(plan.teams.map(({ id, members: all }) => [id, new Set(all)]))
    for (const change of changes()) {
      if (change.kind !== 'members') continue
      const present = members.get(change.team) ?? new Set()
      expect(change.removed.every((id) => present.delete(id))).toBe(true)
      expect(change.added.some((id) => present.has(id))).toBe(false)
      for (const id of change.added) present.add(id)
    }
  })

  test('gives the name of a group that was renamed to another', () => {
    const rename = changes().find(({ kind }) => kind === 'rename')
    const former = plan.teams.find(({ id }) => rename?.kind === 'rename' && id === rename.team)
    expect(plan.namesake).toMatchObject({ name: former?.name })
    expect(plan.namesake?.id).not.toBe(former?.id)
    expect(planSimulation({ ...options, changes: 0 }, dialects.okta).namesake).toBeUndefined()
  })

  test('keeps whom others report to, and deletes nobody for a client that never does', () => {
    const ping = planSimulation(options, dialects.ping)
    const managers = ping.employees.map(({ managerId }) => managerId)
    expect(ping.deleted.length).toBe(3)
    expect(ping.deleted.filter((id) => managers.includes(id))).toEqual([])
    expect(plan.deleted).toEqual([])
  })

  test('takes no title away for a client that takes nothing away', () => {
    const entra = planSimulation(options, dialects.entra)
    const taken = changes(entra).filter(
      (change) => change.kind === 'person' && change.changed.includes('title') && change.employee.title === undefined,
    )
    expect(taken).toEqual([])
  })

  test.each([
    [0, 0, 0],
    [1, 0, 3],
    [1, 1, 5],
    [0, 2, 5],
  ])('can be small: %i people, %i groups, %i changes', (users, groups, count) => {
    const small = planSimulation({ users, groups, changes: count, seed: 1 }, dialects.okta)
    expect([small.employees.length, small.teams.length]).toEqual([users, groups])
  })
})
