import { badRequest } from '#protocols/scim/errors.ts'
import type { SortKey } from '#protocols/scim/sort-sql.ts'
import { ScimRefused } from './refused.ts'

/** The last row of a page by cursor. */
export interface Place {
  /** In the order of creation. */
  readonly seq: number
  /** What it was sorted by, as text; null when it has none, absent without an order of the client's. */
  readonly value?: string | null
}

/**
 * RFC 9865 §2: opaque to clients. It names the last row seen, so rows that come and go shift nothing, and how the rows were
 * sorted, so that it cannot lead into another order.
 */
export function writeCursor({ seq, value }: Place, sort: SortKey | undefined): string {
  return Buffer.from(JSON.stringify([seq, orderOf(sort), ...(sort ? [value] : [])])).toString('base64url')
}

/** @throws ScimRefused 400 `invalidCursor` */
export function readCursor(cursor: string, sort: SortKey | undefined): Place {
  const [seq, order, value] = parse(cursor)
  if (!Number.isSafeInteger(seq) || typeof seq !== 'number' || seq < 0) throw unknown()
  if (order !== orderOf(sort))
    throw new ScimRefused(badRequest('invalidCursor', 'This cursor belongs to pages in another order.'))
  if (!sort) return { seq }
  if (value !== null && !(typeof value === 'string' && isOf[sort.type](value))) throw unknown()
  return { seq, value }
}

/** What PostgreSQL reads as such a value: a cursor that somebody made up is refused before it gets there. */
const isOf: Readonly<Record<SortKey['type'], (text: string) => boolean>> = {
  boolean: (text) => text === 'true' || text === 'false',
  numeric: (text) => /^-?\d{1,400}(?:\.\d{1,400})?$/.test(text),
  text: (text) => !text.includes('\0') && text.isWellFormed(),
}

function orderOf(sort: SortKey | undefined): string {
  return sort ? `${sort.descending ? '-' : '+'}${sort.path}` : ''
}

function parse(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(parsed)) return parsed
  } catch {
    // Not one of ours.
  }
  throw unknown()
}

function unknown(): ScimRefused {
  return new ScimRefused(badRequest('invalidCursor', 'This cursor was not given out here.'))
}
