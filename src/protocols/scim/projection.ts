import { type Result, ok } from '../result.ts'
import type { Attribute } from './attribute.ts'
import { findAttribute } from './attribute.ts'
import type { ScimError } from './errors.ts'
import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import { parsePath } from './path.ts'
import { attributesOf, findExtension, isExtensionName, type ResourceType, resolve, sameUrn } from './schema.ts'

/** RFC 7644 §3.9: which attributes an answer holds. It shapes answers only, never what is stored or patched. */
export interface Projection {
  /** Absent when the client named none: the default set. */
  readonly attributes?: readonly Selector[]
  readonly excluded: readonly Selector[]
}

/** A name as the client gave it, found in the schema; all in lower case. */
interface Selector {
  readonly extension?: string
  /** Absent for a whole extension. */
  readonly name?: string
  readonly sub?: string
}

/**
 * @param attributes the names, comma-separated or as a list; the same for `excludedAttributes`. Names no resource can
 *   have select nothing.
 * @returns invalidPath for what is no name.
 */
export function parseProjection(
  attributes: readonly string[],
  excludedAttributes: readonly string[],
  type: ResourceType,
): Result<Projection, ScimError> {
  const included = parseSelectors(attributes, type)
  if (!included.ok) return included
  const excluded = parseSelectors(excludedAttributes, type)
  if (!excluded.ok) return excluded
  const isNamed = attributes.some((each) => each.trim() !== '')
  return ok({ ...(isNamed && { attributes: included.value }), excluded: excluded.value })
}

function parseSelectors(names: readonly string[], type: ResourceType): Result<readonly Selector[], ScimError> {
  const selectors: Selector[] = []
  for (const name of names.flatMap((each) => each.split(','))) {
    if (name.trim() === '') continue
    const path = parsePath(name)
    if (!path.ok) return path
    const target = resolve(type, path.value.attribute)
    if (target?.kind === 'extension') selectors.push({ extension: target.extension.toLowerCase() })
    if (target?.kind === 'attribute') {
      selectors.push({
        ...(target.extension !== undefined && { extension: target.extension.toLowerCase() }),
        name: target.attribute.name.toLowerCase(),
        ...(target.sub && { sub: target.sub.name.toLowerCase() }),
      })
    }
  }
  return ok(selectors)
}

/** Whether answers hold the attribute at all: asked before members are loaded, so that nobody loads what is excluded. */
export function isProjected(projection: Projection, name: string, type: ResourceType): boolean {
  const attribute = findAttribute(attributesOf(type), name)
  return attribute !== undefined && verdict(projection, attribute) !== 'left out'
}

/** The resource as this client wants to see it. `returned` decides about the rest: always, never, on request. */
export function project(resource: JsonObject, type: ResourceType, projection: Projection): JsonObject {
  const entries = Object.entries(resource).flatMap(([name, value]): [string, Json][] => {
    const kept = isExtensionName(name)
      ? projectExtension(projection, name, value, type)
      : projectAttribute(projection, findAttribute(attributesOf(type), name) ?? unknown(name), value)
    return kept === undefined ? [] : [[name, kept]]
  })
  return Object.fromEntries(entries)
}

function unknown(name: string): Pick<Attribute, 'name' | 'returned' | 'subAttributes'> {
  return { name, returned: 'default' }
}

type Shown = Pick<Attribute, 'name' | 'returned' | 'subAttributes'>

function projectExtension(projection: Projection, urn: string, value: Json, type: ResourceType): Json | undefined {
  if (!isObject(value)) return value
  const attributes = findExtension(type, urn)?.attributes
  const entries = Object.entries(value).flatMap(([name, each]): [string, Json][] => {
    const kept = projectAttribute(projection, findAttribute(attributes, name) ?? unknown(name), each, urn)
    return kept === undefined ? [] : [[name, kept]]
  })
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

function projectAttribute(projection: Projection, attribute: Shown, value: Json, urn?: string): Json | undefined {
  const decided = verdict(projection, attribute, urn)
  if (decided === 'left out') return undefined
  if (decided === 'whole' && projection.excluded.length === 0 && !hidesSubs(attribute) && isFilled(value)) return value
  if (decided === 'whole') return withoutSubs(value, attribute, (sub) => shownInside(projection, attribute, sub, urn))
  return withoutSubs(value, attribute, (sub) => {
    return (decided.has(sub.name.toLowerCase()) && sub.returned !== 'never') || sub.returned === 'always'
  })
}

const hiding = new WeakMap<readonly Attribute[], boolean>()

/** Whether some sub-attribute is never shown: otherwise most values are answered as they are stored, without a copy. */
function hidesSubs(attribute: Shown): boolean {
  const { subAttributes } = attribute
  if (!subAttributes) return false
  let hides = hiding.get(subAttributes)
  if (hides === undefined) {
    hides = subAttributes.some(({ returned }) => returned === 'never')
    hiding.set(subAttributes, hides)
  }
  return hides
}

/** Whether nothing in it is empty, which would be left out. */
function isFilled(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true
  const parts = Array.isArray(value) ? listOf(value) : []
  return Object.keys(value).length > 0 && parts.every((part) => !Array.isArray(part) && isFilled(part))
}

function shownInside(projection: Projection, attribute: Shown, sub: Shown, urn?: string): boolean {
  if (sub.returned === 'never') return false
  return (
    sub.returned === 'always' ||
    !selecting(projection.excluded, attribute, urn).some((each) => sameName(each.sub, sub.name))
  )
}

function withoutSubs(value: Json, attribute: Shown, keep: (sub: Shown) => boolean): Json | undefined {
  if (Array.isArray(value)) {
    const elements = listOf(value).flatMap((each) => withoutSubs(each, attribute, keep) ?? [])
    return elements.length > 0 ? elements : undefined
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([name]) =>
    keep(findAttribute(attribute.subAttributes, name) ?? unknown(name)),
  )
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** Everything, nothing, or the sub-attributes named. */
function verdict(projection: Projection, attribute: Shown, urn?: string): 'whole' | 'left out' | ReadonlySet<string> {
  if (attribute.returned === 'never') return 'left out'
  if (attribute.returned === 'always') return 'whole'
  if (selecting(projection.excluded, attribute, urn).some(({ sub }) => sub === undefined)) return 'left out'
  if (!projection.attributes) return attribute.returned === 'request' ? 'left out' : 'whole'
  const named = selecting(projection.attributes, attribute, urn)
  if (named.length === 0) return 'left out'
  const subs = named.flatMap(({ sub }) => sub ?? [])
  return subs.length === named.length ? new Set(subs) : 'whole'
}

function selecting(selectors: readonly Selector[], attribute: Shown, urn?: string): readonly Selector[] {
  return selectors.filter(({ extension, name }) => {
    const inPlace = urn === undefined ? extension === undefined : extension !== undefined && sameUrn(extension, urn)
    return inPlace && (name === undefined || sameName(name, attribute.name))
  })
}

function sameName(a: string | undefined, b: string): boolean {
  return a === b.toLowerCase()
}
