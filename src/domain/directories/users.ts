import type { DirectoryUserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, EmittedEvents, transact } from '#db/work.ts'
import { badRequest, quote, scimError, type ScimError } from '#protocols/scim/errors.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import type { Result } from '#protocols/result.ts'
import { ScimRefused } from './refused.ts'
import { announceMemberships } from './announce-memberships.ts'
import { joinAwaiting } from './memberships.ts'
import { announceUser, planUser, type UserPlan } from './plan-user.ts'
import { insertUser, updateUser } from './save-user.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { findUser, findUserByName, lockUser, readPresented, type UserRow } from './user-row.ts'

/** A user as the door answers it. */
export interface StoredUser {
  readonly id: DirectoryUserId
  readonly resource: JsonObject
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

/** Tries without a lock before it waits its turn: nearly always nobody else is there. */
const hopefulTries = 3

/**
 * Creates a user, or brings one back: somebody inactive or remembered without an address is the same person with the same
 * id, because identity providers create those again instead of updating them.
 * @throws ScimRefused 409 `uniqueness`, 400 when there is no address (the person is remembered and heals later).
 */
export async function createUser(
  deps: ChangeDeps,
  directory: ScimDirectory,
  resource: JsonObject,
): Promise<StoredUser> {
  const now = deps.clock()
  const plan = planUser(directory, undefined, newId('directoryUser', now), resource, now)
  const [namesake] = await findUserByName(deps.db.pool, directory.environment, directory.id, plan.keys.userNameKey)
  if (namesake) {
    if (namesake.active && namesake.complete)
      throw new ScimRefused(
        scimError(409, 'uniqueness', `Another user already exists with this username '${plan.keys.userName}'`),
      )
    return changeUser(deps, directory, namesake.id, () => ({ ok: true, value: resource }))
  }
  const events = new EmittedEvents(directory.environment, now)
  announceUser(events.emit, plan, directory)
  await insertUser(deps.db.pool, directory, plan, events, now)
  if (events.size > 0) deps.wake()
  if (directory.awaitsMembers) await joinAwaiting(deps, directory, plan)
  requireComplete(plan)
  return { id: plan.id, resource, version: 1, createdAt: now, modifiedAt: now }
}

export type Rewrite = (current: JsonObject, row: UserRow) => Result<JsonObject, ScimError>

/**
 * Changes a user by a function of what is stored. Parallel changes all survive: each is applied to what the one before
 * it left. One that changes nothing writes nothing.
 * @throws ScimRefused 404 for an id of nobody in this directory, and whatever the rewrite refuses.
 */
export async function changeUser(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  rewrite: Rewrite,
): Promise<StoredUser> {
  for (let tries = 0; tries < hopefulTries; tries++) {
    const [row] = await findUser(deps.db.pool, directory.environment, directory.id, id)
    if (!row) throw notFound(id)
    const next = rewritten(rewrite, row)
    if (next === row.resource) return stored(row)
    const now = deps.clock()
    const plan = planUser(directory, row, row.id, next, now)
    // Somebody who appears or disappears takes memberships along, which needs the transaction below.
    if (plan.visible !== row.visible) break
    const events = new EmittedEvents(directory.environment, now)
    announceUser(events.emit, plan, directory)
    if (!(await updateUser(deps.db.pool, directory, plan, row.version, events))) continue
    if (events.size > 0) deps.wake()
    requireComplete(plan)
    return {
      id: row.id,
      resource: next,
      version: row.version + 1,
      createdAt: row.created_at,
      modifiedAt: plan.updatedAt,
    }
  }
  return changeLocked(deps, directory, id, rewrite)
}

/** The same with the row locked: for those who were not quick enough, and when memberships come along. */
async function changeLocked(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  rewrite: Rewrite,
): Promise<StoredUser> {
  const { answer, complete } = await transact(deps, directory.environment, async (client, events, now) => {
    const [row] = await lockUser(client, directory.environment, directory.id, id)
    if (!row) throw notFound(id)
    const next = rewritten(rewrite, row)
    if (next === row.resource) return { answer: stored(row), complete: true }
    const plan = planUser(directory, row, row.id, next, now)
    announceUser(events.emit, plan, directory)
    if (plan.news === 'created') await announceMemberships(client, events, directory, plan)
    if (!(await updateUser(client, directory, plan, row.version, events)))
      throw new Error(`The locked user ${row.id} could not be updated.`)
    const answer = {
      id: row.id,
      resource: next,
      version: row.version + 1,
      createdAt: row.created_at,
      modifiedAt: plan.updatedAt,
    }
    return { answer, complete: plan.keys.complete }
  })
  if (!complete) throw addressMissing()
  return answer
}

/** @throws ScimRefused 404. Memberships go with the user; the one event says it all. */
export async function removeUser(deps: ChangeDeps, directory: ScimDirectory, id: string): Promise<void> {
  await change(deps, { environment: directory.environment }, async (work) => {
    const row = await work.tx
      .deleteFrom('directory_users')
      .where('environment_id', '=', directory.environment)
      .where('directory_id', '=', directory.id)
      .where('id', '=', id as DirectoryUserId) // any text may be asked for
      .returning(['visible', 'presented'])
      .executeTakeFirst()
    if (!row) throw notFound(id)
    if (row.visible) work.emit('dsync.user.deleted', readPresented(row), directory.organizationId)
  })
}

export async function readUser(
  deps: Pick<ChangeDeps, 'db'>,
  directory: ScimDirectory,
  id: string,
): Promise<StoredUser> {
  const [row] = await findUser(deps.db.pool, directory.environment, directory.id, id)
  if (!row) throw notFound(id)
  return stored(row)
}

function stored(row: UserRow): StoredUser {
  return {
    id: row.id,
    resource: row.resource,
    version: row.version,
    createdAt: row.created_at,
    modifiedAt: row.updated_at,
  }
}

function rewritten(rewrite: Rewrite, row: UserRow): JsonObject {
  const next = rewrite(row.resource, row)
  if (!next.ok) throw new ScimRefused(next.error)
  return next.value
}

/** The vendor's rule, after the person was stored: the next attempt with an address updates instead of conflicting. */
function requireComplete({ keys }: UserPlan): void {
  if (!keys.complete) throw addressMissing()
}

function addressMissing(): ScimRefused {
  return new ScimRefused(badRequest('invalidValue', 'Required attributes missing: emails'))
}

function notFound(id: string): ScimRefused {
  return new ScimRefused(scimError(404, undefined, `Resource ${quote(id)} not found.`))
}
