import { createHash } from 'node:crypto'
import type { Database } from '#db/database.ts'
import type { ChangeDeps } from '#db/work.ts'
import { changeGroup, createGroup, readGroup, removeGroup, type StoredGroup } from '#domain/directories/groups.ts'
import { ScimRefused } from '#domain/directories/refused.ts'
import type { ScimDirectory } from '#domain/directories/scim-directory.ts'
import { type Found, referencesOf, searchGroups, searchUsers } from '#domain/directories/search.ts'
import { changeUser, createUser, readUser, removeUser, type StoredUser } from '#domain/directories/users.ts'
import { ok, type Result } from '#protocols/result.ts'
import { type ScimError, scimError } from '#protocols/scim/errors.ts'
import { isMatch } from '#protocols/scim/etag.ts'
import { memberIds, planGroupPatch } from '#protocols/scim/group-patch.ts'
import { isObject, type Json, type JsonObject, spelledName } from '#protocols/scim/json.ts'
import { applyPatch } from '#protocols/scim/patch.ts'
import { parsePatchRequest } from '#protocols/scim/patch-request.ts'
import type { PatchOperation } from '#protocols/scim/path.ts'
import { isProjected, type Projection } from '#protocols/scim/projection.ts'
import type { Query } from '#protocols/scim/query.ts'
import { readResource } from '#protocols/scim/resource.ts'
import { groupType, type ResourceType, userType } from '#protocols/scim/schema.ts'

/** A resource with everything an answer may show of it. */
export interface Shown {
  readonly id: string
  readonly resource: JsonObject
  /** Of what is shown: a group shown without its members has another version than one shown with them. */
  readonly version: string
  readonly createdAt: Date
  readonly modifiedAt: Date
}

/** What the doors do with users and with groups alike. Failures are thrown as ScimRefused. */
export interface Kind {
  readonly type: ResourceType
  create(deps: ChangeDeps, directory: ScimDirectory, body: unknown): Promise<string>
  read(deps: ChangeDeps, directory: ScimDirectory, id: string, projection: Projection): Promise<Shown>
  replace(deps: ChangeDeps, directory: ScimDirectory, id: string, body: unknown, ifMatch?: string): Promise<void>
  patch(deps: ChangeDeps, directory: ScimDirectory, id: string, body: unknown, ifMatch?: string): Promise<void>
  remove(deps: ChangeDeps, directory: ScimDirectory, id: string, ifMatch?: string): Promise<void>
  search(deps: ChangeDeps, directory: ScimDirectory, query: Query): Promise<Found<Shown>>
}

const stale = scimError(412, undefined, 'The resource has another version by now. Read it again.')

export const users: Kind = {
  type: userType,
  async create(deps, directory, body) {
    return (await createUser(deps, directory, demand(readResource(body, userType)))).id
  },
  async read(deps, directory, id, projection) {
    const [shown] = await withReferences(deps.db, directory, users, [await readUser(deps, directory, id)], projection)
    return must(shown)
  },
  async replace(deps, directory, id, body, ifMatch) {
    const resource = demand(readResource(body, userType))
    await changeUser(deps, directory, id, (_current, row) => guard(ifMatch, row.version) ?? ok(resource))
  },
  async patch(deps, directory, id, body, ifMatch) {
    const operations = demand(parsePatchRequest(body, userType))
    await changeUser(deps, directory, id, (current, row) => {
      const refusal = guard(ifMatch, row.version)
      if (refusal) return refusal
      return patchStored(current, id, operations, userType)
    })
  },
  async remove(deps, directory, id, ifMatch) {
    if (ifMatch !== undefined && !isMatch(ifMatch, (await readUser(deps, directory, id)).version))
      throw new ScimRefused(stale)
    await removeUser(deps, directory, id)
  },
  async search(deps, directory, query) {
    const found = await searchUsers(deps.db, directory, query)
    return { ...found, rows: await withReferences(deps.db, directory, users, found.rows, query.projection) }
  },
}

export const groups: Kind = {
  type: groupType,
  async create(deps, directory, body) {
    const { members: _members, ...resource } = demand(readResource(body, groupType))
    const members = demand(memberIds({ members: _members ?? [] }))
    return (await createGroup(deps, directory, resource, members)).id
  },
  async read(deps, directory, id, projection) {
    const [shown] = await withReferences(deps.db, directory, groups, [await readGroup(deps, directory, id)], projection)
    return must(shown)
  },
  async replace(deps, directory, id, body, ifMatch) {
    const { members: _members, ...resource } = demand(readResource(body, groupType))
    const ids = demand(memberIds({ members: _members ?? [] }))
    // RFC 7644 §3.5.1 lets a server keep what a client does not assert. Templates that rename groups leave members out;
    // taking that for "nobody" would offboard the whole group.
    const asserted = isObject(body) && spelledName(body, 'members') !== undefined
    await changeGroup(deps, directory, id, {
      rewrite: () => ok(resource),
      members: asserted ? [{ kind: 'replace', ids }] : [],
      ...groupPrecondition(deps, directory, id, ifMatch),
    })
  },
  async patch(deps, directory, id, body, ifMatch) {
    const plan = demand(planGroupPatch(demand(parsePatchRequest(body, groupType))))
    const rewrite = (current: JsonObject) => patchStored(current, id, plan.attributes, groupType)
    await changeGroup(deps, directory, id, {
      rewrite: plan.attributes.length > 0 ? rewrite : undefined,
      members: plan.members,
      ...groupPrecondition(deps, directory, id, ifMatch),
    })
  },
  async remove(deps, directory, id, ifMatch) {
    if (ifMatch !== undefined)
      await changeGroup(deps, directory, id, {
        rewrite: undefined,
        members: [],
        ...groupPrecondition(deps, directory, id, ifMatch),
      })
    await removeGroup(deps, directory, id)
  },
  async search(deps, directory, query) {
    const found = await searchGroups(deps.db, directory, query)
    return { ...found, rows: await withReferences(deps.db, directory, groups, found.rows, query.projection) }
  },
}

/** Adds the read-only side of memberships, unless the client does not want it: nobody loads what is excluded. */
async function withReferences(
  db: Database,
  directory: ScimDirectory,
  kind: Kind,
  stored: readonly (StoredUser | StoredGroup)[],
  projection: Projection,
): Promise<Shown[]> {
  const attribute = kind === users ? 'groups' : 'members'
  const wanted = isProjected(projection, attribute, kind.type)
  const references = wanted
    ? await referencesOf(
        db,
        directory.environment,
        attribute,
        stored.map(({ id }) => id),
      )
    : new Map<string, readonly Json[]>()
  return stored.map(({ id, resource, version, createdAt, modifiedAt }) => {
    const list = references.get(id) ?? []
    return {
      id,
      resource: list.length > 0 ? { ...resource, [attribute]: list } : resource,
      version: wanted && kind === groups ? `${version}-${digestOf(list)}` : String(version),
      createdAt,
      modifiedAt,
    }
  })
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

function digestOf(members: readonly Json[]): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url').slice(0, 12)
}

/** A group's version is its attributes' alone or, where members were shown, theirs too. */
function groupPrecondition(deps: ChangeDeps, directory: ScimDirectory, id: string, ifMatch: string | undefined) {
  if (ifMatch === undefined) return {}
  return {
    precondition: async (version: string) => {
      if (isMatch(ifMatch, version)) return undefined
      const members = await referencesOf(deps.db, directory.environment, 'members', [id])
      return isMatch(ifMatch, `${version}-${digestOf(members.get(id) ?? [])}`) ? undefined : stale
    },
  }
}

function guard(ifMatch: string | undefined, version: number): Result<never, ScimError> | undefined {
  return isMatch(ifMatch, version) ? undefined : { ok: false, error: stale }
}

function demand<T>(result: Result<T, ScimError>): T {
  if (!result.ok) throw new ScimRefused(result.error)
  return result.value
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A resource that was read is not there.')
  return value
}
