import type pg from 'pg'
import type { DirectoryView } from '#contracts/directory-snapshots.ts'
import type { DirectoryId, EnvironmentId } from '#contracts/ids.ts'
import { type ConsistentRead, openConsistentRead } from '#db/consistent-read.ts'
import type { Database } from '#db/database.ts'
import { presentDirectory } from './present.ts'
import { readDirectoryRow } from './read.ts'
import type { SnapshotLimit } from './snapshot-limit.ts'

const rowsAtOnce = 500
/** A transaction that is kept open for long keeps PostgreSQL from cleaning up behind everybody else. */
const longestMinutes = 15

interface Place {
  readonly environment: EnvironmentId
  readonly id: DirectoryId
}

/** A query whose rows are one column of JSON text. */
interface Listing {
  readonly sql: string
  readonly values: readonly unknown[]
}

/**
 * A whole directory as it was between two events, as JSON text in pieces: nobody holds it in memory. One element a line.
 * @throws NotFound without the directory, Busy when the environment reads too many at once.
 */
export function snapshotOf(db: Database, limit: SnapshotLimit, place: Place): AsyncGenerator<string> {
  return document(db, limit, place, 'directory_snapshot', [
    ['groups', groups(place)],
    ['users', users(place)],
    ['memberships', memberships(place)],
  ])
}

/** What a reader's view of a directory lacks, has wrong and has too much. Throws as snapshotOf does. */
export function reconcile(
  db: Database,
  limit: SnapshotLimit,
  place: Place,
  view: DirectoryView,
): AsyncGenerator<string> {
  return document(db, limit, place, 'directory_reconciliation', [
    ['groups', compared(groups(place), view.groups)],
    ['users', compared(users(place), view.users)],
    ['memberships', comparedMemberships(memberships(place), view.memberships)],
  ])
}

type Part = Listing | Readonly<Record<string, Listing>>

async function* document(
  db: Database,
  limit: SnapshotLimit,
  { environment, id }: Place,
  object: string,
  parts: readonly (readonly [name: string, Part])[],
): AsyncGenerator<string> {
  await using held = new AsyncDisposableStack()
  held.use(limit.enter(environment))
  const read = held.use(await openConsistentRead(db, environment))
  const ends = performance.now() + longestMinutes * 60_000
  const directory = presentDirectory(await readDirectoryRow(read.kysely, environment, id))
  yield JSON.stringify({ object, directory, event_cursor: read.cursor }).slice(0, -1)
  for (const [name, part] of parts) {
    yield `,\n${JSON.stringify(name)}:`
    if (isListing(part)) yield* list(read, part, ends)
    else {
      let separator = '{'
      for (const [key, listing] of Object.entries(part)) {
        yield `${separator}${JSON.stringify(key)}:`
        yield* list(read, listing, ends)
        separator = ',\n'
      }
      yield '}'
    }
  }
  yield '}\n'
}

function isListing(part: Part): part is Listing {
  return typeof part['sql'] === 'string'
}

/** A cursor of the database fetches some rows when they are wanted and waits for the reader in between. */
async function* list({ client }: ConsistentRead, { sql, values }: Listing, ends: number): AsyncGenerator<string> {
  await client.query(`declare listing no scroll cursor for ${sql}`, [...values])
  let separator = '[\n'
  let fetched: pg.QueryArrayResult<[string]>
  do {
    if (performance.now() > ends) throw new Error(`A snapshot was read for more than ${longestMinutes} minutes.`)
    fetched = await client.query<[string]>({ text: `fetch ${rowsAtOnce} from listing`, rowMode: 'array' })
    if (fetched.rows.length > 0) yield separator + fetched.rows.map(([text]) => text).join(',\n')
    if (fetched.rows.length > 0) separator = ',\n'
  } while (fetched.rows.length === rowsAtOnce)
  await client.query('close listing')
  yield separator === '[\n' ? '[]' : ']'
}

function groups({ environment, id }: Place): Listing {
  return {
    sql: `select presented, id, updated_at from directory_groups where environment_id = $1 and directory_id = $2 order by id`,
    values: [environment, id],
  }
}

function users({ environment, id }: Place): Listing {
  return {
    sql: `select presented, id, updated_at from directory_users
      where environment_id = $1 and directory_id = $2 and visible order by id`,
    values: [environment, id],
  }
}

/** Of people the application does not see, it does not see memberships either. */
function memberships({ environment, id }: Place): Listing {
  return {
    sql: `select json_build_object('group_id', m.group_id, 'user_id', m.user_id)::text as presented, m.group_id, m.user_id
      from directory_groups g
      join directory_memberships m on m.environment_id = g.environment_id and m.group_id = g.id
      join directory_users u on u.environment_id = m.environment_id and u.id = m.user_id and u.visible
      where g.environment_id = $1 and g.directory_id = $2 order by m.group_id, m.user_id`,
    values: [environment, id],
  }
}

function compared({ sql, values }: Listing, held: DirectoryView['users']): Readonly<Record<string, Listing>> {
  const theirs = `unnest($3::text[], $4::timestamptz[], $5::text[]) as theirs (id, updated_at, hash)`
  const all = [
    ...values,
    held.map((each) => each.id),
    held.map((each) => timeOf(each.updated_at)),
    held.map((each) => each.hash ?? null),
  ]
  return {
    missing: {
      sql: `select presented from (${sql}) as ours where not exists (select from ${theirs} where theirs.id = ours.id)`,
      values: all,
    },
    stale: {
      sql: `select presented from (${sql}) as ours where exists (select from ${theirs} where theirs.id = ours.id
        and (theirs.updated_at <> ours.updated_at
          or theirs.hash <> encode(sha256(convert_to(ours.presented, 'UTF8')), 'hex')))`,
      values: all,
    },
    extra: {
      sql: `select to_json(theirs.id)::text from (select distinct id from ${theirs}) as theirs
        where not exists (select from (${sql}) as ours where ours.id = theirs.id) order by theirs.id`,
      values: all,
    },
  }
}

function comparedMemberships(
  { sql, values }: Listing,
  held: DirectoryView['memberships'],
): Readonly<Record<string, Listing>> {
  const theirs = `unnest($3::text[], $4::text[]) as theirs (group_id, user_id)`
  const same = 'theirs.group_id = ours.group_id and theirs.user_id = ours.user_id'
  const all = [...values, held.map((each) => each.group_id), held.map((each) => each.user_id)]
  return {
    missing: {
      sql: `select presented from (${sql}) as ours where not exists (select from ${theirs} where ${same})`,
      values: all,
    },
    extra: {
      sql: `select json_build_object('group_id', theirs.group_id, 'user_id', theirs.user_id)::text
        from (select distinct group_id, user_id from ${theirs}) as theirs
        where not exists (select from (${sql}) as ours where ${same}) order by theirs.group_id, theirs.user_id`,
      values: all,
    },
  }
}

/** A time that is written right and cannot be, such as a leap second, was never that of anything here. */
function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? new Date(0) : time
}
