import type pg from 'pg'
import type { DirectoryGroup } from '#contracts/directory-users.ts'
import type { DirectoryGroupId, EnvironmentId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { type ChangeDeps, EmittedEvents, transact } from '#db/work.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { quote, type ScimError, scimError } from '#protocols/scim/errors.ts'
import type { Result } from '#protocols/result.ts'
import type { MemberChange } from '#protocols/scim/group-patch.ts'
import { type JsonObject, ownMember, sameJson } from '#protocols/scim/json.ts'
import { violatedConstraint } from '../errors.ts'
import { moveMembers } from './memberships.ts'
import { previousAttributes } from './previous-attributes.ts'
import { ScimRefused } from './refused.ts'
import { retryDeadlock } from './retry-deadlock.ts'
import { givesRole, lockRoles, membersWithRole, refreshRoles } from './roles.ts'
import type { ScimDirectory } from './scim-directory.ts'

export interface StoredGroup {
  readonly id: DirectoryGroupId
  /** Without members, which are rows of their own. */
  readonly resource: JsonObject
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

export interface GroupRow {
  readonly id: DirectoryGroupId
  readonly idp_id: string
  readonly resource: JsonObject
  readonly presented: string
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

const groupColumns = 'id, idp_id, resource, presented, version, created_at, updated_at'

const find = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3`,
)
const lock = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group-lock',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3 for no key update`,
)

/** Also against a role that is given to the group at this moment. */
const lockWhole = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group-lock-whole',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3 for update`,
)

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
  if (!(await addGroup(deps, directory, plan, members, now))) {
    if (plan.externalId !== null || !(await isFormerName(deps, directory, plan))) throw identityTaken(plan)
    // A group that was renamed keeps its first name as identity. It is no reason to refuse another group that name.
    const renamed = planGroup(directory, undefined, id, resource, now, id)
    if (!(await addGroup(deps, directory, renamed, members, now))) throw identityTaken(plan)
  }
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
  const events = new EmittedEvents(directory.environment, now)
  events.emit('dsync.group.created', plan.presented, directory.organizationId)
  const isAdded = await retryDeadlock(() =>
    members.length === 0
      ? insertGroup(deps.db.pool, directory, plan, events, now)
      : transact(deps, directory.environment, async (client) => {
          const added = await insertGroup(client, directory, plan, events, now)
          if (added) await moveMembers(client, directory, plan.id, { kind: 'add', ids: members }, now)
          return added
        }),
  )
  if (isAdded) deps.wake()
  return isAdded
}

/** Whether the identity is the name of a group that goes by another name now, and no other goes by this one. */
async function isFormerName(deps: ChangeDeps, directory: ScimDirectory, { name }: GroupPlan): Promise<boolean> {
  const { rowCount } = await deps.db.pool.query(
    `select from directory_groups
     where environment_id = $1 and directory_id = $2 and display_name_key = $3 and external_id is null limit 1`,
    [directory.environment, directory.id, foldCase(name)],
  )
  return rowCount === 0
}

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
  const [only] = members
  const isSimple = !rewrite && !precondition && members.length === 1 && only?.kind !== 'replace'
  try {
    if (isSimple && only) {
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
    if (roles) await lockRoles(client, directory)
    const row = await lockGroup(client, lock, directory, id, precondition)
    // Attributes first: the events of new members carry the group as it is then.
    if (rewrite) await rewriteGroup(client, events, directory, row, rewrite, now)
    for (const each of members) {
      const moved = await moveMembers(client, directory, id, each, now)
      if (moved && roles) await refreshRoles(client, directory, moved, now)
    }
  })
}

async function lockGroup(
  client: pg.PoolClient,
  statement: typeof lock,
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
      const row = await lockGroup(client, lockWhole, directory, id, precondition)
      const members = await membersWithRole(client, directory, row.id)
      events.emit('dsync.group.deleted', readPresentedGroup(row), directory.organizationId)
      await remove(client, directory.environment, row.id, ...events.parameters.slice(1))
      await refreshRoles(client, directory, members, now)
    }),
  )
}

const remove = prepared(
  'directory-group-delete',
  `with gone as (delete from directory_groups where environment_id = $1 and id = $2 returning id)
   select append_events($1, $3, $4, $5, $6, $7) from gone`,
)

export async function readGroup(
  deps: Pick<ChangeDeps, 'db'>,
  directory: ScimDirectory,
  id: string,
): Promise<StoredGroup> {
  const [row] = await find(deps.db.pool, directory.environment, directory.id, id)
  if (!row) throw notFound(id)
  return {
    id: row.id,
    resource: row.resource,
    version: row.version,
    createdAt: row.created_at,
    modifiedAt: row.updated_at,
  }
}

export function readPresentedGroup(row: Pick<GroupRow, 'presented'>): DirectoryGroup {
  return JSON.parse(row.presented) as DirectoryGroup // this room wrote it
}

interface GroupPlan {
  readonly id: DirectoryGroupId
  readonly idpId: string
  readonly externalId: string | null
  readonly name: string
  readonly resource: JsonObject
  readonly presented: DirectoryGroup
  readonly updatedAt: Date
  readonly changed: boolean
  readonly previous: Readonly<Record<string, unknown>>
}

function planGroup(
  directory: ScimDirectory,
  before: GroupRow | undefined,
  id: DirectoryGroupId,
  resource: JsonObject,
  now: Date,
  ownIdentity?: string,
): GroupPlan {
  const [name, externalId] = [textAt(resource, 'displayName') ?? '', textAt(resource, 'externalId')]
  // Okta knows groups by name and sends no id: the first name stays the identity, or a rename would be another group.
  const idpId = externalId ?? before?.idp_id ?? ownIdentity ?? name
  const unmoved: DirectoryGroup = {
    object: 'directory_group',
    id,
    idp_id: idpId,
    directory_id: directory.id,
    organization_id: directory.organizationId,
    name,
    raw_attributes: resource,
    created_at: (before?.created_at ?? now).toISOString(),
    updated_at: (before?.updated_at ?? now).toISOString(),
  }
  const previous = before ? previousAttributes({ ...readPresentedGroup(before) }, { ...unmoved }) : {}
  const changed = Object.keys(previous).length > 0
  const updatedAt = before && !changed ? before.updated_at : now
  const presented = { ...unmoved, updated_at: updatedAt.toISOString() }
  return { id, idpId, externalId, name, resource, presented, updatedAt, changed, previous }
}

const insert = prepared(
  'directory-group-insert',
  `with made as (
     insert into directory_groups (environment_id, directory_id, id, idp_id, external_id, display_name, display_name_key,
       resource, presented, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     on conflict on constraint directory_groups_identity do nothing
     returning id)
   select append_events($1, $11, $12, $13, $14, $10) from made`,
)

async function insertGroup(
  on: Parameters<typeof insert>[0],
  { environment, id }: ScimDirectory,
  plan: GroupPlan,
  events: EmittedEvents,
  now: Date,
): Promise<boolean> {
  const [, ids, types, organizations, bodies] = events.parameters
  const rows = await insert(
    on,
    environment,
    id,
    plan.id,
    plan.idpId,
    plan.externalId,
    plan.name,
    foldCase(plan.name),
    JSON.stringify(plan.resource),
    JSON.stringify(plan.presented),
    now,
    ids,
    types,
    organizations,
    bodies,
  )
  return rows.length === 1
}

const update = prepared(
  'directory-group-update',
  `with kept as (
     update directory_groups
     set idp_id = $3, external_id = $4, display_name = $5, display_name_key = $6, resource = $7, presented = $8,
       updated_at = $9, version = version + 1
     where environment_id = $1 and id = $2
     returning id)
   select append_events($1, $10, $11, $12, $13, $14) from kept`,
)

async function updateGroup(
  on: Parameters<typeof update>[0],
  { environment }: ScimDirectory,
  plan: GroupPlan,
  events: EmittedEvents,
): Promise<void> {
  const [, ids, types, organizations, bodies, now] = events.parameters
  await update(
    on,
    environment,
    plan.id,
    plan.idpId,
    plan.externalId,
    plan.name,
    foldCase(plan.name),
    JSON.stringify(plan.resource),
    JSON.stringify(plan.presented),
    plan.updatedAt,
    ids,
    types,
    organizations,
    bodies,
    now,
  ).catch((error: unknown) => explainTaken(error, plan))
}

function explainTaken(error: unknown, plan: GroupPlan): never {
  throw violatedConstraint(error) === 'directory_groups_identity' ? identityTaken(plan) : error
}

function identityTaken({ idpId }: GroupPlan): ScimRefused {
  return new ScimRefused(scimError(409, 'uniqueness', `Another group already exists with this ID '${idpId}'`))
}

function textAt(resource: JsonObject, name: string): string | null {
  const value = ownMember(resource, name)
  return typeof value === 'string' && value !== '' ? value : null
}

function notFound(id: string): ScimRefused {
  return new ScimRefused(scimError(404, undefined, `Resource ${quote(id)} not found.`))
}
