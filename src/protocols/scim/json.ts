export type Json = string | number | boolean | null | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** What a hostile or broken client may not send, in one pass over the parsed body. */
export interface JsonLimits {
  readonly depth: number
  /** In UTF-16 code units, for any one text. Attributes have tighter limits of their own. */
  readonly text: number
}

export const jsonLimits: JsonLimits = { depth: 32, text: 200_000 }

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The reason why a parsed body cannot be worked with, or undefined. Everything else here recurses freely, because this
 * was called first: JSON.parse returns structures far deeper than the stack.
 */
export function findJsonFault(root: unknown, limits: JsonLimits = jsonLimits): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next
    if (typeof value === 'string') {
      const fault = findTextFault(value, limits.text)
      if (fault) return fault
    } else if (typeof value === 'object' && value !== null) {
      if (depth > limits.depth) return `The document nests deeper than ${limits.depth} levels.`
      for (const [name, member] of Object.entries(value)) {
        const fault = findNameFault(name)
        if (fault) return fault
        open.push({ value: member, depth: depth + 1 })
      }
    }
  }
  return undefined
}

function findNameFault(name: string): string | undefined {
  // Assigning to this name on a copy would change the copy's prototype instead of adding a member.
  if (name === '__proto__') return 'A member cannot be named "__proto__".'
  return findTextFault(name, 1_000)
}

/** Why PostgreSQL or UTF-8 could not hold the text, or undefined. */
export function findTextFault(text: string, limit: number): string | undefined {
  if (text.length > limit) return `A text of ${text.length} characters is longer than ${limit}.`
  if (text.includes('\u0000')) return 'A text contains the character U+0000.'
  if (!text.isWellFormed()) return 'A text contains half of a surrogate pair.'
  return undefined
}

/** The value as a text that is equal for equal values: members sorted by name. For comparing and de-duplicating. */
export function canonicalJson(value: Json | undefined): string {
  return (
    JSON.stringify(value, (_name, member: Json) => (isObject(member) ? sortMembers(member) : member)) ?? 'undefined'
  )
}

function sortMembers(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b)
}

/** The elements of an array; any other value is its own only element, and no value has none. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly Json[]) : [value] // isArray does not know readonly arrays.
}

/** The member with this exact name, never one inherited from Object.prototype. */
export function ownMember(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** The name as the object spells it. Attribute names ignore case, RFC 7643 §2.1. */
export function spelledName(object: object, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name
  const wanted = name.toLowerCase()
  return Object.keys(object).find((key) => key.toLowerCase() === wanted)
}

/** For sentences: "a boolean", "an array". */
export function describeType(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`
}
