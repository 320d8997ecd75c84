import { type Attribute, attribute, complex, exact, findAttribute, undeclared } from './attribute.ts'
import { groupSchema } from './group-schema.ts'
import type { JsonObject } from './json.ts'
import { enterpriseUserSchema, userSchema } from './user-schema.ts'

/** RFC 7643 §7. */
export interface Schema {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
}

/** RFC 7643 §6. Every function here that must know what an attribute means takes one of these. */
export interface ResourceType {
  readonly name: string
  /** Relative to the base URL, with its leading slash. */
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly Schema[]
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: userSchema,
  extensions: [enterpriseUserSchema],
}

export const groupType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: groupSchema,
  extensions: [],
}

export const resourceTypes: readonly ResourceType[] = [userType, groupType]

const readOnly = { mutability: 'readOnly' } as const

/** RFC 7643 §3.1 and the `schemas` of §3: every resource has them, no schema lists them. */
export const commonAttributes: readonly Attribute[] = [
  attribute('schemas', 'The URIs of the schemas that apply.', {
    ...readOnly,
    type: 'reference',
    multiValued: true,
    required: true,
    returned: 'always',
  }),
  exact('id', 'The identifier this server gave the resource.', {
    ...readOnly,
    returned: 'always',
    uniqueness: 'server',
  }),
  exact('externalId', 'The identifier the client gave the resource.'),
  complex(
    'meta',
    'Facts about the resource.',
    [
      exact('resourceType', 'The name of its type.', readOnly),
      attribute('created', 'When it was added.', { ...readOnly, type: 'dateTime' }),
      attribute('lastModified', 'When it last changed.', { ...readOnly, type: 'dateTime' }),
      exact('location', 'Its address.', { ...readOnly, type: 'reference', referenceTypes: ['uri'] }),
      exact('version', 'Its entity tag.', readOnly),
    ],
    readOnly,
  ),
]

const coreAttributes = new WeakMap<ResourceType, readonly Attribute[]>()

/** The common attributes and those of the primary schema. */
export function attributesOf(type: ResourceType): readonly Attribute[] {
  let attributes = coreAttributes.get(type)
  if (!attributes) {
    attributes = [...commonAttributes, ...type.schema.attributes]
    coreAttributes.set(type, attributes)
  }
  return attributes
}

/** URNs ignore case (RFC 8141 §3.1), and so do the schema URIs clients send. */
export function sameUrn(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase()
}

export function findExtension(type: ResourceType, urn: string): Schema | undefined {
  return type.extensions.find(({ id }) => sameUrn(id, urn))
}

/** An attribute as a client names it: syntax only. `urn` is what stood before the last colon. */
export interface AttributePath {
  readonly urn?: string
  readonly name: string
  readonly sub?: string
}

/** What a path points at. `extension` is the member of the resource that holds the attribute, absent for core ones. */
export type Target =
  | { readonly kind: 'resource' }
  | { readonly kind: 'extension'; readonly extension: string; readonly attributes: readonly Attribute[] }
  | {
      readonly kind: 'attribute'
      readonly extension?: string
      readonly attribute: Attribute
      readonly sub?: Attribute
    }

const coreSchemaPrefix = 'urn:ietf:params:scim:schemas:core:'

/**
 * Finds what a path means in a resource type, RFC 7644 §3.10. Schema URNs contain dots and colons, so a path is split
 * at the URNs that are known, not at the last dot. Names no schema declares resolve to undeclared attributes.
 *
 * @param undeclaredUrns extensions the resource already carries and no schema declares.
 * @returns undefined for what cannot exist: another type's attribute, a sub-attribute of a simple one.
 */
export function resolve(
  type: ResourceType,
  path: AttributePath,
  undeclaredUrns: readonly string[] = [],
): Target | undefined {
  const { urn, name, sub } = path
  if (urn === undefined || sameUrn(urn, type.schema.id)) return locate(attributesOf(type), name, sub)
  const known = findExtension(type, urn)
  if (known) return locate(known.attributes, name, sub, known.id)

  // "urn:…:2.0:User" parses as the attribute "User" of "urn:…:2.0": the whole may be the URN itself.
  const whole = `${urn}:${name}`
  if (sameUrn(whole, type.schema.id)) return sub === undefined ? { kind: 'resource' } : locate(attributesOf(type), sub)
  const extension = findExtension(type, whole)
  if (extension) {
    if (sub !== undefined) return locate(extension.attributes, sub, undefined, extension.id)
    return { kind: 'extension', extension: extension.id, attributes: extension.attributes }
  }
  if (urn.toLowerCase().startsWith(coreSchemaPrefix) || whole.toLowerCase().startsWith(coreSchemaPrefix)) {
    return undefined
  }
  const carried = undeclaredUrns.find((each) => sameUrn(each, whole))
  if (carried !== undefined && sub === undefined) return { kind: 'extension', extension: carried, attributes: [] }
  return locate([], name, sub, undeclaredUrns.find((each) => sameUrn(each, urn)) ?? urn)
}

function locate(
  attributes: readonly Attribute[],
  name: string,
  sub?: string,
  extension?: string,
): Extract<Target, { kind: 'attribute' }> | undefined {
  const found = findAttribute(attributes, name) ?? undeclared(name)
  const place = { kind: 'attribute', ...(extension !== undefined && { extension }), attribute: found } as const
  if (sub === undefined) return place
  const foundSub = findSubAttribute(found, sub)
  return foundSub && { ...place, sub: foundSub }
}

/** @returns undefined when the attribute cannot have sub-attributes. */
export function findSubAttribute(parent: Attribute, name: string): Attribute | undefined {
  if (parent.type !== 'complex' && parent.type !== 'any') return undefined
  return findAttribute(parent.subAttributes, name) ?? undeclared(name)
}

/** Extensions of a resource are the members named by a URI. Attribute names cannot contain a colon. */
export function isExtensionName(name: string): boolean {
  return name.includes(':')
}

/** The schemas a resource has data of: its type's, then its extensions'. */
export function listSchemas(resource: JsonObject, type: ResourceType): readonly string[] {
  return [type.schema.id, ...Object.keys(resource).filter(isExtensionName)]
}
