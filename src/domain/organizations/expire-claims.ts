import { change, type ChangeDeps } from '#db/work.ts'
import { expireClaim } from './domains.ts'

const claimLifetimeDays = 30
const batch = 100

/** Ends domain claims that nobody proved within 30 days. */
export async function expireClaims(deps: ChangeDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const before = new Date(deps.clock().getTime() - claimLifetimeDays * 24 * 60 * 60_000)
    const due = await deps.db.kysely
      .selectFrom('organization_domains')
      .select(['environment_id', 'id'])
      .where('state', '=', 'pending')
      .where('created_at', '<', before)
      .limit(batch)
      .execute()
    for (const { environment_id: environment, id } of due) {
      if (signal.aborted) return
      await change(deps, { environment }, (work) => expireClaim(work, id))
    }
    if (due.length < batch) return
  }
}
