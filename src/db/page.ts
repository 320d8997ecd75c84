import type { Page, PageQuery } from '#contracts/list.ts'

const defaultLimit = 10

/** What a list query has to honour: bounds on the id, exclusive; the direction to read in; and how many rows. */
export interface Bounds {
  readonly newerThan: string | undefined
  readonly olderThan: string | undefined
  readonly direction: 'asc' | 'desc'
  readonly limit: number
}

/**
 * Reads one page of objects ordered by id. Work is proportional to the page: the cursor is compared, never looked up,
 * so a cursor whose row is gone still works.
 *
 * Without `order` the vendor's API shows newest first but mirrors the cursors: `before` fetches older rows.
 */
export async function readPage<Row extends { readonly id: string }>(
  query: PageQuery,
  fetch: (bounds: Bounds) => Promise<Row[]>,
): Promise<{ rows: Row[]; list_metadata: Page<Row>['list_metadata'] }> {
  const mirrored = query.order === undefined || query.order === 'normal'
  const [after, before] = mirrored ? [query.before, query.after] : [query.after, query.before]
  const shown = query.order === 'asc' ? 'asc' : 'desc'
  const backwards = before !== undefined && after === undefined
  const limit = query.limit ?? defaultLimit
  const [newerThan, olderThan] = shown === 'asc' ? [after, before] : [before, after]

  const direction = backwards ? opposite(shown) : shown
  const fetched = await fetch({ newerThan, olderThan, direction, limit: limit + 1 })
  const more = fetched.length > limit
  const rows = backwards ? fetched.slice(0, limit).toReversed() : fetched.slice(0, limit)

  const first = rows.at(0)?.id ?? null
  const last = rows.at(-1)?.id ?? null
  const next = backwards || more ? last : null
  const previous = (backwards ? more : after !== undefined) ? first : null
  return { rows, list_metadata: mirrored ? { before: next, after: previous } : { before: previous, after: next } }
}

function opposite(direction: 'asc' | 'desc'): 'asc' | 'desc' {
  return direction === 'asc' ? 'desc' : 'asc'
}
