import type pg from 'pg'
import { type DirectoryGroupId, type DirectoryUserId, type EnvironmentId, idPrefixes } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import type { MemberChange } from '#protocols/scim/group-patch.ts'
import { noteAwaited } from './awaited-names.ts'
import { addToGroup } from './memberships.ts'
import { arrivalNames } from './person.ts'
import type { UserPlan } from './plan-user.ts'
import { lockRoles, refreshRoles } from './roles.ts'
import type { ScimDirectory } from './scim-directory.ts'

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

interface Resolved {
  readonly changes: readonly MemberChange[]
  /** Names that are nobody's yet; then they are awaited. */
  readonly unknown: readonly string[]
}

/**
 * Members are to be named by the ids given out here. Clients that never read those name them by external id or user name:
 * whoever comes in by such a name has to go out by it too. Names of nobody stay.
 */
export async function resolveNames(
  on: pg.Pool | pg.ClientBase,
  directory: ScimDirectory,
  changes: readonly MemberChange[],
): Promise<Resolved> {
  const names = [...new Set(changes.flatMap(namesIn))]
  if (names.length === 0) return { changes, unknown: [] }
  const people = await findNamed(on, directory.environment, directory.id, names, names.map(foldCase))
  const byExternalId = Map.groupBy(people, (person) => person.external_id)
  const byName = new Map(people.map((person) => [person.user_name_key, person]))
  const idsOf = (name: string) =>
    (byExternalId.get(name) ?? [byName.get(foldCase(name))]).flatMap((person) => person?.id ?? [])
  const known = new Map(names.map((name) => [name, idsOf(name)]))
  const resolve = (value: string) => {
    const ids = known.get(value) ?? []
    return ids.length > 0 ? ids : [value]
  }
  return {
    changes: changes.map((change) =>
      change.kind === 'removeMatching' ? change : { ...change, ids: [...new Set(change.ids.flatMap(resolve))] },
    ),
    unknown: names.filter((name) => known.get(name)?.length === 0),
  }
}

function namesIn(change: MemberChange): readonly string[] {
  if (change.kind === 'removeMatching') return []
  return change.ids.filter((value) => !value.startsWith(`${idPrefixes.directoryUser}_`))
}

/**
 * The same in a transaction, before it locks anything else: names of nobody stay nobody's until it ends, or somebody who
 * arrives at this moment would be awaited for ever.
 */
export async function settleNames(
  client: pg.PoolClient,
  directory: ScimDirectory,
  changes: readonly MemberChange[],
): Promise<readonly MemberChange[]> {
  const first = await resolveNames(client, directory, changes)
  if (first.unknown.length === 0) return first.changes
  await lockArrivals(client, 'arrivals-lock', 'pg_advisory_xact_lock', directory)
  const settled = await resolveNames(client, directory, changes)
  const joining = new Set(changes.flatMap((change) => (change.kind === 'remove' ? [] : namesIn(change))))
  noteAwaited(settled.unknown.filter((name) => joining.has(name)))
  return settled.changes
}

async function lockArrivals(
  client: pg.PoolClient,
  name: string,
  lock: 'pg_advisory_xact_lock' | 'pg_advisory_xact_lock_shared',
  { id }: ScimDirectory,
): Promise<void> {
  await client.query({ name, text: `select ${lock}(hashtextextended($1, 7240111))`, values: [id] })
}

/** Whether somebody could not be added because a group awaits them: see the SQL function refuse_awaited. */
export function isAwaited(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'GH002'
}

/** Keeps the groups that await somebody by these names as they are, before the person is locked: see lockGroupsOf. */
export async function lockAwaiting(
  client: pg.PoolClient,
  directory: ScimDirectory,
  names: readonly string[],
): Promise<void> {
  await lockArrivals(client, 'arrivals-lock-shared', 'pg_advisory_xact_lock_shared', directory)
  await client.query({
    name: 'awaiting-groups-lock',
    text: `select from directory_groups where environment_id = $1 and id in (
        select group_id from directory_awaited_members where environment_id = $1 and directory_id = $2 and value = any ($3))
      order by id for share`,
    values: [directory.environment, directory.id, names],
  })
}

/** Puts somebody who arrived, or has a name that is awaited, into the groups that named them before. */
export async function joinAwaiting(
  client: pg.PoolClient,
  directory: ScimDirectory,
  plan: UserPlan,
  now: Date,
): Promise<void> {
  await lockArrivals(client, 'arrivals-lock-shared', 'pg_advisory_xact_lock_shared', directory)
  const { rows } = await client.query<{ group_id: DirectoryGroupId }>(
    `delete from directory_awaited_members where environment_id = $1 and directory_id = $2 and value = any ($3)
     returning group_id`,
    [directory.environment, directory.id, arrivalNames(plan.keys)],
  )
  if (rows.length === 0) return
  await lockRoles(client, directory)
  // In order, as everybody locks groups.
  const groups = [...new Set(rows.map((row) => row.group_id))].toSorted()
  for (const group of groups) await addToGroup(client, directory, group, plan.id, now)
  await refreshRoles(client, directory, [plan.id], now)
}
