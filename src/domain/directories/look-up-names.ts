import type { BoundFilter } from '#protocols/scim/bind.ts'
import { addressAskedFor, type Table } from './scim-storage.ts'

/** Clients look people up in a handful of ways. Names of extensions stand in the text, so there could be any number. */
const mostNames = 64

const names = new Map<string, string>()

/**
 * A name for the statement of a look-up by an equal text, which identity providers send before every change: planning it
 * takes longer than carrying it out. Other filters are planned each time, by the values they have.
 */
export function lookUpName(filter: BoundFilter | undefined, text: string): { name?: string } {
  if (!filter || !isLookUp(filter)) return {}
  const known = names.get(text)
  if (known !== undefined) return { name: known }
  if (names.size >= mostNames) return {}
  const name = `scim-look-up-${names.size + 1}`
  names.set(text, name)
  return { name }
}

function isLookUp(filter: BoundFilter): boolean {
  if (addressAskedFor(filter) !== undefined) return true
  return filter.kind === 'compare' && filter.comparison.as === 'text' && filter.comparison.operator === 'eq'
}

/**
 * Whether an index finds what matches, and it is one at most. External ids, addresses and names of groups can be those of
 * many: how many is up to whoever fills the directory.
 */
export function findsOne(table: Table, filter: BoundFilter): boolean {
  if (filter.kind !== 'compare' || !isLookUp(filter)) return false
  const { path } = filter.place
  return path === 'id' || (path === 'userName' && table === 'directory_users')
}
