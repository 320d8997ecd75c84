import { type Attribute, findAttribute } from './attribute.ts'
import { readBoolean } from './bind.ts'
import { isObject } from './json.ts'
import { attributesOf, findExtension, isExtensionName, type ResourceType } from './schema.ts'

/**
 * What identity providers send that the RFC does not allow, and what it is taken for. Dialects end here: what comes
 * after this door is strict.
 */
export interface Tolerance {
  readonly name: string
  /** Who is known to need it. */
  readonly clients: readonly string[]
  readonly does: string
}

/** A rule about a value, decided by the attribute it is for. */
export interface ValueRule extends Tolerance {
  /** `whole`: the value of the attribute. `single`: each value of a multi-valued one, or the only one. */
  readonly at: 'whole' | 'single'
  /** Returns the value to go on with, the given one where the rule does not apply. */
  apply(attribute: Attribute, value: unknown): unknown
}

export const valueRules: readonly ValueRule[] = [
  {
    name: 'object instead of array',
    clients: ['JumpCloud', 'OneLogin'],
    does: 'Takes a single value of a multi-valued attribute for an array of it.',
    at: 'whole',
    apply: ({ multiValued }, value) => (multiValued && value !== null && !Array.isArray(value) ? [value] : value),
  },
  {
    name: 'array instead of value',
    clients: ['Entra'],
    does: 'Takes an array of one for the value of a single-valued attribute, and an empty one for none.',
    at: 'whole',
    apply: ({ multiValued }, value) => {
      const isOne = !multiValued && Array.isArray(value) && value.length < 2
      return isOne ? (value[0] ?? null) : value
    },
  },
  {
    name: 'value in an object',
    clients: ['Entra'],
    does: 'Takes {"$ref": null, "value": x} for x where the attribute is not complex.',
    at: 'single',
    apply: ({ type }, value) =>
      type !== 'complex' && isObject(value) && Object.hasOwn(value, 'value') ? value['value'] : value,
  },
  {
    name: 'empty text',
    clients: ['OneLogin', 'Rippling'],
    does: 'Takes "" for no value: templates send it for what a person does not have.',
    at: 'single',
    apply: (_attribute, value) => (value === '' ? null : value),
  },
  {
    name: 'boolean as text',
    clients: ['Entra'],
    does: 'Takes "True" and "False" for booleans. Left as text, "False" would be truthy and nobody ever offboarded.',
    at: 'single',
    apply: ({ type }, value) =>
      type === 'boolean' && typeof value === 'string' ? (readBoolean(value) ?? value) : value,
  },
  {
    name: 'number as text',
    clients: ['OneLogin', 'Rippling'],
    does: 'Takes a number for its digits where the attribute is a text, such as employeeNumber.',
    at: 'single',
    apply: ({ type }, value) => (type === 'string' && typeof value === 'number' ? String(value) : value),
  },
  {
    name: 'text instead of object',
    clients: ['Entra', 'JumpCloud'],
    does: 'Takes a text for the "value" of a complex attribute: the manager, a member, an email address.',
    at: 'single',
    apply: (attribute, value) => (hasValue(attribute) && typeof value === 'string' ? { value } : value),
  },
  {
    name: 'element without value',
    clients: ['OneLogin'],
    does: 'Drops values such as {"type": "home", "value": ""}: a kind of address, and no address.',
    at: 'single',
    apply: (attribute, value) =>
      attribute.multiValued && hasValue(attribute) && !needsValue(attribute) && isEmptyElement(value) ? null : value,
  },
]

function hasValue(attribute: Attribute): boolean {
  return attribute.type === 'complex' && findAttribute(attribute.subAttributes, 'value') !== undefined
}

/** Members must have one: a list that replaces them is not to lose any by being misread. */
function needsValue(attribute: Attribute): boolean {
  return findAttribute(attribute.subAttributes, 'value')?.required ?? false
}

function isEmptyElement(value: unknown): boolean {
  return isObject(value) && Object.hasOwn(value, 'value') && (value['value'] === '' || value['value'] === null)
}

const wholeRules = valueRules.filter(({ at }) => at === 'whole')
const singleRules = valueRules.filter(({ at }) => at === 'single')

/** Applies the rules to a value and to everything in it that a schema declares. */
export function tolerateValue(attribute: Attribute, value: unknown): unknown {
  // What no schema declares has no right form to be put into.
  if (attribute.type === 'any') return value
  const whole = wholeRules.reduce((taken, rule) => rule.apply(attribute, taken), value)
  if (!attribute.multiValued) return tolerateSingle(attribute, whole)
  return Array.isArray(whole) ? whole.map((each: unknown) => tolerateSingle(attribute, each)) : whole
}

/** One value of a multi-valued attribute, or the only one of another. */
export function tolerateSingle(attribute: Attribute, value: unknown): unknown {
  const single = singleRules.reduce((taken, rule) => rule.apply(attribute, taken), value)
  return isObject(single) ? tolerateMembers(attribute.subAttributes ?? [], single) : single
}

export function tolerateMembers(
  attributes: readonly Attribute[],
  members: Record<string, unknown>,
): Record<string, unknown> {
  const entries = Object.entries(members).map(([name, value]): [string, unknown] => {
    const attribute = findAttribute(attributes, name)
    return [name, attribute ? tolerateValue(attribute, value) : value]
  })
  return Object.fromEntries(entries)
}

/** The body of a POST or PUT with its values put right. */
export function tolerateBody(body: Record<string, unknown>, type: ResourceType): Record<string, unknown> {
  const core = tolerateMembers(attributesOf(type), body)
  const entries = Object.entries(core).map(([name, value]): [string, unknown] => {
    const extension = isExtensionName(name) ? findExtension(type, name) : undefined
    return [name, extension && isObject(value) ? tolerateMembers(extension.attributes, value) : value]
  })
  return Object.fromEntries(entries)
}
