import { type Result, ok, refused } from '../result.ts'
import { type Attribute, findAttribute } from './attribute.ts'
import { badRequest, type ScimError } from './errors.ts'
import type { Filter } from './filter.ts'
import { isObject, type Json, type JsonObject, spelledName } from './json.ts'
import type { PatchOperation } from './path.ts'
import { findExcess } from './read-value.ts'
import { attributesOf, findSubAttribute, type ResourceType, resolve } from './schema.ts'
import { type Tolerance, tolerateMembers, tolerateSingle, tolerateValue } from './tolerance.ts'

/** An operation as it came, before anything is known about its members. */
export interface RawOperation {
  readonly op?: unknown
  readonly path?: unknown
  readonly value?: unknown
}

/** A rule about the operation as written. */
export interface RequestRule extends Tolerance {
  apply(operation: RawOperation, type: ResourceType): readonly RawOperation[]
}

export const requestRules: readonly RequestRule[] = [
  {
    name: 'member names in any case',
    clients: ['hand-made clients'],
    does: 'Reads Op, Path and Value as op, path and value.',
    apply: (operation) => {
      const entries = ['op', 'path', 'value'].flatMap((name) => {
        const spelled = spelledName(operation, name)
        return spelled === undefined ? [] : [[name, (operation as Record<string, unknown>)[spelled]]] // A parsed object.
      })
      return [Object.fromEntries(entries) as RawOperation] // Holds nothing but the three names above.
    },
  },
  {
    name: 'operation names in any case',
    clients: ['Entra'],
    does: 'Reads Add, Replace and Remove as add, replace and remove.',
    apply: (operation) => [
      typeof operation.op === 'string' ? { ...operation, op: operation.op.trim().toLowerCase() } : operation,
    ],
  },
  {
    name: 'blank path',
    clients: ['hand-made clients'],
    does: 'Takes a path of "" or null for no path.',
    apply: ({ path, ...rest }) => [path === '' || path === null || path === undefined ? rest : { ...rest, path }],
  },
  {
    name: 'read-only attributes along with others',
    clients: ['Okta'],
    does: 'Ignores schemas, meta and groups in the value of an operation without a path. Its own id stays, and must be right.',
    apply: ({ op, path, value }, type) => {
      if (path !== undefined || !isObject(value)) return [{ op, path, value }]
      const isAlong = (name: string) => {
        const attribute = findAttribute(attributesOf(type), name)
        return attribute?.mutability === 'readOnly' && attribute.name !== 'id'
      }
      return [{ op, path, value: Object.fromEntries(Object.entries(value).filter(([name]) => !isAlong(name))) }]
    },
  },
  {
    name: 'paths as names in a value',
    clients: ['Entra', 'Okta'],
    does: 'Reads each name in the value of an operation without a path as a path: dotted, with a URN, with a filter.',
    apply: ({ op, path, value }) => {
      if (path !== undefined || !isObject(value) || (op !== 'add' && op !== 'replace')) return [{ op, path, value }]
      return Object.entries(value).map(([name, each]) => ({ op, path: name, value: each }))
    },
  },
]

/** What an operation is about, once its path is parsed and found in the schema. */
interface Subject {
  readonly attribute: Attribute
  readonly sub?: Attribute
}

/** A rule about an operation whose path is known. */
export interface OperationRule extends Tolerance {
  apply(operation: PatchOperation, subject: Subject): Result<readonly PatchOperation[], ScimError>
}

export const operationRules: readonly OperationRule[] = [
  {
    name: 'remove with a list',
    clients: ['Entra', 'JumpCloud'],
    does: 'Removes only the values listed. Removing all, as the path alone would say, has emptied many a group.',
    apply: (operation, { attribute, sub }) => {
      const { op, path, value } = operation
      if (op !== 'remove' || !path) return ok([operation])
      const isWhole = attribute.multiValued && !path.filter && !sub
      // A list that a client failed to make is not the wish to remove everybody: who is no member loses access.
      if (isWhole && value === null && attribute.name === 'members') return refused(nobodyListed)
      const isList = isWhole && value !== undefined && value !== null
      if (!isList) return ok([{ op, path }])
      return removeEach(operation, attribute)
    },
  },
  {
    name: 'filter without a match',
    clients: ['Entra'],
    does: 'Makes the element an equality filter describes: emails[type eq "work"].value on a user without such an email.',
    apply: (operation, { attribute, sub }) => {
      const { op, path } = operation
      if (op === 'remove' || !path?.filter || (op === 'replace' && !sub)) return ok([operation])
      const whenMissing = describedBy(path.filter, attribute)
      return ok([whenMissing ? { ...operation, whenMissing } : operation])
    },
  },
  {
    name: 'values in the wrong form',
    clients: ['Entra', 'OneLogin', 'JumpCloud', 'Rippling'],
    does: 'Puts values right as in the bodies of POST and PUT.',
    apply: (operation, { attribute, sub }) => {
      const { op, path, value } = operation
      if (op === 'remove') return ok([operation])
      if (sub) return ok([{ ...operation, value: tolerateValue(sub, value) }])
      if (path?.filter) return ok([{ ...operation, value: tolerateElement(attribute, value) }])
      return ok([{ ...operation, value: tolerateValue(attribute, value) }])
    },
  },
]

const nobodyListed = badRequest('invalidValue', 'null lists no members. To remove all of them, leave the value out.')

/** For a path that selects elements: an array of one element stands for the element. */
function tolerateElement(attribute: Attribute, value: unknown): unknown {
  const element: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  return tolerateSingle(attribute, element)
}

function removeEach(operation: PatchOperation, attribute: Attribute): Result<readonly PatchOperation[], ScimError> {
  const { path, value } = operation
  const tolerated = tolerateValue(attribute, value)
  if (!path || !Array.isArray(tolerated)) return ok([operation])
  const excess = findExcess(attribute, tolerated.length)
  if (excess) return refused(excess)
  const operations: PatchOperation[] = []
  for (const element of tolerated) {
    const filter = equalTo(element, attribute)
    if (!filter) return refused(badRequest('invalidValue', `It cannot be told which ${attribute.name} to remove.`))
    operations.push({ op: 'remove', path: { ...path, filter } })
  }
  return ok(operations)
}

/** The filter that selects the element a client listed: by value, and type; by everything where there is no value. */
function equalTo(element: unknown, attribute: Attribute): Filter | undefined {
  if (!isObject(element)) return undefined
  const identity = attribute.name === 'members' ? ['value'] : ['value', 'type']
  const hasValue = element['value'] !== undefined && element['value'] !== null
  const terms = Object.entries(element).flatMap(([name, value]): Filter[] => {
    if (hasValue && !identity.includes(name)) return []
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return []
    return [{ kind: 'compare', path: { name }, operator: 'eq', value }]
  })
  const [only] = terms
  return terms.length > 1 ? { kind: 'and', filters: terms } : only
}

/** The members an element must have to be selected, when the filter is nothing but equalities; undefined otherwise. */
function describedBy(filter: Filter, attribute: Attribute): JsonObject | undefined {
  const terms = filter.kind === 'and' ? filter.filters : [filter]
  const described: Record<string, Json> = {}
  for (const term of terms) {
    if (term.kind !== 'compare' || term.operator !== 'eq' || term.value === null) return undefined
    const sub = findSubAttribute(attribute, term.path.name)
    if (!sub || term.path.sub !== undefined) return undefined
    described[sub.name] = term.value
  }
  return tolerateMembers(attribute.subAttributes ?? [], described) as JsonObject // Literals in, literals out.
}

/** Runs the rules about parsed operations. Paths that lead nowhere are left for applyPatch to refuse. */
export function tolerateOperation(
  operation: PatchOperation,
  type: ResourceType,
): Result<readonly PatchOperation[], ScimError> {
  const { path } = operation
  const target = path && resolve(type, path.attribute)
  if (target?.kind === 'extension' && isObject(operation.value)) {
    return ok([{ ...operation, value: tolerateMembers(target.attributes, operation.value) }])
  }
  if (!path || target?.kind !== 'attribute') return ok([operation])
  const sub = path.sub === undefined ? target.sub : findSubAttribute(target.attribute, path.sub)
  const subject: Subject = { attribute: target.attribute, ...(sub && { sub }) }
  let operations: readonly PatchOperation[] = [operation]
  for (const rule of operationRules) {
    const next: PatchOperation[] = []
    for (const each of operations) {
      const applied = rule.apply(each, subject)
      if (!applied.ok) return applied
      next.push(...applied.value)
    }
    operations = next
  }
  return ok(operations)
}
