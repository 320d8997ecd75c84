import { configurationFault, listFault, resourcesOf, statusFault } from './checks.ts'
import type { Answer } from './client.ts'
import type { Probe } from './dialect.ts'
import { close, move, push, rename } from './group-verbs.ts'
import { activate, assign, change, remove } from './people-verbs.ts'
import type { Session } from './session.ts'
import { pathOf } from './wire.ts'
import type { Employee } from './workforce.ts'

/** What *Test API credentials* does. @returns whether the client would let itself be switched on. */
export async function test(session: Session): Promise<boolean> {
  for (const probe of session.dialect.probes) if (!(await ask(session, probe))) return false
  return !session.dialect.rehearses || rehearse(session)
}

/** No client does this on purpose, every administrator does: the token of another app. */
export async function testWrongToken({ client, score }: Session): Promise<boolean> {
  const message = { method: 'GET', path: pathOf('/Users', { startIndex: 1, count: 1 }) } as const
  const answer = await client.ask(message, { authorization: 'Bearer not-the-token-of-this-app' })
  const challenge = answer.headers['www-authenticate'] === undefined ? 'there is no WWW-Authenticate header' : undefined
  return score.check('unauthorized', answer.exchange, statusFault(answer, 401) ?? challenge)
}

async function ask({ client, score }: Session, { path, wants }: Probe): Promise<boolean> {
  const answer = await client.ask({ method: 'GET', path })
  const isRefused = answer.status === 401 || answer.status === 403
  const refusal = isRefused
    ? `the status is ${String(answer.status)}: the token is not one of this endpoint`
    : undefined
  if (!score.check('authorized', answer.exchange, refusal) || answer.status === 0) return false
  switch (wants) {
    case 'service provider configuration':
      return score.check('configuration', answer.exchange, configurationFault(answer))
    case 'empty list':
      return score.check('no_match', answer.exchange, listFault(answer) ?? emptyFault(answer))
    case 'list':
      return score.check('list', answer.exchange, listFault(answer))
    default:
      return wants satisfies never
  }
}

function emptyFault(answer: Answer): string | undefined {
  const found = resourcesOf(answer).length
  return found === 0 ? undefined : `the filter finds ${String(found)} where nobody can be`
}

const testPerson: Employee = {
  id: 'test-person',
  userName: 'directory.test@corp.example',
  givenName: 'Directory',
  familyName: 'Test',
  email: 'directory.test@corp.example',
  title: undefined,
  department: undefined,
  phone: undefined,
  managerId: undefined,
}

/** Makes, changes and removes a person and a group of its own; one thing that fails ends it. */
async function rehearse(session: Session): Promise<boolean> {
  const { id } = testPerson
  const team = 'test-group'
  const done =
    (await assign(session, testPerson)) &&
    (await change(session, { ...testPerson, familyName: 'Tested' }, ['familyName', 'displayName'])) &&
    (await push(session, { id: team, name: 'Directory test group', members: [id] })) &&
    (await rename(session, team, 'Directory test group, renamed')) &&
    (await move(session, team, [], [id])) &&
    (await close(session, team)) &&
    (await activate(session, id, false)) &&
    (await remove(session, id))
  // Whatever is left at the server, the directory does not have it.
  session.accounts.delete(id)
  session.teams.delete(team)
  return done
}
