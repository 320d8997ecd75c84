import { eventNames } from '#contracts/event-names.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { disorder } from './disorder.ts'
import { stampBatch, stampEvents } from './stamp.ts'

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
 * as in one of a million, however rare the types are. Bodies are text, put together here and parsed nowhere. The cursors
 * are looked up in the same statement: looked up before, one could be pruned in between, and with it events that the page
 * then lacked. Ranges look for their ends wider by the disorder and then compare timestamps exactly.
 *
 * With $6, a page that events without a position may belong to gives them theirs, see mayGrow. It cannot show them itself,
 * for it sees the log as it was: `stamped` then asks to read again.
 */
function pageSql({ organization, range, descending, backwards }: PageShape): string {
  const direction = descending === backwards ? 'asc' : 'desc'
  const [low, high] = descending ? ['before', 'after'] : ['after', 'before']
  // New positions are past all there are: a page from the top begins with them, one towards the top ends with them.
  const mayGrow = `(($4::text is not null and bounds.after is null) or ($5::text is not null and bounds.before is null)
      or (bounds.${high} is null ${direction === 'asc' ? 'and coalesce(page.total, 0) < $3' : ''}))`
  return `
  with bounds as (select ${cursorPosition('$4::text')} as after, ${cursorPosition('$5::text')} as before ${
    range
      ? `, coalesce((select position from event_log where environment_id = $1 and created_at < $7::timestamptz - interval '${disorder}'
            order by created_at desc limit 1), 0) as range_low,
          coalesce((select position from event_log where environment_id = $1 and created_at > $8::timestamptz + interval '${disorder}'
            order by created_at limit 1), 9223372036854775807) as range_high`
      : ''
  }),
  page as (
    select string_agg(e.body, ',' order by found.position ${descending ? 'desc' : 'asc'}) as data, min(found.total) as total,
      min(e.id) filter (where found.n = 1) as nearest,
      min(e.id) filter (where found.n = least(found.total, $3 - 1)) as farthest
    from (
      select position, seq, row_number() over (order by position ${direction}) as n, count(*) over () as total
      from (
        select each.position, each.seq from bounds, unnest($2::text[]) as wanted (type)
        cross join lateral (
          select position, seq from event_log
          where environment_id = $1 and type = wanted.type
            and position > coalesce(bounds.${low}, 0) and position < coalesce(bounds.${high}, 9223372036854775807)
            ${organization ? `and organization_id = $${range ? 9 : 7}` : ''}
            ${
              range
                ? `and position > bounds.range_low and position < bounds.range_high
                 and created_at >= $7::timestamptz and created_at <= $8::timestamptz`
                : ''
            }
          order by position ${direction} limit $3
        ) as each
        order by each.position ${direction} limit $3
      ) as merged
    ) as found
    join events e on e.seq = found.seq
    where found.n < $3
  )
  select page.data, page.nearest, page.farthest, page.total, bounds.after, bounds.before,
    case when $6 and ${mayGrow} and exists (select from event_pending) then stamp_events(true) end as stamped
  from bounds, page`
}

/** What a page holds, and the first and last of its events from where it was read. Null where it is empty. */
type PageRow = [
  data: string | null,
  nearest: string | null,
  farthest: string | null,
  /** One more than the limit when there are more. */
  total: number | null,
  after: number | null,
  before: number | null,
  stamped: number | null,
]

/**
 * Reads a page of the log, oldest first unless asked otherwise, as the text of the list envelope. Whoever reads sees what
 * was committed before.
 * @throws BadRequest `invalid_events_request` without event names; `invalid_cursor` for an id not in this log.
 */
export async function readEvents(db: Database, environment: EnvironmentId, query: EventQuery): Promise<string> {
  const types = checkNames(query.events)
  const range = checkRange(query)
  const limit = query.limit ?? defaultLimit
  const shape = {
    organization: query.organization_id !== undefined,
    range: range !== undefined,
    descending: query.order === 'desc',
    backwards: query.before !== undefined && query.after === undefined,
  }
  const read = async (stamp: boolean): Promise<PageRow> => {
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
        stamp,
        ...(range ? [range.start, range.end] : []),
        ...(query.organization_id === undefined ? [] : [query.organization_id]),
      ],
    })
    return rows[0] ?? [null, null, null, null, null, null, null]
  }
  let page = await read(true)
  const stamped = page[6]
  if (stamped !== null) {
    if (stamped === stampBatch) await stampEvents(db)
    page = await read(false)
  }
  const [, , , , after, before] = page
  requireFound(query.after, after)
  requireFound(query.before, before)
  return envelope(page, limit, shape.backwards, query.after !== undefined)
}

function envelope(
  [data, nearest, farthest, total]: PageRow,
  limit: number,
  backwards: boolean,
  hasCursor: boolean,
): string {
  const more = total !== null && total > limit
  const [first, last] = backwards ? [farthest, nearest] : [nearest, farthest]
  // Null means exhausted: official pollers and SDK auto-paging stop on nothing else.
  const after = backwards || more ? last : null
  const before = (backwards ? more : hasCursor) ? first : null
  return `{"object":"list","data":[${data ?? ''}],"list_metadata":${JSON.stringify({ before, after })}}`
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
