import { wireEventNames } from '#contracts/event-names.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Invalid } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { stampBatch, stampEvents } from './stamp.ts'

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

/** The position of the event a cursor names; null when it names none that has one. */
const positionOf = (cursor: string) =>
  `(select l.position from events e join event_log l on l.seq = e.seq where e.id = ${cursor} and e.environment_id = $1)`

/**
 * Each type is read through its own index and the few rows merged: a page costs the same in a log of a thousand events
 * as in one of a million, however rare the types are. Bodies are text, fetched once the page is known, and not parsed.
 *
 * With $6, a page that reaches the end of the log stamps what waits for a position. It cannot show that itself, for it
 * sees the log as it was: `stamped` then asks to read again.
 */
const pageSql = (scope: { organization: boolean; range: boolean; backwards: boolean }) => `
  with bounds as (select
    case when $4::text is null then 0 else ${positionOf('$4')} end as low,
    case when $5::text is null then 9223372036854775807 else ${positionOf('$5')} end as high ${
      scope.range
        ? `, coalesce((select position from event_log where environment_id = $1 and created_at < $7::timestamptz - interval '${disorder}'
            order by created_at desc limit 1), 0) as range_low,
          coalesce((select position from event_log where environment_id = $1 and created_at > $8::timestamptz + interval '${disorder}'
            order by created_at limit 1), 9223372036854775807) as range_high`
        : ''
    }),
  page as (
    select found.position, found.seq
    from bounds, unnest($2::text[]) as wanted (type)
    cross join lateral (
      select position, seq from event_log
      where environment_id = $1 and type = wanted.type and position > bounds.low and position < bounds.high
        ${scope.organization ? `and organization_id = $${scope.range ? 9 : 7}` : ''}
        ${
          scope.range
            ? `and position > bounds.range_low and position < bounds.range_high
               and created_at >= $7::timestamptz and created_at <= $8::timestamptz`
            : ''
        }
      order by position ${scope.backwards ? 'desc' : 'asc'} limit $3
    ) as found
    order by found.position ${scope.backwards ? 'desc' : 'asc'} limit $3
  ),
  stamp as (
    select stamp_events(true) as stamped from bounds
    where $6 and ($5::text is null or low is null or high is null) and (select count(*) from page) < $3
      and exists (select from event_pending)
  )
  select e.body, e.id, case when low is null then 'after' when high is null then 'before' end as unknown,
    (select stamped from stamp) as stamped
  from bounds left join page on true left join events e on e.seq = page.seq
  order by page.position ${scope.backwards ? 'desc' : 'asc'}`

type Row = [body: string, id: string, unknown: 'after' | 'before' | null, stamped: number | null]

/**
 * Reads a page of the log, oldest first, as the text of the list envelope. Whoever reads sees what was committed before.
 * @throws BadRequest `invalid_events_request` without event names; `invalid_cursor` for an id not in this log.
 */
export async function readEvents(db: Database, environment: EnvironmentId, query: EventQuery): Promise<string> {
  const types = checkNames(query.events)
  const range = checkRange(query)
  const { limit = defaultLimit, after, before, organization_id: organization } = query
  const scope = {
    organization: organization !== undefined,
    range: range !== undefined,
    backwards: before !== undefined && after === undefined,
  }
  const read = async (stamp: boolean) => {
    const { rows } = await db.pool.query<Row | [null, null, Row[2], Row[3]]>({
      name: `events-page-${scope.organization}-${scope.range}-${scope.backwards}`,
      text: pageSql(scope),
      rowMode: 'array',
      values: [
        environment,
        types,
        limit + 1,
        after ?? null,
        before ?? null,
        stamp,
        ...(range ? [range.start, range.end] : []),
        ...(organization === undefined ? [] : [organization]),
      ],
    })
    const [, , unknown, stamped] = rows[0] ?? [null, null, null, null]
    return { unknown, stamped, found: rows.filter((row): row is Row => row[0] !== null) }
  }
  let page = await read(true)
  if (page.stamped !== null) {
    if (page.stamped === stampBatch) await stampEvents(db)
    page = await read(false)
  }
  if (page.unknown !== null)
    throw new BadRequest(
      `The cursor '${query[page.unknown]}' is not an event of this environment, or is older than the log.`,
      'invalid_cursor',
    )
  return envelope(page.found, limit, scope.backwards, after !== undefined)
}

function envelope(found: readonly Row[], limit: number, backwards: boolean, hasCursor: boolean): string {
  const more = found.length > limit
  const rows = backwards ? found.slice(0, limit).toReversed() : found.slice(0, limit)
  // Null means exhausted: official pollers and SDK auto-paging stop on nothing else.
  const after = (backwards || more) && rows.length > 0 ? rows.at(-1)?.[1] : null
  const before = (backwards ? more : hasCursor) && rows.length > 0 ? rows[0]?.[1] : null
  const metadata = JSON.stringify({ before, after })
  return `{"object":"list","data":[${rows.map((row) => row[0]).join(',')}],"list_metadata":${metadata}}`
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
