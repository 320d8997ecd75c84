import type pg from 'pg'
import { sql } from 'kysely'
import type { DirectoryId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { type ChangeDeps, EmittedEvents, transact, type Work } from '#db/work.ts'
import { announceMemberships } from './announce-memberships.ts'
import { announceUser, planUser } from './plan-user.ts'
import { retryDeadlock } from './retry-deadlock.ts'
import { effectiveRole, lockRoles } from './roles.ts'
import { updateUser } from './save-user.ts'
import { directoryById, type ScimDirectory } from './scim-directory.ts'
import { userColumnsOfU, type UserRow } from './user-row.ts'

const batch = 200

/** Whom a change of settings concerns: everybody's attributes, or only roles and visibility, which are told apart quickly. */
type Extent = 'everything' | 'roles and visibility'

/**
 * Part of a change of settings that people depend on: their directories have to be settled afterwards. The mark commits
 * with the settings, so nobody who is settled by the old ones is missed.
 */
export async function unsettle(
  work: Work,
  extent: Extent,
  of: { readonly directory?: DirectoryId; readonly organization?: OrganizationId } = {},
): Promise<void> {
  const { directory, organization } = of
  // Locked in order: two changes that mark many directories must not wait for each other.
  const concerned = await work.tx
    .selectFrom('directories')
    .select('id')
    .where('environment_id', '=', work.environment)
    .$if(directory !== undefined, (query) => query.where('id', '=', directory as DirectoryId)) // the condition says so
    .$if(organization !== undefined, (query) => query.where('organization_id', '=', organization as OrganizationId))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  if (concerned.length === 0) return
  await work.tx
    .updateTable('directories')
    .set({ settle_after: 0, settle_all: sql<boolean>`settle_all or ${extent === 'everything'}` })
    .where('environment_id', '=', work.environment)
    .where(
      'id',
      'in',
      concerned.map(({ id }) => id),
    )
    .execute()
}

/** Settles whoever is left to settle, of one environment or of all. Several processes may do it at once. */
export async function settlePeople(deps: ChangeDeps, environment?: EnvironmentId, signal?: AbortSignal): Promise<void> {
  const { rows } = await deps.db.pool.query<{ environment_id: EnvironmentId; id: DirectoryId }>(
    `select environment_id, id from directories
     where settle_after is not null and ($1::text is null or environment_id = $1) order by environment_id, id`,
    [environment ?? null],
  )
  for (const row of rows) {
    let isLeft = true
    while (isLeft && !signal?.aborted) isLeft = await retryDeadlock(() => settleBatch(deps, row.environment_id, row.id))
  }
}

interface Mark {
  readonly after: number | null
  readonly all: boolean
}

const lockMark = prepared<[EnvironmentId, DirectoryId], Mark>(
  'directory-settle-lock',
  `select settle_after as after, settle_all as all from directories
   where environment_id = $1 and id = $2 for no key update`,
)
const moveMark = prepared<[EnvironmentId, DirectoryId, number | null], never>(
  'directory-settle-move',
  `update directories set settle_after = $3, settle_all = settle_all and $3::bigint is not null
   where environment_id = $1 and id = $2`,
)

/**
 * Reads people again with the settings as they are now, and announces those that come out changed. The directory is locked:
 * settings that change meanwhile mark it after this batch, and it starts again. @returns whether some are left.
 */
async function settleBatch(deps: ChangeDeps, environment: EnvironmentId, id: DirectoryId): Promise<boolean> {
  return transact(deps, environment, async (client, _events, now) => {
    const [mark] = await lockMark(client, environment, id)
    const directory = await directoryById(client, environment, id)
    if (!mark || mark.after === null || !directory) return false
    await lockRoles(client, directory)
    const { ids, last } = await nextPeople(client, directory, mark.after)
    await lockGroupsOfHidden(client, directory, ids)
    for (const row of await unsettled(client, directory, ids, mark.all)) {
      const plan = planUser(directory, row, row.id, row.resource, now, row.role)
      if (JSON.stringify(plan.presented) === row.presented && plan.visible === row.visible) continue
      const events = new EmittedEvents(environment, now)
      announceUser(events.emit, plan, directory)
      if (plan.news === 'created') await announceMemberships(client, events, directory, plan)
      await updateUser(client, directory, plan, row.version, events)
    }
    await moveMark(client, environment, id, last)
    return last !== null
  }).finally(deps.wake)
}

async function nextPeople(
  client: pg.ClientBase,
  { environment, id }: ScimDirectory,
  after: number,
): Promise<{ ids: string[]; last: number | null }> {
  const { rows } = await client.query<{ id: string; seq: number }>(
    `select id, seq from directory_users where environment_id = $1 and directory_id = $2 and seq > $3
     order by seq limit ${batch}`,
    [environment, id, after],
  )
  return { ids: rows.map((row) => row.id), last: rows.length === batch ? (rows.at(-1)?.seq ?? null) : null }
}

/** Who appears takes memberships along. Groups before people, as everybody locks them. */
async function lockGroupsOfHidden(
  client: pg.ClientBase,
  { environment }: ScimDirectory,
  ids: readonly string[],
): Promise<void> {
  await client.query(
    `select from directory_groups g where g.environment_id = $1 and g.id in (
       select m.group_id from directory_memberships m
       join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id and not u.visible
       where m.environment_id = $1 and m.user_id = any ($2))
     order by g.id for share of g`,
    [environment, [...ids]],
  )
}

async function unsettled(
  client: pg.ClientBase,
  { environment, keepInactive }: ScimDirectory,
  ids: readonly string[],
  all: boolean,
): Promise<(UserRow & { role: string })[]> {
  const { rows } = await client.query<UserRow & { role: string }>(
    `select ${userColumnsOfU}, ${effectiveRole} as role from directory_users u
     where u.environment_id = $1 and u.id = any ($2)
       and ($3 or u.role_slug <> ${effectiveRole} or u.visible <> (u.complete and (u.active or $4)))
     order by u.id for update of u`,
    [environment, [...ids], all, keepInactive],
  )
  return rows
}
