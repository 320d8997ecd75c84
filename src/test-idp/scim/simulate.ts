import type { Dialect } from './dialect.ts'
import { type DialectName, dialects } from './dialects.ts'
import { ScimClient } from './client.ts'
import type { Facts } from './facts.ts'
import { addAgain, close, fill, move, push, pushNow, rename } from './group-verbs.ts'
import { inParallel } from './parallel.ts'
import { activate, assign, change, dismiss, remove } from './people-verbs.ts'
import { type Change, type Plan, planSimulation } from './plan.ts'
import { test, testWrongToken } from './probe.ts'
import { Scorecard, type Verdict } from './scorecard.ts'
import { factsOfAccount, membersOf, openSession, type Session } from './session.ts'
import { verify } from './verify.ts'
import type { Send } from './wire.ts'

export interface SimulationOptions {
  readonly as: DialectName
  readonly users: number
  readonly groups: number
  /** How many changes to people and groups; of four one is to a group. */
  readonly changes: number
  readonly seed: number
  /** Requests at once. */
  readonly concurrency: number
}

export const phases = [
  'probe',
  'users',
  'groups',
  'memberships',
  'changes',
  'deactivate',
  'reactivate',
  'delete',
  'verify',
] as const
export type Phase = (typeof phases)[number]

export interface Progress {
  readonly phase: Phase
  readonly done: number
  readonly total: number
  readonly requests: number
}

/** What the server is to have in the end. */
export interface Expected {
  readonly users: readonly { readonly id: string; readonly externalId: string; readonly facts: Facts }[]
  readonly groups: readonly { readonly id: string; readonly name: string; readonly members: readonly string[] }[]
}

export interface Report {
  readonly as: DialectName
  readonly seed: number
  readonly passed: boolean
  /** Set when the client gave up before it had begun, as a real one does whose test fails. */
  readonly stoppedAfter: 'probe' | undefined
  readonly requests: number
  /** Those of the requests that repeated an earlier one. */
  readonly retries: number
  readonly verdicts: readonly Verdict[]
  readonly expected: Expected
}

export interface SimulationDeps {
  readonly send: Send
  readonly wait: (milliseconds: number) => Promise<void>
  readonly onProgress?: (progress: Progress) => void
}

/** Lives through the life of a directory, as a client would, and reports how the server did. */
export async function simulate(options: SimulationOptions, deps: SimulationDeps): Promise<Report> {
  const dialect: Dialect = dialects[options.as]
  const score = new Scorecard()
  const client = new ScimClient({ headers: dialect.headers, send: deps.send, wait: deps.wait, score })
  const session = openSession(dialect, client, score)
  const plan = planSimulation(options, dialect)
  const isAccepted = await runProbe(session, deps)
  if (isAccepted) await live(session, plan, options.concurrency, deps)
  return {
    as: options.as,
    seed: options.seed,
    passed: score.failed === 0,
    stoppedAfter: isAccepted ? undefined : 'probe',
    requests: client.requests,
    retries: client.retries,
    verdicts: score.verdicts(),
    expected: expectedOf(session),
  }
}

async function runProbe(session: Session, { onProgress }: SimulationDeps): Promise<boolean> {
  const report = (done: number) => onProgress?.({ phase: 'probe', done, total: 2, requests: session.client.requests })
  report(0)
  await testWrongToken(session)
  report(1)
  const isAccepted = await test(session)
  report(2)
  return isAccepted
}

async function live(session: Session, plan: Plan, hands: number, { onProgress }: SimulationDeps): Promise<void> {
  const { employees, teams } = plan
  const run = async <T>(phase: Phase, items: readonly T[], work: (item: T) => Promise<unknown>) => {
    let done = 0
    const report = () => onProgress?.({ phase, done, total: items.length, requests: session.client.requests })
    report()
    await inParallel(items, hands, async (item) => {
      await work(item)
      done += 1
      report()
    })
  }
  // A reference needs both ends, so managers are told once everybody is there.
  const newcomers = employees.map((employee) => ({ ...employee, managerId: undefined }))
  await run('users', newcomers, (employee) => assign(session, employee, plan.repeated.has(employee.id)))
  if (session.dialect.users.attributes.includes('manager')) {
    const reports = employees.filter(({ managerId }) => managerId !== undefined)
    await run('users', reports, (employee) => change(session, employee, ['manager']))
  }
  await run('groups', teams, (team) => push(session, team))
  await run('memberships', teams, (team) => fill(session, team.id))
  await run('changes', plan.changes, async (ofOne) => {
    for (const each of ofOne) await carryOut(session, each)
  })
  if (plan.namesake)
    await run('changes', [plan.namesake], async (team) => (await push(session, team)) && fill(session, team.id))
  const [first] = teams
  if (first) await run('changes', [addAgain, pushNow], (verb) => verb(session, first.id))
  await run('deactivate', plan.leavers, (id) => dismiss(session, id))
  await run('reactivate', [...plan.returners.entries()], ([index, id]) => comeBack(session, id, index))
  if (session.dialect.users.leavers === 'deleted') await rejoin(session, plan)
  await run('delete', plan.deleted, (id) => remove(session, id))
  await run('delete', plan.closed, (id) => close(session, id))
  const total = session.accounts.size + session.teams.size
  await verify(session, hands, (done) =>
    onProgress?.({ phase: 'verify', done, total, requests: session.client.requests }),
  )
}

function carryOut(session: Session, each: Change): Promise<boolean> {
  switch (each.kind) {
    case 'person':
      return change(session, { ...each.employee }, each.changed)
    case 'rename':
      return rename(session, each.team, each.name)
    case 'members':
      return move(session, each.team, each.added, each.removed)
    default:
      return each satisfies never
  }
}

/** People are assigned again, which begins with a look-up, or switched on again, which does not. */
function comeBack(session: Session, employeeId: string, index: number): Promise<boolean> {
  const account = session.accounts.get(employeeId)
  if (!account) return Promise.resolve(false)
  const isAssigned = index % 2 === 0 || session.dialect.users.leavers === 'deleted'
  return isAssigned ? assign(session, account.employee) : activate(session, employeeId, true)
}

/** Whoever was deleted comes back as somebody new, who is put into the groups again. */
async function rejoin(session: Session, { returners, teams }: Plan): Promise<void> {
  for (const { id, members } of teams) {
    const missing = returners.filter((each) => members.includes(each) && !session.teams.get(id)?.members.has(each))
    if (missing.length > 0) await move(session, id, missing, [])
  }
}

function expectedOf(session: Session): Expected {
  const { externalId } = session.dialect.users
  return {
    users: [...session.accounts.values()].flatMap((account) =>
      account.id === undefined
        ? []
        : [{ id: account.id, externalId: externalId(account.employee), facts: factsOfAccount(session, account) }],
    ),
    groups: [...session.teams.values()].flatMap(({ id, name, members }) =>
      id === undefined ? [] : [{ id, name, members: membersOf(session, members).map((member) => member.id) }],
    ),
  }
}
