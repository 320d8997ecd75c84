import { type OverviewStep, overviewSteps } from '#contracts/overview.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'

/** One row a step that has evidence. Each looks at one row, or at one of the few that an environment has. */
const find = prepared<[EnvironmentId], { step: string; at: Date | null; evidence: string | null }>(
  'overview',
  `(select 'api_called' as step, last_used_at as at, last_used_by as evidence from api_keys
     where environment_id = $1 and last_used_at is not null order by last_used_at desc limit 1)
   union all (select 'organization_created', created_at, id from organizations
     where environment_id = $1 and id <> 'org_test_idp' order by id limit 1)
   union all (select 'connection_active', activated_at, id from connections
     where environment_id = $1 and state = 'active' order by id limit 1)
   union all (select 'directory_linked', last_request_at, id from directories
     where environment_id = $1 and state = 'linked' order by id limit 1)
   union all (select 'redirect_set', created_at, uri from redirect_uris where environment_id = $1 order by id limit 1)
   union all (select 'signed_in', finished_at, id from sso_sessions
     where environment_id = $1 and state = 'succeeded' order by id desc limit 1)
   union all (select 'events_read', created_at, client from api_requests
     where environment_id = $1 and path = '/events' and status = 200 order by id desc limit 1)
   union all (select 'webhook_delivered', completed_at, id from webhook_deliveries
     where environment_id = $1 and state = 'succeeded' and not is_test order by id desc limit 1)
   union all (select 'log_stream_set', created_at, id from log_streams where environment_id = $1 order by id limit 1)`,
)

/** How far setting up has come. Nobody ticks anything off: what was seen counts. */
export async function readOverview(db: Database, environment: EnvironmentId): Promise<OverviewStep[]> {
  const rows = new Map((await find(db.pool, environment)).map((row) => [row.step, row]))
  return overviewSteps.map((step) => {
    const row = rows.get(step)
    return { step, done: row !== undefined, at: row?.at?.toISOString() ?? null, evidence: row?.evidence ?? null }
  })
}
