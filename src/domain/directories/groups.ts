import type pg from 'pg'
import { type ChangeDeps, type EmittedEvents, transact } from '#db/work.ts'
import { quote, type ScimError, scimError } from '#protocols/scim/errors.ts'
import type { Result } from '#protocols/result.ts'
import type { MemberChange } from '#protocols/scim/group-patch.ts'
import { type JsonObject, sameJson } from '#protocols/scim/json.ts'
import { resolveNames, settleNames } from './arrivals.ts'
import {
  findGroup,
  type GroupRow,
  lockGroup,
  lockWholeGroup,
  readPresentedGroup,
  type StoredGroup,
} from './group-row.ts'
import { moveMembers } from './memberships.ts'
import { planGroup } from './plan-group.ts'
import { ScimRefused } from './refused.ts'
import { retryDeadlock } from './retry-deadlock.ts'
import { givesRole, lockRoles, membersWithRole, refreshRoles } from './roles.ts'
import { deleteGroup, updateGroup } from './save-group.ts'
import type { ScimDirectory } from './scim-directory.ts'

/** What a request does to a group: a function of its attributes, and sets of members. */
export interface GroupChange {
  readonly rewrite: ((current: JsonObject) => Result<JsonObject, ScimError>) | undefined
  readonly members: readonly MemberChange[]
  readonly precondition?: GroupPrecondition
}

/** Checked with the group locked: whether this is still the version the client knows. */
export type GroupPrecondition = ((version: string, client: pg.PoolClient) => Promise<ScimError | undefined>) | undefined

/**
 * Changes a group. Members alone cost one statement a change, however large the group, and nobody waits for anybody: but
 * for those of a group that gives a role, whose roles are settled with it.
 * @throws ScimRefused 404 for no group of this directory, and whatever the rewrite refuses.
 */
export async function changeGroup(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  change: GroupChange,
): Promise<void> {
  const { rewrite, members, precondition } = change
  const resolved = await resolveNames(deps.db.pool, directory, members)
  const [only] = resolved.changes
  const isSimple = !rewrite && !precondition && members.length === 1 && only?.kind !== 'replace'
  try {
    if (isSimple && only && resolved.unknown.length === 0) {
      const moved = await retryDeadlock(() => moveMembers(deps.db.pool, directory, id, only, deps.clock()))
      if (!moved) throw notFound(id)
      if (moved.length > 0) deps.wake()
      return
    }
    await retryDeadlock(() => changeLocked(deps, directory, id, change))
  } catch (error) {
    if (!givesRole(error)) throw error
    await retryDeadlock(() => changeLocked(deps, directory, id, change, 'settle roles'))
  }
  deps.wake()
}

async function changeLocked(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  { rewrite, members, precondition }: GroupChange,
  roles?: 'settle roles',
): Promise<void> {
  await transact(deps, directory.environment, async (client, events, now) => {
    const changes = await settleNames(client, directory, members)
    if (roles) await lockRoles(client, directory)
    const row = await lockAsExpected(client, lockGroup, directory, id, precondition)
    // Attributes first: the events of new members carry the group as it is then.
    if (rewrite) await rewriteGroup(client, events, directory, row, rewrite, now)
    for (const each of changes) {
      const moved = await moveMembers(client, directory, id, each, now)
      if (moved && roles) await refreshRoles(client, directory, moved, now)
    }
  })
}

async function lockAsExpected(
  client: pg.PoolClient,
  statement: typeof lockGroup,
  directory: ScimDirectory,
  id: string,
  precondition: GroupPrecondition,
): Promise<GroupRow> {
  const [row] = await statement(client, directory.environment, directory.id, id)
  if (!row) throw notFound(id)
  const refusal = await precondition?.(String(row.version), client)
  if (refusal) throw new ScimRefused(refusal)
  return row
}

async function rewriteGroup(
  client: pg.PoolClient,
  events: EmittedEvents,
  directory: ScimDirectory,
  row: GroupRow,
  rewrite: NonNullable<GroupChange['rewrite']>,
  now: Date,
): Promise<void> {
  const next = rewrite(row.resource)
  if (!next.ok) throw new ScimRefused(next.error)
  if (sameJson(next.value, row.resource)) return
  const plan = planGroup(directory, row, row.id, next.value, now)
  if (plan.changed) {
    const news = { ...plan.presented, previous_attributes: plan.previous }
    events.emit('dsync.group.updated', news, directory.organizationId)
  }
  await updateGroup(client, directory, plan, events)
}

/** @throws ScimRefused 404. The people stay; one event says that the group is gone, and who loses a role is told of. */
export async function removeGroup(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  precondition?: GroupPrecondition,
): Promise<void> {
  await retryDeadlock(() =>
    transact(deps, directory.environment, async (client, events, now) => {
      await lockRoles(client, directory)
      const row = await lockAsExpected(client, lockWholeGroup, directory, id, precondition)
      const members = await membersWithRole(client, directory, row.id)
      events.emit('dsync.group.deleted', readPresentedGroup(row), directory.organizationId)
      await deleteGroup(client, directory, row.id, events)
      await refreshRoles(client, directory, members, now)
    }),
  )
}

export async function readGroup(
  deps: Pick<ChangeDeps, 'db'>,
  directory: ScimDirectory,
  id: string,
): Promise<StoredGroup> {
  const [row] = await findGroup(deps.db.lookUps, directory.environment, directory.id, id)
  if (!row) throw notFound(id)
  return {
    id: row.id,
    resource: row.resource,
    version: row.version,
    createdAt: row.created_at,
    modifiedAt: row.updated_at,
  }
}

function notFound(id: string): ScimRefused {
  return new ScimRefused(scimError(404, undefined, `Resource ${quote(id)} not found.`))
}
