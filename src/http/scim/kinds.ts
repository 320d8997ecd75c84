import { createHash } from 'node:crypto'
import type { ChangeDeps } from '#db/work.ts'
import { createGroup } from '#domain/directories/create-group.ts'
import type { StoredGroup } from '#domain/directories/group-row.ts'
import { changeGroup, type GroupPrecondition, readGroup, removeGroup } from '#domain/directories/groups.ts'
import { type Reference, referencesOf } from '#domain/directories/references.ts'
import { ScimRefused } from '#domain/directories/refused.ts'
import type { ScimDirectory } from '#domain/directories/scim-directory.ts'
import { type Found, searchGroups, searchUsers } from '#domain/directories/search.ts'
import type { UserRow } from '#domain/directories/user-row.ts'
import {
  changeUser,
  createUser,
  readUser,
  removeUser,
  type Rewrite,
  type StoredUser,
} from '#domain/directories/users.ts'
import { ok, refused, type Result } from '#protocols/result.ts'
import { type ScimError, scimError } from '#protocols/scim/errors.ts'
import { isMatch } from '#protocols/scim/etag.ts'
import { memberIds, planGroupPatch } from '#protocols/scim/group-patch.ts'
import { isObject, type JsonObject, spelledName } from '#protocols/scim/json.ts'
import { applyPatch } from '#protocols/scim/patch.ts'
import { parsePatchRequest } from '#protocols/scim/patch-request.ts'
import type { PatchOperation } from '#protocols/scim/path.ts'
import { isProjected, type Projection } from '#protocols/scim/projection.ts'
import type { Query } from '#protocols/scim/query.ts'
import { readResource } from '#protocols/scim/resource.ts'
import { groupType, type ResourceType, userType } from '#protocols/scim/schema.ts'
import { membersPerPage } from './limits.ts'

/** A resource with everything an answer may show of it. */
export interface Shown {
  readonly id: string
  readonly resource: JsonObject
  /** A group's members, a user's groups: none when they are not to be shown. */
  readonly references: readonly Reference[]
  /** Of what is shown: a group shown without its members has another version than one shown with them. */
  readonly version: string
  readonly createdAt: Date
  readonly modifiedAt: Date
}

/** With who a person had been that was not made but brought back. */
interface Created extends Shown {
  readonly former?: JsonObject
}

/**
 * What the doors do with users and with groups alike. Failures are thrown as ScimRefused. A projection says what the
 * answer will show of the resource; without one nothing is shown, and nothing is loaded for it.
 */
export interface Kind {
  readonly type: ResourceType
  /** Under which memberships are shown. */
  readonly referenceAttribute: 'groups' | 'members'
  create(deps: ChangeDeps, directory: ScimDirectory, body: unknown, projection: Projection): Promise<Created>
  read(deps: ChangeDeps, directory: ScimDirectory, id: string, projection: Projection): Promise<Shown>
  replace(deps: ChangeDeps, directory: ScimDirectory, id: string, body: unknown, write: Write): Promise<Shown>
  patch(
    deps: ChangeDeps,
    directory: ScimDirectory,
    id: string,
    body: unknown,
    write: Partial<Write>,
  ): Promise<Shown | undefined>
  remove(deps: ChangeDeps, directory: ScimDirectory, id: string, ifMatch: string | undefined): Promise<void>
  search(deps: ChangeDeps, directory: ScimDirectory, query: Query): Promise<Found<Shown>>
}

interface Write {
  readonly projection: Projection
  readonly ifMatch: string | undefined
}

const stale = scimError(412, undefined, 'The resource has another version by now. Read it again.')

export const users: Kind = {
  type: userType,
  referenceAttribute: 'groups',
  async create(deps, directory, body, projection) {
    const user = await createUser(deps, directory, demand(readResource(body, userType)))
    const made = await show(deps, directory, users, user, projection)
    return user.former ? { ...made, former: user.former } : made
  },
  async read(deps, directory, id, projection) {
    return show(deps, directory, users, await readUser(deps, directory, id), projection)
  },
  async replace(deps, directory, id, body, { projection, ifMatch }) {
    const resource = demand(readResource(body, userType))
    const rewrite: Rewrite = (_current, row) => refusalOf(ifMatch, row) ?? ok(resource)
    return show(deps, directory, users, await changeUser(deps, directory, id, rewrite), projection)
  },
  async patch(deps, directory, id, body, { projection, ifMatch }) {
    const operations = demand(parsePatchRequest(body, userType))
    const rewrite: Rewrite = (current, row) => refusalOf(ifMatch, row) ?? patchStored(current, id, operations, userType)
    const user = await changeUser(deps, directory, id, rewrite)
    return projection && show(deps, directory, users, user, projection)
  },
  async remove(deps, directory, id, ifMatch) {
    await removeUser(deps, directory, id, (row) => (isUserMatch(ifMatch, row) ? undefined : stale))
  },
  async search(deps, directory, query) {
    const isWanted = isProjected(query.projection, 'groups', userType)
    const found = await searchUsers(deps.db, directory, query, isWanted)
    return { ...found, rows: found.rows.map((row) => shown(users, row, row.groups)) }
  },
}

export const groups: Kind = {
  type: groupType,
  referenceAttribute: 'members',
  async create(deps, directory, body, projection) {
    const { members: _members, ...resource } = demand(readResource(body, groupType))
    const members = demand(memberIds({ members: _members ?? [] }))
    return show(deps, directory, groups, await createGroup(deps, directory, resource, members), projection)
  },
  async read(deps, directory, id, projection) {
    return show(deps, directory, groups, await readGroup(deps, directory, id), projection)
  },
  async replace(deps, directory, id, body, { projection, ifMatch }) {
    const { members: _members, ...resource } = demand(readResource(body, groupType))
    const ids = demand(memberIds({ members: _members ?? [] }))
    // RFC 7644 §3.5.1 lets a server keep what a client does not assert. Templates that rename groups leave members out;
    // taking that for "nobody" would offboard the whole group. Null does mean nobody, RFC 7643 §2.5: it is what some
    // clients make of an empty list, and keeping people whom nobody lists would leave them in.
    const asserted = isObject(body) && spelledName(body, 'members') !== undefined
    await changeGroup(deps, directory, id, {
      rewrite: () => ok(resource),
      members: asserted ? [{ kind: 'replace', ids }] : [],
      precondition: groupPrecondition(directory, id, ifMatch),
    })
    return groups.read(deps, directory, id, projection)
  },
  async patch(deps, directory, id, body, { projection, ifMatch }) {
    const plan = demand(planGroupPatch(demand(parsePatchRequest(body, groupType))))
    const rewrite = (current: JsonObject) => patchStored(current, id, plan.attributes, groupType)
    await changeGroup(deps, directory, id, {
      rewrite: plan.attributes.length > 0 ? rewrite : undefined,
      members: plan.members,
      precondition: groupPrecondition(directory, id, ifMatch),
    })
    return projection && groups.read(deps, directory, id, projection)
  },
  async remove(deps, directory, id, ifMatch) {
    await removeGroup(deps, directory, id, groupPrecondition(directory, id, ifMatch))
  },
  async search(deps, directory, query) {
    const isWanted = isProjected(query.projection, 'members', groupType)
    const found = await searchGroups(deps.db, directory, query, isWanted ? membersPerPage : undefined)
    return { ...found, rows: found.rows.map((row) => shown(groups, row, found.members?.get(row.id))) }
  },
}

/** Adds the read-only side of memberships, unless the client does not want it: nobody loads what is excluded. */
async function show(
  { db }: ChangeDeps,
  { environment }: ScimDirectory,
  kind: Kind,
  stored: StoredUser | StoredGroup,
  projection: Projection,
): Promise<Shown> {
  const { referenceAttribute: attribute, type } = kind
  if (!isProjected(projection, attribute, type)) return shown(kind, stored, undefined)
  const known = 'groups' in stored ? stored.groups : undefined
  const references = known ?? (await referencesOf(db.pool, environment, attribute, [stored.id])).get(stored.id) ?? []
  return shown(kind, stored, references)
}

function shown(
  kind: Kind,
  { id, resource, version, createdAt, modifiedAt }: StoredUser | StoredGroup,
  references: readonly Reference[] | undefined,
): Shown {
  // Nobody writes a user's groups through the user, so there the version of a user without groups needs no mark.
  const isMarked = references !== undefined && (kind === groups || references.length > 0)
  return {
    id,
    resource,
    createdAt,
    modifiedAt,
    references: references ?? [],
    version: isMarked ? `${version}-${digestOf(references)}` : String(version),
  }
}

/** Patches what is stored as the client knows it, with its id: Okta renames groups by a value that repeats the id. */
function patchStored(
  current: JsonObject,
  id: string,
  operations: readonly PatchOperation[],
  type: ResourceType,
): Result<JsonObject, ScimError> {
  const patched = applyPatch({ ...current, id }, operations, type)
  if (!patched.ok) return patched
  if (!patched.value.changed) return ok(current)
  const { id: _id, ...resource } = patched.value.resource
  return ok(resource)
}

function digestOf(members: readonly Reference[]): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url').slice(0, 12)
}

/** A group's version is its attributes' alone or, where members were shown, theirs too. */
function groupPrecondition(directory: ScimDirectory, id: string, ifMatch: string | undefined): GroupPrecondition {
  if (ifMatch === undefined) return undefined
  return async (version, client) => {
    if (isMatch(ifMatch, version)) return undefined
    const members = await referencesOf(client, directory.environment, 'members', [id])
    return isMatch(ifMatch, `${version}-${digestOf(members.get(id) ?? [])}`) ? undefined : stale
  }
}

function refusalOf(ifMatch: string | undefined, row: UserRow): Result<never, ScimError> | undefined {
  return isUserMatch(ifMatch, row) ? undefined : refused(stale)
}

/** Which groups the client saw a user in does not matter: nothing it writes can touch them. */
function isUserMatch(ifMatch: string | undefined, { version }: UserRow): boolean {
  return isMatch(ifMatch?.replaceAll(/-[\w-]+(?=")/g, ''), version)
}

function demand<T>(result: Result<T, ScimError>): T {
  if (!result.ok) throw new ScimRefused(result.error)
  return result.value
}
