import { ScimRefused } from '#domain/directories/refused.ts'
import { putBack } from '#domain/directories/users.ts'
import {
  type BulkOperation,
  type BulkResult,
  bulkResponse,
  isOver,
  parseBulkRequest,
  type RefusedBulkOperation,
} from '#protocols/scim/bulk.ts'
import { leaveOutReferences, notClosed, orderBulk, resolveBulkIds } from '#protocols/scim/bulk-order.ts'
import { type ScimError, statusOf } from '#protocols/scim/errors.ts'
import { entityTag } from '#protocols/scim/etag.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import type { Projection } from '#protocols/scim/projection.ts'
import { groups, type Kind, type Shown, users } from './kinds.ts'
import { bulkLimits } from './limits.ts'
import { type Door, locationOf, type ScimDeps } from './door.ts'

/** Results hold the version alone, and a thousand operations on a large group are not to read it a thousand times. */
const withoutReferences: Projection = { excluded: [{ name: 'members' }, { name: 'groups' }] }

/** RFC 7644 §3.7: operations succeed and fail one by one; results come in the order of the request. */
export async function runBulk(deps: ScimDeps, door: Door, body: unknown) {
  const request = parseBulkRequest(body, bulkLimits)
  if (!request.ok) throw new ScimRefused(request.error)
  const made: Made = { ids: new Map(), former: new Map() }
  const results: { readonly index: number; readonly result: BulkResult }[] = []
  let errors = 0
  for (const step of orderBulk(request.value.operations)) {
    const done =
      step.kind === 'circle'
        ? await runCircle(deps, door, step.operations, made)
        : [{ index: step.operation.index, result: await run(deps, door, step.operation, made) }]
    results.push(...done)
    errors += done.filter(({ result }) => result.error).length
    if (isOver(request.value, errors)) break
  }
  return bulkResponse(results.toSorted((a, b) => a.index - b.index).map(({ result }) => result))
}

/** By bulkId: what the request has made so far, and who those had been whom it brought back. */
interface Made {
  readonly ids: Map<string, string>
  readonly former: Map<string, JsonObject>
}

interface Done {
  readonly index: number
  readonly result: BulkResult
}

/** RFC 7644 §3.7.1: people who refer to each other are made, and then referred to. */
async function runCircle(
  deps: ScimDeps,
  door: Door,
  circle: readonly BulkOperation[],
  made: Made,
): Promise<readonly Done[]> {
  const bulkIds = new Set(circle.flatMap(({ bulkId }) => bulkId ?? []))
  const begun: { readonly operation: BulkOperation; readonly result: BulkResult }[] = []
  for (const operation of circle)
    begun.push({ operation, result: await run(deps, door, leaveOutReferences(operation, bulkIds), made) })
  const isBroken = begun.some(({ result }) => result.error)
  const done: Done[] = []
  for (const { operation, result } of begun) {
    const { index, type, bulkId = '' } = operation
    const id = made.ids.get(bulkId)
    if (id === undefined) done.push({ index, result })
    else if (isBroken) {
      const former = made.former.get(bulkId)
      if (former) await putBack(deps, door.directory, id, former)
      else await run(deps, door, { index, method: 'DELETE', type, id }, made)
      made.ids.delete(bulkId)
      done.push({ index, result: failed({ method: 'POST', bulkId }, notClosed()) })
    } else {
      const { version, status, error } = await run(deps, door, { ...operation, method: 'PUT', id }, made)
      done.push({ index, result: error ? { ...result, status, error } : { ...result, ...(version && { version }) } })
    }
  }
  return done
}

async function run(
  deps: ScimDeps,
  door: Door,
  operation: BulkOperation | RefusedBulkOperation,
  made: Made,
): Promise<BulkResult> {
  const { method, bulkId } = operation
  const named = { method, ...(bulkId !== undefined && { bulkId }) }
  if ('error' in operation) return failed(named, operation.error)
  const kind = operation.type === users.type ? users : groups
  const location = operation.id === undefined ? {} : { location: locationOf(door, kind, operation.id) }
  try {
    const resolved = resolveBulkIds(operation, made.ids)
    if (!resolved.ok) return failed({ ...named, ...location }, resolved.error)
    return { ...named, ...(await carryOut(deps, door, kind, resolved.value, made)) }
  } catch (error) {
    if (error instanceof ScimRefused) return failed({ ...named, ...location }, error.error)
    throw error
  }
}

async function carryOut(
  deps: ScimDeps,
  door: Door,
  kind: Kind,
  { method, id = '', bulkId, data, version }: BulkOperation,
  made: Made,
): Promise<Pick<BulkResult, 'status' | 'location' | 'version'>> {
  const location = locationOf(door, kind, id)
  const write = { ifMatch: version, projection: withoutReferences }
  switch (method) {
    case 'POST': {
      const created = await kind.create(deps, door.directory, data, withoutReferences)
      if (bulkId !== undefined) {
        made.ids.set(bulkId, created.id)
        if (created.former) made.former.set(bulkId, created.former)
      }
      return { status: 201, location: locationOf(door, kind, created.id), version: entityTag(created.version) }
    }
    case 'PUT':
      return { status: 200, location, ...versionOf(await kind.replace(deps, door.directory, id, data, write)) }
    case 'PATCH':
      return { status: 200, location, ...versionOf(await kind.patch(deps, door.directory, id, data, write)) }
    case 'DELETE':
      await kind.remove(deps, door.directory, id, version)
      return { status: 204, location }
    default:
      return method satisfies never
  }
}

function versionOf(shown: Shown | undefined): { version?: string } {
  return shown ? { version: entityTag(shown.version) } : {}
}

function failed(named: Omit<BulkResult, 'status'>, error: ScimError): BulkResult {
  return { ...named, status: statusOf(error), error }
}
