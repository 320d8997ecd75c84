import { type Result, ok, refused } from '../result.ts'
import { findAttribute } from './attribute.ts'
import type { BulkOperation, RefusedBulkOperation } from './bulk.ts'
import { badRequest, quote, scimError, type ScimError } from './errors.ts'
import { isObject } from './json.ts'
import { attributesOf, type ResourceType, userType } from './schema.ts'

const wholeReference = /^bulkId:(.+)$/s
/** In the filter of a PATCH path: `members[value eq "bulkId:x"]`. */
const quotedReference = /"bulkId:((?:[^"\\]|\\.)+)"/g

/** The bulkIds an operation needs the ids of, in its path and anywhere in its data. */
function bulkIdsNeeded({ id, data, type }: BulkOperation): ReadonlySet<string> {
  return new Set([...bulkIdsIn(id), ...bulkIdsIn(asserted(data, type))])
}

function bulkIdsIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  replaceReferences(value, (bulkId) => {
    found.add(bulkId)
    return bulkId
  })
  return found
}

/** A user's `groups` may name groups that this request makes. Read-only, they are ignored, so nothing has to wait for them. */
function asserted(data: unknown, type: ResourceType): unknown {
  if (!isObject(data)) return data
  const attributes = attributesOf(type)
  const isIgnored = ([name, value]: [string, unknown]) =>
    findAttribute(attributes, name)?.mutability === 'readOnly' && bulkIdsIn(value).size > 0
  return Object.fromEntries(Object.entries(data).filter((entry) => !isIgnored(entry)))
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

/** Operations that refer to each other all around are made first, without those references, and completed afterwards. */
export type BulkStep =
  | { readonly kind: 'one'; readonly operation: Entry }
  | { readonly kind: 'circle'; readonly operations: readonly BulkOperation[] }

/**
 * The order to carry the operations out in, RFC 7644 §3.7.1: as they came, but what makes a resource before what refers
 * to it. Users may refer to each other, or to themselves, by their managers. Groups do not nest, so a circle with one
 * cannot be made of anything: its operations are refused with 409. A reference to what nothing makes is invalidValue.
 */
export function orderBulk(operations: readonly Entry[]): readonly BulkStep[] {
  const makers = new Map<string, Entry>()
  for (const operation of operations) {
    if (operation.method === 'POST' && operation.bulkId !== undefined) makers.set(operation.bulkId, operation)
  }
  const judged = new Map<number, Entry>()
  const steps: BulkStep[] = []
  for (const together of findCircles(operations, makers)) {
    const verdicts = together.map((operation) => judge(operation, together, makers, judged))
    for (const verdict of verdicts) judged.set(verdict.index, verdict)
    const sound = verdicts.filter((verdict): verdict is BulkOperation => !('error' in verdict))
    if (together.length > 1 && sound.length === together.length) steps.push({ kind: 'circle', operations: sound })
    else if (together.length === 1 && sound[0] && needsItself(sound[0]))
      steps.push({ kind: 'circle', operations: sound })
    else steps.push(...verdicts.map((operation) => ({ kind: 'one', operation }) as const))
  }
  return steps
}

function needsItself(operation: BulkOperation): boolean {
  return operation.bulkId !== undefined && operation.method === 'POST' && bulkIdsNeeded(operation).has(operation.bulkId)
}

/** An operation whose references are being followed. */
interface Visit {
  readonly operation: Entry
  readonly needs: readonly string[]
  next: number
  /** The earliest operation still open that can be reached from here. */
  low: number
}

/**
 * The operations in an order in which each comes after what it needs; those that need each other come together.
 * Tarjan's algorithm with a stack of its own: a chain of references is as long as a client likes.
 */
function findCircles(operations: readonly Entry[], makers: ReadonlyMap<string, Entry>): Entry[][] {
  const found: Entry[][] = []
  const numbers = new Map<number, number>()
  const open: Entry[] = []
  const isOpen = new Set<number>()
  const visits: Visit[] = []
  const enter = (operation: Entry) => {
    const needs = 'error' in operation ? [] : [...bulkIdsNeeded(operation)]
    visits.push({ operation, needs, next: 0, low: numbers.size })
    numbers.set(operation.index, numbers.size)
    open.push(operation)
    isOpen.add(operation.index)
  }
  const leave = ({ operation, low }: Visit) => {
    visits.pop()
    const from = visits.at(-1)
    if (from) from.low = Math.min(from.low, low)
    if (low !== numbers.get(operation.index)) return
    const together = open.splice(open.indexOf(operation))
    for (const each of together) isOpen.delete(each.index)
    found.push(together)
  }
  for (const start of operations) {
    if (!numbers.has(start.index)) enter(start)
    for (let visit = visits.at(-1); visit; visit = visits.at(-1)) {
      const bulkId = visit.needs[visit.next++]
      if (bulkId === undefined) {
        leave(visit)
        continue
      }
      const maker = makers.get(bulkId)
      const number = maker && numbers.get(maker.index)
      if (maker && number === undefined) enter(maker)
      else if (maker && number !== undefined && isOpen.has(maker.index)) visit.low = Math.min(visit.low, number)
    }
  }
  return found
}

/** By now everything needed has been judged, except what needs this very operation in turn. */
function judge(
  operation: Entry,
  together: readonly Entry[],
  makers: ReadonlyMap<string, Entry>,
  judged: ReadonlyMap<number, Entry>,
): Entry {
  if ('error' in operation) return operation
  for (const bulkId of bulkIdsNeeded(operation)) {
    const maker = makers.get(bulkId)
    if (!maker)
      return refuse(operation, badRequest('invalidValue', `No POST of this request has the bulkId ${quote(bulkId)}.`))
    const verdict = judged.get(maker.index) ?? maker
    if ('error' in verdict && verdict.error.status !== '409') return refuse(operation, notMade(bulkId))
    const isStuck = together.includes(maker) && !together.every(isUser)
    if ('error' in verdict || isStuck) return refuse(operation, circular(bulkId))
  }
  return operation
}

function isUser(operation: Entry): boolean {
  return 'type' in operation && operation.type === userType
}

function refuse({ index, method, bulkId }: Entry, error: ScimError): RefusedBulkOperation {
  return { index, method, ...(bulkId !== undefined && { bulkId }), error }
}

function circular(bulkId: string): ScimError {
  return scimError(409, undefined, `The reference to bulkId ${quote(bulkId)} leads round in a circle.`)
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
    ...(data !== undefined && { data: replaceReferences(asserted(data, operation.type), idOf) }),
  })
}

/** The operation as it is before the others of its circle are there: what refers to them is left out. */
export function leaveOutReferences(operation: BulkOperation, bulkIds: ReadonlySet<string>): BulkOperation {
  return { ...operation, data: leaveOut(operation.data, bulkIds) ?? {} }
}

/** A complex value goes with its `value`: what is left of it would refer to nobody. */
function leaveOut(value: unknown, bulkIds: ReadonlySet<string>): unknown {
  if (typeof value === 'string') return bulkIds.has(wholeReference.exec(value)?.[1] ?? '') ? undefined : value
  if (Array.isArray(value)) return value.map((each) => leaveOut(each, bulkIds)).filter((each) => each !== undefined)
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(([name, each]) => [name, leaveOut(each, bulkIds)] as const)
  const left = entries.filter(([, each]) => each !== undefined)
  const isGone =
    left.length === 0 || entries.some(([name, each]) => name.toLowerCase() === 'value' && each === undefined)
  return entries.length > 0 && isGone ? undefined : Object.fromEntries(left)
}

/** A circle stands or falls as a whole: of the others' failure nobody is to be left half referred to. */
export function notClosed(): ScimError {
  return scimError(409, undefined, 'The references lead round in a circle, and another operation of it failed.')
}
