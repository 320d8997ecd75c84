import type pg from 'pg'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { type Json, type JsonObject } from '#protocols/scim/json.ts'
import type { Query } from '#protocols/scim/query.ts'
import { sortToSql } from '#protocols/scim/sort-sql.ts'
import { type ArrayColumn, type Column, filterToSql, type Rows, type Storage } from '#protocols/scim/sql.ts'
import { badRequest } from '#protocols/scim/errors.ts'
import type { StoredGroup } from './groups.ts'
import { ScimRefused } from './refused.ts'
import type { ScimDirectory } from './scim-directory.ts'
import type { StoredUser } from './users.ts'

/** A page of resources, in order of creation unless sorted. */
export interface Found<T> {
  readonly rows: readonly T[]
  readonly totalResults: number
  readonly nextCursor?: string
}

const column = (sql: string, folded = false): Column => ({ kind: 'column', sql, folded })

/** Versions and addresses depend on who asks and how; nobody looks resources up by them. */
const metaColumns = (resourceType: string): Readonly<Record<string, Column>> => ({
  meta: column(`'${resourceType}'::text`),
  'meta.resourceType': column(`'${resourceType}'::text`),
  'meta.created': column('r.created_at'),
  'meta.lastModified': column('r.updated_at'),
})

/** Where the sub-attributes of a member are, in a statement that joins memberships `m` and their people `u`. */
export const memberColumns: Rows['columns'] = {
  value: column('m.user_id'),
  display: column('u.user_name_key', true),
  type: column(`'user'::text`, true),
}

const userColumns: Readonly<Record<string, ArrayColumn | Column | Rows>> = {
  id: column('r.id'),
  externalId: column('r.external_id'),
  userName: column('r.user_name_key', true),
  active: column('r.active'),
  'emails.value': { kind: 'array', sql: 'r.email_keys', folded: true },
  ...metaColumns('User'),
  ...metaColumns('User'),
  groups: {
    kind: 'rows',
    from: 'directory_memberships m join directory_groups g on g.environment_id = m.environment_id and g.id = m.group_id',
    where: 'm.environment_id = r.environment_id and m.user_id = r.id',
    columns: { value: column('m.group_id'), display: column('g.display_name_key', true) },
  },
}

const groupColumns: Readonly<Record<string, Column | Rows>> = {
  id: column('r.id'),
  externalId: column('r.external_id'),
  displayName: column('r.display_name_key', true),
  ...metaColumns('Group'),
  members: {
    kind: 'rows',
    from: 'directory_memberships m join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id',
    where: 'm.environment_id = r.environment_id and m.group_id = r.id',
    columns: memberColumns,
  },
}

const storages = {
  directory_users: { resource: 'r.resource', columnOf: (path) => userColumns[path] },
  directory_groups: { resource: 'r.resource', columnOf: (path) => groupColumns[path] },
} as const satisfies Record<string, Storage>

type Table = keyof typeof storages

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
  const storage = storages[table]
  const condition = filter && filterToSql(filter, storage, 2)
  const where = `r.environment_id = $1 and r.directory_id = $2${condition ? ` and (${condition.text})` : ''}`
  const values = [directory.environment, directory.id, ...(condition?.values ?? [])]
  const isCursor = paging.kind === 'cursor'
  if (isCursor && sort)
    throw new ScimRefused(
      badRequest('invalidValue', 'Pages by cursor come in order of creation; ask for sorted pages by index.'),
    )
  const after = isCursor && paging.cursor !== undefined ? readCursor(paging.cursor) : undefined
  const countRows = () => (condition ? countMatching(db, table, where, values) : countAll(db, directory, table))
  if (paging.count === 0) return { rows: [], totalResults: await countRows() }

  const order = sort ? `${sortToSql(sort, storage)}, r.seq` : 'r.seq'
  const skip = isCursor ? 0 : paging.startIndex - 1
  const isPlain = !condition && !sort && after === undefined
  const [limitPlace, offsetPlace] = [`$${values.length + 1}`, `$${values.length + 2}`]
  const page = db.pool.query<Row>({
    ...(isPlain && { name: `scim-page-${table}` }),
    text: `select r.id, r.seq, r.resource, r.version, r.created_at, r.updated_at from ${table} r
      where ${where}${after === undefined ? '' : ` and r.seq > ${after}`}${
        // The index alone counts off what comes before a late page; whole rows would be read only to be skipped.
        isPlain
          ? ` and r.seq >= (select s.seq from ${table} s where s.environment_id = $1 and s.directory_id = $2
              order by s.seq limit 1 offset ${offsetPlace}) order by r.seq limit ${limitPlace}`
          : ` order by ${order} limit ${limitPlace} offset ${offsetPlace}`
      }`,
    values: [...values, paging.count + (isCursor ? 1 : 0), skip],
  })
  const [{ rows }, totalResults] = await Promise.all([page, countRows()])
  const shown = rows.slice(0, paging.count)
  const last = shown.at(-1)
  return {
    rows: shown.map((row) => present<T>(row)),
    totalResults,
    ...(isCursor && rows.length > paging.count && last && { nextCursor: writeCursor(last.seq) }),
  }
}

function present<T extends StoredUser | StoredGroup>({ id, resource, version, created_at, updated_at }: Row): T {
  // The table decides the kind of id, and the caller named the table with the type.
  return { id, resource, version, createdAt: created_at, modifiedAt: updated_at } as unknown as T
}

async function countMatching(db: Database, table: Table, where: string, values: readonly unknown[]): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(`select count(*) as n from ${table} r where ${where}`, [
    ...values,
  ])
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
