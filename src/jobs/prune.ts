import type { Database } from '#db/database.ts'
import { pruneEvents } from '#domain/events/prune.ts'

const batch = 1000
const idempotencyLifetimeHours = 24

/** Rows that can no longer matter, by table: what expired, and answers to requests nobody repeats any more. */
const expired = {
  consumed_assertions: 'expires_at < $1',
  // Attempts are kept as long as somebody may ask why one failed.
  sso_sessions: `created_at < $1::timestamptz - interval '90 days'`,
  sso_codes: 'expires_at < $1',
  sso_access_tokens: 'expires_at < $1',
  sso_logout_tokens: 'expires_at < $1',
  impersonations: 'expires_at < $1',
  // A day longer than they are good for: who comes too late is told so.
  magic_auths: `expires_at < $1::timestamptz - interval '1 day'`,
  email_verifications: `expires_at < $1::timestamptz - interval '1 day'`,
  password_resets: `expires_at < $1::timestamptz - interval '1 day'`,
  authentication_challenges: `expires_at < $1::timestamptz - interval '1 day'`,
  pending_authentications: 'expires_at < $1',
  device_authorizations: `expires_at < $1::timestamptz - interval '1 day'`,
  authorization_codes: 'expires_at < $1',
  refresh_tokens: 'expires_at < $1',
  // Sessions are shown for a while after their end; what ended early runs out too.
  sessions: `expires_at < $1::timestamptz - interval '90 days'`,
  // As long as the vendor shows them; events themselves stay.
  webhook_deliveries: `state <> 'pending' and completed_at < $1::timestamptz - interval '30 days'`,
  // A window is a week at most.
  alert_states: `firing_since is null and updated_at < $1::timestamptz - interval '30 days'`,
  // Their number is bounded besides, see keep-latest.ts.
  scim_requests: `created_at < $1::timestamptz - interval '14 days'`,
  api_requests: `created_at < $1::timestamptz - interval '14 days'`,
  dashboard_sessions: 'expires_at < $1',
  dashboard_invitations: 'expires_at < $1',
  audit_entries: `created_at < $1::timestamptz - interval '2 years'`,
  mails: `created_at < $1::timestamptz - interval '30 days'`,
  branding_previews: 'expires_at < $1',
  hosted_logins: 'expires_at < $1',
  test_sso_runs: `created_at < $1::timestamptz - interval '30 days'`,
  hosted_sessions: 'expires_at < $1',
  sign_in_consents: 'expires_at < $1',
  insight_counts: `grain = 'hour' and bucket < $1::timestamptz - interval '90 days'`,
  tallies: 'ends_at < $1',
  idempotency_keys: `created_at < $1::timestamptz - interval '${idempotencyLifetimeHours} hours'`,
} as const

/** Deletes in small batches, so that no lock is held for long and a restart loses nothing. */
export async function pruneExpired(db: Database, now: Date, signal: AbortSignal): Promise<void> {
  for (const [table, condition] of Object.entries(expired)) {
    let deleted = batch
    while (deleted === batch && !signal.aborted) {
      const { rowCount } = await db.pool.query(
        `delete from ${table} where ctid in (select ctid from ${table} where ${condition} limit ${batch})`,
        [now],
      )
      deleted = rowCount ?? 0
    }
  }
}

interface Retention {
  readonly db: Database
  readonly clock: () => Date
  readonly eventsRetentionDays: number | undefined
}

/** Events are kept for ever unless an administrator says how long. */
export async function pruneOldEvents(
  { db, clock, eventsRetentionDays }: Retention,
  signal: AbortSignal,
): Promise<void> {
  if (eventsRetentionDays === undefined) return
  const before = new Date(clock().getTime() - eventsRetentionDays * 24 * 60 * 60_000)
  await pruneEvents(db, before, undefined, signal)
}
