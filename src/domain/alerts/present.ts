import { sql } from 'kysely'
import type { AlertRule } from '#contracts/alert-rules.ts'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'

interface Firing {
  readonly organization_id: OrganizationId | null
  readonly since: string
}

/** Rules with where they fire, in one round trip. */
export function rulesWithFiring(reader: Database['kysely'] | Work['tx'], environment: EnvironmentId) {
  return reader
    .selectFrom('alert_rules as r')
    .selectAll('r')
    .select(
      sql<Firing[]>`(select coalesce(json_agg(s), '[]') from (
        select coalesce(nullif(s.lane, ''), r.organization_id) as organization_id, s.firing_since as since from alert_states s
        where s.environment_id = r.environment_id and s.rule_id = r.id and s.firing_since is not null
        order by s.firing_since desc, s.lane limit 100) s)`.as('firing'),
    )
    .where('r.environment_id', '=', environment)
}

type Row = Awaited<ReturnType<ReturnType<typeof rulesWithFiring>['executeTakeFirstOrThrow']>>

export function presentRule(row: Row): AlertRule {
  return {
    object: 'alert_rule',
    id: row.id,
    name: row.name,
    events: row.events,
    threshold: row.threshold,
    window_seconds: row.window_seconds,
    scope: row.scope,
    organization_id: row.organization_id,
    cooldown_seconds: row.cooldown_seconds,
    webhook_endpoint_id: row.endpoint_id,
    emails: row.emails,
    status: row.status,
    // Times that went through JSON have PostgreSQL's spelling.
    firing: row.firing.map(({ organization_id, since }) => ({
      organization_id,
      since: new Date(since).toISOString(),
    })),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
