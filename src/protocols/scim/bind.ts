import { type Result, ok, refused } from '../result.ts'
import { type Attribute, findAttribute } from './attribute.ts'
import { foldCase } from './compare-text.ts'
import { parseDateTime } from './date-time.ts'
import type { Filter, FilterFault, Literal, Operator } from './filter.ts'
import { type AttributePath, attributesOf, findSubAttribute, type ResourceType, resolve } from './schema.ts'

/** One member on the way to a value. Undeclared names are looked up without regard to case, as nobody spelled them. */
export interface Step {
  readonly key: string
  readonly exact: boolean
}

/** Where values are, in a resource or in an element of it. */
export interface Place {
  readonly steps: readonly Step[]
  /** The canonical name: `userName`, `emails.value`, `urn:…:User:department`. Undeclared names stay as written. */
  readonly path: string
  readonly attribute: Attribute
  /** Whether a resource can hold several such values. */
  readonly multiValued: boolean
}

export type TextOperator = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le'
export type OrderOperator = 'eq' | 'gt' | 'ge' | 'lt' | 'le'

/** What is compared, with the operand already in the form it is compared in: folded, as an instant, as a number. */
export type Comparison =
  | { readonly as: 'text'; readonly exact: boolean; readonly operator: TextOperator; readonly value: string }
  | { readonly as: 'time'; readonly operator: OrderOperator; readonly value: number }
  | { readonly as: 'number'; readonly operator: OrderOperator; readonly value: number }
  | { readonly as: 'boolean'; readonly operator: 'eq'; readonly value: boolean }

/**
 * A filter with its names found in a schema and its operands checked: what match.ts and sql.ts both run, so that they
 * cannot differ about what a name means. `ne` is the negation of `eq`, and `eq null` that of `pr`.
 */
export type BoundFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly BoundFilter[] }
  | { readonly kind: 'not'; readonly filter: BoundFilter }
  | { readonly kind: 'present'; readonly place: Place }
  | { readonly kind: 'compare'; readonly place: Place; readonly comparison: Comparison }
  | { readonly kind: 'elements'; readonly place: Place; readonly filter: BoundFilter }
  /** RFC 7644 §3.4.2.2: an attribute that is not defined for the resource has no value. */
  | { readonly kind: 'never' }

/** @returns invalidFilter for comparisons the RFC refuses, such as `gt` on a boolean. */
export function bindFilter(filter: Filter, type: ResourceType): Result<BoundFilter, FilterFault> {
  return bind(filter, (path) => findable(placeInResource(type, path)))
}

/** Binds what stands in the brackets of `emails[…]`. */
export function bindElementFilter(filter: Filter, attribute: Attribute): Result<BoundFilter, FilterFault> {
  return bind(filter, (path) => {
    const place = placeInElement(attribute, path)
    return findable(place, `${attribute.name}.${place?.path ?? ''}`)
  })
}

/** Finds what a name means, and refuses what is only made for answers: finding nothing by it would be untrue. */
type Locate = (path: AttributePath) => Result<Place | undefined, FilterFault>

const madeForAnswers: ReadonlySet<string> = new Set(['meta.location', 'meta.version', 'groups.$ref', 'members.$ref'])

function findable(place: Place | undefined, path = place?.path ?? ''): ReturnType<Locate> {
  return madeForAnswers.has(path) ? refuse(`${path} is made for each answer; nothing is found by it.`) : ok(place)
}

function bind(filter: Filter, locate: Locate): Result<BoundFilter, FilterFault> {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const filters: BoundFilter[] = []
      for (const each of filter.filters) {
        const bound = bind(each, locate)
        if (!bound.ok) return bound
        filters.push(bound.value)
      }
      return ok({ kind: filter.kind, filters })
    }
    case 'not': {
      const inner = bind(filter.filter, locate)
      return inner.ok ? ok({ kind: 'not', filter: inner.value }) : inner
    }
    case 'present': {
      const place = locate(filter.path)
      if (!place.ok) return place
      return ok(place.value ? { kind: 'present', place: place.value } : { kind: 'never' })
    }
    case 'elements': {
      const located = locate(filter.path)
      if (!located.ok) return located
      const place = located.value
      if (!place) return ok({ kind: 'never' })
      if (place.attribute.type !== 'complex' && place.attribute.type !== 'any') {
        return refuse(`${place.path} has no elements to select from.`)
      }
      const inner = bindElementFilter(filter.filter, place.attribute)
      return inner.ok ? ok({ kind: 'elements', place, filter: inner.value }) : inner
    }
    case 'compare': {
      const place = locate(filter.path)
      if (!place.ok) return place
      return place.value
        ? bindComparison(place.value, filter.operator, filter.value)
        : bindNever(filter.operator, filter.value)
    }
    default:
      return filter satisfies never
  }
}

function refuse(detail: string): Result<never, FilterFault> {
  return refused({ scimType: 'invalidFilter', detail })
}

function bindNever(operator: Operator, value: Literal): Result<BoundFilter, FilterFault> {
  // No value: `ne` anything but null holds, and `eq null`.
  const holds = value === null ? operator === 'eq' : operator === 'ne'
  return ok(holds ? { kind: 'not', filter: { kind: 'never' } } : { kind: 'never' })
}

/** Where the values of an attribute are, undefined when the resource type cannot have it. */
export function placeInResource(type: ResourceType, path: AttributePath): Place | undefined {
  const target = resolve(type, qualify(type, path))
  if (!target || target.kind === 'resource') return undefined
  if (target.kind === 'extension') {
    return place([{ key: target.extension, exact: true }], extensionObject(target.extension, target.attributes))
  }
  const { extension, attribute, sub } = target
  const declared = extension === undefined || type.extensions.some(({ id }) => id === extension)
  const holder = extension === undefined ? [] : [{ key: extension, exact: declared }]
  return sub
    ? place([...holder, step(attribute), step(sub)], sub, attribute)
    : place([...holder, step(attribute)], attribute)
}

/** RFC 7644 §3.10 wants the URN before an attribute of an extension; Entra asks for `manager eq` without it. */
function qualify(type: ResourceType, path: AttributePath): AttributePath {
  if (path.urn !== undefined || findAttribute(attributesOf(type), path.name)) return path
  const extension = type.extensions.find(({ attributes }) => findAttribute(attributes, path.name))
  return extension ? { ...path, urn: extension.id } : path
}

function placeInElement(parent: Attribute, path: AttributePath): Place | undefined {
  if (path.sub !== undefined) return undefined
  const sub = findSubAttribute(parent, path.name)
  return sub && place([step(sub)], sub)
}

function step(attribute: Attribute): Step {
  return { key: attribute.name, exact: attribute.type !== 'any' }
}

function place(steps: readonly Step[], attribute: Attribute, parent?: Attribute): Place {
  return {
    steps,
    path: printSteps(steps),
    attribute,
    multiValued: attribute.multiValued || (parent?.multiValued ?? false) || steps.some(({ exact }) => !exact),
  }
}

function printSteps(steps: readonly Step[]): string {
  const [first, ...rest] = steps.map(({ key }) => key)
  if (first?.includes(':')) return rest.length > 0 ? `${first}:${rest.join('.')}` : first
  return [first, ...rest].join('.')
}

function extensionObject(urn: string, subAttributes: readonly Attribute[]): Attribute {
  return {
    name: urn,
    type: 'complex',
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    subAttributes,
  }
}

/**
 * A complex attribute named where a simple value is due means its `value` (RFC 7644 §3.4.2.2 has it for `emails co`;
 * Entra asks for `members eq` and `manager eq`).
 */
export function valuePlace(from: Place): Place | undefined {
  if (from.attribute.type !== 'complex') return from
  const value = from.attribute.subAttributes?.find(({ name }) => name === 'value')
  if (!value) return undefined
  const steps = [...from.steps, step(value)]
  return { ...place(steps, value), multiValued: from.multiValued }
}

function bindComparison(from: Place, operator: Operator, literal: Literal): Result<BoundFilter, FilterFault> {
  if (literal === null) return bindNull(from, operator)
  const at = valuePlace(from)
  if (!at) return refuse(`${from.path} has several parts; compare one of them, as in ${from.path}.${firstSub(from)}.`)
  const comparison = compareAs(at, operator === 'ne' ? 'eq' : operator, literal)
  if (!comparison.ok) return comparison
  const compare = { kind: 'compare', place: at, comparison: comparison.value } as const
  return ok(operator === 'ne' ? { kind: 'not', filter: compare } : compare)
}

/** RFC 7643 §2.5: null is the same as no value. */
function bindNull(from: Place, operator: Operator): Result<BoundFilter, FilterFault> {
  const present = { kind: 'present', place: from } as const
  if (operator === 'eq') return ok({ kind: 'not', filter: present })
  if (operator === 'ne') return ok(present)
  return refuse(`Nothing is ${operator} null; only eq and ne go with null.`)
}

function firstSub({ attribute }: Place): string {
  return attribute.subAttributes?.[0]?.name ?? 'value'
}

type Typed = Result<Comparison, FilterFault>

function compareAs(at: Place, operator: TextOperator, literal: string | number | boolean): Typed {
  switch (at.attribute.type) {
    case 'boolean':
      return compareBoolean(at, operator, literal)
    case 'integer':
    case 'decimal':
      return compareNumber(at, operator, typeof literal === 'string' ? readNumber(literal) : literal)
    case 'dateTime':
      return compareTime(at, operator, literal)
    case 'any':
      if (typeof literal === 'string') return compareText(at, operator, literal)
      if (typeof literal === 'number') return compareNumber(at, operator, literal)
      return compareBoolean(at, operator, literal)
    case 'binary':
      if (isOrder(operator)) return refuse(`${at.path} is binary; ${operator} has no meaning for it.`)
      return compareText(at, operator, String(literal))
    case 'string':
    case 'reference':
    case 'complex':
      // employeeNumber eq 7 means the text "7".
      return compareText(at, operator, String(literal))
    default:
      return at.attribute.type satisfies never
  }
}

function compareText(at: Place, operator: TextOperator, literal: string): Typed {
  const exact = at.attribute.caseExact
  return ok({ as: 'text', exact, operator, value: exact ? literal : foldCase(literal) })
}

function compareBoolean(at: Place, operator: TextOperator, literal: string | number | boolean): Typed {
  // RFC 7644 table 3: order on a boolean is invalidFilter.
  if (operator !== 'eq') return refuse(`${at.path} is compared as a boolean; only eq, ne and pr go with those.`)
  const value = typeof literal === 'string' ? readBoolean(literal) : literal
  if (typeof value !== 'boolean') return refuse(`${at.path} is a boolean; compare it with true or false.`)
  return ok({ as: 'boolean', operator, value })
}

function compareNumber(at: Place, operator: TextOperator, value: number | boolean | undefined): Typed {
  if (typeof value !== 'number') return refuse(`${at.path} is a number; compare it with one.`)
  if (!isNumeric(operator)) return refuse(`${at.path} is compared as a number; ${operator} is for texts.`)
  return ok({ as: 'number', operator, value })
}

function compareTime(at: Place, operator: TextOperator, literal: string | number | boolean): Typed {
  const value = typeof literal === 'string' ? parseDateTime(literal) : undefined
  if (value === undefined) return refuse(`${at.path} is a time; compare it with one, such as "2026-01-31T00:00:00Z".`)
  if (!isNumeric(operator)) return refuse(`${at.path} is compared as a time; ${operator} is for texts.`)
  return ok({ as: 'time', operator, value })
}

function isOrder(operator: TextOperator): boolean {
  return operator === 'gt' || operator === 'ge' || operator === 'lt' || operator === 'le'
}

function isNumeric(operator: TextOperator): operator is OrderOperator {
  return operator === 'eq' || isOrder(operator)
}

/** Entra writes booleans as "True" and "False", in filters too. */
export function readBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

function readNumber(text: string): number | undefined {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? value : undefined
}
