import type { OrganizationUpdate } from '#contracts/organizations.ts'
import { BadRequest } from '../errors.ts'

const maxOrganizationEntries = 50
const maxKeyLength = 40
const maxValueLength = 600

/**
 * Lays a change over metadata: a null value removes its key, a null change removes everything.
 * @throws BadRequest `invalid_metadata` past the vendor's limits.
 */
export function changeMetadata(
  current: Readonly<Record<string, string>>,
  change: NonNullable<OrganizationUpdate['metadata']> | null,
  maxEntries = maxOrganizationEntries,
): Record<string, string> {
  if (change === null) return {}
  const merged = new Map(Object.entries(current))
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  if (merged.size > maxEntries) throw refusal(`Metadata can have ${maxEntries} keys; this would make ${merged.size}.`)
  for (const [key, value] of merged) {
    if (key.length === 0 || key.length > maxKeyLength || !/^[\x20-\x7E]+$/.test(key))
      throw refusal(
        `Metadata key '${key.slice(0, maxKeyLength)}' must be 1 to ${maxKeyLength} printable ASCII characters.`,
      )
    if (value.length > maxValueLength)
      throw refusal(`The metadata value of '${key}' has ${value.length} characters; ${maxValueLength} are allowed.`)
  }
  return Object.fromEntries(merged)
}

function refusal(message: string): BadRequest {
  return new BadRequest(message, 'invalid_metadata')
}
