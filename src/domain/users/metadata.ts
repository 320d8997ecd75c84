import type { UserUpdate } from '#contracts/users.ts'
import { changeMetadata } from '../organizations/metadata.ts'

/** The vendor allows users fewer keys than organizations. */
const maxEntries = 10

/**
 * As for organizations, and an empty change removes everything too.
 * @throws BadRequest `invalid_metadata`
 */
export function changeUserMetadata(
  current: Readonly<Record<string, string>>,
  change: NonNullable<UserUpdate['metadata']> | null,
): Record<string, string> {
  return changeMetadata(current, change !== null && Object.keys(change).length === 0 ? null : change, maxEntries)
}
