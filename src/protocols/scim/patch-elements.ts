import { type Result, ok, refused } from '../result.ts'
import type { Attribute } from './attribute.ts'
import { bindElementFilter } from './bind.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import type { Filter } from './filter.ts'
import { isObject, type Json, listOf, sameJson } from './json.ts'
import { matches } from './match.ts'
import { mergeComplex, setMember } from './patch-members.ts'
import { type PatchOperation, printPath } from './path.ts'
import { elementKey, findExcess, isPrimary, readElement, readValue } from './read-value.ts'

type Next = Result<readonly Json[] | undefined, ScimError>

/** The values of a multi-valued attribute after an operation on all, some or one part of them. */
export function nextElements(
  current: Json | undefined,
  operation: PatchOperation,
  attribute: Attribute,
  sub: Attribute | undefined,
): Next {
  const before = listOf(current)
  const next = change(before, operation, attribute, sub)
  if (!next.ok || next.value === undefined) return next
  const excess = findExcess(attribute, next.value.length)
  if (excess) return refused(excess)
  return settlePrimary(attribute, before, next.value)
}

function change(
  before: readonly Json[],
  operation: PatchOperation,
  attribute: Attribute,
  sub: Attribute | undefined,
): Next {
  const { op, path, value } = operation
  if (path?.filter || sub) return changeSelected(before, operation, attribute, sub)
  if (op === 'remove') return ok([])
  const read = readValue(attribute, value)
  if (!read.ok) return read
  const given = listOf(read.value)
  return ok(op === 'add' ? append(attribute, before, given) : given)
}

function changeSelected(
  before: readonly Json[],
  operation: PatchOperation,
  attribute: Attribute,
  sub: Attribute | undefined,
): Next {
  const { op, path, value } = operation
  const isSelected = select(attribute, path?.filter)
  if (!isSelected.ok) return isSelected
  if (op !== 'remove' && !before.some(isSelected.value)) return create(before, operation, attribute, sub)
  const after: Json[] = []
  for (const element of before) {
    const next = isSelected.value(element) ? changeElement(element, op, value, attribute, sub) : ok(element)
    if (!next.ok) return next
    if (next.value !== undefined) after.push(next.value)
  }
  return ok(after)
}

type Test = (element: Json) => boolean

/** Without a filter, a path such as `emails.type` means that part of every value. */
function select(attribute: Attribute, filter: Filter | undefined): Result<Test, ScimError> {
  if (!filter) return ok(() => true)
  const bound = bindElementFilter(filter, attribute)
  // RFC 7644 §3.12, table 9: invalidFilter is also for what stands in the brackets of a path.
  if (!bound.ok) return refused(badRequest('invalidFilter', bound.error.detail))
  return ok((element) => isObject(element) && matches(bound.value, element))
}

function changeElement(
  element: Json,
  op: PatchOperation['op'],
  value: unknown,
  attribute: Attribute,
  sub: Attribute | undefined,
): Result<Json | undefined, ScimError> {
  if (sub) return setMember(attribute, element, sub, op === 'remove' ? undefined : value, op)
  if (op === 'remove') return ok(undefined)
  if (op === 'add') return mergeComplex(attribute, element, value, attribute.name)
  return readElement(attribute, value, attribute.name)
}

/** RFC 7644 §3.5.2.3: a filter that selects nothing is noTarget, unless the door has said what to make instead. */
function create(
  before: readonly Json[],
  operation: PatchOperation,
  attribute: Attribute,
  sub: Attribute | undefined,
): Next {
  const { path, value, whenMissing } = operation
  if (path?.filter && !whenMissing) {
    return refused(badRequest('noTarget', `No value is selected by the path ${quote(printPath(path))}.`))
  }
  const given = sub ? { [sub.name]: value } : value
  const element = readElement(attribute, isObject(given) ? { ...whenMissing, ...given } : given, attribute.name)
  if (!element.ok) return element
  return ok(element.value === undefined ? before : [...before, element.value])
}

/** RFC 7644 §3.5.2.1: what is already there is not added again. */
function append(attribute: Attribute, before: readonly Json[], given: readonly Json[]): readonly Json[] {
  const after = [...before]
  const find = indexElements(attribute, after, given.some(lacksType))
  for (const element of given) {
    const i = find(element)
    const existing = i === undefined ? undefined : after[i]
    if (i === undefined || existing === undefined) {
      after.push(element)
      continue
    }
    const merged = isObject(existing) && isObject(element) ? { ...existing, ...element } : element
    if (!sameJson(merged, existing)) after[i] = merged
  }
  return after
}

function lacksType(element: Json): boolean {
  return isObject(element) && element['type'] === undefined
}

/**
 * Where an equal element is. One given without a type is no other value than the same with a type.
 *
 * @param untyped whether any is given without a type; knowing the elements by their value alone costs as much again.
 */
function indexElements(
  attribute: Attribute,
  elements: readonly Json[],
  untyped: boolean,
): (element: Json) => number | undefined {
  const indexes = new Map<string, number>()
  elements.forEach((element, i) => {
    const keys = [elementKey(attribute, element)]
    if (untyped && isObject(element)) {
      const { type: _type, ...rest } = element
      keys.push(elementKey(attribute, rest))
    }
    for (const key of keys) if (!indexes.has(key)) indexes.set(key, i)
  })
  return (element) => indexes.get(elementKey(attribute, element))
}

/** RFC 7644 §3.5.2: setting a value's primary to true makes the server set all others' to false. */
function settlePrimary(attribute: Attribute, before: readonly Json[], after: readonly Json[]): Next {
  if (after.length === 0) return ok(undefined)
  const untouched = new Set(before)
  const chosen = after.filter((element) => isPrimary(element) && !untouched.has(element))
  const [primary] = chosen
  if (primary === undefined) return ok(after)
  if (chosen.length > 1) {
    return refused(badRequest('invalidValue', `${attribute.name} cannot have more than one value that is primary.`))
  }
  const demote = (element: Json): Json =>
    isPrimary(element) && element !== primary && isObject(element) ? { ...element, primary: false } : element
  return ok(after.map(demote))
}
