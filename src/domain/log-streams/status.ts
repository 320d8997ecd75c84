import type { EnvironmentId, LogStreamId } from '#contracts/ids.ts'
import type { LogStreamStatus } from '#contracts/log-streams.ts'
import type { Database } from '#db/database.ts'
import { NotFound } from '../errors.ts'
import { stampEvents } from '../events/stamp.ts'
import { stateOf } from './streams.ts'

const countedLag = 100_000

interface Row {
  readonly id: LogStreamId
  readonly status: 'active' | 'paused'
  readonly failing_since: Date | null
  readonly position: number
  readonly last_event_id: string | null
  readonly waiting: number
  readonly oldest: Date | null
  readonly events_sent: number
  readonly batches_sent: number
  readonly bytes_sent: number
  readonly failures: number
  readonly next_attempt_at: Date | null
  readonly last_success_at: Date | null
  readonly last_error: string | null
  readonly last_error_status: number | null
  readonly last_error_at: Date | null
}

const statusSql = `
  select s.id, s.status, s.failing_since, s.position, s.events_sent, s.batches_sent, s.bytes_sent, s.failures,
    s.next_attempt_at, s.last_success_at, s.last_error, s.last_error_status, s.last_error_at, lag.waiting, lag.oldest,
    (select e.id from event_log l join events e on e.seq = l.seq
     where l.environment_id = s.environment_id and l.position <= s.position order by l.position desc limit 1) as last_event_id
  from log_streams s
  cross join lateral (
    select count(*) as waiting, min(w.created_at) as oldest from (
      select l.created_at from event_log l
      where l.environment_id = s.environment_id and l.position > s.position and (s.events is null or l.type = any (s.events))
      order by l.position limit ${countedLag}) w) lag
  where s.environment_id = $1 and s.id = $2`

export async function readStatus(
  db: Database,
  environment: EnvironmentId,
  id: LogStreamId,
  now: Date,
): Promise<LogStreamStatus> {
  await stampEvents(db)
  const { rows } = await db.pool.query<Row>({ name: 'log-stream-status', text: statusSql, values: [environment, id] })
  const [row] = rows
  if (!row) throw new NotFound('Log Stream', id)
  const age = row.oldest === null ? 0 : Math.max(0, now.getTime() - row.oldest.getTime())
  return {
    object: 'log_stream_status',
    id: row.id,
    state: stateOf(row),
    last_event_id: row.last_event_id,
    position: row.position,
    lag: { events: row.waiting, seconds: Math.floor(age / 1000) },
    counters: { events: row.events_sent, batches: row.batches_sent, bytes: row.bytes_sent, failures: row.failures },
    failing_since: row.failing_since?.toISOString() ?? null,
    next_attempt_at: row.next_attempt_at?.toISOString() ?? null,
    last_success_at: row.last_success_at?.toISOString() ?? null,
    last_error:
      row.last_error === null || row.last_error_at === null
        ? null
        : { message: row.last_error, status: row.last_error_status, at: row.last_error_at.toISOString() },
  }
}
