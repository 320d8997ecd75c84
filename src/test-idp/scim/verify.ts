import { idOf, listFault, resourcesOf, statusFault, totalOf } from './checks.ts'
import type { Answer } from './client.ts'
import { findDifference, readFacts } from './facts.ts'
import { groupFault } from './group-verbs.ts'
import { inParallel } from './parallel.ts'
import type { Exchange } from './scorecard.ts'
import { factsOfAccount, type Session } from './session.ts'
import { pathOf, resourcePath } from './wire.ts'

/** Reads everything back, in pages and one by one, and compares it with what the directory has. */
export async function verify(session: Session, concurrency: number, onDone: (done: number) => void): Promise<void> {
  let done = 0
  const count = () => onDone((done += 1))
  const people = await listAll(session, '/Users')
  await inParallel([...session.accounts.values()], concurrency, async (account) => {
    count()
    const { id, employee, isExpected } = account
    if (!isExpected) return
    const wanted = factsOfAccount(session, account)
    const faultOf = (resource: unknown) => {
      const difference = findDifference(wanted, readFacts(session.dialect.users.attributes, resource))
      return difference === undefined ? undefined : `${employee.userName}: ${difference}`
    }
    await look(session, 'final_users', people, { kind: '/Users', id, name: employee.userName }, faultOf, faultOf)
  })
  const groups = await listAll(session, '/Groups')
  await inParallel([...session.teams.values()], concurrency, async (team) => {
    count()
    if (!team.isExpected) return
    const faultOf = (resource: unknown, withMembers: boolean) => {
      const fault = groupFault(session, team, resource, withMembers)
      return fault === undefined ? undefined : `${team.name}: ${fault}`
    }
    await look(
      session,
      'final_groups',
      groups,
      { kind: '/Groups', id: team.id, name: team.name },
      (resource) => faultOf(resource, false),
      (resource) => faultOf(resource, true),
    )
  })
}

interface Listed {
  readonly byId: ReadonlyMap<string, unknown>
  readonly last: Exchange
}

async function look(
  { client, score }: Session,
  expectation: 'final_users' | 'final_groups',
  { byId, last }: Listed,
  { kind, id, name }: { readonly kind: '/Users' | '/Groups'; readonly id: string | undefined; readonly name: string },
  listedFault: (resource: unknown) => string | undefined,
  readFault: (resource: unknown) => string | undefined,
): Promise<void> {
  if (id === undefined) {
    score.check(expectation, last, `${name} was never taken`)
    return
  }
  const listed = byId.get(id)
  score.check(expectation, last, listed === undefined ? `${name} is not in the list` : listedFault(listed))
  const read = await client.ask({ method: 'GET', path: resourcePath(kind, id) })
  score.check(expectation, read.exchange, statusFault(read, 200) ?? readFault(read.body))
}

/** Turns the pages until all are seen, however few a page holds. */
async function listAll(session: Session, kind: '/Users' | '/Groups'): Promise<Listed> {
  const { client, score, dialect } = session
  const byId = new Map<string, unknown>()
  let shown = 0
  for (;;) {
    const path = pathOf(kind, {
      startIndex: shown + 1,
      count: dialect.pageSize,
      ...(kind === '/Groups' && { excludedAttributes: 'members' }),
    })
    const answer: Answer = await client.ask({ method: 'GET', path })
    if (!score.check('list', answer.exchange, listFault(answer))) return { byId, last: answer.exchange }
    const page = resourcesOf(answer)
    for (const resource of page) byId.set(idOf(resource) ?? '', resource)
    shown += page.length
    if (page.length > 0 && shown < totalOf(answer)) continue
    const fault =
      byId.size === totalOf(answer)
        ? undefined
        : `the pages show ${String(byId.size)} different ones, and totalResults is ${String(totalOf(answer))}`
    score.check('paging', answer.exchange, fault)
    checkGone(session, kind, byId, answer.exchange)
    return { byId, last: answer.exchange }
  }
}

/** Nobody who was deleted may still be listed; the verbs saw their 404 already. */
function checkGone(session: Session, kind: '/Users' | '/Groups', byId: ReadonlyMap<string, unknown>, last: Exchange) {
  for (const id of session.gone[kind])
    session.score.check('gone', last, byId.has(id) ? `${id} is still in the list` : undefined)
}
