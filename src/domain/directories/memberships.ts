import type pg from 'pg'
import type { DirectoryGroupId, DirectoryUserId, EnvironmentId, EventId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import type { MemberChange } from '#protocols/scim/group-patch.ts'
import { rowFilterToSql } from '#protocols/scim/sql.ts'
import type { UserPlan } from './plan-user.ts'
import { lockRoles, refreshRoles } from './roles.ts'
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
      return move(on, add, directory, group, await resolveNames(on, directory, change.ids), now)
    case 'remove':
      return move(on, remove, directory, group, await resolveNames(on, directory, change.ids), now)
    case 'replace':
      return replaceMembers(on, directory, group, await resolveNames(on, directory, change.ids), now)
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

const findNamed = prepared<[EnvironmentId, string, readonly string[], readonly string[]], Named>(
  'members-by-name',
  `select id, external_id, user_name_key from directory_users
   where environment_id = $1 and directory_id = $2 and (external_id = any ($3) or user_name_key = any ($4))`,
)

interface Named {
  readonly id: DirectoryUserId
  readonly external_id: string | null
  readonly user_name_key: string
}

/**
 * Members are to be named by the ids given out here. Clients that never read those name them by external id or user name:
 * whoever comes in by such a name has to go out by it too. Names of nobody stay; they are awaited.
 */
async function resolveNames(on: On, directory: ScimDirectory, values: readonly string[]): Promise<readonly string[]> {
  const names = values.filter((value) => !value.startsWith('directory_user_'))
  if (names.length === 0) return values
  const people = await findNamed(on, directory.environment, directory.id, names, names.map(foldCase))
  const byExternalId = Map.groupBy(people, (person) => person.external_id)
  const byName = new Map(people.map((person) => [person.user_name_key, person]))
  const resolved = values.flatMap((value) => {
    const found = byExternalId.get(value) ?? [byName.get(foldCase(value))].filter((person) => person !== undefined)
    return found.length > 0 ? found.map(({ id }) => id) : [value]
  })
  return [...new Set(resolved)]
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

/** Puts somebody who arrived into the groups that named them before, by id, external id or name. */
export async function joinAwaiting(
  client: pg.PoolClient,
  directory: ScimDirectory,
  plan: UserPlan,
  now: Date,
): Promise<void> {
  const { externalId, userName, userNameKey } = plan.keys
  const names = [plan.id, externalId, userName, userNameKey].filter((name) => name !== null)
  const { rows } = await client.query<{ group_id: DirectoryGroupId }>(
    `delete from directory_awaited_members where environment_id = $1 and directory_id = $2 and value = any ($3)
     returning group_id`,
    [directory.environment, directory.id, names],
  )
  if (rows.length > 0) await lockRoles(client, directory)
  // In order, as everybody locks groups.
  for (const group of rows.map((row) => row.group_id).toSorted())
    await move(client, add, directory, group, [plan.id], now)
  if (rows.length > 0) await refreshRoles(client, directory, [plan.id], now)
}
