import { describeServiceProvider } from '#protocols/scim/discovery.ts'
import { scimError, type ScimError, statusOf } from '#protocols/scim/errors.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { listResponse } from '#protocols/scim/list.ts'
import { matches } from '#protocols/scim/match.ts'
import { applyPatch } from '#protocols/scim/patch.ts'
import { parsePatchRequest } from '#protocols/scim/patch-request.ts'
import { project, type Projection } from '#protocols/scim/projection.ts'
import { parseProjectionParameters, parseQuery } from '#protocols/scim/query.ts'
import { completeResource, readResource } from '#protocols/scim/resource.ts'
import { groupType, type ResourceType, userType } from '#protocols/scim/schema.ts'
import type { Result } from '#protocols/result.ts'
import type { ScimAnswer, ScimRequest, Send } from '#test-idp/scim/wire.ts'

const base = 'https://scim.example/v2'
/** Small, so that there is more than one page of a dozen. */
const paging = { defaultPageSize: 5, maxPageSize: 5 }

interface Stored {
  readonly id: string
  readonly resource: JsonObject
  readonly modified: number
}

interface Kind {
  readonly type: ResourceType
  /** What nobody else may have. */
  readonly name: 'userName' | 'displayName'
  readonly store: Map<string, Stored>
}

/** Somebody else's SCIM server, in memory. Tests put their mistakes in front of it. Any `authorization` is a wrong one. */
export function fakeScimServer(): Send {
  const users: Kind = { type: userType, name: 'userName', store: new Map() }
  const groups: Kind = { type: groupType, name: 'displayName', store: new Map() }
  let [serial, clock] = [0, 0]

  const keep = ({ store }: Kind, resource: JsonObject, id = `r${(serial += 1)}`): Stored => {
    const stored = { id, resource, modified: (clock += 1) }
    store.set(id, stored)
    return stored
  }

  const remove = (kind: Kind, id: string) => {
    kind.store.delete(id)
    for (const { id: group, resource } of groups.store.values()) {
      const members: readonly unknown[] = Array.isArray(resource['members']) ? resource['members'] : []
      const others = members.filter((member) => !isAbout(member, id))
      // What is left is as it was, and so is Json.
      if (others.length < members.length) keep(groups, { ...resource, members: others as JsonObject[] }, group)
    }
  }

  return async ({ method, path, headers, body }: ScimRequest) => {
    if (headers['authorization'] !== undefined) return refuse(scimError(401, undefined, 'no such token'), bearer)
    const url = new URL(base + path)
    const [name, id] = url.pathname.split('/').slice(2).map(decodeURIComponent)
    if (name === 'ServiceProviderConfig') return send(200, describeServiceProvider(base, capabilities))
    const kind = name === 'Users' ? users : groups
    const parameters = Object.fromEntries(url.searchParams)
    if (id === undefined) return method === 'GET' ? list(kind, parameters) : create(kind, body, keep)
    const stored = kind.store.get(id)
    if (!stored) return refuse(scimError(404, undefined, `There is no ${id}.`))
    if (method === 'DELETE') return (remove(kind, id), nothing)
    if (method === 'GET') return show(kind, stored, parameters)
    const next = method === 'PUT' ? readResource(body, kind.type) : patched(kind, stored, body)
    if (!next.ok) return refuse(next.error)
    const kept = next.value === stored.resource ? stored : keep(kind, next.value, id)
    return method === 'PATCH' && kind === groups ? nothing : show(kind, kept, {})
  }
}

function list({ store, type }: Kind, parameters: Record<string, unknown>): ScimAnswer {
  const query = parseQuery(parameters, type, paging)
  if (!query.ok) return refuse(query.error)
  const { filter, projection, paging: page } = query.value
  const found = [...store.values()].filter(({ id, resource }) => !filter || matches(filter, { ...resource, id }))
  const startIndex = page.kind === 'index' ? page.startIndex : 1
  const resources = found
    .slice(startIndex - 1, startIndex - 1 + page.count)
    .map((stored) => project(complete(type, stored), type, projection))
  return send(200, listResponse({ resources, totalResults: found.length, startIndex }))
}

function create(kind: Kind, body: JsonObject | undefined, keep: (kind: Kind, resource: JsonObject) => Stored) {
  const read = readResource(body, kind.type)
  if (!read.ok) return refuse(read.error)
  const nameOf = (resource: JsonObject) => JSON.stringify(resource[kind.name]).toLowerCase()
  if ([...kind.store.values()].some(({ resource }) => nameOf(resource) === nameOf(read.value)))
    return refuse(scimError(409, 'uniqueness', 'That name is taken.'))
  const stored = keep(kind, read.value)
  return send(201, complete(kind.type, stored), { location: locationOf(kind.type, stored) })
}

function patched(
  { type }: Kind,
  { id, resource }: Stored,
  body: JsonObject | undefined,
): Result<JsonObject, ScimError> {
  const operations = parsePatchRequest(body, type)
  if (!operations.ok) return operations
  const next = applyPatch({ ...resource, id }, operations.value, type)
  if (!next.ok) return next
  const { id: _id, ...rest } = next.value.resource
  return { ok: true, value: next.value.changed ? rest : resource }
}

function show({ type }: Kind, stored: Stored, parameters: Record<string, unknown>): ScimAnswer {
  const projection: Result<Projection, ScimError> = parseProjectionParameters(parameters, type)
  return projection.ok ? send(200, project(complete(type, stored), type, projection.value)) : refuse(projection.error)
}

function complete(type: ResourceType, stored: Stored): JsonObject {
  const [created, lastModified] = [new Date(0), new Date(stored.modified * 1000)]
  const location = locationOf(type, stored)
  return completeResource(stored.resource, type, { id: stored.id, created, lastModified, location })
}

function locationOf({ endpoint }: ResourceType, { id }: Stored): string {
  return `${base}${endpoint}/${id}`
}

function isAbout(member: unknown, id: string): boolean {
  return typeof member === 'object' && member !== null && 'value' in member && member.value === id
}

const bearer = { 'www-authenticate': 'Bearer' }
const capabilities = {
  filterMaxResults: 5,
  sort: false,
  etag: false,
  pagination: { cursor: false, index: true, defaultMethod: 'index', defaultPageSize: 5, maxPageSize: 5 },
} as const
const nothing: ScimAnswer = { status: 204, headers: {}, text: '' }

function refuse(error: ScimError, headers: Record<string, string> = {}): ScimAnswer {
  return send(statusOf(error), error, headers)
}

function send(status: number, body: unknown, headers: Record<string, string> = {}): ScimAnswer {
  return { status, headers: { 'content-type': 'application/scim+json', ...headers }, text: JSON.stringify(body) }
}
