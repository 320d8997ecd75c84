import { type Result, ok, refused } from '../result.ts'
import type { BulkOperation, RefusedBulkOperation } from './bulk.ts'
import { badRequest, quote, scimError, type ScimError } from './errors.ts'
import { isObject } from './json.ts'

const wholeReference = /^bulkId:(.+)$/s
/** In the filter of a PATCH path: `members[value eq "bulkId:x"]`. */
const quotedReference = /"bulkId:((?:[^"\\]|\\.)+)"/g

/** The bulkIds an operation needs the ids of, in its path and anywhere in its data. */
export function bulkIdsNeeded({ id, data }: BulkOperation): ReadonlySet<string> {
  const needed = new Set<string>()
  const note = (bulkId: string) => {
    needed.add(bulkId)
    return bulkId
  }
  replaceReferences(id, note)
  replaceReferences(data, note)
  return needed
}

function replaceReferences(value: unknown, idOf: (bulkId: string) => string): unknown {
  if (typeof value === 'string') {
    const whole = wholeReference.exec(value)?.[1]
    if (whole !== undefined) return idOf(whole)
    return value.replaceAll(quotedReference, (_match, bulkId: string) => JSON.stringify(idOf(bulkId)))
  }
  if (Array.isArray(value)) return value.map((each) => replaceReferences(each, idOf))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaceReferences(each, idOf)]))
}

type Entry = BulkOperation | RefusedBulkOperation

/**
 * The order to carry the operations out in, RFC 7644 §3.7.1: as they came, but what makes a resource before what refers
 * to it. Operations that can never have their references are refused: 409 where they go round in a circle, invalidValue
 * where nothing makes the resource.
 */
export function orderBulk(operations: readonly Entry[]): readonly Entry[] {
  const makers = new Map<string, Entry>()
  for (const operation of operations) {
    if (operation.method === 'POST' && operation.bulkId !== undefined) makers.set(operation.bulkId, operation)
  }
  const ordered = new Map<number, Entry>()
  for (const operation of operations) place(operation, makers, ordered)
  return [...ordered.values()]
}

/** An operation whose references are being placed before it. */
interface Visit {
  readonly operation: Entry
  readonly needs: readonly string[]
  next: number
}

/** Depth first with a stack of its own: a chain of references is as long as a client likes. */
function place(start: Entry, makers: ReadonlyMap<string, Entry>, ordered: Map<number, Entry>): void {
  const open = new Set<number>()
  const stack: Visit[] = []
  const enter = (operation: Entry) => {
    if (ordered.has(operation.index) || open.has(operation.index)) return
    open.add(operation.index)
    stack.push({ operation, needs: 'error' in operation ? [] : [...bulkIdsNeeded(operation)], next: 0 })
  }
  enter(start)
  for (let visit = stack.at(-1); visit; visit = stack.at(-1)) {
    const bulkId = visit.needs[visit.next++]
    const maker = bulkId === undefined ? undefined : makers.get(bulkId)
    if (maker) enter(maker)
    if (bulkId !== undefined) continue
    stack.pop()
    ordered.set(visit.operation.index, judge(visit, makers, ordered))
  }
}

/** By now everything needed has its place, except what is waiting for this very operation. */
function judge({ operation, needs }: Visit, makers: ReadonlyMap<string, Entry>, ordered: Map<number, Entry>): Entry {
  for (const bulkId of needs) {
    const maker = makers.get(bulkId)
    if (!maker)
      return refuse(operation, badRequest('invalidValue', `No POST of this request has the bulkId ${quote(bulkId)}.`))
    const placed = ordered.get(maker.index)
    if (placed && !('error' in placed)) continue
    if (placed && 'error' in placed && placed.error.status !== '409') return refuse(operation, notMade(bulkId))
    const detail = `The reference to bulkId ${quote(bulkId)} leads round in a circle.`
    return refuse(operation, scimError(409, undefined, detail))
  }
  return operation
}

function refuse({ index, method, bulkId }: Entry, error: ScimError): RefusedBulkOperation {
  return { index, method, ...(bulkId !== undefined && { bulkId }), error }
}

function notMade(bulkId: string): ScimError {
  return badRequest('invalidValue', `What the bulkId ${quote(bulkId)} stands for could not be made.`)
}

/**
 * The operation with its references replaced by the ids of what has been made.
 *
 * @returns invalidValue when one of them could not be made.
 */
export function resolveBulkIds(
  operation: BulkOperation,
  ids: ReadonlyMap<string, string>,
): Result<BulkOperation, ScimError> {
  const missing = [...bulkIdsNeeded(operation)].find((bulkId) => !ids.has(bulkId))
  if (missing !== undefined) return refused(notMade(missing))
  const idOf = (bulkId: string) => ids.get(bulkId) ?? ''
  const { id, data, ...rest } = operation
  return ok({
    ...rest,
    ...(id !== undefined && { id: String(replaceReferences(id, idOf)) }),
    ...(data !== undefined && { data: replaceReferences(data, idOf) }),
  })
}
