import { sql } from 'kysely'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { inTransaction } from '#db/transaction.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'

export const webhookFollower = 'webhooks'
const batch = 500

/** The first endpoint of an environment starts the follower at the end of the log: what happened before is not news. */
export async function followFromHere(work: Work): Promise<void> {
  await sql`insert into followers (environment_id, name, position)
    select ${work.environment}, ${webhookFollower},
      coalesce((select max(position) from event_log where environment_id = ${work.environment}), 0)
    on conflict do nothing`.execute(work.tx)
}

/**
 * Makes a delivery of each event for each endpoint that wants it, in the order of the log. Position and deliveries move in
 * one transaction, and deliveries are unique: a crash repeats harmlessly. Several processes share the environments.
 * @returns how many deliveries were made.
 */
export async function fanOut(db: Database, now: Date, signal: AbortSignal): Promise<number> {
  const { rows } = await db.pool.query<{ environment_id: EnvironmentId }>({
    name: 'webhook-environments',
    text: `select f.environment_id from followers f where f.name = $1
      and exists (select from webhook_endpoints w where w.environment_id = f.environment_id and w.status = 'enabled')
      and (select max(l.position) from event_log l where l.environment_id = f.environment_id) > f.position`,
    values: [webhookFollower],
  })
  let made = 0
  for (const { environment_id: environment } of rows) {
    for (let read = batch; read === batch && !signal.aborted;) {
      const step = await fanOutBatch(db, environment, now)
      made += step.made
      read = step.read
    }
  }
  return made
}

async function fanOutBatch(
  db: Database,
  environment: EnvironmentId,
  now: Date,
): Promise<{ read: number; made: number }> {
  return inTransaction(db.pool, async (client) => {
    const { rows: followers } = await client.query<{ position: number }>(
      'select position from followers where environment_id = $1 and name = $2 for update skip locked',
      [environment, webhookFollower],
    )
    const [follower] = followers
    const { rows: wanted } = follower
      ? await client.query<Wanted>(
          `with page as (
             select l.position, l.seq, l.type, l.organization_id, l.created_at from event_log l
             where l.environment_id = $1 and l.position > $2 order by l.position limit ${batch})
           select p.position, p.seq, p.type, p.organization_id, e.id as event_id, w.id as endpoint_id
           from page p join events e on e.seq = p.seq
           left join webhook_endpoints w on w.environment_id = $1 and w.status = 'enabled'
             and (p.type = any (w.events) or case when p.type like 'alert.%' then e.body::json #>> '{data,webhook_endpoint_id}' = w.id else false end)
             and p.created_at >= w.created_at
           order by p.position, w.id`,
          [environment, follower.position],
        )
      : { rows: [] }
    const last = wanted.at(-1)
    const deliveries = wanted.filter((row) => row.endpoint_id !== null)
    if (last) {
      await client.query(
        `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, event_seq, event_type, organization_id,
           position, state, next_attempt_at, created_at)
         select $1, d.id, d.endpoint_id, d.event_id, d.seq, d.type, d.organization_id, d.position, 'pending', $9, $9
         from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::bigint[])
           as d (id, endpoint_id, event_id, seq, type, organization_id, position)
         on conflict (endpoint_id, event_id) do nothing`,
        [
          environment,
          deliveries.map(() => newId('webhookDelivery', now)),
          deliveries.map((row) => row.endpoint_id),
          deliveries.map((row) => row.event_id),
          deliveries.map((row) => row.seq),
          deliveries.map((row) => row.type),
          deliveries.map((row) => row.organization_id),
          deliveries.map((row) => row.position),
          now,
        ],
      )
      await client.query('update followers set position = $3 where environment_id = $1 and name = $2', [
        environment,
        webhookFollower,
        last.position,
      ])
    }
    return { read: new Set(wanted.map((row) => row.position)).size, made: deliveries.length }
  })
}

interface Wanted {
  readonly position: number
  readonly seq: number
  readonly type: string
  readonly organization_id: string | null
  readonly event_id: string
  readonly endpoint_id: string | null
}
