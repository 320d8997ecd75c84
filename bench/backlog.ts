import type pg from 'pg'
import type { EnvironmentId } from '#contracts/ids.ts'
import { webhookFollower } from '#domain/webhooks/fan-out.ts'
import { writeEvents } from './write-events.ts'

const eventsAStatement = 5_000

/**
 * A delivery of each event for each endpoint: what has gathered while nobody delivered. The endpoints are off meanwhile, so
 * nothing starts before everything is there; it starts when this ends.
 * @returns the seconds it took.
 */
export async function writeBacklog(pool: pg.Pool, environment: EnvironmentId, events: number): Promise<number> {
  const begin = performance.now()
  const { rows: endpoints } = await pool.query<{ id: string }>(
    `update webhook_endpoints set status = 'disabled' where environment_id = $1 and status = 'enabled' returning id`,
    [environment],
  )
  const ids = endpoints.map(({ id }) => id)
  const { rows: followers } = await pool.query<{ position: number }>(
    'select position from followers where environment_id = $1 and name = $2',
    [environment, webhookFollower],
  )
  const from = Number(followers[0]?.position)
  await writeEvents(pool, environment, events)
  while (((await pool.query<{ moved: number }>('select stamp_events(true) as moved')).rows[0]?.moved ?? 0) > 0);
  for (let done = 0; done < events; done += eventsAStatement)
    await pool.query(
      `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, event_seq, event_type, organization_id,
         position, state, next_attempt_at, created_at)
       select $1, 'wdel_' || lpad(l.position::text, 22, '0') || lpad(w.number::text, 4, '0'), w.id, e.id, l.seq, l.type,
         l.organization_id, l.position, 'pending', $5, $5
       from event_log l join events e on e.seq = l.seq cross join unnest($2::text[]) with ordinality as w (id, number)
       where l.environment_id = $1 and l.position > $3 and l.position <= $4`,
      [environment, ids, from + done, from + done + eventsAStatement, new Date()],
    )
  await pool.query(
    `with followed as (update followers set position = (select max(position) from event_log where environment_id = $1)
       where environment_id = $1 and name = $2)
     update webhook_endpoints set status = 'enabled' where environment_id = $1 and id = any ($3)`,
    [environment, webhookFollower, ids],
  )
  return (performance.now() - begin) / 1000
}
