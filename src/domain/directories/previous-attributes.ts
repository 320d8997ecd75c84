import { type Json, sameJson } from '#protocols/scim/json.ts'

/** Compared key by key; everything else as a whole. */
const deep = new Set(['custom_attributes', 'raw_attributes'])
/** Follow from the change itself. */
const derived = new Set(['updated_at'])

type Fields = Readonly<Record<string, unknown>>

/**
 * What an update event tells of the time before: root keys, and keys of the custom and raw attributes, that changed. A key
 * that is new shows null. Empty when nothing changed: then there is nothing to announce.
 */
export function previousAttributes(before: Fields, after: Fields): Record<string, unknown> {
  const previous: Record<string, unknown> = {}
  for (const key of keysOf(before, after)) {
    if (derived.has(key) || same(before[key], after[key])) continue
    previous[key] = deep.has(key) ? changed(fieldsOf(before[key]), fieldsOf(after[key])) : (before[key] ?? null)
  }
  return previous
}

function changed(before: Fields, after: Fields): Record<string, unknown> {
  const keys = keysOf(before, after).filter((key) => !same(before[key], after[key]))
  return Object.fromEntries(keys.map((key) => [key, before[key] ?? null]))
}

function keysOf(before: Fields, after: Fields): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {} // JSON
}

/** Absent and null are the same to whoever reads events. */
function same(a: unknown, b: unknown): boolean {
  return sameJson((a ?? null) as Json, (b ?? null) as Json) // both come out of JSON
}
