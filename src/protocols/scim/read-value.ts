import { type Result, ok, refused } from '../result.ts'
import { type Attribute, findAttribute, undeclared } from './attribute.ts'
import { foldCase } from './compare-text.ts'
import { parseDateTime } from './date-time.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import { canonicalJson, describeType, isObject, type Json, type JsonObject } from './json.ts'
import { isAttributeName } from './scanner.ts'

/** Elements a multi-valued attribute may have. A group's members live in rows; only the size of the body bounds them. */
const elementLimit = 1_000

/** In UTF-16 code units. What gets an index must stay below the third of a page a PostgreSQL B-tree key may fill. */
const textLimits: ReadonlyMap<string, number> = new Map([
  ['userName', 512],
  ['externalId', 512],
  ['displayName', 512],
  ['emails.value', 512],
  ['members.value', 512],
])
const usualTextLimit = 4_096
/** Certificates, and photos as data: URLs. */
const binaryTextLimit = 100_000

const base64 = /^[A-Za-z0-9+/_\-\s]*={0,2}\s*$/

type Read = Result<Json | undefined, ScimError>

/**
 * Checks a value against its attribute and returns it as it is stored: names spelled canonically, nulls, empty arrays
 * and read-only parts left out. RFC 7643 §2.5: null and the empty array are "unassigned", here undefined.
 *
 * @param where the path for the sentence of a refusal: `emails[1].value`.
 */
export function readValue(attribute: Attribute, value: unknown, where = attribute.name): Read {
  if (value === null || value === undefined) return ok(undefined)
  return attribute.multiValued ? readElements(attribute, value, where) : readSingle(attribute, value, where)
}

function readElements(attribute: Attribute, value: unknown, where: string): Read {
  if (!Array.isArray(value)) return invalid(where, 'an array', value)
  const excess = findExcess(attribute, value.length)
  if (excess) return refused(excess)
  const elements: Json[] = []
  for (const [i, each] of value.entries()) {
    const element = readElement(attribute, each, `${where}[${i}]`)
    if (!element.ok) return element
    if (element.value !== undefined) elements.push(element.value)
  }
  const distinct = mergeDuplicates(attribute, elements)
  if (distinct.filter(isPrimary).length > 1) return refuse(`${where} has more than one value that is primary.`)
  return ok(distinct.length > 0 ? distinct : undefined)
}

export function findExcess(attribute: Attribute, count: number): ScimError | undefined {
  if (count <= elementLimit || attribute.name === 'members') return undefined
  return badRequest('invalidValue', `${attribute.name} would have ${count} values, more than ${elementLimit}.`)
}

/** One value of a multi-valued attribute. */
export function readElement(attribute: Attribute, value: unknown, where: string): Read {
  return value === null ? ok(undefined) : readSingle(attribute, value, where)
}

export function isPrimary(element: Json): boolean {
  return isObject(element) && element['primary'] === true
}

function readSingle(attribute: Attribute, value: unknown, where: string): Read {
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, value, where)
    case 'string':
    case 'reference':
      return readText(value, where, limitOf(where))
    case 'binary': {
      const text = readText(value, where, binaryTextLimit)
      return text.ok && !base64.test(text.value) ? refuse(`${where} must be base64.`) : text
    }
    case 'boolean':
      return typeof value === 'boolean' ? ok(value) : invalid(where, 'a boolean', value)
    case 'integer':
      return Number.isSafeInteger(value) ? ok(value as number) : invalid(where, 'an integer', value) // Checked by isSafeInteger.
    case 'decimal':
      return typeof value === 'number' && Number.isFinite(value) ? ok(value) : invalid(where, 'a number', value)
    case 'dateTime':
      if (typeof value !== 'string') return invalid(where, 'a time', value)
      return parseDateTime(value) === undefined ? refuse(`${where} must be a time, not ${quote(value)}.`) : ok(value)
    case 'any':
      return ok(value as Json) // A parsed body holds nothing but JSON.
    default:
      return attribute.type satisfies never
  }
}

function readComplex(attribute: Attribute, value: unknown, where: string): Read {
  if (!isObject(value)) return invalid(where, 'an object', value)
  const subAttributes = attribute.subAttributes ?? []
  const members = readMembers(subAttributes, value, (name) => `${where}.${name}`)
  if (!members.ok) return members
  const missing = subAttributes.find(({ required, name }) => required && !Object.hasOwn(members.value, name))
  if (missing) return refuse(`${where}.${missing.name} is required.`)
  return ok(Object.keys(members.value).length > 0 ? members.value : undefined)
}

/**
 * Reads the members of an object against attributes, whatever the case of their names. Read-only ones are ignored, as
 * RFC 7644 §3.3 and §3.5.1 have it for bodies; undeclared ones are kept as they are.
 */
export function readMembers(
  attributes: readonly Attribute[],
  value: Record<string, unknown>,
  where: (name: string) => string,
): Result<JsonObject, ScimError> {
  const read: Record<string, Json> = {}
  const seen = new Set<string>()
  for (const [name, each] of Object.entries(value)) {
    // No path or filter could ever name it.
    if (!isAttributeName(name)) continue
    const attribute = findAttribute(attributes, name) ?? undeclared(name)
    if (attribute.mutability === 'readOnly') continue
    const key = attribute.name.toLowerCase()
    if (seen.has(key)) return refused(badRequest('invalidSyntax', `${where(name)} is given twice.`))
    seen.add(key)
    const member = readValue(attribute, each, where(attribute.name))
    if (!member.ok) return member
    if (member.value !== undefined) read[attribute.name] = member.value
  }
  return ok(read)
}

function readText(value: unknown, where: string, limit: number): Result<string, ScimError> {
  if (typeof value !== 'string') return invalid(where, 'text', value)
  if (value.length > limit) return refuse(`${where} is ${value.length} characters long, more than ${limit}.`)
  return ok(value)
}

function limitOf(where: string): number {
  if (where.startsWith('photos')) return binaryTextLimit
  return textLimits.get(where.replaceAll(/\[\d+\]/g, '')) ?? usualTextLimit
}

function invalid(where: string, wanted: string, value: unknown): Result<never, ScimError> {
  return refuse(`${where} must be ${wanted}, not ${describeType(value)}.`)
}

function refuse(detail: string): Result<never, ScimError> {
  return refused(badRequest('invalidValue', detail))
}

/**
 * What makes two elements of a multi-valued attribute the same: `value` and `type` (RFC 7643 §2.4), for members their
 * `value`, and where there is no `value` everything.
 */
export function elementKey(attribute: Attribute, element: Json): string {
  if (!isObject(element)) return canonicalJson(element)
  let key = elementKeys.get(element)
  if (key === undefined) {
    key = makeElementKey(attribute, element)
    elementKeys.set(element, key)
  }
  return key
}

// Adding to a long list many times would otherwise make the keys of the whole list each time.
const elementKeys = new WeakMap<object, string>()

function makeElementKey(attribute: Attribute, element: Json): string {
  if (!isObject(element) || typeof element['value'] !== 'string') return canonicalJson(element)
  const of = (name: string) => {
    const text = element[name]
    const exact = findAttribute(attribute.subAttributes, name)?.caseExact ?? false
    return typeof text === 'string' && !exact ? foldCase(text) : text
  }
  return JSON.stringify(attribute.name === 'members' ? [of('value')] : [of('value'), of('type')])
}

/** Later duplicates add to the first what it lacks and override what differs. */
export function mergeDuplicates(attribute: Attribute, elements: readonly Json[]): readonly Json[] {
  const byKey = new Map<string, Json>()
  for (const element of elements) {
    const key = elementKey(attribute, element)
    const earlier = byKey.get(key)
    byKey.set(key, isObject(earlier) && isObject(element) ? { ...earlier, ...element } : element)
  }
  return [...byKey.values()]
}
