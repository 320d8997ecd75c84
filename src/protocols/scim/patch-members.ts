import { type Result, ok, refused } from '../result.ts'
import type { Attribute } from './attribute.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import { describeType, isObject, type Json, type JsonObject, ownMember, sameJson, spelledName } from './json.ts'
import { readValue } from './read-value.ts'
import { isAttributeName } from './scanner.ts'
import { findSubAttribute } from './schema.ts'

type Next = Result<JsonObject | undefined, ScimError>

/**
 * The complex value with one of its parts set, or removed where the value is null or undefined. A complex value without
 * parts is unassigned, RFC 7643 §2.5.
 */
export function setMember(
  parent: Attribute,
  current: Json | undefined,
  sub: Attribute,
  value: unknown,
  op: 'add' | 'replace' | 'remove',
): Next {
  const before: JsonObject = current !== undefined && isObject(current) ? current : {}
  const where = `${parent.name}.${sub.name}`
  const name = sub.type === 'any' ? (spelledName(before, sub.name) ?? sub.name) : sub.name
  const old = ownMember(before, name)
  const read = readValue(sub, value, where)
  if (!read.ok) return read
  const same = sameJson(old, read.value)
  if (sub.mutability === 'readOnly' && (op === 'remove' || !same)) return unchangeable(`${where} is read-only.`)
  if (sub.mutability === 'immutable' && old !== undefined && !same) return unchangeable(`${where} cannot change.`)
  if (same) return ok(current === undefined ? undefined : before)
  const next: Record<string, Json> = { ...before }
  // A reference is to what the value names: the address of the last manager is not that of the next.
  if (sub.name === 'value') delete next['$ref']
  if (read.value === undefined) delete next[name]
  else next[name] = read.value
  return ok(Object.keys(next).length > 0 ? next : undefined)
}

/**
 * RFC 7644 §3.5.2.3: the sub-attributes given replace theirs, and those not given stay. Read-only ones are ignored, as
 * in any body; named by a path they are refused.
 */
export function mergeComplex(attribute: Attribute, current: Json | undefined, value: unknown, where: string): Next {
  if (value === null || value === undefined) return ok(undefined)
  if (!isObject(value)) {
    return refused(badRequest('invalidValue', `${where} must be an object, not ${describeType(value)}.`))
  }
  let next: JsonObject | undefined = current !== undefined && isObject(current) ? current : undefined
  // The value first, as setting it drops the reference that may come with it.
  const entries = Object.entries(value).toSorted(([a], [b]) => Number(b === 'value') - Number(a === 'value'))
  for (const [name, each] of entries) {
    if (!isAttributeName(name)) return refused(badRequest('invalidSyntax', `${quote(name)} is not an attribute name.`))
    const sub = findSubAttribute(attribute, name)
    if (!sub || sub.mutability === 'readOnly') continue
    const merged = setMember(attribute, next, sub, each, 'replace')
    if (!merged.ok) return merged
    next = merged.value
  }
  return ok(next)
}

function unchangeable(detail: string): Next {
  return refused(badRequest('mutability', detail))
}
