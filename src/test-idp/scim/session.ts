import type { ScimClient } from './client.ts'
import type { Dialect, Member, Subject } from './dialect.ts'
import { type Facts, factsOf } from './facts.ts'
import type { Scorecard } from './scorecard.ts'
import type { Employee } from './workforce.ts'

/** Somebody as the identity provider believes the server to have them. */
export interface Account {
  employee: Employee
  active: boolean
  /** The server's id; undefined before the server has given one, and after it was deleted. */
  id: string | undefined
  /** Whether the server is to have this person. */
  isExpected: boolean
  /** What the server had of somebody who was taken over, and a client that takes nothing away lets stand. */
  leftovers: Facts
}

export interface PushedTeam {
  readonly teamId: string
  name: string
  /** Ids of employees. */
  members: ReadonlySet<string>
  id: string | undefined
  isExpected: boolean
}

/** One app at one identity provider: whom it has told the server about, in which dialect. */
export interface Session {
  readonly dialect: Dialect
  readonly client: ScimClient
  readonly score: Scorecard
  readonly accounts: Map<string, Account>
  readonly teams: Map<string, PushedTeam>
  /** The server's ids of what was deleted. */
  readonly gone: { readonly '/Users': Set<string>; readonly '/Groups': Set<string> }
}

export function openSession(dialect: Dialect, client: ScimClient, score: Scorecard): Session {
  const gone = { '/Users': new Set<string>(), '/Groups': new Set<string>() }
  return { dialect, client, score, accounts: new Map(), teams: new Map(), gone }
}

export function serverIdOf({ accounts }: Session): (employeeId: string) => string | undefined {
  return (employeeId) => accounts.get(employeeId)?.id
}

export function factsOfAccount(session: Session, { employee, active, leftovers }: Account): Facts {
  return { ...leftovers, ...factsOf(session.dialect.users, employee, active, serverIdOf(session)) }
}

export function subjectOf(session: Session, account: Account, id: string, current: Subject['current']): Subject {
  return { employee: account.employee, active: account.active, id, idOf: serverIdOf(session), current }
}

/** Those of the employees the server knows: nobody else can be a member. */
export function membersOf({ accounts }: Session, employeeIds: Iterable<string>): Member[] {
  return [...employeeIds].flatMap((employeeId) => {
    const account = accounts.get(employeeId)
    return account?.id === undefined ? [] : [{ id: account.id, userName: account.employee.userName }]
  })
}
