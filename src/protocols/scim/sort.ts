import { type Result, ok, refused } from '../result.ts'
import { type Place, placeInResource, valuePlace } from './bind.ts'
import { findAttribute } from './attribute.ts'
import { compareText, foldCase } from './compare-text.ts'
import { parseDateTime } from './date-time.ts'
import { badRequest, quote, type ScimError } from './errors.ts'
import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import { membersAt } from './match.ts'
import { parsePath } from './path.ts'
import { type AttributePath, type ResourceType, resolve } from './schema.ts'

/** RFC 7644 §3.4.2.3. */
export interface Sort {
  readonly place: Place
  readonly descending: boolean
}

/** @returns undefined when the client asks for no order; invalidPath, invalidValue when it asks for none there is. */
export function parseSort(
  sortBy: string | undefined,
  sortOrder: string | undefined,
  type: ResourceType,
): Result<Sort | undefined, ScimError> {
  const order = (sortOrder ?? 'ascending').toLowerCase()
  if (order !== 'ascending' && order !== 'descending') {
    return refused(badRequest('invalidValue', `sortOrder must be ascending or descending, not ${quote(order)}.`))
  }
  if (sortBy === undefined || sortBy === '') return ok(undefined)
  const path = parsePath(sortBy)
  if (!path.ok) return path
  const place = path.value.filter ? undefined : sortPlace(path.value.attribute, type)
  if (!place) return refused(badRequest('invalidPath', `${quote(sortBy)} is nothing to sort by.`))
  return ok({ place, descending: order === 'descending' })
}

/** Of several values the primary one decides, so attributes without one give no order. Nor do undeclared ones. */
function sortPlace(path: AttributePath, type: ResourceType): Place | undefined {
  const target = resolve(type, path)
  if (target?.kind !== 'attribute') return undefined
  const { attribute } = target
  if (attribute.multiValued && !findAttribute(attribute.subAttributes, 'primary')) return undefined
  const named = placeInResource(type, path)
  const place = named && valuePlace(named)
  return place && place.attribute.type !== 'any' ? place : undefined
}

/** Compares two resources for Array.sort. Resources without a value come last, descending first, as the RFC has it. */
export function compareBy({ place, descending }: Sort): (a: JsonObject, b: JsonObject) => number {
  const direction = descending ? -1 : 1
  return (a, b) => direction * compareValues(sortValue(place, a), sortValue(place, b), place)
}

function compareValues(a: Json | undefined, b: Json | undefined, { attribute }: Place): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b)
  if (attribute.type === 'dateTime') return (parseDateTime(a) ?? 0) - (parseDateTime(b) ?? 0)
  return attribute.caseExact ? compareText(a, b) : compareText(foldCase(a), foldCase(b))
}

/** Of a multi-valued attribute the primary value decides, else the first. */
function sortValue(place: Place, resource: JsonObject): Json | undefined {
  const [step, ...rest] = place.steps
  if (!step) return undefined
  const elements = membersAt({ ...place, steps: [step] }, resource).flatMap(listOf)
  const chosen = elements.find((element) => isObject(element) && element['primary'] === true) ?? elements[0]
  if (rest.length === 0) return chosen
  return isObject(chosen) ? membersAt({ ...place, steps: rest }, chosen)[0] : undefined
}
