import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { disorder } from './disorder.ts'

const batch = 1000

/**
 * Forgets events from before a time, oldest first. Cursors that point to them are refused from then on. The newest event
 * of an environment stays whatever its age, so that a reader who missed nothing keeps its cursor.
 * @returns how many are gone. Some minutes' worth of events before the time may stay.
 */
export async function pruneEvents(
  db: Database,
  before: Date,
  environment?: EnvironmentId,
  signal?: AbortSignal,
): Promise<number> {
  const { rows } = await db.pool.query<{ id: EnvironmentId }>(
    'select id from environments where $1::text is null or id = $1 order by id',
    [environment ?? null],
  )
  let pruned = 0
  for (const { id } of rows) pruned += await pruneEnvironment(db, id, before, signal)
  return pruned
}

async function pruneEnvironment(
  db: Database,
  environment: EnvironmentId,
  before: Date,
  signal: AbortSignal | undefined,
): Promise<number> {
  let pruned = 0
  let gone = batch
  while (gone === batch && !signal?.aborted) {
    gone = (await db.pool.query(oldest, [environment, before])).rowCount ?? 0
    pruned += gone
  }
  return pruned
}

/**
 * Only whole stretches from the start of the log may go: an event missing from the middle would be skipped unnoticed. An
 * event is stamped within the disorder, so all that stand before one this much older than the limit are older than it.
 */
const oldest = `
  with old as (
    select position, seq from event_log
    where environment_id = $1
      and position <= (select position from event_log
        where environment_id = $1 and created_at < $2::timestamptz - interval '${disorder}'
        order by created_at desc limit 1)
      and position < (select max(position) from event_log where environment_id = $1)
    order by position limit ${batch}
  ), unlisted as (
    delete from event_log l using old where l.environment_id = $1 and l.position = old.position
  )
  delete from events e using old where e.seq = old.seq`
