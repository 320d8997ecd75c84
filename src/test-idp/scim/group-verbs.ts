import { groupUrn } from '#protocols/scim/group-schema.ts'
import { guidFor } from '../kinds.ts'
import {
  createdFault,
  deletedFault,
  idOf,
  listFault,
  memberIdsOf,
  membersFault,
  patchedFault,
  replacedFault,
  resourceFault,
  resourcesOf,
  statusFault,
  totalOf,
} from './checks.ts'
import type { Answer } from './client.ts'
import type { RemoteTeam } from './dialect.ts'
import { at } from './facts.ts'
import { membersOf, type PushedTeam, type Session } from './session.ts'
import { type Message, resourcePath } from './wire.ts'
import type { Team } from './workforce.ts'

/**
 * Tells the server of a group: looks for it, takes over one of that name, creates it otherwise. Its members come along
 * or afterwards, as the client does it; see `fill`.
 * @returns whether the server did as it was told; the other verbs likewise.
 */
export async function push(session: Session, { id: teamId, name, members }: Team): Promise<boolean> {
  const { dialect, client, score } = session
  const team: PushedTeam = { teamId, name, members: new Set(members), id: undefined, isExpected: true }
  session.teams.set(teamId, team)
  const asked = await client.ask({ method: 'GET', path: dialect.groups.find(name) })
  if (!score.check(asked.status === 404 ? 'no_match' : 'list', asked.exchange, listFault(asked))) return false
  const [found] = resourcesOf(asked)
  if (found !== undefined) return adopt(session, team, asked)
  score.check('no_match', asked.exchange, undefined)
  const body = dialect.groups.create(remote(session, team, ''))
  const answer = await client.ask({ method: 'POST', path: '/Groups', body })
  if (!score.check('created', answer.exchange, createdFault(answer)) && answer.status !== 201) return false
  if (!score.check('resource', answer.exchange, resourceFault(answer.body, groupUrn, 'Group'))) return false
  score.check('echo', answer.exchange, nameFault(answer.body, name))
  team.id = idOf(answer.body)
  return true
}

/** Sends the members of a new group, where they did not come with it. */
export async function fill(session: Session, teamId: string): Promise<boolean> {
  const team = session.teams.get(teamId)
  if (!team || session.dialect.groups.createsWithMembers) return true
  return move(session, teamId, [...team.members], [])
}

export async function rename(session: Session, teamId: string, name: string): Promise<boolean> {
  const team = session.teams.get(teamId)
  if (team?.id === undefined) return false
  team.name = name
  if (!(await readFirst(session, team.id))) return false
  if (!(await write(session, team.id, session.dialect.groups.rename(remote(session, team, team.id))))) return false
  return isAsExpected(session, team)
}

/** Moves people in and out. @param added, removed ids of employees. */
export async function move(
  session: Session,
  teamId: string,
  added: readonly string[],
  removed: readonly string[],
): Promise<boolean> {
  const { dialect, client, score } = session
  const team = session.teams.get(teamId)
  if (team?.id === undefined) return false
  const { id } = team
  team.members = new Set([...team.members].filter((member) => !removed.includes(member)).concat(added))
  const [arrivals, leavers] = [membersOf(session, added), membersOf(session, removed)]
  if (arrivals.length + leavers.length === 0) return true
  if (!(await readFirst(session, id))) return false
  const [someone] = leavers
  if (someone && dialect.groups.ask) {
    const answer = await client.ask({ method: 'GET', path: dialect.groups.ask(id, someone.id) })
    const fault = listFault(answer) ?? (totalOf(answer) === 1 ? undefined : 'the filter does not find the group')
    if (!score.check('reference', answer.exchange, fault)) return false
  }
  if (!(await write(session, id, dialect.groups.move(remote(session, team, id), arrivals, leavers)))) return false
  return isAsExpected(session, team)
}

/** Adds somebody who is there already, which must change nothing. Only a PATCH says "add". */
export async function addAgain(session: Session, teamId: string): Promise<boolean> {
  const { dialect, score } = session
  const team = session.teams.get(teamId)
  const [member] = membersOf(session, team?.members ?? [])
  if (team?.id === undefined || !member) return true
  const message = dialect.groups.move(remote(session, team, team.id), [member], []).at(-1)
  if (message?.method !== 'PATCH') return true
  const before = await read(session, team.id)
  if (!(await write(session, team.id, [message]))) return false
  const after = await read(session, team.id)
  const moments = [before, after].map(({ body }) => at(at(body, 'meta'), 'lastModified'))
  const fault =
    moments[0] === moments[1] ? undefined : `lastModified was ${String(moments[0])} and is ${String(moments[1])}`
  return score.check('quiet_add', after.exchange, fault ?? sizeFault(session, team, after))
}

/** Sends all members again, where the client can. */
export async function pushNow(session: Session, teamId: string): Promise<boolean> {
  const team = session.teams.get(teamId)
  const message = team?.id !== undefined && session.dialect.groups.pushNow?.(remote(session, team, team.id))
  if (!team || team.id === undefined || !message) return true
  return (await write(session, team.id, [message])) && isAsExpected(session, team)
}

/** Deletes a group; the people in it stay. */
export async function close(session: Session, teamId: string): Promise<boolean> {
  const { client, score } = session
  const team = session.teams.get(teamId)
  if (team?.id === undefined) return false
  const path = resourcePath('/Groups', team.id)
  const answer = await client.ask({ method: 'DELETE', path })
  if (!score.check('deleted', answer.exchange, deletedFault(answer))) return false
  session.gone['/Groups'].add(team.id)
  Object.assign(team, { id: undefined, isExpected: false })
  const gone = await client.ask({ method: 'GET', path })
  return score.check('gone', gone.exchange, statusFault(gone, 404))
}

/** A group that was there before has members nobody here knows of: they are read once, and put right. */
async function adopt(session: Session, team: PushedTeam, asked: Answer): Promise<boolean> {
  const { dialect, score } = session
  const [found] = resourcesOf(asked)
  const fault =
    totalOf(asked) === 1 ? resourceFault(found, groupUrn, 'Group') : `the filter finds ${String(totalOf(asked))}`
  const id = idOf(found)
  if (!score.check('match', asked.exchange, fault) || id === undefined) return false
  team.id = id
  const wanted = membersOf(session, team.members)
  const present = memberIdsOf((await read(session, id)).body)
  const added = wanted.filter((member) => !present.includes(member.id))
  const removed = present
    .filter((each) => wanted.every((member) => member.id !== each))
    .map((each) => ({ id: each, userName: '' }))
  if (added.length + removed.length === 0) return true
  return write(session, id, dialect.groups.move(remote(session, team, id), added, removed))
}

function remote(session: Session, team: PushedTeam, id: string): RemoteTeam {
  return { id, name: team.name, externalId: guidFor(team.teamId), members: membersOf(session, team.members) }
}

/** Reads as the client reads before it writes. @returns whether the group could be read. */
async function readFirst(session: Session, id: string): Promise<boolean> {
  const path = session.dialect.groups.readFirst?.(id)
  if (path === undefined) return true
  const { client, score } = session
  const answer = await client.ask({ method: 'GET', path })
  if (!score.check('read', answer.exchange, statusFault(answer, 200))) return false
  if (path.includes('excludedAttributes')) {
    const isShown = at(answer.body, 'members') !== undefined
    score.check('excluded', answer.exchange, isShown ? 'members are shown' : undefined)
  }
  return score.check('resource', answer.exchange, resourceFault(answer.body, groupUrn, 'Group'))
}

async function write(session: Session, id: string, messages: readonly Message[]): Promise<boolean> {
  for (const message of messages) {
    const answer = await session.client.ask(message)
    const isPut = message.method === 'PUT'
    const fault = isPut ? replacedFault(answer, id) : patchedFault(answer, id)
    if (!session.score.check(isPut ? 'replaced' : 'patched', answer.exchange, fault)) return false
  }
  return true
}

function read(session: Session, id: string): Promise<Answer> {
  return session.client.ask({ method: 'GET', path: resourcePath('/Groups', id) })
}

/** No client looks this closely; whoever watches one does. */
async function isAsExpected(session: Session, team: PushedTeam): Promise<boolean> {
  const answer = await read(session, team.id ?? '')
  const isNamed = session.score.check(
    'echo',
    answer.exchange,
    statusFault(answer, 200) ?? nameFault(answer.body, team.name),
  )
  return session.score.check('members', answer.exchange, sizeFault(session, team, answer)) && isNamed
}

function sizeFault(session: Session, team: PushedTeam, { body }: Answer): string | undefined {
  const wanted = membersOf(session, team.members).map(({ id }) => id)
  return membersFault(body, wanted)
}

function nameFault(group: unknown, name: string): string | undefined {
  const found = at(group, 'displayName')
  return found === name ? undefined : `displayName is ${JSON.stringify(found)} and should be ${JSON.stringify(name)}`
}

/** For whoever reads all groups in the end. */
export function groupFault(
  session: Session,
  team: PushedTeam,
  group: unknown,
  withMembers: boolean,
): string | undefined {
  const { mapsExternalId } = session.dialect.groups
  const externalId = at(group, 'externalId')
  if (mapsExternalId && externalId !== guidFor(team.teamId)) return `externalId is ${JSON.stringify(externalId)}`
  const wanted = membersOf(session, team.members).map(({ id }) => id)
  return nameFault(group, team.name) ?? (withMembers ? membersFault(group, wanted) : undefined)
}
