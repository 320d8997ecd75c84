import { type Result, ok, refused } from '../result.ts'
import { badRequest, quote, scimError, type ScimError } from './errors.ts'
import { countTerms, printAttributePath } from './filter.ts'
import { canonicalJson, isObject, type Json, type JsonObject, ownMember, sameJson, spelledName } from './json.ts'
import { nextElements } from './patch-elements.ts'
import { mergeComplex, setMember } from './patch-members.ts'
import { type PatchOperation, type PatchPath, printPath } from './path.ts'
import { readValue } from './read-value.ts'
import { isAttributeName } from './scanner.ts'
import { type Attribute, findAttribute, undeclared } from './attribute.ts'
import { findSubAttribute, isExtensionName, listSchemas, type ResourceType, resolve, type Target } from './schema.ts'

export interface Patched {
  readonly resource: JsonObject
  /** RFC 7644 §3.5.2.1: adding what is there changes nothing, and then meta.lastModified may not move. */
  readonly changed: boolean
}

/** Comparisons in the filters of all paths together. Each may be made with every value of an attribute. */
const termLimit = 5_000

/**
 * Applies all operations in order, or none. The resource given is not touched; when nothing changes it is returned.
 *
 * For groups of any size use planGroupPatch instead of loading their members for this.
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  type: ResourceType,
): Result<Patched, ScimError> {
  const terms = operations.reduce((sum, { path }) => sum + (path?.filter ? countTerms(path.filter) : 0), 0)
  if (terms > termLimit) {
    return refused(scimError(413, undefined, `A PATCH may compare ${termLimit} values in its paths, not ${terms}.`))
  }
  const draft: Record<string, Json> = { ...resource }
  for (const operation of operations) {
    const fault = applyOperation(draft, operation, type)
    if (fault) return refused(fault)
  }
  if (sameApartFromSchemas(draft, resource)) return ok({ resource, changed: false })
  return ok({ resource: { ...draft, schemas: listSchemas(draft, type) }, changed: true })
}

function sameApartFromSchemas(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson({ ...a, schemas: [] }) === canonicalJson({ ...b, schemas: [] })
}

type Draft = Record<string, Json>

function applyOperation(draft: Draft, operation: PatchOperation, type: ResourceType): ScimError | undefined {
  if (!operation.path) return applyToResource(draft, operation, type)
  const target = findTarget(draft, operation.path, operation.value, type)
  if (target && target.kind !== 'attribute' && operation.path.filter) {
    return badRequest('invalidPath', `${printAttributePath(operation.path.attribute)} has no elements to select from.`)
  }
  switch (target?.kind) {
    case 'resource':
      return applyToResource(draft, operation, type)
    case 'extension':
      return applyToExtension(draft, operation, target)
    case 'attribute':
      return applyToAttribute(draft, operation, target)
    case undefined:
      return badRequest('invalidPath', `The path ${quote(printPath(operation.path))} leads nowhere in a ${type.name}.`)
    default:
      return target satisfies never
  }
}

/** RFC 7644 §3.5.2.1 and §3.5.2.3: without a path, the value holds the attributes to add or replace. */
function applyToResource(draft: Draft, operation: PatchOperation, type: ResourceType): ScimError | undefined {
  const { op, value } = operation
  if (op === 'remove') return badRequest('noTarget', 'A remove operation needs a path.')
  if (!isObject(value)) return badRequest('invalidValue', `Without a path, ${op} needs an object with attributes.`)
  for (const [name, each] of Object.entries(value)) {
    const path = attributePathOf(name)
    if (!path) return badRequest('invalidPath', `${quote(name)} is not an attribute name.`)
    const fault = applyOperation(draft, { op, path, value: each }, type)
    if (fault) return fault
  }
  return undefined
}

function attributePathOf(name: string): PatchPath | undefined {
  const colon = name.lastIndexOf(':')
  const attribute = name.slice(colon + 1)
  if (!isAttributeName(attribute)) return undefined
  return { attribute: { name: attribute, ...(colon > 0 && { urn: name.slice(0, colon) }) } }
}

function findTarget(draft: Draft, path: PatchPath, value: unknown, type: ResourceType): Target | undefined {
  const { attribute } = path
  const target = resolve(type, attribute, Object.keys(draft).filter(isExtensionName))
  if (target?.kind !== 'attribute' || target.extension === undefined || Object.hasOwn(draft, target.extension)) {
    return target
  }
  // "urn:example:2.0:User" with an object is a whole extension nobody declared, not an attribute "User" of one.
  const isWhole = target.attribute.type === 'any' && !target.sub && !path.filter && isObject(value)
  const declared = type.extensions.some(({ id }) => id === target.extension)
  if (!isWhole || declared) return target
  return { kind: 'extension', extension: `${attribute.urn}:${attribute.name}`, attributes: [] }
}

type ExtensionTarget = Extract<Target, { kind: 'extension' }>
type AttributeTarget = Extract<Target, { kind: 'attribute' }>

function applyToExtension(draft: Draft, operation: PatchOperation, target: ExtensionTarget): ScimError | undefined {
  const { extension, attributes } = target
  if (operation.op === 'remove' || operation.value === null) {
    delete draft[extension]
    return undefined
  }
  if (!isObject(operation.value)) return badRequest('invalidValue', `${extension} needs an object with its attributes.`)
  for (const [name, value] of Object.entries(operation.value)) {
    if (!isAttributeName(name)) return badRequest('invalidPath', `${quote(name)} is not an attribute name.`)
    const attribute = findAttribute(attributes, name) ?? undeclared(name)
    const path = { attribute: { urn: extension, name } }
    const fault = applyToAttribute(
      draft,
      { op: operation.op, path, value },
      { kind: 'attribute', extension, attribute },
    )
    if (fault) return fault
  }
  return undefined
}

function applyToAttribute(draft: Draft, operation: PatchOperation, target: AttributeTarget): ScimError | undefined {
  const { extension, attribute } = target
  const holder: Draft = extension === undefined ? draft : { ...objectAt(draft, extension) }
  // An undeclared name keeps the spelling it was first given.
  const name = attribute.type === 'any' ? (spelledName(holder, attribute.name) ?? attribute.name) : attribute.name
  const current = ownMember(holder, name)
  const next = nextValue(current, operation, target)
  if (!next.ok) return next.error
  if (next.value === undefined) delete holder[name]
  else holder[name] = next.value
  if (extension === undefined) return undefined
  if (Object.keys(holder).length === 0) delete draft[extension]
  else draft[extension] = holder
  return undefined
}

function objectAt(draft: Draft, name: string): JsonObject {
  const value = ownMember(draft, name)
  return value !== undefined && isObject(value) ? value : {}
}

type Next = Result<Json | undefined, ScimError>

function nextValue(current: Json | undefined, operation: PatchOperation, target: AttributeTarget): Next {
  const { attribute } = target
  const { op, path } = operation
  if (attribute.mutability === 'readOnly') return keepReadOnly(current, operation, attribute.name)
  if (attribute.mutability === 'writeOnly') return discard(attribute, operation)
  const sub = path?.sub === undefined ? target.sub : findSubAttribute(attribute, path.sub)
  if (path?.sub !== undefined && !sub) return invalidPath(`${attribute.name} has no part named ${quote(path.sub)}.`)
  const next = changeValue(current, operation, attribute, sub)
  if (!next.ok || next.value !== undefined || !attribute.required) return next
  const detail = `${attribute.name} is required and cannot be ${op === 'remove' ? 'removed' : 'unassigned'}.`
  // RFC 7644 §3.5.2.2 has mutability for what is removed.
  return refused(badRequest(op === 'remove' ? 'mutability' : 'invalidValue', detail))
}

function changeValue(
  current: Json | undefined,
  operation: PatchOperation,
  attribute: Attribute,
  sub: Attribute | undefined,
): Next {
  const { op, path, value } = operation
  const filtered = path?.filter !== undefined
  if (filtered && !attribute.multiValued && attribute.type !== 'any') {
    return invalidPath(`${attribute.name} has one value; there is nothing to select from.`)
  }
  if (attribute.multiValued || filtered || Array.isArray(current))
    return nextElements(current, operation, attribute, sub)
  if (sub) return setMember(attribute, current, sub, op === 'remove' ? undefined : value, op)
  if (op === 'remove') return ok(undefined)
  return attribute.type === 'complex'
    ? mergeComplex(attribute, current, value, attribute.name)
    : readValue(attribute, value)
}

/** Okta renames a group with its own id in the value: what does not change a read-only attribute is no offence. */
function keepReadOnly(current: Json | undefined, { op, value }: PatchOperation, name: string): Next {
  const isSame = op !== 'remove' && current !== undefined && sameJson(current, value as Json) // A parsed body is Json.
  return isSame ? ok(current) : refused(badRequest('mutability', `${name} is read-only.`))
}

/** A password is checked for its form and goes no further. */
function discard(attribute: Attribute, { op, value }: PatchOperation): Next {
  const read = op === 'remove' ? ok(undefined) : readValue(attribute, value)
  return read.ok ? ok(undefined) : read
}

function invalidPath(detail: string): Next {
  return refused(badRequest('invalidPath', detail))
}
