import type pg from 'pg'
import type { DirectoryGroupId, EnvironmentId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { type ChangeDeps, EmittedEvents, transact } from '#db/work.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { settleNames } from './arrivals.ts'
import type { StoredGroup } from './group-row.ts'
import { moveMembers } from './memberships.ts'
import { type GroupPlan, planGroup } from './plan-group.ts'
import { retryDeadlock } from './retry-deadlock.ts'
import { identityTaken, insertGroup } from './save-group.ts'
import type { ScimDirectory } from './scim-directory.ts'

/** @throws ScimRefused 409 `uniqueness` for an identity that is taken. */
export async function createGroup(
  deps: ChangeDeps,
  directory: ScimDirectory,
  resource: JsonObject,
  members: readonly string[],
): Promise<StoredGroup> {
  const now = deps.clock()
  const id = newId('directoryGroup', now)
  const plan = planGroup(directory, undefined, id, resource, now)
  // A group that was renamed keeps its first name as identity. It is no reason to refuse another group that name.
  const renamed = planGroup(directory, undefined, id, resource, now, id)
  // Ends: a try comes to nothing only where somebody else took or left the name meanwhile.
  while (!(await addGroup(deps, directory, plan, members, now))) {
    if (plan.externalId !== null) throw identityTaken(plan)
    const outcome = await addBesideFormer(deps, directory, plan, renamed, members, now)
    if (outcome === 'name is taken') throw identityTaken(plan)
    if (outcome === 'added') break
  }
  deps.wake()
  return { id, resource, version: 1, createdAt: now, modifiedAt: now }
}

/** @returns false when the identity is taken. */
async function addGroup(
  deps: ChangeDeps,
  directory: ScimDirectory,
  plan: GroupPlan,
  members: readonly string[],
  now: Date,
): Promise<boolean> {
  return retryDeadlock(() =>
    members.length === 0
      ? insertGroup(deps.db.pool, directory, plan, newsOf(directory, plan, now), now)
      : transact(deps, directory.environment, (client) => addWithMembers(client, directory, plan, members, now)),
  )
}

const lockHolder = prepared<[EnvironmentId, string, string], { id: DirectoryGroupId }>(
  'directory-group-identity-lock',
  `select id from directory_groups where environment_id = $1 and directory_id = $2 and idp_id = $3 for no key update`,
)

const findByName = prepared<[EnvironmentId, string, string], object>(
  'directory-group-by-name',
  `select from directory_groups
   where environment_id = $1 and directory_id = $2 and display_name_key = $3 and external_id is null limit 1`,
)

/**
 * Adds a group whose name is the identity of one that goes by another name now, with its own id for an identity. The
 * holder is locked: of many who do this at once one is first, and the holder neither goes nor takes its name back.
 */
async function addBesideFormer(
  deps: ChangeDeps,
  directory: ScimDirectory,
  { idpId, name }: GroupPlan,
  renamed: GroupPlan,
  members: readonly string[],
  now: Date,
): Promise<'added' | 'name is taken' | 'identity is free'> {
  const { environment, id } = directory
  return retryDeadlock(() =>
    transact(deps, environment, async (client) => {
      if ((await lockHolder(client, environment, id, idpId)).length === 0) return 'identity is free'
      if ((await findByName(client, environment, id, foldCase(name))).length > 0) return 'name is taken'
      await addWithMembers(client, directory, renamed, members, now)
      return 'added'
    }),
  )
}

async function addWithMembers(
  client: pg.PoolClient,
  directory: ScimDirectory,
  plan: GroupPlan,
  members: readonly string[],
  now: Date,
): Promise<boolean> {
  const changes = await settleNames(client, directory, [{ kind: 'add', ids: members }])
  const isAdded = await insertGroup(client, directory, plan, newsOf(directory, plan, now), now)
  if (isAdded && members.length > 0)
    for (const change of changes) await moveMembers(client, directory, plan.id, change, now)
  return isAdded
}

function newsOf(directory: ScimDirectory, plan: GroupPlan, now: Date): EmittedEvents {
  const events = new EmittedEvents(directory.environment, now)
  events.emit('dsync.group.created', plan.presented, directory.organizationId)
  return events
}
