import type { Database } from '#db/database.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import type { Query } from '#protocols/scim/query.ts'
import { carriedKey, comesAfter, orderBy, type SortKey, sortKey } from '#protocols/scim/sort-sql.ts'
import { filterToSql } from '#protocols/scim/sql.ts'
import type { StoredGroup } from './group-row.ts'
import { findsOne, lookUpName } from './look-up-names.ts'
import { groupsOf, membersOfFirst, type Reference, type References } from './references.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { addressAskedFor, storages, type Table } from './scim-storage.ts'
import { type Place, readCursor, writeCursor } from './search-cursor.ts'
import type { StoredUser } from './users.ts'

/** A page of resources, in order of creation unless sorted. */
export interface Found<T> {
  readonly rows: readonly T[]
  readonly totalResults: number
  readonly nextCursor?: string
}

/** @param withGroups whether each person's groups come along. */
export function searchUsers(
  db: Database,
  directory: ScimDirectory,
  query: Query,
  withGroups: boolean,
): Promise<Found<StoredUser>> {
  return search<StoredUser>(db, directory, 'directory_users', query, { withGroups })
}

/** @param maxMembers with it members come along, and a page is cut short rather than hold more; see membersOfFirst. */
export function searchGroups(
  db: Database,
  directory: ScimDirectory,
  query: Query,
  maxMembers: number | undefined,
): Promise<Found<StoredGroup> & { readonly members?: References }> {
  return search<StoredGroup>(db, directory, 'directory_groups', query, { maxMembers })
}

interface Row {
  readonly id: string
  readonly seq: number
  readonly resource: JsonObject
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
  readonly groups?: readonly Reference[]
  /** How many there are, where the page was asked for with it. */
  readonly total?: number
  /** What a page by cursor is sorted by. */
  readonly sort_value?: string | null
}

async function search<T extends StoredUser | StoredGroup>(
  db: Database,
  directory: ScimDirectory,
  table: Table,
  { filter, sort, paging }: Query,
  { withGroups = false, maxMembers }: { readonly withGroups?: boolean; readonly maxMembers?: number | undefined },
): Promise<Found<T> & { readonly members?: References }> {
  const isCursor = paging.kind === 'cursor'
  const wholeKey = sort && sortKey(sort, storages[table])
  const key = isCursor && wholeKey ? carriedKey(wholeKey) : wholeKey
  const after = isCursor && paging.cursor !== undefined ? readCursor(paging.cursor, key) : undefined
  const condition = conditionOf(directory, table, filter)
  const total = filter ? '' : `, (${totalOf(table)}) as total`
  const columns = `${pageColumns}${total}${withGroups && key ? `, ${groupsOf('r')}` : ''}`
  const countRows = () => (filter ? countMatching(db, table, condition) : countAll(db, directory, table))
  if (paging.count === 0) return { rows: [], totalResults: await countRows() }

  const skip = isCursor ? 0 : paging.startIndex - 1
  // One more than a page by cursor holds says whether another follows.
  const limit = paging.count + (isCursor ? 1 : 0)
  const isPlain = !filter && !sort && after === undefined
  const page = isPlain
    ? { text: plainPage(table, columns, condition), values: [...condition.values, limit, skip] }
    : orderedPage(table, columns, condition, { key, isCursor, after, limit, skip })
  const text = withGroups && !key ? addGroups(page.text) : page.text
  const named = isPlain ? { name: `scim-page-${table}${withGroups ? '-with-groups' : ''}` } : lookUpName(filter, text)
  const statement = { ...named, text, values: page.values }
  const { rows } = await (filter && findsOne(table, filter)
    ? db.lookUps.query<Row>(statement)
    : db.pool.query<Row>(statement))
  const asked = rows.slice(0, paging.count)
  const members =
    maxMembers === undefined
      ? undefined
      : await membersOfFirst(db.pool, directory.environment, idsOf(asked), maxMembers)
  const shown = members ? asked.slice(0, members.size) : asked
  const last = shown.at(-1)
  // A page that is not full is the last one, and counting it is counting all. Look-ups by name end here.
  const isEnd = after === undefined && rows.length < limit && (rows.length > 0 || skip === 0)
  return {
    rows: shown.map((row) => present<T>(row)),
    totalResults: isEnd ? skip + rows.length : (rows[0]?.total ?? (await countRows())),
    ...(isCursor && rows.length > shown.length && last && { nextCursor: writeCursor(placeOf(last), key) }),
    ...(members && { members }),
  }
}

function idsOf(rows: readonly Row[]): string[] {
  return rows.map(({ id }) => id)
}

function placeOf({ seq, sort_value }: Row): Place {
  return { seq, ...(sort_value !== undefined && { value: sort_value }) }
}

interface Condition {
  readonly text: string
  readonly values: readonly unknown[]
}

function conditionOf({ environment, id }: ScimDirectory, table: Table, filter: Query['filter']): Condition {
  const place = 'r.environment_id = $1 and r.directory_id = $2'
  if (!filter) return { text: place, values: [environment, id] }
  const address = table === 'directory_users' ? addressAskedFor(filter) : undefined
  const known = [environment, id, ...(address === undefined ? [] : [address])]
  const narrowing = address === undefined ? '' : ` and r.id in (${ownersOfAddress})`
  const { text, values } = filterToSql(filter, storages[table], known.length)
  return { text: `${place}${narrowing} and (${text})`, values: [...known, ...values] }
}

const ownersOfAddress = `select p.id from directory_users p
      where p.environment_id = $1 and p.directory_id = $2 and p.email_key = $3
      union all select a.user_id from directory_addresses a
      where a.environment_id = $1 and a.directory_id = $2 and a.email_key = $3`

const pageColumns = 'r.environment_id, r.id, r.seq, r.resource, r.version, r.created_at, r.updated_at'

/** The index alone counts off what comes before a late page; whole rows would be read only to be skipped. */
function plainPage(table: Table, columns: string, { text, values: { length } }: Condition): string {
  return `select ${columns} from ${table} r
      where ${text} and r.seq >= (select s.seq from ${table} s where s.environment_id = $1 and s.directory_id = $2
        order by s.seq limit 1 offset $${length + 2})
      order by r.seq limit $${length + 1}`
}

/**
 * To what was found, not among the columns that are looked for: PostgreSQL takes those into what the whole may cost, finds
 * that with unknown values it might be much, and plans every execution anew. That takes six times as long as the rest.
 */
function addGroups(page: string): string {
  return `select p.*, ${groupsOf('p')} from (${page}) p order by p.seq`
}

interface Cut {
  readonly key: SortKey | undefined
  readonly isCursor: boolean
  readonly after: Place | undefined
  readonly limit: number
  readonly skip: number
}

function orderedPage(
  table: Table,
  columns: string,
  { text, values }: Condition,
  { key, isCursor, after, limit, skip }: Cut,
): { text: string; values: unknown[] } {
  const all: unknown[] = [...values]
  const parameter = (value: unknown) => `$${all.push(value)}`
  const following = after === undefined ? '' : ` and ${isAfter(after, key, parameter)}`
  const sorted = key && isCursor ? `, (${key.sql})::text as sort_value` : ''
  return {
    text: `select ${columns}${sorted} from ${table} r where ${text}${following}
      order by ${key ? `${orderBy(key)}, ` : ''}r.seq limit ${parameter(limit)} offset ${parameter(skip)}`,
    values: all,
  }
}

function isAfter({ seq, value }: Place, key: SortKey | undefined, parameter: (value: unknown) => string): string {
  if (!key) return `r.seq > ${parameter(seq)}`
  const given = value === null || value === undefined ? undefined : parameter(value)
  return comesAfter(key, given, ['r.seq', parameter(seq)])
}

function present<T extends StoredUser | StoredGroup>({ id, resource, version, ...row }: Row): T {
  const { created_at: createdAt, updated_at: modifiedAt, groups } = row
  // The table decides the kind of id, and the caller named the table with the type.
  return { id, resource, version, createdAt, modifiedAt, ...(groups && { groups }) } as unknown as T
}

async function countMatching(db: Database, table: Table, { text, values }: Condition): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(`select count(*) as n from ${table} r where ${text}`, [...values])
  return rows[0]?.n ?? 0
}

/** Kept, not counted; of the directory $2 of the environment $1. */
function totalOf(table: Table): string {
  return `select coalesce(sum(${table === 'directory_users' ? 'users' : 'groups'}), 0)::bigint as n
      from directory_counts where environment_id = $1 and directory_id = $2`
}

async function countAll(db: Database, { environment, id }: ScimDirectory, table: Table): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>({
    name: `scim-count-${table}`,
    text: totalOf(table),
    values: [environment, id],
  })
  return rows[0]?.n ?? 0
}
