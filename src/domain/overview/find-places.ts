import type { DashboardRole } from '#contracts/endpoint.ts'
import { idPrefixes } from '#contracts/ids.ts'
import type { Place } from '#contracts/places.ts'
import { type Database, prepared } from '#db/database.ts'

type Row = Pick<Place, 'environment_id' | 'about' | 'title'>

// Each is found by an index, whatever the number of rows: environments are few.
const findSession = prepared<[string], Row>(
  'find-session-place',
  `select e.id as environment_id, s.user_id as about, u.email as title
   from sessions s
     join environments e on e.id = s.environment_id
     join users u on u.environment_id = s.environment_id and u.id = s.user_id
   where s.id = $1`,
)

const findScimRequest = prepared<[string], Row>(
  'find-scim-request-place',
  `select e.id as environment_id, r.directory_id as about, r.method || ' ' || r.path as title
   from environments e join scim_requests r on r.environment_id = e.id and r.id = $1`,
)

/** Entries outlive environments: those of one that is gone are the installation's. */
const findAuditEntry = prepared<[string], Row>(
  'find-audit-entry-place',
  `select e.id as environment_id, a.target as about, a.operation as title
   from audit_entries a left join environments e on e.id = a.environment_id
   where a.id = $1`,
)

/** @param role what is about the whole installation is for owners. */
export async function findPlaces(db: Database, id: string, role: DashboardRole): Promise<Place[]> {
  const of = (kind: Place['kind'], rows: readonly Row[]) =>
    rows.map((row): Place => ({ object: 'place', id, kind, ...row }))
  if (id.startsWith(`${idPrefixes.session}_`)) return of('session', await findSession(db.pool, id))
  if (id.startsWith(`${idPrefixes.scimRequest}_`)) return of('scim_request', await findScimRequest(db.pool, id))
  if (!id.startsWith(`${idPrefixes.auditEntry}_`)) return []
  const entries = of('audit_entry', await findAuditEntry(db.pool, id))
  return role === 'owner' ? entries : entries.filter(({ environment_id }) => environment_id !== null)
}
