import type { AttributeName } from './facts.ts'
import type { Dialect } from './dialect.ts'
import { type Random, seededRandom } from './random.ts'
import { departmentOf, type Employee, familyNameOf, formTeams, hire, phoneOf, type Team, titleOf } from './workforce.ts'

export interface PlanOptions {
  readonly users: number
  readonly groups: number
  readonly changes: number
  readonly seed: number
}

/** Something that happens in the identity provider's directory. */
export type Change =
  | { readonly kind: 'person'; readonly employee: Employee; readonly changed: readonly AttributeName[] }
  | { readonly kind: 'rename'; readonly team: string; readonly name: string }
  | {
      readonly kind: 'members'
      readonly team: string
      readonly added: readonly string[]
      readonly removed: readonly string[]
    }

/** Everything that is going to happen, known before the first request: the same seed tells the same story. */
export interface Plan {
  readonly employees: readonly Employee[]
  readonly teams: readonly Team[]
  /** What happens to one person or group happens in this order; different ones do not wait for each other. */
  readonly changes: readonly (readonly Change[])[]
  /** Pushed after the changes: a group that takes the name another one had, if one was renamed. */
  readonly namesake: Team | undefined
  /** Ids of employees whose create is sent twice. */
  readonly repeated: ReadonlySet<string>
  readonly leavers: readonly string[]
  /** Those of the leavers who come back. */
  readonly returners: readonly string[]
  /** Deleted in the end. */
  readonly deleted: readonly string[]
  readonly closed: readonly string[]
}

export function planSimulation({ users, groups, changes, seed }: PlanOptions, dialect: Dialect): Plan {
  const random = seededRandom(seed)
  const employees = hire(random, users)
  const teams = formTeams(random, groups, employees)
  const ids = employees.map(({ id }) => id)
  const [tenth, twentieth] = [Math.ceil(users / 10), Math.ceil(users / 20)]
  const leavers = random.shuffled(ids).slice(0, tenth)
  // Whom others report to is not deleted: what servers make of the reference is nobody's rule.
  const managers = new Set(employees.map(({ managerId }) => managerId))
  const deletable = random.shuffled(ids.filter((id) => !managers.has(id)))
  const planned = planChanges(random, employees, teams, changes, dialect)
  return {
    employees,
    teams,
    changes: planned,
    namesake: findNamesake(teams, planned.flat()),
    repeated: new Set(dialect.users.repeatsCreate ? ids.filter((_id, index) => index % 5 === 0) : []),
    leavers,
    returners: leavers.slice(0, Math.ceil(leavers.length / 2)),
    deleted: dialect.users.deletes ? deletable.slice(0, twentieth) : [],
    closed: groups > 1 ? random.shuffled(teams.map(({ id }) => id)).slice(0, Math.ceil(groups / 10)) : [],
  }
}

/** Names are given again: that one group was called so is no reason to refuse another. */
function findNamesake(teams: readonly Team[], changes: readonly Change[]): Team | undefined {
  const renamed = changes.find((change) => change.kind === 'rename')
  const former = teams.find(({ id }) => id === renamed?.team)
  return former && { ...former, id: `${former.id}-namesake`, members: former.members.slice(0, 2) }
}

function planChanges(
  random: Random,
  employees: readonly Employee[],
  teams: readonly Team[],
  count: number,
  dialect: Dialect,
): Change[][] {
  const people = new Map(employees.map((employee) => [employee.id, employee]))
  const groups = new Map(teams.map((team) => [team.id, team]))
  const bySubject = new Map<string, Change[]>()
  const note = (subject: string, change: Change) => bySubject.set(subject, [...(bySubject.get(subject) ?? []), change])
  for (let index = 0; index < count; index += 1) {
    // Of four changes one is to a group, when there are any.
    const team = index % 4 === 3 ? [...groups.values()][random.below(groups.size)] : undefined
    const employee = [...people.values()][random.below(people.size)]
    if (team) {
      const { next, change } = changeTeam(random, team, employees, index)
      groups.set(team.id, next)
      note(team.id, change)
    } else if (employee) {
      const change = changePerson(random, employee, dialect)
      people.set(employee.id, change.employee)
      note(employee.id, change)
    }
  }
  return [...bySubject.values()]
}

const personChanges = ['title', 'title', 'familyName', 'department', 'phone', 'titleGone'] as const

function changePerson(random: Random, employee: Employee, dialect: Dialect): Change & { readonly kind: 'person' } {
  const mapped = new Set<string>([...dialect.users.attributes, ...(dialect.users.clears ? ['titleGone'] : [])])
  const [first = 'title', ...others] = personChanges.filter((name) => mapped.has(name))
  switch (random.pick([first, ...others])) {
    case 'title':
      return person({ ...employee, title: titleOf(random) }, ['title'])
    case 'titleGone':
      return person({ ...employee, title: undefined }, ['title'])
    case 'familyName':
      return person({ ...employee, familyName: familyNameOf(random) }, ['familyName', 'formattedName', 'displayName'])
    case 'department':
      return person({ ...employee, department: departmentOf(random), title: titleOf(random) }, ['department', 'title'])
    case 'phone':
      return person({ ...employee, phone: phoneOf(random) }, ['phone'])
  }
}

function person(employee: Employee, changed: readonly AttributeName[]): Change & { readonly kind: 'person' } {
  return { kind: 'person', employee, changed }
}

/** Some leave, some come, in one go; now and then the group gets another name. */
function changeTeam(
  random: Random,
  team: Team,
  employees: readonly Employee[],
  index: number,
): { readonly next: Team; readonly change: Change } {
  if (random.below(3) === 0) {
    const name = `${team.name.replace(/ \(was.*$/, '')} (was №${String(index)})`
    return { next: { ...team, name }, change: { kind: 'rename', team: team.id, name } }
  }
  const present = new Set(team.members)
  const outside = employees.filter(({ id }) => !present.has(id)).map(({ id }) => id)
  const removed = random.shuffled(team.members).slice(0, Math.min(team.members.length - 1, 1 + random.below(3)))
  const added = random.shuffled(outside).slice(0, random.below(3))
  const members = [...team.members.filter((id) => !removed.includes(id)), ...added]
  return { next: { ...team, members }, change: { kind: 'members', team: team.id, added, removed } }
}
