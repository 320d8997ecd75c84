import type pg from 'pg'
import type { DirectoryGroupId, DirectoryUserId, EnvironmentId, EventId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { MemberChange } from '#protocols/scim/group-patch.ts'
import { rowFilterToSql } from '#protocols/scim/sql.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { memberColumns } from './scim-storage.ts'

type On = pg.Pool | pg.ClientBase
type Moved = { readonly moved: DirectoryUserId[] | null }
type MoveParameters = [EnvironmentId, string, string, string, string[], EventId[], Date, string]

const add = prepared<MoveParameters, Moved>(
  'members-add',
  'select add_group_members($1, $2, $3, $4, $5, $6, $7, $8) as moved',
)
const remove = prepared<MoveParameters, Moved>(
  'members-remove',
  'select remove_group_members($1, $2, $3, $4, $5, $6, $7, $8) as moved',
)

/**
 * Moves members in or out: one statement, whatever their number and that of the group; events for real changes alone.
 * @param change names people by ids; whoever else is named is awaited (see settleNames).
 * @returns whose membership changed; undefined when the directory has no such group.
 */
export async function moveMembers(
  on: On,
  directory: ScimDirectory,
  group: string,
  change: MemberChange,
  now: Date,
): Promise<DirectoryUserId[] | undefined> {
  switch (change.kind) {
    case 'add':
      return move(on, add, directory, group, change.ids, now)
    case 'remove':
      return move(on, remove, directory, group, change.ids, now)
    case 'replace':
      return replaceMembers(on, directory, group, change.ids, now)
    case 'removeMatching': {
      const { text, values } = rowFilterToSql(change.filter, memberColumns, 2)
      const { rows } = await on.query<{ id: DirectoryUserId }>(
        `select u.id from directory_memberships m join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id
         where m.environment_id = $1 and m.group_id = $2 and (${text})`,
        [directory.environment, group, ...values],
      )
      return move(
        on,
        remove,
        directory,
        group,
        rows.map(({ id }) => id),
        now,
      )
    }
    default:
      return change satisfies never
  }
}

async function move(
  on: On,
  statement: typeof add,
  directory: ScimDirectory,
  group: string,
  ids: readonly string[],
  now: Date,
): Promise<DirectoryUserId[] | undefined> {
  const events = ids.map(() => newId('event', now))
  const { environment, id, organizationId } = directory
  const [row] = await statement(on, environment, id, organizationId, group, [...ids], events, now, now.toISOString())
  return row?.moved ?? undefined
}

/** One person, by an id that is somebody's. */
export async function addToGroup(
  on: On,
  directory: ScimDirectory,
  group: DirectoryGroupId,
  user: DirectoryUserId,
  now: Date,
): Promise<void> {
  await move(on, add, directory, group, [user], now)
}

/** The difference is computed here by ids alone; nobody who stays is touched. */
async function replaceMembers(
  on: On,
  directory: ScimDirectory,
  group: string,
  wanted: readonly string[],
  now: Date,
): Promise<DirectoryUserId[] | undefined> {
  const { rows } = await on.query<[string]>({
    name: 'members-superfluous',
    text: `select user_id from directory_memberships where environment_id = $1 and group_id = $2 and user_id <> all ($3)
      union select value from directory_awaited_members where environment_id = $1 and group_id = $2 and value <> all ($3)`,
    values: [directory.environment, group, [...wanted]],
    rowMode: 'array',
  })
  const removed = await move(
    on,
    remove,
    directory,
    group,
    rows.map(([id]) => id),
    now,
  )
  const added = await move(on, add, directory, group, wanted, now)
  return removed && added && [...removed, ...added]
}

const lockGroups = prepared<[EnvironmentId, string], { readonly id: DirectoryGroupId }>(
  'directory-groups-of-user-lock',
  `select g.id from directory_memberships m
   join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
   where m.environment_id = $1 and m.user_id = $2 order by g.id for share of g`,
)

/** Keeps the groups of a person as they are, before the person is locked. @returns which they are. */
export async function lockGroupsOf(
  client: pg.PoolClient,
  directory: ScimDirectory,
  user: string,
): Promise<readonly DirectoryGroupId[]> {
  return (await lockGroups(client, directory.environment, user)).map(({ id }) => id)
}

const findOther = prepared<[EnvironmentId, DirectoryUserId, readonly DirectoryGroupId[]], object>(
  'directory-other-group-of-user',
  'select from directory_memberships where environment_id = $1 and user_id = $2 and group_id <> all ($3) limit 1',
)

/** Whether a locked person is in no group but those; nobody adds a locked person to another. */
export async function isInNoOther(
  client: pg.PoolClient,
  directory: ScimDirectory,
  user: DirectoryUserId,
  groups: readonly DirectoryGroupId[],
): Promise<boolean> {
  return (await findOther(client, directory.environment, user, groups)).length === 0
}
