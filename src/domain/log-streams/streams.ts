import { sql } from 'kysely'
import { eventNames } from '#contracts/event-names.ts'
import type { EnvironmentId, LogStreamId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { LogStream, LogStreamCreate, LogStreamType, LogStreamUpdate } from '#contracts/log-streams.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { differs } from '../differs.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { Invalid, NotFound } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { DestinationParts } from './destinations.ts'
import type { Outlets } from './outlets.ts'
import { changedDestination, type DestinationRules, newDestination } from './settings.ts'

export interface LogStreamRules extends DestinationRules {
  readonly secrets: Secrets
  readonly outlets: Outlets
}

const columns = [
  'id',
  'name',
  'type',
  'status',
  'settings',
  'events',
  'failing_since',
  'created_at',
  'updated_at',
] as const

/**
 * Starts at the end of the log unless told. The caller stamps the log first, or what was committed a moment ago counts as
 * coming.
 */
export async function createLogStream(
  work: Work,
  input: LogStreamCreate,
  rules: Omit<LogStreamRules, 'outlets'>,
): Promise<LogStream> {
  checkEvents(input.events)
  const { settings, credentials } = newDestination(input, rules)
  const id = newId('logStream', work.now)
  const row = await work.tx
    .insertInto('log_streams')
    .values({
      environment_id: work.environment,
      id,
      name: input.name ?? defaultNames[input.type],
      type: input.type,
      status: 'active',
      settings: JSON.stringify(settings),
      sealed_credentials: seal(rules.secrets, id, credentials),
      events: input.events ? [...new Set(input.events)] : null,
      position: await startOf(work, input),
      created_at: work.now,
      updated_at: work.now,
    })
    .returning(columns)
    .executeTakeFirstOrThrow()
  return present(row)
}

/** Fields left out keep their value. What was wrong may be mended now, so the next attempt does not wait. */
export async function updateLogStream(
  work: Work,
  id: LogStreamId,
  input: LogStreamUpdate,
  rules: LogStreamRules,
): Promise<LogStream> {
  checkEvents(input.events)
  const before = await work.tx
    .selectFrom('log_streams')
    .select(['name', 'status', 'events', 'type', 'settings', 'sealed_credentials', 'updated_at'])
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new NotFound('Log Stream', id)
  const destination = open(rules.secrets, id, before)
  const next = changedDestination(before.type, input, destination, rules)
  const values = {
    name: input.name,
    status: input.paused === undefined ? undefined : input.paused ? ('paused' as const) : ('active' as const),
    events: input.events && [...new Set(input.events)],
  }
  const row = await work.tx
    .updateTable('log_streams')
    .set({
      ...values,
      ...(differs(destination, next) && {
        settings: JSON.stringify(next.settings),
        sealed_credentials: seal(rules.secrets, id, next.credentials),
      }),
      attempts: 0,
      next_attempt_at: null,
      updated_at: differs(before, values) || differs(destination, next) ? work.now : before.updated_at,
    })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirstOrThrow()
  return present(row)
}

export async function removeLogStream(work: Work, id: LogStreamId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('log_streams')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Log Stream', id)
}

export async function readLogStream(db: Database, environment: EnvironmentId, id: LogStreamId): Promise<LogStream> {
  const row = await db.kysely
    .selectFrom('log_streams')
    .select(columns)
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Log Stream', id)
  return present(row)
}

export async function listLogStreams(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
): Promise<Page<LogStream>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('log_streams')
      .select(columns)
      .where('environment_id', '=', environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as LogStreamId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as LogStreamId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

export function stateOf(row: {
  readonly status: 'active' | 'paused'
  readonly failing_since: Date | null
}): LogStream['state'] {
  if (row.status === 'paused') return 'paused'
  return row.failing_since === null ? 'active' : 'failing'
}

const defaultNames: Readonly<Record<LogStreamType, string>> = {
  datadog: 'Datadog',
  https: 'HTTPS',
  splunk: 'Splunk',
  s3: 'S3',
  file: 'File',
  stdout: 'Standard output',
}

async function startOf(work: Work, { start, start_after: after }: LogStreamCreate): Promise<number> {
  if (after === undefined && start === 'beginning') return 0
  const { rows } =
    after === undefined
      ? await sql<{ position: number }>`select coalesce(max(position), 0) as position from event_log
          where environment_id = ${work.environment}`.execute(work.tx)
      : await sql<{ position: number }>`select l.position from events e join event_log l on l.seq = e.seq
          where e.id = ${after} and e.environment_id = ${work.environment}`.execute(work.tx)
  const position = rows[0]?.position
  if (position !== undefined) return position
  const message = `'${after?.slice(0, 100)}' is not an event of this environment.`
  throw new Invalid([{ field: 'start_after', code: 'invalid_cursor', message }], 'invalid_cursor')
}

function seal(secrets: Secrets, id: LogStreamId, credentials: object): string {
  return secrets.seal(JSON.stringify(credentials), sealContext('log_streams.sealed_credentials', id))
}

function open(
  secrets: Secrets,
  id: LogStreamId,
  row: { readonly settings: unknown; readonly sealed_credentials: string },
): DestinationParts[LogStreamType] {
  const opened = secrets.open(row.sealed_credentials, sealContext('log_streams.sealed_credentials', id))
  // Both were written from parts of this type, above.
  return { settings: row.settings, credentials: JSON.parse(opened) as unknown } as DestinationParts[LogStreamType]
}

function checkEvents(events: readonly string[] | null | undefined): void {
  const known: readonly string[] = eventNames
  const unknown = (events ?? []).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new Invalid(
    unknown.slice(0, 10).map((name) => ({
      field: 'events',
      code: 'unknown_event',
      message: `'${name.slice(0, 100)}' is not an event; the nearest is '${nearest(name.slice(0, 100), eventNames)}'.`,
    })),
    'unknown_event',
  )
}

interface Shown {
  readonly id: LogStreamId
  readonly name: string
  readonly type: LogStreamType
  readonly status: 'active' | 'paused'
  readonly settings: unknown
  readonly events: string[] | null
  readonly failing_since: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

function present(row: Shown): LogStream {
  return {
    object: 'log_stream',
    id: row.id,
    name: row.name,
    type: row.type,
    state: stateOf(row),
    events: row.events,
    // Settings hold what may be shown and nothing else; the entry is that of the type.
    ...(row.type !== 'stdout' && { [row.type]: row.settings }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
