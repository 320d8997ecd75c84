import type { DirectoryUserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import { type ChangeDeps, EmittedEvents, transact } from '#db/work.ts'
import { ok, refused, type Result } from '#protocols/result.ts'
import { foldCase } from '#protocols/scim/compare-text.ts'
import { badRequest, quote, scimError, type ScimError } from '#protocols/scim/errors.ts'
import { type JsonObject, ownMember, sameJson } from '#protocols/scim/json.ts'
import { announceMemberships } from './announce-memberships.ts'
import { isAwaited, joinAwaiting, lockAwaiting } from './arrivals.ts'
import { isInNoOther, lockGroupsOf } from './memberships.ts'
import { arrivalNames } from './person.ts'
import { announceUser, planUser, type UserPlan } from './plan-user.ts'
import type { Reference } from './references.ts'
import { ScimRefused } from './refused.ts'
import { retryDeadlock } from './retry-deadlock.ts'
import { deleteUser, insertUser, nameTaken, updateUser } from './save-user.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { findUser, findUserByName, lockUser, readPresented, type UserRow } from './user-row.ts'

/** A user as the door answers it. */
export interface StoredUser {
  readonly id: DirectoryUserId
  readonly resource: JsonObject
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
  /** Undefined where they are not known without asking. */
  readonly groups: readonly Reference[] | undefined
  /** Who a person that was brought back had been, see putBack. */
  readonly former?: JsonObject
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
  const whole = withDefaults(resource)
  const now = deps.clock()
  const plan = planUser(directory, undefined, newId('directoryUser', now), whole, now)
  // Ends: a try comes to nothing only where somebody else took or left the name meanwhile.
  for (;;) {
    const added = await retryDeadlock(() => addUser(deps, directory, plan, now))
    if (added) return added
    const [namesake] = await findUserByName(deps.db.lookUps, directory.environment, directory.id, plan.keys.userNameKey)
    const user = namesake && (await bringBack(deps, directory, namesake, plan))
    if (user) return user
  }
}

/** @returns undefined when somebody has this name. */
async function addUser(
  deps: ChangeDeps,
  directory: ScimDirectory,
  plan: UserPlan,
  now: Date,
): Promise<StoredUser | undefined> {
  const events = new EmittedEvents(directory.environment, now)
  announceUser(events.emit, plan, directory)
  const insertAndJoin = () =>
    transact(deps, directory.environment, async (client) => {
      const added = await insertUser(client, directory, plan, events, now, 'awaited may join')
      if (added) await joinAwaiting(client, directory, plan, now)
      return added
    })
  let mayHaveJoined = directory.awaitsMembers
  const isAdded = mayHaveJoined
    ? await insertAndJoin()
    : await insertUser(deps.db.pool, directory, plan, events, now, 'refuse awaited').catch((error: unknown) => {
        if (!isAwaited(error)) throw error
        // Named after this request began.
        mayHaveJoined = true
        return insertAndJoin()
      })
  if (!isAdded) return undefined
  deps.wake()
  if (!plan.keys.complete) throw addressMissing()
  const groups = mayHaveJoined ? undefined : []
  return { id: plan.id, resource: plan.resource, version: 1, createdAt: now, modifiedAt: now, groups }
}

/** @returns undefined when the person is gone, or goes by another name. */
async function bringBack(
  deps: ChangeDeps,
  directory: ScimDirectory,
  namesake: UserRow,
  { keys, resource }: UserPlan,
): Promise<StoredUser | undefined> {
  const isThere = ({ active, complete }: UserRow) => active && complete
  if (isThere(namesake)) throw new ScimRefused(nameTaken(keys))
  if (!keys.complete) throw addressMissing()
  // Of two who bring somebody back at once, one comes second.
  let former = namesake.resource
  const rewrite: Rewrite = (current, row) => {
    former = current
    return isThere(row) ? refused(nameTaken(keys)) : ok(resource)
  }
  const isNamesake = (row: UserRow) => foldCase(row.user_name) === keys.userNameKey
  const user = await changeIfThere(deps, directory, namesake.id, { rewrite, isMeant: isNamesake })
  return user && { ...user, former }
}

/** Takes it back that somebody was brought back: they are who they had been, inactive or without an address. */
export async function putBack(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  former: JsonObject,
): Promise<void> {
  await changeIfThere(deps, directory, id, { rewrite: () => ok(former), mayLoseAddress: true })
}

export type Rewrite = (current: JsonObject, row: UserRow) => Result<JsonObject, ScimError>

interface UserChange {
  readonly rewrite: Rewrite
  /** Who is somebody else by now is left alone, as if they were gone. */
  readonly isMeant?: (row: UserRow) => boolean
  readonly mayLoseAddress?: boolean
}

/**
 * Changes a user by a function of what is stored. Parallel changes all survive: each is applied to what the one before
 * it left. One that changes nothing writes nothing.
 * @throws ScimRefused 404 for an id of nobody in this directory, 400 when the address would be lost, and whatever the
 *   rewrite refuses.
 */
export async function changeUser(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  rewrite: Rewrite,
): Promise<StoredUser> {
  const user = await changeIfThere(deps, directory, id, { rewrite })
  if (!user) throw notFound(id)
  return user
}

async function changeIfThere(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  change: UserChange,
): Promise<StoredUser | undefined> {
  let attempt = await retryDeadlock(() => changeUnlocked(deps, directory, id, change))
  while (attempt && 'names' in attempt) {
    const locks = attempt
    attempt = await retryDeadlock(() => changeLocked(deps, directory, id, change, locks))
  }
  return attempt
}

/** What has to be locked besides the person. */
interface Locks {
  /** Those the person is in. */
  readonly groups: boolean
  /** And those that await somebody by a name the person did not have before. */
  readonly names: readonly string[]
}

/** What came of trying to change a user: the user as it is now, undefined when there is none, or what has to be locked. */
type Attempt = StoredUser | undefined | Locks

async function changeUnlocked(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  change: UserChange,
): Promise<Attempt> {
  for (let tries = 0; tries < hopefulTries; tries++) {
    const [row] = await findUser(deps.db.lookUps, directory.environment, directory.id, id)
    if (!row || change.isMeant?.(row) === false) return undefined
    const now = deps.clock()
    const plan = planChange(directory, row, change, now)
    if (!plan) return stored(row)
    const names = newNames(row, plan)
    // Somebody who appears takes memberships along, and a new name may lead into groups: both need a transaction.
    if (plan.news === 'created' || names.length > 0) return { groups: plan.news === 'created', names }
    const events = new EmittedEvents(directory.environment, now)
    announceUser(events.emit, plan, directory)
    if (!(await updateUser(deps.db.pool, directory, plan, row.version, events))) continue
    if (events.size > 0) deps.wake()
    return changed(row, plan)
  }
  return { groups: false, names: [] }
}

/** For those who were not quick enough, and when memberships come along. */
async function changeLocked(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  change: UserChange,
  locks: Locks,
): Promise<Attempt> {
  return transact(deps, directory.environment, async (client, events, now): Promise<Attempt> => {
    // Groups before people, as whoever changes members locks them; the other way round each would wait for the other.
    if (locks.names.length > 0) await lockAwaiting(client, directory, locks.names)
    const groups = locks.groups ? await lockGroupsOf(client, directory, id) : undefined
    const [row] = await lockUser(client, directory.environment, directory.id, id)
    if (!row || change.isMeant?.(row) === false) return undefined
    const plan = planChange(directory, row, change, now)
    if (!plan) return stored(row)
    const names = newNames(row, plan)
    const needsGroups = plan.news === 'created' && !(groups && (await isInNoOther(client, directory, row.id, groups)))
    if (needsGroups || names.some((name) => !locks.names.includes(name)))
      return { groups: locks.groups || needsGroups, names }
    announceUser(events.emit, plan, directory)
    if (plan.news === 'created') await announceMemberships(client, events, directory, plan)
    if (!(await updateUser(client, directory, plan, row.version, events)))
      throw new Error(`The locked user ${row.id} could not be updated.`)
    if (names.length === 0) return changed(row, plan)
    await joinAwaiting(client, directory, plan, now)
    // Groups may have given them a role.
    const [joined] = await findUser(client, directory.environment, directory.id, id)
    return joined && stored(joined)
  })
}

/** By which a group may await somebody whom it could not know until now. */
function newNames(row: UserRow, { keys }: UserPlan): readonly string[] {
  const former = [row.external_id, row.user_name, foldCase(row.user_name)]
  return arrivalNames(keys).filter((name) => !former.includes(name))
}

/** @returns undefined when nothing changes. @throws ScimRefused */
function planChange(directory: ScimDirectory, row: UserRow, change: UserChange, now: Date): UserPlan | undefined {
  const next = change.rewrite(row.resource, row)
  if (!next.ok) throw new ScimRefused(next.error)
  const resource = withDefaults(next.value)
  if (sameJson(resource, row.resource)) return undefined
  const plan = planUser(directory, row, row.id, resource, now)
  // Who is remembered without an address may still be deactivated. Everybody else keeps what they have.
  const isLost = !plan.keys.complete && (row.complete || plan.keys.active)
  if (isLost && !change.mayLoseAddress) throw addressMissing()
  return plan
}

/** A user who is not said to be inactive is active, and says so: what is answered is what filters see. */
function withDefaults(resource: JsonObject): JsonObject {
  return ownMember(resource, 'active') === undefined ? { ...resource, active: true } : resource
}

/**
 * Memberships go with the user; the one event says it all.
 * @throws ScimRefused 404, and what the precondition refuses: it sees the user as it is deleted.
 */
export async function removeUser(
  deps: ChangeDeps,
  directory: ScimDirectory,
  id: string,
  precondition?: (row: UserRow) => ScimError | undefined,
): Promise<void> {
  await retryDeadlock(() =>
    transact(deps, directory.environment, async (client, events) => {
      const [row] = await lockUser(client, directory.environment, directory.id, id)
      if (!row) throw notFound(id)
      const refusal = precondition?.(row)
      if (refusal) throw new ScimRefused(refusal)
      if (row.visible) events.emit('dsync.user.deleted', readPresented(row), directory.organizationId)
      await deleteUser(client, directory, row.id, events)
    }),
  )
}

export async function readUser(
  deps: Pick<ChangeDeps, 'db'>,
  directory: ScimDirectory,
  id: string,
): Promise<StoredUser> {
  const [row] = await findUser(deps.db.lookUps, directory.environment, directory.id, id)
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
    groups: row.groups,
  }
}

function changed(row: UserRow, { resource, updatedAt }: UserPlan): StoredUser {
  return { ...stored(row), resource, version: row.version + 1, modifiedAt: updatedAt }
}

/** The vendor's rule. After a creation the person is remembered: the next attempt with an address does not conflict. */
function addressMissing(): ScimRefused {
  return new ScimRefused(badRequest('invalidValue', 'Required attributes missing: emails'))
}

function notFound(id: string): ScimRefused {
  return new ScimRefused(scimError(404, undefined, `Resource ${quote(id)} not found.`))
}
