import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { LogEvent } from './outlets.ts'

export interface Batch {
  readonly events: readonly LogEvent[]
  /** Where the stream stands when these are accepted: past everything that was not asked for, too. */
  readonly position: number
  /** Of the bodies, before any destination wraps them. */
  readonly bytes: number
}

/** Room for what a destination puts around an event. */
const wrapping = 700

/**
 * Bodies are weighed where they lie and only those that fit are fetched, so the memory of a batch is bounded whatever the
 * log holds. One that is too large by itself goes alone.
 */
const batchSql = `
  with page as (
    select position, seq, type, organization_id, created_at from event_log
    where environment_id = $1 and position > $2 order by position limit $4
  ), wanted as (
    select p.position, p.type, p.organization_id, p.created_at, e.id, e.body,
      sum(octet_length(e.body) + ${wrapping}) over (order by p.position) as weight,
      row_number() over (order by p.position) as n, count(*) over () as total
    from page p join events e on e.seq = p.seq
    where $3::text[] is null or p.type = any ($3)
  )
  select s.last, w.position, w.type, w.organization_id, w.created_at, w.id, w.body, w.total
  from (select max(position) as last from page) s left join wanted w on w.weight <= $5 or w.n = 1
  order by w.position`

type Row = { readonly last: number | null } & (
  | (LogEvent & { readonly position: number; readonly total: number })
  | { readonly position: null }
)

/** @returns undefined at the end of the log. */
export async function readBatch(
  db: Database,
  environment: EnvironmentId,
  after: number,
  types: readonly string[] | null,
  limits: { readonly events: number; readonly bytes: number },
): Promise<Batch | undefined> {
  const { rows } = await db.pool.query<Row>({
    name: 'log-stream-batch',
    text: batchSql,
    values: [environment, after, types, limits.events, limits.bytes],
  })
  const end = rows[0]?.last
  if (end === null || end === undefined) return undefined
  const events = rows.filter((row) => row.position !== null)
  const last = events.at(-1)
  return {
    events,
    position: last && events.length < last.total ? last.position : end,
    bytes: events.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
  }
}
