import { sql } from 'kysely'
import type { SsoSessionId } from '#contracts/ids.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import { oauthLifetimeMs } from '../oauth/start.ts'
import { attemptEvent, type AttemptError, type TimelineEntry } from './attempts.ts'
import { loginLifetimeMs } from './start-login.ts'

const batch = 200
const job = 'time-out-logins'

const timedOut: AttemptError = {
  code: 'timed_out',
  message:
    'The identity provider never answered: the person may have closed the window, or the application is not assigned to them.',
}

/** No sign-in is stored later than this after it began. */
const slowestWriteMs = 2 * 60_000

/**
 * Ends sign-ins whose answer never came, and says so in the log. Several processes may do this at once.
 *
 * Goes through the sign-ins in the order of time and remembers how far: an index of the open ones would have to be
 * written again for each sign-in that succeeds.
 */
export async function timeOutLogins(deps: ChangeDeps, signal: AbortSignal): Promise<void> {
  const { kysely } = deps.db
  const until = new Date(deps.clock().getTime() - Math.max(loginLifetimeMs, oauthLifetimeMs))
  const mark = await kysely.selectFrom('job_marks').select('done_until').where('job', '=', job).executeTakeFirst()
  let ended: number
  do {
    const due = await kysely
      .selectFrom('sso_sessions')
      .select(['environment_id', 'id'])
      .where('created_at', '>=', mark?.done_until ?? new Date(0))
      .where('created_at', '<=', until)
      .where('state', '=', 'started')
      .orderBy('created_at')
      .limit(batch)
      .execute()
    if (due.length === 0) return moveMark(deps, new Date(until.getTime() - slowestWriteMs))
    ended = 0
    for (const [environment, rows] of Map.groupBy(due, (row) => row.environment_id)) {
      if (signal.aborted) return
      const ids = rows.map(({ id }) => id)
      ended += await change(deps, { environment }, (work) => endLogins(work, ids))
    }
    // None: another process is at it. What it leaves is for the next run.
  } while (ended > 0)
}

async function moveMark({ db }: ChangeDeps, doneUntil: Date): Promise<void> {
  await db.kysely
    .insertInto('job_marks')
    .values({ job, done_until: doneUntil })
    .onConflict((conflict) => conflict.column('job').doUpdateSet({ done_until: doneUntil }))
    .execute()
}

/** Returns how many it ended: not those that somebody else has in hand. */
async function endLogins(work: Work, ids: readonly SsoSessionId[]): Promise<number> {
  const entry: TimelineEntry = { at: work.now.toISOString(), step: 'refused', ...timedOut }
  const rows = await work.tx
    .updateTable('sso_sessions')
    .set({
      state: 'timed_out',
      error: JSON.stringify(timedOut),
      timeline: sql<string>`timeline || ${JSON.stringify([entry])}::jsonb`,
      finished_at: work.now,
    })
    .where('environment_id', '=', work.environment)
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('sso_sessions')
        .select('id')
        .where('environment_id', '=', work.environment)
        .where('id', 'in', ids)
        .where('state', '=', 'started')
        .orderBy('id')
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
  return rows.length
}
