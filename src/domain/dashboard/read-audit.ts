import type { AuditEntry } from '#contracts/dashboard-users.ts'
import type { AuditEntryId, EnvironmentId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'

/** @param environment undefined for everything there is. */
export async function listAuditEntries(
  db: Database,
  environment: EnvironmentId | undefined,
  query: PageQuery,
): Promise<Page<AuditEntry>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('audit_entries')
      .select(['id', 'environment_id', 'email', 'operation', 'path', 'target', 'request_id', 'ip_address', 'status'])
      .select('created_at')
      .$if(environment !== undefined, (list) => list.where('environment_id', '=', environment ?? null))
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as AuditEntryId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as AuditEntryId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  const data = rows.map(({ created_at, ...row }): AuditEntry => ({
    object: 'audit_entry',
    ...row,
    created_at: created_at.toISOString(),
  }))
  return { object: 'list', data, list_metadata }
}
