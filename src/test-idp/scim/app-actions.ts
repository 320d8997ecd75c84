import { ok, refused, type Result } from '#protocols/result.ts'
import { type FieldErrors, problem, type Problem } from '../problem.ts'
import type { App, Outcome } from './app.ts'
import { sampleEmployees } from './sample-directory.ts'
import type { Employee, Team } from './workforce.ts'

type Acted = Promise<Result<Outcome, Problem | FieldErrors>>

const longestText = 200

/** What can be done to a person: `action`, `user`, and for `title` the new one. */
const userActions: Readonly<Record<string, (app: App, employee: Employee, fields: URLSearchParams) => Acted>> = {
  assign: async (app, employee) => ok(await app.assign(employee)),
  unassign: (app, employee) => known(app, employee, async () => ok(await app.unassign(employee))),
  deactivate: (app, employee) => known(app, employee, async () => ok(await app.setActive(employee, false))),
  reactivate: (app, employee) => known(app, employee, async () => ok(await app.setActive(employee, true))),
  title: (app, employee, fields) =>
    known(app, employee, async () => {
      const title = (fields.get('title') ?? '').trim()
      if (title.length > longestText) return refused(tooLong(`title-${employee.id}`))
      return ok(await app.setTitle(employee, title === '' ? undefined : title))
    }),
  delete: (app, employee) =>
    known(app, employee, async () =>
      app.dialect.users.deletes ? ok(await app.delete(employee)) : refused(neverDeletes(app)),
    ),
}

/** What can be done to a group: `action`, `group`, and for some a `name` or a `user`. */
const groupActions: Readonly<Record<string, (app: App, team: Team, fields: URLSearchParams) => Acted>> = {
  push: async (app, team) => ok(await app.push(team)),
  unlink: async (app, team) => (app.pushedTeam(team.id) ? ok(await app.unlink(team)) : refused(notPushed(team))),
  rename: async (app, team, fields) => {
    const name = (fields.get('name') ?? '').trim()
    if (name === '') return refused(new Map([[`name-${team.id}`, 'Enter a name.']]))
    if (name.length > longestText) return refused(tooLong(`name-${team.id}`))
    return ok(await app.rename(team, name))
  },
  'add-member': (app, team, fields) =>
    withEmployee(app, fields, async (employee) => ok(await app.addMember(team, employee))),
  'remove-member': (app, team, fields) =>
    withEmployee(app, fields, async (employee) => ok(await app.removeMember(team, employee))),
}

/** Does what a form, or a program under the same names, asks for. */
export async function carryOut(app: App, fields: URLSearchParams): Acted {
  const action = fields.get('action') ?? ''
  if (Object.hasOwn(userActions, action))
    return withEmployee(
      app,
      fields,
      async (employee) => (await userActions[action]?.(app, employee, fields)) ?? refused(unknownAction()),
    )
  if (!Object.hasOwn(groupActions, action)) return refused(unknownAction())
  const id = fields.get('group') ?? ''
  const team = app.teams.find((each) => each.id === id || each.name === id)
  if (!team)
    return refused(
      nobody(
        'group',
        id,
        app.teams.map(({ name }) => name),
      ),
    )
  return (await groupActions[action]?.(app, team, fields)) ?? refused(unknownAction())
}

async function withEmployee(app: App, fields: URLSearchParams, act: (employee: Employee) => Acted): Acted {
  const named = fields.get('user') ?? ''
  const id = sampleEmployees.find((each) => each.id === named || each.email === named)?.id
  const employee = id === undefined ? undefined : app.employee(id)
  return employee
    ? act(employee)
    : refused(
        nobody(
          'user',
          named,
          sampleEmployees.map(({ email }) => email),
        ),
      )
}

/** The server has to have given the person an id before they can be changed. */
async function known(app: App, employee: Employee, act: () => Acted): Acted {
  if (app.serverIdOf(employee.id) !== undefined) return act()
  return refused(
    problem(409, 'not_assigned', `${employee.email} is not at the server.`, 'Assign them to the app first.'),
  )
}

function nobody(what: 'user' | 'group', named: string, all: readonly string[]): Problem {
  return problem(
    422,
    `unknown_${what}`,
    `There is no ${what} “${named.slice(0, longestText)}”.`,
    `There are: ${all.join(', ')}.`,
  )
}

function unknownAction(): Problem {
  const all = [...Object.keys(userActions), ...Object.keys(groupActions)].join(', ')
  return problem(422, 'unknown_action', 'That is not something an app does.', `Set action to one of: ${all}.`)
}

function notPushed({ name }: Team): Problem {
  return problem(409, 'not_pushed', `${name} is not at the server.`, 'Push it first.')
}

function neverDeletes({ dialect }: App): Problem {
  return problem(
    409,
    'never_deletes',
    `${dialect.title} never deletes people.`,
    'Unassign or deactivate them, which sets active to false.',
  )
}

function tooLong(field: string): FieldErrors {
  return new Map([[field, `Use at most ${String(longestText)} characters.`]])
}
