import { wireEventNames } from '#contracts/event-names.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { stampEvents } from './stamp.ts'

const defaultLimit = 10

/** Suggestions cost time, and a URL holds a thousand names. */
const maxSuggestions = 10

export interface EventQuery {
  readonly events?: readonly string[]
  readonly limit?: number
  readonly before?: string
  readonly after?: string
  readonly range_start?: string
  readonly range_end?: string
  readonly organization_id?: string
}

/**
 * A transaction may live this long (db/database.ts sets the time-outs), so an event's place in the log can be this far
 * from its timestamp. Range queries look for their ends this much wider and then compare timestamps exactly.
 */
const disorder = '10 minutes'

/**
 * Each type is read through its own index and the few rows merged: a page costs the same in a log of a thousand events
 * as in one of a million, however rare the types are. Bodies are text and are not parsed.
 */
const pageSql = (scope: { organization: boolean; range: boolean; backwards: boolean }) => `
  with bounds as (select
    coalesce($4::bigint, 0) as low, coalesce($5::bigint, 9223372036854775807) as high ${
      scope.range
        ? `, coalesce((select position from event_log where environment_id = $1 and created_at < $6::timestamptz - interval '${disorder}'
            order by created_at desc limit 1), 0) as range_low,
          coalesce((select position from event_log where environment_id = $1 and created_at > $7::timestamptz + interval '${disorder}'
            order by created_at limit 1), 9223372036854775807) as range_high`
        : ''
    })
  select e.body, e.id
  from bounds, unnest($2::text[]) as wanted (type)
  cross join lateral (
    select position, seq from event_log
    where environment_id = $1 and type = wanted.type and position > bounds.low and position < bounds.high
      ${scope.organization ? `and organization_id = $${scope.range ? 8 : 6}` : ''}
      ${
        scope.range
          ? `and position > bounds.range_low and position < bounds.range_high
             and created_at >= $6::timestamptz and created_at <= $7::timestamptz`
          : ''
      }
    order by position ${scope.backwards ? 'desc' : 'asc'} limit $3
  ) as found
  join events e on e.seq = found.seq
  order by found.position ${scope.backwards ? 'desc' : 'asc'} limit $3`

/**
 * Reads a page of the log, oldest first, as the text of the list envelope.
 * @throws BadRequest `invalid_events_request` without event names; `invalid_cursor` for an id not in this log.
 */
export async function readEvents(db: Database, environment: EnvironmentId, query: EventQuery): Promise<string> {
  const types = checkNames(query.events)
  const range = checkRange(query)
  const limit = query.limit ?? defaultLimit
  await stampEvents(db)
  const low = query.after === undefined ? null : await positionOf(db, environment, query.after)
  const high = query.before === undefined ? null : await positionOf(db, environment, query.before)
  const backwards = high !== null && low === null
  const scope = { organization: query.organization_id !== undefined, range: range !== undefined, backwards }

  const { rows } = await db.pool.query<[string, string]>({
    name: `events-page-${scope.organization}-${scope.range}-${scope.backwards}`,
    text: pageSql(scope),
    rowMode: 'array',
    values: [
      environment,
      types,
      limit + 1,
      low,
      high,
      ...(range ? [range.start, range.end] : []),
      ...(query.organization_id === undefined ? [] : [query.organization_id]),
    ],
  })
  return envelope(rows, limit, backwards, low !== null)
}

function envelope(found: [string, string][], limit: number, backwards: boolean, hasCursor: boolean): string {
  const more = found.length > limit
  const rows = backwards ? found.slice(0, limit).toReversed() : found.slice(0, limit)
  // Null means exhausted: official pollers and SDK auto-paging stop on nothing else.
  const after = (backwards || more) && rows.length > 0 ? rows.at(-1)?.[1] : null
  const before = (backwards ? more : hasCursor) && rows.length > 0 ? rows[0]?.[1] : null
  const metadata = JSON.stringify({ before, after })
  return `{"object":"list","data":[${rows.map((row) => row[0]).join(',')}],"list_metadata":${metadata}}`
}

async function positionOf(db: Database, environment: EnvironmentId, cursor: string): Promise<number> {
  const { rows } = await db.pool.query<{ position: number }>({
    name: 'event-position',
    text: `select l.position from events e join event_log l on l.seq = e.seq where e.id = $1 and e.environment_id = $2`,
    values: [cursor, environment],
  })
  const position = rows[0]?.position
  if (position === undefined)
    throw new BadRequest(
      `The cursor '${cursor}' is not an event of this environment, or is older than the log.`,
      'invalid_cursor',
    )
  return position
}

function checkNames(names: readonly string[] | undefined): string[] {
  if (names === undefined || names.length === 0)
    throw new BadRequest(
      'One or more event names (e.g. dsync.user.created) must be provided using the events parameter.',
      'invalid_events_request',
    )
  const known = new Set<string>(wireEventNames)
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new Invalid(
      unknown.slice(0, maxSuggestions).map((name) => ({
        field: 'events',
        code: 'unknown_event',
        message: `'${name}' is not an event; the nearest is '${nearest(name, wireEventNames)}'.`,
      })),
    )
  return [...new Set(names)]
}

function checkRange(query: EventQuery): { start: Date; end: Date } | undefined {
  if (query.after !== undefined && query.range_start !== undefined)
    throw new BadRequest('Give either after or range_start, not both.', 'invalid_events_request')
  if (query.range_start === undefined && query.range_end === undefined) return undefined
  const start = parseTime('range_start', query.range_start) ?? new Date(0)
  const end = parseTime('range_end', query.range_end) ?? new Date('9999-01-01T00:00:00.000Z')
  if (start > end) throw new BadRequest('range_start is after range_end.', 'invalid_events_request')
  return { start, end }
}

function parseTime(field: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const isIso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
  const time = new Date(text)
  if (!isIso || Number.isNaN(time.getTime()))
    throw new Invalid([
      { field, code: 'invalid_date', message: `${field} must be an ISO-8601 time; '${text}' is not.` },
    ])
  return time
}
