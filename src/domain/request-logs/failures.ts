import type { EnvironmentId } from '#contracts/ids.ts'
import type { ApiFailure } from '#contracts/request-logs.ts'
import { type Database, prepared } from '#db/database.ts'

interface Row extends Omit<ApiFailure, 'object' | 'first_seen_at' | 'last_seen_at'> {
  readonly first_seen_at: Date
  readonly last_seen_at: Date
}

const latest = 1000
const mostKinds = 50

// Of one thing or another is the same mistake: ids in paths are alike. The latest alone, so that it costs the same whatever
// is kept.
const find = prepared<[EnvironmentId], Row>(
  'api-failures',
  `select method, path, status, error_code, count(*) as count, min(created_at) as first_seen_at,
     max(created_at) as last_seen_at, (array_agg(request_id order by id desc))[1] as last_request_id
   from (
     select id, request_id, method, status, error_code, created_at,
       regexp_replace(path, '/[a-z]+(?:_[a-z]+)*_[0-9A-Z]{16,}', '/{id}', 'g') as path
     from api_requests where environment_id = $1 and status >= 400 order by id desc limit ${latest}) failed
   group by method, path, status, error_code
   order by count(*) desc, max(id) desc limit ${mostKinds}`,
)

/** What went wrong how often, among the latest thousand calls that failed; the most frequent first. */
export async function listApiFailures(db: Database, environment: EnvironmentId): Promise<ApiFailure[]> {
  const rows = await find(db.pool, environment)
  return rows.map(({ first_seen_at, last_seen_at, ...row }) => ({
    object: 'api_failure',
    ...row,
    first_seen_at: first_seen_at.toISOString(),
    last_seen_at: last_seen_at.toISOString(),
  }))
}
