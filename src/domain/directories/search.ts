import type pg from 'pg'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { type Json, type JsonObject } from '#protocols/scim/json.ts'
import type { Query } from '#protocols/scim/query.ts'
import { sortToSql } from '#protocols/scim/sort-sql.ts'
import { filterToSql } from '#protocols/scim/sql.ts'
import { badRequest } from '#protocols/scim/errors.ts'
import type { StoredGroup } from './group-row.ts'
import { ScimRefused } from './refused.ts'
import type { ScimDirectory } from './scim-directory.ts'
import { addressAskedFor, storages, type Table } from './scim-storage.ts'
import type { StoredUser } from './users.ts'

/** A page of resources, in order of creation unless sorted. */
export interface Found<T> {
  readonly rows: readonly T[]
  readonly totalResults: number
  readonly nextCursor?: string
}

export function searchUsers(db: Database, directory: ScimDirectory, query: Query): Promise<Found<StoredUser>> {
  return search<StoredUser>(db, directory, 'directory_users', query)
}

export function searchGroups(db: Database, directory: ScimDirectory, query: Query): Promise<Found<StoredGroup>> {
  return search<StoredGroup>(db, directory, 'directory_groups', query)
}

interface Row {
  readonly id: string
  readonly seq: number
  readonly resource: JsonObject
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

async function search<T extends StoredUser | StoredGroup>(
  db: Database,
  directory: ScimDirectory,
  table: Table,
  { filter, sort, paging }: Query,
): Promise<Found<T>> {
  const isCursor = paging.kind === 'cursor'
  if (isCursor && sort)
    throw new ScimRefused(
      badRequest('invalidValue', 'Pages by cursor come in order of creation; ask for sorted pages by index.'),
    )
  const after = isCursor && paging.cursor !== undefined ? readCursor(paging.cursor) : undefined
  const condition = conditionOf(directory, table, filter)
  const countRows = () => (filter ? countMatching(db, table, condition) : countAll(db, directory, table))
  if (paging.count === 0) return { rows: [], totalResults: await countRows() }

  const skip = isCursor ? 0 : paging.startIndex - 1
  // One more than a page by cursor holds says whether another follows.
  const limit = paging.count + (isCursor ? 1 : 0)
  const order = sort ? `${sortToSql(sort, storages[table])}, r.seq` : 'r.seq'
  const isPlain = !filter && !sort && after === undefined
  const { rows } = await db.pool.query<Row>({
    ...(isPlain && { name: `scim-page-${table}` }),
    ...(isPlain ? plainPage(table, condition) : orderedPage(table, condition, order, after)),
    values: [...condition.values, limit, skip],
  })
  const shown = rows.slice(0, paging.count)
  const last = shown.at(-1)
  // A page that is not full is the last one, and counting it is counting all. Look-ups by name end here.
  const isEnd = after === undefined && rows.length < limit && (rows.length > 0 || skip === 0)
  return {
    rows: shown.map((row) => present<T>(row)),
    totalResults: isEnd ? skip + rows.length : await countRows(),
    ...(isCursor && rows.length > paging.count && last && { nextCursor: writeCursor(last.seq) }),
  }
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

const pageColumns = 'r.id, r.seq, r.resource, r.version, r.created_at, r.updated_at'

/** The index alone counts off what comes before a late page; whole rows would be read only to be skipped. */
function plainPage(table: Table, { text, values: { length } }: Condition): { text: string } {
  return {
    text: `select ${pageColumns} from ${table} r
      where ${text} and r.seq >= (select s.seq from ${table} s where s.environment_id = $1 and s.directory_id = $2
        order by s.seq limit 1 offset $${length + 2})
      order by r.seq limit $${length + 1}`,
  }
}

function orderedPage(
  table: Table,
  { text, values: { length } }: Condition,
  order: string,
  after: number | undefined,
): { text: string } {
  const following = after === undefined ? '' : ` and r.seq > ${after}`
  return {
    text: `select ${pageColumns} from ${table} r where ${text}${following}
      order by ${order} limit $${length + 1} offset $${length + 2}`,
  }
}

function present<T extends StoredUser | StoredGroup>({ id, resource, version, created_at, updated_at }: Row): T {
  // The table decides the kind of id, and the caller named the table with the type.
  return { id, resource, version, createdAt: created_at, modifiedAt: updated_at } as unknown as T
}

async function countMatching(db: Database, table: Table, { text, values }: Condition): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(`select count(*) as n from ${table} r where ${text}`, [...values])
  return rows[0]?.n ?? 0
}

async function countAll(db: Database, { environment, id }: ScimDirectory, table: Table): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>({
    name: `scim-count-${table}`,
    text: `select coalesce(sum(${table === 'directory_users' ? 'users' : 'groups'}), 0)::bigint as n
      from directory_counts where environment_id = $1 and directory_id = $2`,
    values: [environment, id],
  })
  return rows[0]?.n ?? 0
}

/** RFC 9865 §2: opaque to clients. It names the last row seen, so rows that come and go shift nothing. */
function writeCursor(seq: number): string {
  return Buffer.from(`s${seq}`).toString('base64url')
}

function readCursor(cursor: string): number {
  const [, seq] = /^s(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (seq === undefined) throw new ScimRefused(badRequest('invalidCursor', 'This cursor was not given out here.'))
  return Number(seq)
}

/** What `groups` of users and `members` of groups refer to, for all resources of a page in one query. */
export async function referencesOf(
  on: pg.Pool | pg.ClientBase,
  environment: EnvironmentId,
  side: 'groups' | 'members',
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Json[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await on.query<[string, string, string]>({
    name: `scim-references-${side}`,
    text:
      side === 'groups'
        ? `select m.user_id, m.group_id, g.display_name from directory_memberships m
           join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id
           where m.environment_id = $1 and m.user_id = any ($2) order by g.seq`
        : `select m.group_id, m.user_id, u.user_name from directory_memberships m
           join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id
           where m.environment_id = $1 and m.group_id = any ($2) order by u.seq`,
    values: [environment, [...ids]],
    rowMode: 'array',
  })
  const found = new Map<string, Json[]>()
  for (const [owner, value, display] of rows) {
    const list = found.get(owner)
    if (list) list.push({ value, display })
    else found.set(owner, [{ value, display }])
  }
  return found
}
