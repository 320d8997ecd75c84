import type { EnvironmentId, WebhookDeliveryId, WebhookEndpointId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { inTransaction } from '#db/transaction.ts'

/** A dead process lets go after this long at most; a living one renews what takes longer. */
const leaseMs = 8_000
/** At most this many attempts at once to one endpoint from one process: a slow one takes no more than its share. */
export const perEndpoint = 20
/** An endpoint that is asked whether it is there again: one finds out for all. */
const roomSql = (endpoint: string) => `case when ${endpoint}.probe_at is null then ${perEndpoint} else 1 end`
const isAskedSql = (endpoint: string) => `(${endpoint}.probe_at is null or ${endpoint}.probe_at <= $1)`
const claimLimit = 200
/** Lanes of an endpoint in ordered mode that are looked at in one go. */
const lanesLimit = 200

export interface Claimed {
  readonly environment_id: EnvironmentId
  readonly environment_kind: 'staging' | 'production'
  readonly id: WebhookDeliveryId
  readonly endpoint_id: WebhookEndpointId
  readonly endpoint_url: string
  /** Counts this attempt. Whoever claims the delivery next counts on, so it tells whose outcome may be stored. */
  readonly attempts: number
  readonly failing_since: Date | null
  readonly body: string
  /** Sealed, newest first, with their ids. */
  readonly secrets: readonly { readonly id: string; readonly sealed: string }[]
}

/** How many attempts this process has under way, by endpoint. */
export type Running = ReadonlyMap<WebhookEndpointId, number>

/** What is due of events that are no longer kept is given up: it can never be sent, and in ordered mode others wait for it. */
const takeSql = `
  forgotten as (
    update webhook_deliveries d
    set state = 'failed', next_attempt_at = null, completed_at = $1, last_status = null, last_response = null,
      last_error = 'the event is no longer kept'
    from due where d.environment_id = due.environment_id and d.id = due.id and not due.is_kept
  ), claimed as (
    update webhook_deliveries d set leased_until = $2, attempts = d.attempts + 1, last_attempt_at = $1
    from due where d.environment_id = due.environment_id and d.id = due.id and due.is_kept
    returning d.environment_id, d.id, d.endpoint_id, d.attempts, d.position, d.event_seq
  )
  select c.environment_id, n.kind as environment_kind, c.id, c.endpoint_id, c.attempts, w.endpoint_url, w.failing_since,
    (select e.body from events e where e.seq = c.event_seq) as body,
    (select json_agg(json_build_object('id', s.id, 'sealed', s.sealed_secret) order by s.id desc) from webhook_secrets s
     where s.environment_id = c.environment_id and s.endpoint_id = c.endpoint_id
       and (s.expires_at is null or s.expires_at > $1)) as secrets
  from claimed c
  join webhook_endpoints w on w.environment_id = c.environment_id and w.id = c.endpoint_id
  join environments n on n.id = c.environment_id
  order by c.position`

/** One look by the key: joined, it may be a reading of all events. */
const isKeptSql = '(select e.seq from events e where e.seq = d.event_seq) is not null'

const isFree = (row: string) =>
  `${row}.state = 'pending' and ${row}.next_attempt_at <= $1 and (${row}.leased_until is null or ${row}.leased_until <= $1)`

/**
 * Every endpoint gets up to its share, however much waits for another, and one that does not answer a single attempt: what
 * waits for it is not even read. Endpoints are found by hopping from one to the next in the index, so that a backlog costs
 * nothing until its turn comes.
 */
const claimSql = `
  with recursive busy as (
    (select environment_id, endpoint_id from webhook_deliveries where state = 'pending' order by endpoint_id limit 1)
    union all
    select next.environment_id, next.endpoint_id from busy cross join lateral (
      select environment_id, endpoint_id from webhook_deliveries
      where state = 'pending' and endpoint_id > busy.endpoint_id order by endpoint_id limit 1) next
  ), due as (
    select d.environment_id, d.id, ${isKeptSql} as is_kept
    from busy
    join webhook_endpoints w on w.environment_id = busy.environment_id and w.id = busy.endpoint_id
      and w.status = 'enabled' and not w.ordered and ${isAskedSql('w')}
    left join unnest($3::text[], $4::integer[]) as mine (endpoint_id, running) on mine.endpoint_id = w.id
    cross join lateral (
      select d.environment_id, d.id, d.event_seq from webhook_deliveries d
      where d.endpoint_id = w.id and ${isFree('d')}
      order by d.next_attempt_at, d.position
      limit greatest(0, ${roomSql('w')} - coalesce(mine.running, 0))
      for update of d skip locked) d
    limit ${claimLimit}
  ), ${takeSql}`

/**
 * In ordered mode only the head of a lane is ever due: the first pending delivery of its organization. Lanes are found by
 * hopping too, a stretch at a time, so a look costs the same however many there are and however long they are.
 */
const lanesSql = `
  with recursive lanes as (
    (select coalesce(organization_id, '') as lane, 1 as n from webhook_deliveries
     where endpoint_id = $2 and state = 'pending' and coalesce(organization_id, '') >= $3
     order by coalesce(organization_id, '') limit 1)
    union all
    select next.lane, lanes.n + 1 from lanes cross join lateral (
      select coalesce(organization_id, '') as lane from webhook_deliveries
      where endpoint_id = $2 and state = 'pending' and coalesce(organization_id, '') > lanes.lane
      order by coalesce(organization_id, '') limit 1) next
    where lanes.n < ${lanesLimit}
  )
  select lanes.lane, head.environment_id, head.id, ${isFree('head')} as due
  from lanes cross join lateral (
    select * from webhook_deliveries
    where endpoint_id = $2 and state = 'pending' and coalesce(organization_id, '') = lanes.lane
    order by position limit 1) head
  order by lanes.lane`

/** Whoever was quicker has moved the head on: a head is claimed only as it was found, still pending and free. */
const claimHeadsSql = `
  with due as (
    select d.environment_id, d.id, ${isKeptSql} as is_kept from webhook_deliveries d
    join unnest($3::text[], $4::text[]) as head (environment_id, id) on d.environment_id = head.environment_id and d.id = head.id
    where ${isFree('d')}
    for update of d skip locked
  ), ${takeSql}`

/** The least is the first of an index; a plan for `exists` may read every delivery there is. */
const orderedSql = `
  select w.id, ${roomSql('w')} as room from webhook_endpoints w where w.ordered and w.status = 'enabled' and ${isAskedSql('w')}
    and (select min(d.next_attempt_at) from webhook_deliveries d where d.endpoint_id = w.id and d.state = 'pending') <= $1`

/**
 * Statistics know nothing of a backlog that has just come up. Where little is thought to wait, sorting all of it looks as
 * good as reading the first twenty in the order of the index, and each claim would cost what the backlog holds.
 */
const unsorted = 'begin; set local enable_sort = off'

/** Claims what is due at endpoints that take things in any order. */
export async function claimDue(db: Database, now: Date, running: Running): Promise<Claimed[]> {
  return inTransaction(
    db.pool,
    async (client) => {
      const { rows } = await client.query<Claimed>({
        name: 'webhook-claim',
        text: claimSql,
        values: [now, leaseEnd(now), [...running.keys()], [...running.values()]],
      })
      return rows
    },
    unsorted,
  )
}

interface Lane {
  readonly lane: string
  readonly environment_id: EnvironmentId
  readonly id: WebhookDeliveryId
  readonly due: boolean
}

/** Walks the lanes of endpoints in ordered mode in turn, so that none waits for another. */
export class LaneWalk {
  /** Where the next look begins, by endpoint. */
  readonly #from = new Map<WebhookEndpointId, string>()

  async claim(db: Database, now: Date, running: Running): Promise<Claimed[]> {
    const { rows } = await db.pool.query<{ id: WebhookEndpointId; room: number }>({
      name: 'webhook-ordered',
      text: orderedSql,
      values: [now],
    })
    const claimed: Claimed[] = []
    for (const { id, room } of rows) {
      const free = room - (running.get(id) ?? 0)
      if (free > 0) claimed.push(...(await this.#claimAt(db, now, id, free)))
    }
    return claimed
  }

  async #claimAt(db: Database, now: Date, endpoint: WebhookEndpointId, free: number): Promise<Claimed[]> {
    let from = this.#from.get(endpoint) ?? ''
    let atStart = from === ''
    for (;;) {
      const { rows: lanes } = await db.pool.query<Lane>({
        name: 'webhook-lanes',
        text: lanesSql,
        values: [now, endpoint, from],
      })
      const due = lanes.filter((lane) => lane.due).slice(0, free)
      const last = due.length === free ? due.at(-1) : lanes.at(-1)
      const atEnd = lanes.length < lanesLimit && last?.lane === lanes.at(-1)?.lane
      from = atEnd || last === undefined ? '' : after(last.lane)
      this.#from.set(endpoint, from)
      const claimed = await claimHeads(db, now, due)
      // Once around at most.
      if (claimed.length > 0 || (atEnd && atStart)) return claimed
      atStart ||= atEnd
    }
  }
}

async function claimHeads(db: Database, now: Date, due: readonly Lane[]): Promise<Claimed[]> {
  if (due.length === 0) return []
  const { rows } = await db.pool.query<Claimed>({
    name: 'webhook-claim-heads',
    text: claimHeadsSql,
    values: [now, leaseEnd(now), due.map((lane) => lane.environment_id), due.map((lane) => lane.id)],
  })
  return rows
}

/** The least text that comes after a lane: no id holds a space. */
function after(lane: string): string {
  return `${lane} `
}

const renewSql = `
  update webhook_deliveries d set leased_until = $1
  from unnest($2::text[], $3::text[], $4::integer[]) as mine (environment_id, id, attempts)
  where d.environment_id = mine.environment_id and d.id = mine.id and d.attempts = mine.attempts and d.state = 'pending'`

/** Keeps what is still under way from being taken over. */
export async function renewLeases(db: Database, now: Date, deliveries: readonly Claimed[]): Promise<void> {
  await db.pool.query(renewSql, [
    leaseEnd(now),
    deliveries.map((delivery) => delivery.environment_id),
    deliveries.map((delivery) => delivery.id),
    deliveries.map((delivery) => delivery.attempts),
  ])
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + leaseMs)
}
