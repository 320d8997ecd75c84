import type { JsonObject } from '#protocols/scim/json.ts'
import { userUrn } from '#protocols/scim/user-schema.ts'
import {
  createdFault,
  deletedFault,
  idOf,
  listFault,
  patchedFault,
  replacedFault,
  resourceFault,
  resourcesOf,
  statusFault,
  totalOf,
} from './checks.ts'
import type { Answer } from './client.ts'
import { at, type AttributeName, findDifference, readFacts } from './facts.ts'
import { type Account, factsOfAccount, serverIdOf, type Session, subjectOf } from './session.ts'
import type { Exchange } from './scorecard.ts'
import { type Message, resourcePath } from './wire.ts'
import type { Employee } from './workforce.ts'

/**
 * Gives somebody access: looks for them, takes over whoever is found, creates them otherwise.
 * @returns whether the server did as it was told; the other verbs likewise.
 */
export async function assign(session: Session, employee: Employee, repeats = false): Promise<boolean> {
  const before = session.accounts.get(employee.id)
  const account: Account = before ?? { employee, active: true, id: undefined, isExpected: true, leftovers: {} }
  Object.assign(account, { employee, active: true, isExpected: true })
  session.accounts.set(employee.id, account)
  const found = await look(session, employee)
  if (found === 'no answer') return false
  return found === 'nobody' ? create(session, account, repeats) : adopt(session, account, found)
}

/** Writes what changed about somebody. */
export async function change(
  session: Session,
  employee: Employee,
  changed: readonly AttributeName[],
): Promise<boolean> {
  const account = session.accounts.get(employee.id)
  if (account?.id === undefined) return false
  const current = await readFirst(session, account.id)
  if (current === 'unreadable') return false
  account.employee = employee
  const subject = subjectOf(session, account, account.id, current)
  return write(session, account, account.id, session.dialect.users.change(subject, changed))
}

/** Ends somebody's access, or gives it back, by the id the server gave. */
export async function activate(session: Session, employeeId: string, active: boolean): Promise<boolean> {
  const account = session.accounts.get(employeeId)
  if (account?.id === undefined) return false
  const { id } = account
  const current = await readFirst(session, id)
  if (current === 'unreadable') return false
  account.active = active
  const done = await write(
    session,
    account,
    id,
    session.dialect.users.activate(subjectOf(session, account, id, current)),
  )
  if (!done || active) return done
  const read = await session.client.ask({ method: 'GET', path: resourcePath('/Users', id) })
  const fault = statusFault(read, 200) ?? (at(read.body, 'active') === false ? undefined : 'active is not false')
  const isReadable = session.score.check('inactive_readable', read.exchange, fault)
  return (await isStillFound(session, account.employee, id)) && isReadable
}

/** What the client does with people who leave. */
export async function dismiss(session: Session, employeeId: string): Promise<boolean> {
  return session.dialect.users.leavers === 'deleted'
    ? remove(session, employeeId)
    : activate(session, employeeId, false)
}

/** Deletes somebody for good; the server takes them out of every group. */
export async function remove(session: Session, employeeId: string): Promise<boolean> {
  const { client, score } = session
  const account = session.accounts.get(employeeId)
  if (account?.id === undefined) return false
  const path = resourcePath('/Users', account.id)
  const answer = await client.ask({ method: 'DELETE', path })
  if (!score.check('deleted', answer.exchange, deletedFault(answer))) return false
  session.gone['/Users'].add(account.id)
  Object.assign(account, { id: undefined, active: false, isExpected: false, leftovers: {} })
  for (const team of session.teams.values()) team.members = new Set([...team.members].filter((id) => id !== employeeId))
  const read = await client.ask({ method: 'GET', path })
  return score.check('gone', read.exchange, statusFault(read, 404))
}

interface Found {
  readonly resource: JsonObject
  readonly id: string
  readonly exchange: Exchange
}

/** Asks as the client asks before it creates. */
async function look(session: Session, employee: Employee): Promise<Found | 'nobody' | 'no answer'> {
  const { client, score, dialect } = session
  for (const path of dialect.users.find(employee)) {
    const answer = await client.ask({ method: 'GET', path })
    if (answer.status !== 200) {
      score.check('no_match', answer.exchange, statusFault(answer, 200))
      return 'no answer'
    }
    if (!score.check('list', answer.exchange, listFault(answer))) return 'no answer'
    const [first] = resourcesOf(answer)
    if (first === undefined) {
      score.check('no_match', answer.exchange, undefined)
      continue
    }
    if (!score.check('match', answer.exchange, matchFault(answer, employee))) return 'no answer'
    const resource = first as JsonObject // matchFault saw a resource
    return { resource, id: idOf(resource) ?? '', exchange: answer.exchange }
  }
  return 'nobody'
}

function matchFault(answer: Answer, employee: Employee): string | undefined {
  const total = totalOf(answer)
  if (total !== 1) return `the filter finds ${String(total)} and should find one`
  const [found] = resourcesOf(answer)
  const { userName, email } = readFacts(['userName', 'email'], found)
  const isThem =
    String(userName).toLowerCase() === employee.userName.toLowerCase() ||
    String(email).toLowerCase() === employee.email.toLowerCase()
  return isThem
    ? resourceFault(found, userUrn, 'User')
    : `the filter finds ${JSON.stringify(userName)}, who is somebody else`
}

async function adopt(session: Session, account: Account, { resource, id, exchange }: Found): Promise<boolean> {
  if (account.id !== undefined) {
    const fault = id === account.id ? undefined : `the id was ${account.id} and is ${id}`
    session.score.check('same_person', exchange, fault)
  }
  account.id = id
  const { attributes, clears, change: describe } = session.dialect.users
  if (!clears) account.leftovers = readFacts(attributes, resource)
  return write(session, account, id, describe(subjectOf(session, account, id, resource), attributes))
}

async function create(session: Session, account: Account, repeats: boolean): Promise<boolean> {
  const { client, score, dialect } = session
  const body = dialect.users.create(account.employee, serverIdOf(session))
  const message: Message = { method: 'POST', path: '/Users', body }
  const answer = await client.ask(message)
  if (answer.status === 409 && answer.tries > 1) {
    // The first try was heard after all; only its answer was lost.
    const found = await look(session, account.employee)
    return typeof found === 'string' ? false : adopt(session, account, found)
  }
  if (!score.check('created', answer.exchange, createdFault(answer)) && answer.status !== 201) return false
  if (!score.check('resource', answer.exchange, resourceFault(answer.body, userUrn, 'User'))) return false
  account.id = idOf(answer.body)
  score.check('echo', answer.exchange, differenceOf(session, account, answer.body))
  const { password } = body
  if (typeof password === 'string') {
    const isShown = answer.text.includes(password)
    score.check('password', answer.exchange, isShown ? 'the answer shows the password' : undefined)
  }
  return !repeats || createAgain(session, account, message)
}

/** As a client does whose first request took too long. */
async function createAgain(session: Session, account: Account, message: Message): Promise<boolean> {
  const { client, score } = session
  const again = await client.ask(message)
  const isRefused = score.check(
    'duplicate',
    again.exchange,
    statusFault(again, 409) ??
      (at(again.body, 'scimType') === 'uniqueness'
        ? undefined
        : `scimType is ${JSON.stringify(at(again.body, 'scimType'))}`),
  )
  const found = await look(session, account.employee)
  const fault = typeof found !== 'string' && found.id === account.id ? undefined : 'the filter finds somebody else now'
  return score.check('duplicate_harmless', again.exchange, fault) && isRefused
}

/** Sends the messages, and looks at the last answer for what the person is to be. */
async function write(session: Session, account: Account, id: string, messages: readonly Message[]): Promise<boolean> {
  const { client, score } = session
  for (const [index, message] of messages.entries()) {
    const answer = await client.ask(message)
    const isPut = message.method === 'PUT'
    const fault = isPut ? replacedFault(answer, id) : patchedFault(answer, id)
    if (!score.check(isPut ? 'replaced' : 'patched', answer.exchange, fault)) return false
    if (answer.status !== 200 || index < messages.length - 1) continue
    score.check('resource', answer.exchange, resourceFault(answer.body, userUrn, 'User'))
    if (!score.check('echo', answer.exchange, differenceOf(session, account, answer.body))) return false
  }
  return true
}

async function readFirst(session: Session, id: string): Promise<JsonObject | undefined | 'unreadable'> {
  if (!session.dialect.users.readsFirst) return undefined
  const { client, score } = session
  const answer = await client.ask({ method: 'GET', path: resourcePath('/Users', id) })
  if (!score.check('read', answer.exchange, statusFault(answer, 200))) return 'unreadable'
  const isResource = score.check('resource', answer.exchange, resourceFault(answer.body, userUrn, 'User'))
  return isResource ? (answer.body as JsonObject) : 'unreadable' // an object, as just checked
}

async function isStillFound(session: Session, employee: Employee, id: string): Promise<boolean> {
  const [path = '/Users'] = session.dialect.users.find(employee)
  const answer = await session.client.ask({ method: 'GET', path })
  const found = resourcesOf(answer).map(idOf)
  const fault = found.length === 1 && found[0] === id ? undefined : `the filter finds ${String(found.length)}`
  return session.score.check('inactive_found', answer.exchange, statusFault(answer, 200) ?? fault)
}

function differenceOf(session: Session, account: Account, resource: unknown): string | undefined {
  return findDifference(factsOfAccount(session, account), readFacts(session.dialect.users.attributes, resource))
}
