import type pg from 'pg'
import type { EnvironmentId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'

const batch = 500

/** Commits events of organizations, so many in a transaction, as fast as the database takes them. */
export async function writeEvents(pool: pg.Pool, environment: EnvironmentId, count: number): Promise<void> {
  for (let from = 0; from < count; from += batch) {
    const now = new Date()
    const ids = Array.from({ length: Math.min(batch, count - from) }, () => newId('event', now))
    const organization = newId('organization', now)
    const bodies = ids.map((id, n) =>
      JSON.stringify({
        object: 'event',
        id,
        event: 'organization.updated',
        data: {
          object: 'organization',
          id: organization,
          name: `Organization ${from + n}`,
          domains: [],
          external_id: null,
          metadata: {},
          created_at: now.toISOString(),
          updated_at: now.toISOString(),
        },
        created_at: now.toISOString(),
      }),
    )
    await pool.query('select append_events($1, $2, $3, $4, $5, $6)', [
      environment,
      ids,
      ids.map(() => 'organization.updated'),
      ids.map(() => organization),
      bodies,
      now,
    ])
  }
}
