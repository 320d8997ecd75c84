/** RFC 7643 §2.3. `any` is not in the RFC: an attribute nobody declared, kept as it came. It is never advertised. */
export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex'
  | 'any'

/** RFC 7643 §7: everything a client may know about an attribute, and everything this room decides by. */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly description: string
  readonly required: boolean
  readonly canonicalValues?: readonly string[]
  readonly caseExact: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly uniqueness: 'none' | 'server' | 'global'
  readonly referenceTypes?: readonly string[]
  readonly subAttributes?: readonly Attribute[]
}

const defaults = {
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
} as const

type Traits = Partial<Omit<Attribute, 'name' | 'description' | 'subAttributes'>>

/** An attribute with the defaults of RFC 7643 §2.2. */
export function attribute(name: string, description: string, traits: Traits = {}): Attribute {
  return { ...defaults, ...traits, name, description }
}

export function complex(name: string, description: string, subAttributes: readonly Attribute[], traits: Traits = {}) {
  return { ...attribute(name, description, { ...traits, type: 'complex' }), subAttributes }
}

/** A text whose case matters: identifiers, addresses of things. */
export function exact(name: string, description: string, traits: Traits = {}): Attribute {
  return attribute(name, description, { caseExact: true, ...traits })
}

/** RFC 7643 §2.4: a multi-valued attribute with its usual sub-attributes; `value` first, as given. */
export function plural(
  name: string,
  description: string,
  value: Attribute,
  types: readonly string[] = [],
  traits: Traits = {},
) {
  const subAttributes = [
    value,
    attribute('display', 'A name for people to read.'),
    attribute('type', 'What the value is for.', types.length > 0 ? { canonicalValues: types } : {}),
    primary,
  ]
  return complex(name, description, subAttributes, { multiValued: true, ...traits })
}

export const primary = attribute('primary', 'Whether this is the preferred value. True at most once.', {
  type: 'boolean',
})

/** An attribute no schema declares. Unknown data is kept, not refused; texts compare without case (RFC 7643 §2.2). */
export function undeclared(name: string): Attribute {
  return attribute(name, 'Not declared by any schema.', { type: 'any' })
}

const indexes = new WeakMap<readonly Attribute[], Map<string, Attribute>>()

/** Attribute names ignore case, RFC 7643 §2.1. */
export function findAttribute(attributes: readonly Attribute[] | undefined, name: string): Attribute | undefined {
  if (!attributes) return undefined
  let index = indexes.get(attributes)
  if (!index) {
    index = new Map(attributes.map((each) => [each.name.toLowerCase(), each]))
    indexes.set(attributes, index)
  }
  return index.get(name.toLowerCase())
}
