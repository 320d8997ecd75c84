import { eventNames } from '#contracts/event-names.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { disorder } from './disorder.ts'
import { stampEvents } from './stamp.ts'

const defaultLimit = 10

/** Suggestions cost time, and a URL holds a thousand names. */
const maxSuggestions = 10

export interface EventQuery {
  readonly events?: readonly string[]
  readonly limit?: number
  readonly before?: string
  readonly after?: string
  readonly order?: 'asc' | 'desc' | 'normal'
  readonly range_start?: string
  readonly range_end?: string
  readonly organization_id?: string
}

interface PageShape {
  readonly organization: boolean
  readonly range: boolean
  /** Newest first. */
  readonly descending: boolean
  /** Read from its end: what comes just before a cursor. */
  readonly backwards: boolean
}

const cursorPosition = (parameter: string) =>
  `(select l.position from events e join event_log l on l.seq = e.seq where e.id = ${parameter} and e.environment_id = $1)`

/**
 * Each type is read through its own index and the few rows merged: a page costs the same in a log of a thousand events
 * as in one of a million, however rare the types are. Bodies are text and are not parsed. The cursors are looked up in
 * the same statement: looked up before, one could be pruned in between, and with it events that the page then lacked.
 * Ranges look for their ends wider by the disorder and then compare timestamps exactly.
 */
function pageSql({ organization, range, descending, backwards }: PageShape): string {
  const direction = descending === backwards ? 'asc' : 'desc'
  const [low, high] = descending ? ['before', 'after'] : ['after', 'before']
  return `
  with bounds as (select ${cursorPosition('$4::text')} as after, ${cursorPosition('$5::text')} as before ${
    range
      ? `, coalesce((select position from event_log where environment_id = $1 and created_at < $6::timestamptz - interval '${disorder}'
            order by created_at desc limit 1), 0) as range_low,
          coalesce((select position from event_log where environment_id = $1 and created_at > $7::timestamptz + interval '${disorder}'
            order by created_at limit 1), 9223372036854775807) as range_high`
      : ''
  })
  select e.body, e.id, bounds.after, bounds.before
  from bounds left join lateral (
    select found.position, found.seq from unnest($2::text[]) as wanted (type)
    cross join lateral (
      select position, seq from event_log
      where environment_id = $1 and type = wanted.type
        and position > coalesce(bounds.${low}, 0) and position < coalesce(bounds.${high}, 9223372036854775807)
        ${organization ? `and organization_id = $${range ? 8 : 6}` : ''}
        ${
          range
            ? `and position > bounds.range_low and position < bounds.range_high
             and created_at >= $6::timestamptz and created_at <= $7::timestamptz`
            : ''
        }
      order by position ${direction} limit $3
    ) as found
    order by found.position ${direction} limit $3
  ) as page on true
  left join events e on e.seq = page.seq
  order by page.position ${direction}`
}

/** One row without an event when the page is empty. */
type PageRow = [body: string, id: string, after: number | null, before: number | null]

/**
 * Reads a page of the log, oldest first unless asked otherwise, as the text of the list envelope.
 * @throws BadRequest `invalid_events_request` without event names; `invalid_cursor` for an id not in this log.
 */
export async function readEvents(db: Database, environment: EnvironmentId, query: EventQuery): Promise<string> {
  const types = checkNames(query.events)
  const range = checkRange(query)
  const limit = query.limit ?? defaultLimit
  await stampEvents(db)
  const shape = {
    organization: query.organization_id !== undefined,
    range: range !== undefined,
    descending: query.order === 'desc',
    backwards: query.before !== undefined && query.after === undefined,
  }
  const { rows } = await db.pool.query<PageRow>({
    name: `events-page-${Object.values(shape).join('-')}`,
    text: pageSql(shape),
    rowMode: 'array',
    values: [
      environment,
      types,
      limit + 1,
      query.after ?? null,
      query.before ?? null,
      ...(range ? [range.start, range.end] : []),
      ...(query.organization_id === undefined ? [] : [query.organization_id]),
    ],
  })
  const [, , after, before] = rows[0] ?? []
  requireFound(query.after, after)
  requireFound(query.before, before)
  const found = rows.filter(([body]) => body !== null)
  return envelope(found, limit, shape.backwards, query.after !== undefined)
}

function envelope(found: readonly PageRow[], limit: number, backwards: boolean, hasCursor: boolean): string {
  const more = found.length > limit
  const rows = backwards ? found.slice(0, limit).toReversed() : found.slice(0, limit)
  // Null means exhausted: official pollers and SDK auto-paging stop on nothing else.
  const after = (backwards || more) && rows.length > 0 ? rows.at(-1)?.[1] : null
  const before = (backwards ? more : hasCursor) && rows.length > 0 ? rows[0]?.[1] : null
  const metadata = JSON.stringify({ before, after })
  return `{"object":"list","data":[${rows.map((row) => row[0]).join(',')}],"list_metadata":${metadata}}`
}

function requireFound(cursor: string | undefined, position: number | null | undefined): void {
  if (cursor === undefined || typeof position === 'number') return
  throw new BadRequest(
    `The cursor '${cursor}' is not an event of this environment, or has been pruned. Start again from a snapshot, or without it.`,
    'invalid_cursor',
  )
}

function checkNames(names: readonly string[] | undefined): string[] {
  if (names === undefined || names.length === 0)
    throw new BadRequest(
      'One or more event names (e.g. dsync.user.created) must be provided using the events parameter.',
      'invalid_events_request',
    )
  const known = new Set<string>(eventNames)
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new Invalid(
      unknown.slice(0, maxSuggestions).map((name) => ({
        field: 'events',
        code: 'unknown_event',
        message: `'${name}' is not an event; the nearest is '${nearest(name, eventNames)}'.`,
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
