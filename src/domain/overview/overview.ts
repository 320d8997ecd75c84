import { type OverviewStep, overviewSteps } from '#contracts/overview.ts'
import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'

interface Evidence {
  readonly step: string
  readonly done: boolean
  readonly at: Date | null
  readonly evidence: string | null
  readonly name: string | null
}

/**
 * A row a step that has evidence, and one for what waits. Each looks at one row, or at one of the few that an environment
 * has. The built-in test identity provider is nobody's set-up.
 */
const find = prepared<[EnvironmentId], Evidence>(
  'overview',
  `(select 'api_called' as step, true as done, last_used_at as at, last_used_by as evidence, name from api_keys
     where environment_id = $1 and last_used_at is not null order by last_used_at desc limit 1)
   union all (select 'organization_created', true, created_at, id, name from organizations
     where environment_id = $1 and id <> 'org_test_idp' order by id limit 1)
   union all (select 'connection_active', true, activated_at, id, name from connections
     where environment_id = $1 and state = 'active' and connection_type <> 'TestIdp' order by id limit 1)
   union all (select 'connection_active', false, null, id, name from connections
     where environment_id = $1 and state <> 'active' and connection_type <> 'TestIdp' order by id limit 1)
   union all (select 'directory_linked', true, last_request_at, id, name from directories
     where environment_id = $1 and state = 'linked' order by id limit 1)
   union all (select 'directory_linked', false, null, id, name from directories
     where environment_id = $1 and state <> 'linked' order by id limit 1)
   union all (select 'redirect_set', true, created_at, uri, uri from redirect_uris
     where environment_id = $1 order by id limit 1)
   union all (select 'signed_in', true, finished_at, id, email from sso_sessions
     where environment_id = $1 and state = 'succeeded' order by id desc limit 1)
   union all (select 'events_read', true, created_at, client, null from api_requests
     where environment_id = $1 and path = '/events' and status = 200 order by id desc limit 1)
   union all (select 'webhook_delivered', true, completed_at, id, null from webhook_deliveries
     where environment_id = $1 and state = 'succeeded' and not is_test order by id desc limit 1)
   union all (select 'log_stream_set', true, created_at, id, type from log_streams
     where environment_id = $1 order by id limit 1)`,
)

/** How far setting up has come. Nobody ticks anything off: what was seen counts. */
export async function readOverview(db: Database, environment: EnvironmentId): Promise<OverviewStep[]> {
  const rows = await find(db.pool, environment)
  return overviewSteps.map((step) => {
    const row = rows.find((each) => each.step === step && each.done) ?? rows.find((each) => each.step === step)
    return {
      step,
      done: row?.done ?? false,
      at: row?.at?.toISOString() ?? null,
      evidence: row?.evidence ?? null,
      name: row?.name ?? null,
    }
  })
}
