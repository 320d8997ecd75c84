import { type RawBuilder, sql } from 'kysely'
import type { Bounds } from './page.ts'

/** Rows that are looked through one by one. A common word fills a page from them, whatever the size of the table. */
const nearby = 1000

/**
 * The page of a list that is searched. A common word is found among the next rows of the list; only where these do not
 * fill the page is the word looked up in the index of names, which then names few rows. Either alone reads the whole
 * table for some word.
 *
 * @param fetch reads a page of what the condition keeps; the condition is about the column `id` of `alias`.
 */
export async function searchPage<Row>(
  { newerThan, olderThan, direction, limit }: Bounds,
  { table, alias, environment, matches, found, fetch }: Search<Row>,
): Promise<Row[]> {
  const id = sql.ref(`${alias}.id`)
  const edge = sql`(select n.id from ${sql.table(table)} n where n.environment_id = ${environment}
    ${newerThan === undefined ? sql`` : sql`and n.id > ${newerThan}`}
    ${olderThan === undefined ? sql`` : sql`and n.id < ${olderThan}`}
    order by n.id ${sql.raw(direction)} offset ${nearby} limit 1)`
  const near = direction === 'asc' ? sql`${id} < coalesce(${edge}, 'zz')` : sql`${id} > coalesce(${edge}, '')`
  const rows = await fetch(sql<boolean>`${near} and ${matches}`)
  if (rows.length >= limit) return rows
  return fetch(sql<boolean>`${id} in (${found})`)
}

interface Search<Row> {
  readonly table: 'organizations' | 'connections' | 'directories'
  readonly alias: string
  readonly environment: string
  /** Whether a row matches, asked of one row after the other. */
  readonly matches: RawBuilder<unknown>
  /** A query for the ids of all rows that match, each of its parts by an index. */
  readonly found: RawBuilder<unknown>
  readonly fetch: (condition: RawBuilder<boolean>) => Promise<Row[]>
}

/** A search for part of the column `name`. */
export function searchedByName(
  table: 'connections' | 'directories',
  alias: string,
  environment: string,
  search: string,
) {
  const pattern = containing(search)
  const found = sql`select id from ${sql.table(table)} where environment_id = ${environment} and name ilike ${pattern}`
  return { table, alias, environment, matches: sql`${sql.ref(`${alias}.name`)} ilike ${pattern}`, found }
}

/** The pattern for `ilike` of texts that contain this one as it stands. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
}
