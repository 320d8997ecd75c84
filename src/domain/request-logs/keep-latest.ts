import type { Database } from '#db/database.ts'

/** How many requests are kept of each directory, and of each environment's API. */
const scimRequests = 5000
const apiRequests = 20_000

const batch = 1000

/**
 * Forgets what is beyond the latest few thousand, in small batches. An owner with fewer costs one look into the index.
 */
export async function keepLatestRequests(db: Database, signal: AbortSignal): Promise<void> {
  await repeat(
    db,
    signal,
    scimRequests,
    (most) => `
    delete from scim_requests where (environment_id, id) in (
      select r.environment_id, r.id from directories d
      cross join lateral (select x.id from scim_requests x
        where x.environment_id = d.environment_id and x.directory_id = d.id order by x.id desc offset ${most} limit 1) oldest
      join scim_requests r on r.environment_id = d.environment_id and r.directory_id = d.id and r.id <= oldest.id
      limit ${batch})`,
  )
  await repeat(
    db,
    signal,
    apiRequests,
    (most) => `
    delete from api_requests where (environment_id, id) in (
      select r.environment_id, r.id from environments e
      cross join lateral (select x.id from api_requests x
        where x.environment_id = e.id order by x.id desc offset ${most} limit 1) oldest
      join api_requests r on r.environment_id = e.id and r.id <= oldest.id
      limit ${batch})`,
  )
}

async function repeat(db: Database, signal: AbortSignal, most: number, sql: (most: number) => string): Promise<void> {
  let deleted = batch
  while (deleted === batch && !signal.aborted) deleted = (await db.pool.query(sql(most))).rowCount ?? 0
}
