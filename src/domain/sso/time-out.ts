import { sql } from 'kysely'
import { change, type ChangeDeps } from '#db/work.ts'
import { attemptEvent, type AttemptError, type TimelineEntry } from './attempts.ts'

const batch = 200

const timedOut: AttemptError = {
  code: 'timed_out',
  message:
    'The identity provider never answered: the person may have closed the window, or the application is not assigned to them.',
}

/** Ends sign-ins whose answer never came, and says so in the log. Several processes may do this at once. */
export async function timeOutLogins(deps: ChangeDeps, signal: AbortSignal): Promise<void> {
  for (;;) {
    const due = await deps.db.kysely
      .selectFrom('sso_sessions')
      .select('environment_id')
      .distinct()
      .where('state', '=', 'started')
      .where('expires_at', '<=', deps.clock())
      .limit(batch)
      .execute()
    if (due.length === 0) return
    for (const { environment_id: environment } of due) {
      if (signal.aborted) return
      await change(deps, { environment }, async (work) => {
        const entry: TimelineEntry = { at: work.now.toISOString(), step: 'refused', ...timedOut }
        const rows = await work.tx
          .updateTable('sso_sessions')
          .set({
            state: 'timed_out',
            error: JSON.stringify(timedOut),
            timeline: sql<string>`timeline || ${JSON.stringify([entry])}::jsonb`,
            finished_at: work.now,
          })
          .where('environment_id', '=', environment)
          .where('id', 'in', (eb) =>
            eb
              .selectFrom('sso_sessions')
              .select('id')
              .where('environment_id', '=', environment)
              .where('state', '=', 'started')
              .where('expires_at', '<=', work.now)
              .orderBy('id')
              .limit(batch)
              .forUpdate()
              .skipLocked(),
          )
          .returning(['id', 'organization_id', 'connection_id', 'ip_address', 'user_agent', 'login_hint'])
          .execute()
        for (const row of rows) {
          const attempt = { id: row.id, organizationId: row.organization_id, connectionId: row.connection_id }
          const client = { ipAddress: row.ip_address, userAgent: row.user_agent }
          const payload = {
            ...attemptEvent(attempt, client),
            status: 'timed_out' as const,
            email: row.login_hint,
            error: timedOut,
          }
          work.emit('authentication.sso_timed_out', payload, row.organization_id)
        }
      })
    }
  }
}
