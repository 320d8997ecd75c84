import type { AuditEntryId, DashboardUserId, EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'

/** Who is about to do what. Bodies are not part of it: they hold secrets, and the log tells what came of them. */
export interface Deed {
  readonly environment: EnvironmentId | undefined
  readonly user: { readonly id: DashboardUserId; readonly email: string }
  readonly operation: string
  readonly path: string
  readonly target: string | undefined
  readonly requestId: string
  readonly ipAddress: string
}

const maxPathLength = 500

const write = prepared<(string | Date | null)[], never>(
  'write-audit-entry',
  `insert into audit_entries (id, environment_id, dashboard_user_id, email, operation, path, target, request_id,
     ip_address, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)

const conclude = prepared<[string, number, string | null], never>(
  'conclude-audit-entry',
  'update audit_entries set status = $2, target = coalesce($3, target) where id = $1',
)

/** Writes an entry before the deed, so that nothing can be changed and leave no trace. */
export async function recordDeed(db: Database, deed: Deed, now: Date): Promise<AuditEntryId> {
  const id = newId('auditEntry', now)
  await write(
    db.pool,
    id,
    deed.environment ?? null,
    deed.user.id,
    deed.user.email,
    deed.operation,
    deed.path.slice(0, maxPathLength),
    deed.target?.slice(0, maxPathLength) ?? null,
    deed.requestId,
    deed.ipAddress,
    now,
  )
  return id
}

/** Adds how it was answered. @param made the id of what was created. */
export async function concludeDeed(db: Database, id: AuditEntryId, status: number, made?: string): Promise<void> {
  await conclude(db.pool, id, status, made ?? null)
}
