import type { DirectoryUserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, EmittedEvents, type Work } from '#db/work.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { badRequest, scimError } from '#protocols/scim/errors.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import type { Result } from '#protocols/result.ts'
import { ScimRefused } from './refused.ts'
import { announceMemberships, joinAwaiting } from './memberships.ts'
import { announceUser, planUser, type UserPlan } from './plan-user.ts'
import { insertUser, updateUser } from './save-user.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { findUser, findUserByName, lockUser, type UserRow } from './user-row.ts'
import type { ScimError } from '#protocols/scim/errors.ts'

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
export async function createUser(deps: ChangeDeps, directory: ScimDirectory, resource: JsonObject): Promise<StoredUser> {
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
    return { id: row.id, resource: next, version: row.version + 1, createdAt: row.created_at, modifiedAt: plan.updatedAt }
  }
  return changeLocked(deps, directory, id, rewrite)
}

async function changeLocked(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  rewrite: Rewrite,
): Promise<StoredUser> {
  const { answer, plan } = await change(deps, { environment: directory.environment }, async (work) => {
    const row = await lockedRow(work, directory, id)
    const next = rewritten(rewrite, row)
    if (next === row.resource) return { answer: stored(row), plan: undefined }
    const changed = planUser(directory, row, row.id, next, work.now)
    await writeLocked(work, directory, row, changed)
    const answer = {
      id: row.id,
      resource: next,
      version: row.version + 1,
      createdAt: row.created_at,
      modifiedAt: changed.updatedAt,
    }
    return { answer, plan: changed }
  })
  if (plan) requireComplete(plan)
  return answer
}

/** Writes a plan for a row that is locked, with its events and, for somebody who comes back, their memberships'. */
export async function writeLocked(work: Work, directory: ScimDirectory, row: UserRow, plan: UserPlan): Promise<void> {
  const { rows } = { rows: await updateWithin(work, directory, plan) }
  if (rows !== 1) throw new Error(`The locked user ${row.id} could not be updated.`)
  announceUser(work.emit, plan, directory)
  if (plan.news === 'created') await announceMemberships(work, directory, plan)
}

async function updateWithin(work: Work, directory: ScimDirectory, plan: UserPlan): Promise<number> {
  const { keys } = plan
  const { numUpdatedRows } = await work.tx
    .updateTable('directory_users')
    .set((eb) => ({
      idp_id: plan.idpId,
      external_id: keys.externalId,
      user_name: keys.userName,
      user_name_key: keys.userNameKey,
      email: keys.email,
      email_key: keys.emailKey,
      active: keys.active,
      visible: plan.visible,
      complete: keys.complete,
      resource: JSON.stringify(plan.resource),
      presented: JSON.stringify(plan.presented),
      role_slug: plan.role,
      updated_at: plan.updatedAt,
      version: eb('version', '+', 1),
    }))
    .where('environment_id', '=', directory.environment)
    .where('id', '=', plan.id)
    .executeTakeFirst()
    .catch((error: unknown) => {
      throw error
    })
  return Number(numUpdatedRows)
}
