import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type ChangeDeps, transact } from '#db/work.ts'
import { bodyNeeded, classify } from './classify.ts'
import { Counts } from './counts.ts'

const follower = 'insights'
const batch = 1000

/** An event as those who follow the log to count it see it. */
export interface CountedEvent {
  readonly position: number
  readonly id: string
  readonly type: string
  readonly organization_id: OrganizationId | null
  readonly created_at: Date
  /** Of those whose body is needed. */
  readonly body: string | null
}

/** Counts what happened in every environment since the last time. Several processes share the environments. */
export async function countAll(deps: ChangeDeps, signal: AbortSignal): Promise<void> {
  const { rows } = await deps.db.pool.query<{ id: EnvironmentId }>({
    name: 'insight-environments',
    text: `select e.id from environments e
      left join followers f on f.environment_id = e.id and f.name = $1
      where exists (select from event_log l where l.environment_id = e.id and l.position > coalesce(f.position, 0))`,
    values: [follower],
  })
  for (const { id } of rows) while (!signal.aborted && (await countBatch(deps, id)) === batch);
}

/** Brings one environment's counts up to date for a reader, unless that would take long or somebody else is at it. */
export async function countNews(deps: ChangeDeps, environment: EnvironmentId): Promise<void> {
  for (let batches = 0; batches < 5; batches++) if ((await countBatch(deps, environment)) < batch) return
}

/**
 * Position and counts move in one transaction: whatever dies, and whoever tries again, each event counts once.
 * @returns how many events were read.
 */
async function countBatch(deps: ChangeDeps, environment: EnvironmentId): Promise<number> {
  return transact(deps, environment, async (client) => {
    await client.query({
      name: 'insight-follow',
      text: 'insert into followers (environment_id, name, position) values ($1, $2, 0) on conflict do nothing',
      values: [environment, follower],
    })
    const { rows: followers } = await client.query<{ position: number }>({
      name: 'insight-position',
      text: 'select position from followers where environment_id = $1 and name = $2 for update skip locked',
      values: [environment, follower],
    })
    const [at] = followers
    if (!at) return 0
    const { rows: events } = await client.query<CountedEvent>({
      name: 'insight-page',
      text: `select l.position, e.id, l.type, l.organization_id, l.created_at, case when l.type ~ $3 then e.body end as body
        from event_log l join events e on e.seq = l.seq
        where l.environment_id = $1 and l.position > $2 order by l.position limit ${batch}`,
      values: [environment, at.position, bodyNeeded.source],
    })
    const last = events.at(-1)
    if (!last) return 0
    const counts = new Counts()
    for (const event of events) {
      const fact = classify(event.type, event.body === null ? undefined : dataOf(event.body))
      if (fact) counts.add(fact, event.organization_id, event.created_at)
    }
    await counts.store(client, environment)
    await client.query({
      name: 'insight-advance',
      text: 'update followers set position = $3 where environment_id = $1 and name = $2',
      values: [environment, follower, last.position],
    })
    return events.length
  })
}

function dataOf(body: string): unknown {
  return (JSON.parse(body) as { data: unknown }).data // every event has it
}
