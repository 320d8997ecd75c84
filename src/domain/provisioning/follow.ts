import { sql } from 'kysely'
import type { DirectoryId, DirectoryUserId, EnvironmentId, OrganizationId, UserId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { InvitationKeys } from '../invitations/present.ts'
import { changeMembership, lockMembership } from '../memberships/update.ts'
import { followedBy, type Named } from './facts.ts'
import { isDomainError } from '../errors.ts'
import { provision } from './provision.ts'
import { forgetRefusals, noteRefusal } from './refusals.ts'

const follower = 'directory-provisioning'
const batch = 200

/** What can put somebody out of step with their directory: the directory itself, or a change made here. */
const directoryNews = ['dsync.user.created', 'dsync.user.updated', 'dsync.user.deleted']
const localNews = ['user.updated', 'organization_membership.updated']

/**
 * Follows the log of every environment that lets directories provision its users, with a durable position: it moves in
 * the transaction that makes the changes, so a crash repeats nothing and skips nothing. Where it is switched on later,
 * it begins at the beginning: who is in a directory already arrives too.
 */
export async function provisionDirectories(deps: ChangeDeps & InvitationKeys, signal: AbortSignal): Promise<void> {
  const { rows } = await deps.db.pool.query<{ environment_id: EnvironmentId }>({
    name: 'provisioning-environments',
    text: `select s.environment_id from authentication_settings s
      left join followers f on f.environment_id = s.environment_id and f.name = $1
      where (s.settings ->> 'directory_provisioning')::boolean
        and (select max(l.position) from event_log l where l.environment_id = s.environment_id) > coalesce(f.position, 0)`,
    values: [follower],
  })
  for (const { environment_id: environment } of rows)
    for (let read = batch; read === batch && !signal.aborted;) read = await followOnce(deps, environment)
}

/** Somebody who breaks a rule undoes the batch: then it is done again, each of them for themselves. */
async function followOnce(deps: ChangeDeps & InvitationKeys, environment: EnvironmentId): Promise<number> {
  try {
    return await change(deps, { environment }, (work) => followBatch(work, deps, 'together'))
  } catch (error) {
    if (!isDomainError(error)) throw error
    return change(deps, { environment }, (work) => followBatch(work, deps, 'one by one'))
  }
}

async function followBatch(work: Work, keys: InvitationKeys, how: 'together' | 'one by one'): Promise<number> {
  await sql`insert into followers (environment_id, name, position) values (${work.environment}, ${follower}, 0)
    on conflict do nothing`.execute(work.tx)
  const { rows: positions } = await sql<{ position: number }>`select position from followers
    where environment_id = ${work.environment} and name = ${follower} for update skip locked`.execute(work.tx)
  const [at] = positions
  if (!at) return 0
  const { rows } = await sql<Row>`with page as (
      select position, seq, type, organization_id from event_log
      where environment_id = ${work.environment} and position > ${at.position} order by position limit ${batch})
    select p.position, p.type, p.organization_id,
      case when p.type in (${sql.join([...directoryNews, ...localNews, 'dsync.deleted'])}) then e.body end as body
    from page p join events e on e.seq = p.seq order by p.position`.execute(work.tx)
  const last = rows.at(-1)
  if (!last) return 0
  // Everybody once, however often the page names them: what counts is how things are now.
  const people = new Map<DirectoryUserId, Named>()
  for (const row of rows) {
    const data = row.body === null ? undefined : (JSON.parse(row.body) as { data: Data }).data // we wrote it
    if (data === undefined || row.organization_id === null) {
      if (data !== undefined && row.type === 'user.updated') await addFollowed(work, data.id as UserId, people)
      continue
    }
    if (row.type === 'dsync.deleted') await letGo(work, row.organization_id)
    else if (directoryNews.includes(row.type))
      people.set(data.id as DirectoryUserId, {
        person: data.id as DirectoryUserId,
        organization: row.organization_id,
        directory: data.directory_id ?? null,
      })
    else await addFollowed(work, data.user_id as UserId, people)
  }
  const refused = new Set<DirectoryUserId>()
  for (const named of people.values())
    if (how === 'together') await provision(work, named, keys)
    else if (!(await provisionAlone(work, named, keys))) refused.add(named.person)
  await forgetRefusals(
    work,
    [...people.keys()].filter((person) => !refused.has(person)),
  )
  await sql`update followers set position = ${last.position}
    where environment_id = ${work.environment} and name = ${follower}`.execute(work.tx)
  return rows.length
}

/** @returns false for somebody who breaks a rule: nothing of it is kept but the reason. */
async function provisionAlone(work: Work, named: Named, keys: InvitationKeys): Promise<boolean> {
  const emitted: (() => void)[] = []
  await sql`savepoint person`.execute(work.tx)
  try {
    await provision({ ...work, emit: (...event) => emitted.push(() => work.emit(...event)) }, named, keys)
  } catch (error) {
    if (!isDomainError(error)) throw error
    await sql`rollback to savepoint person`.execute(work.tx)
    await noteRefusal(work, named.person, error)
    return false
  }
  await sql`release savepoint person`.execute(work.tx)
  for (const emit of emitted) emit()
  return true
}

interface Row {
  readonly position: number
  readonly type: string
  readonly organization_id: OrganizationId | null
  readonly body: string | null
}

interface Data {
  readonly id: string
  readonly user_id?: string
  readonly directory_id?: DirectoryId
}

async function addFollowed(work: Work, user: UserId, people: Map<DirectoryUserId, Named>): Promise<void> {
  // What a directory says of them is read with its own event; it must not lose its directory here.
  for (const named of await followedBy(work, user)) if (!people.has(named.person)) people.set(named.person, named)
}

/** A directory that is deleted takes nobody along: its members stay, and are managed here from now on. */
async function letGo(work: Work, organization: OrganizationId): Promise<void> {
  const rows = await work.tx
    .selectFrom('organization_memberships as m')
    .select('m.id')
    .where('m.environment_id', '=', work.environment)
    .where('m.organization_id', '=', organization)
    .where('m.directory_user_id', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('directory_users as u')
            .select('u.id')
            .whereRef('u.environment_id', '=', 'm.environment_id')
            .whereRef('u.id', '=', 'm.directory_user_id'),
        ),
      ),
    )
    .execute()
  for (const { id } of rows) await changeMembership(work, await lockMembership(work, id), { directory_user_id: null })
}
