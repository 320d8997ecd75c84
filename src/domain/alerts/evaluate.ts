import { sql } from 'kysely'
import type { AlertRuleId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { announce, type Rule } from './announce.ts'
import { type Condition, hit, nothingYet, pass, recoversAt, type Watch } from './watch.ts'

export interface WatchedEvent {
  readonly type: string
  readonly organization_id: OrganizationId | null
  readonly created_at: Date
}

interface WatchingRule extends Rule {
  readonly scope: 'environment' | 'each_organization'
  readonly cooldown_seconds: number
  readonly watches_since: Date
}

const ruleColumns = sql`r.id, r.name, r.events, r.threshold, r.window_seconds, r.scope, r.organization_id, r.cooldown_seconds,
  r.endpoint_id, r.emails, r.watches_since`

/** Shows a stretch of the log to every rule, in the transaction that moves the follower past it. */
export async function watchEvents(work: Work, secrets: Secrets, events: readonly WatchedEvent[]): Promise<void> {
  const types = [...new Set(events.map(({ type }) => type))]
  // Whoever changes a rule waits until it was judged by what it was.
  const { rows: rules } = await sql<WatchingRule>`select ${ruleColumns} from alert_rules r
    where r.environment_id = ${work.environment} and r.status = 'enabled' and r.events && ${types}::text[]
    order by r.id for share`.execute(work.tx)
  for (const rule of rules) await watchFor(work, secrets, rule, events)
}

async function watchFor(
  work: Work,
  secrets: Secrets,
  rule: WatchingRule,
  events: readonly WatchedEvent[],
): Promise<void> {
  const lanes = Map.groupBy(
    events.filter((event) => concerns(rule, event)),
    (event) => (rule.scope === 'each_organization' ? (event.organization_id ?? '') : ''),
  )
  if (lanes.size === 0) return
  const before = await readWatches(work, rule.id, [...lanes.keys()])
  for (const [lane, hits] of lanes) {
    let watch = before.get(lane) ?? nothingYet
    for (const event of hits) {
      const next = hit(conditionOf(rule), watch, event.created_at.getTime())
      watch = next.watch
      for (const turn of next.turns) await announce(work, secrets, rule, organizationOf(rule, lane), turn)
    }
    await storeWatch(work, rule, lane, watch)
  }
}

function concerns(rule: WatchingRule, { type, organization_id: organization, created_at: at }: WatchedEvent): boolean {
  if (!rule.events.includes(type) || at < rule.watches_since) return false
  if (rule.scope === 'each_organization') return organization !== null
  return rule.organization_id === null || rule.organization_id === organization
}

/**
 * Ends what nothing keeps firing any more, in every environment. The caller has followed the log first, or what is still
 * to be read would come too late. Several processes may do this at once.
 */
export async function recoverAlerts(deps: ChangeDeps & { secrets: Secrets }, signal: AbortSignal): Promise<void> {
  const { rows } = await deps.db.pool.query<{ environment_id: EnvironmentId }>({
    name: 'alerts-to-recover',
    text: 'select distinct environment_id from alert_states where recovers_at < $1',
    values: [deps.clock()],
  })
  for (const { environment_id: environment } of rows) {
    if (signal.aborted) return
    await change(deps, { environment }, (work) => recoverIn(work, deps.secrets))
  }
}

async function recoverIn(work: Work, secrets: Secrets): Promise<void> {
  const { rows } = await sql<WatchingRule & StateRow & { readonly lane: string }>`
    select ${ruleColumns}, s.lane, s.hits, s.firing_since, s.fired_at
    from alert_states s join alert_rules r on r.environment_id = s.environment_id and r.id = s.rule_id
    where s.environment_id = ${work.environment} and s.recovers_at < ${work.now}
    order by s.recovers_at, s.rule_id, s.lane limit 500 for update of s skip locked`.execute(work.tx)
  for (const row of rows) {
    const { watch, turn } = pass(conditionOf(row), watchOf(row), work.now.getTime())
    if (!turn) continue
    await announce(work, secrets, row, organizationOf(row, row.lane), turn)
    await storeWatch(work, row, row.lane, watch)
  }
}

interface StateRow {
  readonly hits: readonly Date[]
  readonly firing_since: Date | null
  readonly fired_at: Date | null
}

async function readWatches(work: Work, rule: AlertRuleId, lanes: readonly string[]): Promise<Map<string, Watch>> {
  const rows = await work.tx
    .selectFrom('alert_states')
    .select(['lane', 'hits', 'firing_since', 'fired_at'])
    .where('environment_id', '=', work.environment)
    .where('rule_id', '=', rule)
    .where('lane', 'in', [...lanes])
    .orderBy('lane')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [row.lane, watchOf(row)]))
}

function watchOf(row: StateRow): Watch {
  return {
    hits: row.hits.map((time) => time.getTime()),
    firingSince: row.firing_since?.getTime(),
    firedAt: row.fired_at?.getTime(),
  }
}

async function storeWatch(work: Work, rule: WatchingRule, lane: string, watch: Watch): Promise<void> {
  const time = (at: number | undefined) => (at === undefined ? null : new Date(at))
  const state = {
    hits: watch.hits.map((at) => new Date(at)),
    firing_since: time(watch.firingSince),
    fired_at: time(watch.firedAt),
    recovers_at: time(recoversAt(conditionOf(rule), watch)),
    updated_at: work.now,
  }
  await work.tx
    .insertInto('alert_states')
    .values({ environment_id: work.environment, rule_id: rule.id, lane, ...state })
    .onConflict((conflict) => conflict.columns(['environment_id', 'rule_id', 'lane']).doUpdateSet(state))
    .execute()
}

function conditionOf(rule: WatchingRule): Condition {
  return {
    threshold: rule.threshold,
    windowMs: rule.window_seconds * 1000,
    cooldownMs: rule.cooldown_seconds * 1000,
  }
}

function organizationOf(rule: WatchingRule, lane: string): OrganizationId | null {
  return rule.scope === 'each_organization' ? (lane as OrganizationId) : rule.organization_id // lanes are ids of events
}
