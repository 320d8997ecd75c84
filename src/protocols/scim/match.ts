import { type BoundFilter, bindFilter, type Comparison, type Place, type Step } from './bind.ts'
import { compareText, foldCase } from './compare-text.ts'
import { parseDateTime } from './date-time.ts'
import type { Filter, FilterFault } from './filter.ts'
import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import { type Result, ok } from '../result.ts'
import type { ResourceType } from './schema.ts'

/**
 * RFC 7644 §3.4.2.2 in memory; sql.ts says the same in SQL.
 *
 * A comparison on a multi-valued attribute holds when any of its values does. `ne` is "not eq" also there: no value is
 * equal. It therefore holds where there is no value.
 */
export function matches(filter: BoundFilter, resource: JsonObject): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.every((each) => matches(each, resource))
    case 'or':
      return filter.filters.some((each) => matches(each, resource))
    case 'not':
      return !matches(filter.filter, resource)
    case 'present':
      return membersAt(filter.place, resource).some(isPresent)
    case 'compare':
      return membersAt(filter.place, resource).some((value) =>
        Array.isArray(value)
          ? value.some((each: Json) => holds(filter.comparison, each))
          : holds(filter.comparison, value),
      )
    case 'elements':
      return membersAt(filter.place, resource)
        .flatMap(listOf)
        .some((element) => isObject(element) && matches(filter.filter, element))
    case 'never':
      return false
    default:
      return filter satisfies never
  }
}

export function matchFilter(filter: Filter, resource: JsonObject, type: ResourceType): Result<boolean, FilterFault> {
  const bound = bindFilter(filter, type)
  return bound.ok ? ok(matches(bound.value, resource)) : bound
}

/** The members found by walking the steps; an array on the way stands for each of its elements. */
export function membersAt({ steps }: Place, root: JsonObject): readonly Json[] {
  const [only] = steps
  // Most names, and all those in brackets, are one step.
  if (only && steps.length === 1) return membersNamed(root, only)
  let found: readonly Json[] = [root]
  for (const step of steps) found = found.flatMap(listOf).flatMap((value) => membersNamed(value, step))
  return found
}

function membersNamed(value: Json, { key, exact }: Step): readonly Json[] {
  if (!isObject(value)) return []
  if (exact) return Object.hasOwn(value, key) ? [value[key] ?? null] : []
  const wanted = foldCase(key)
  return Object.entries(value).flatMap(([name, member]) => (foldCase(name) === wanted ? [member] : []))
}

/** `pr`: there is a value other than null and the empty text, at any depth of a complex one. */
export function isPresent(value: Json): boolean {
  if (value === null || value === '') return false
  if (typeof value !== 'object') return true
  return Object.values(value).some(isPresent)
}

function holds(comparison: Comparison, value: Json): boolean {
  switch (comparison.as) {
    case 'text':
      return typeof value === 'string' && holdsForText(comparison, comparison.exact ? value : foldCase(value))
    case 'time': {
      const instant = typeof value === 'string' ? parseDateTime(value) : undefined
      return instant !== undefined && holdsForOrder(comparison.operator, instant - comparison.value)
    }
    case 'number':
      return typeof value === 'number' && holdsForOrder(comparison.operator, value - comparison.value)
    case 'boolean':
      return value === comparison.value
    default:
      return comparison satisfies never
  }
}

function holdsForText({ operator, value: operand }: Comparison & { as: 'text' }, value: string): boolean {
  switch (operator) {
    case 'co':
      return value.includes(operand)
    case 'sw':
      return value.startsWith(operand)
    case 'ew':
      return value.endsWith(operand)
    default:
      return holdsForOrder(operator, compareText(value, operand))
  }
}

function holdsForOrder(operator: 'eq' | 'gt' | 'ge' | 'lt' | 'le', difference: number): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0
    case 'gt':
      return difference > 0
    case 'ge':
      return difference >= 0
    case 'lt':
      return difference < 0
    case 'le':
      return difference <= 0
    default:
      return operator satisfies never
  }
}
