import { sql } from 'kysely'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { watchEvents } from '../alerts/evaluate.ts'
import { bodyNeeded, classify } from './classify.ts'
import { Counts } from './counts.ts'

const follower = 'insights'
const batch = 1000

export interface FollowDeps extends ChangeDeps {
  readonly secrets: Secrets
}

interface FollowedEvent {
  readonly position: number
  readonly type: string
  readonly organization_id: OrganizationId | null
  readonly created_at: Date
  /** Of those whose body is needed. */
  readonly body: string | null
}

/** Counts what happened in every environment since the last time. Several processes share the environments. */
export async function countAll(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { rows } = await deps.db.pool.query<{ id: EnvironmentId }>({
    name: 'insight-environments',
    text: `select e.id from environments e
      left join followers f on f.environment_id = e.id and f.name = $1
      where (select max(l.position) from event_log l where l.environment_id = e.id) > coalesce(f.position, 0)`,
    values: [follower],
  })
  for (const { id } of rows) while (!signal.aborted && (await countBatch(deps, id)) === batch);
}

/** Brings one environment's counts up to date for a reader, unless that would take long or somebody else is at it. */
export async function countNews(deps: FollowDeps, environment: EnvironmentId): Promise<void> {
  for (let batches = 0; batches < 5; batches++) if ((await countBatch(deps, environment)) < batch) return
}

/**
 * Position, counts and alerts move in one transaction: whatever dies, and whoever tries again, each event counts once.
 * @returns how many events were read.
 */
function countBatch(deps: FollowDeps, environment: EnvironmentId): Promise<number> {
  return change(deps, { environment }, async (work) => {
    const position = await holdPosition(work)
    if (position === undefined) return 0
    const { rows: events } = await sql<FollowedEvent>`
      select l.position, l.type, l.organization_id, l.created_at, case when l.type ~ ${bodyNeeded.source} then e.body end as body
      from event_log l join events e on e.seq = l.seq
      where l.environment_id = ${environment} and l.position > ${position} order by l.position limit ${batch}`.execute(
      work.tx,
    )
    const last = events.at(-1)
    if (!last) return 0
    const counts = new Counts()
    for (const event of events) {
      const fact = classify(event.type, event.body === null ? undefined : dataOf(event.body))
      if (fact) counts.add(fact, event.organization_id, event.created_at)
    }
    await counts.store(work)
    await watchEvents(work, deps.secrets, events)
    await work.tx
      .updateTable('followers')
      .set({ position: last.position })
      .where('environment_id', '=', environment)
      .where('name', '=', follower)
      .execute()
    return events.length
  })
}

/** @returns undefined while somebody else is at it. */
async function holdPosition({ tx, environment }: Work): Promise<number | undefined> {
  await tx
    .insertInto('followers')
    .values({ environment_id: environment, name: follower, position: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const row = await tx
    .selectFrom('followers')
    .select('position')
    .where('environment_id', '=', environment)
    .where('name', '=', follower)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  return row?.position
}

function dataOf(body: string): unknown {
  return (JSON.parse(body) as { data: unknown }).data // every event has it
}
