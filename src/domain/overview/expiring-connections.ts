import type { EnvironmentId } from '#contracts/ids.ts'
import type { ExpiringConnection } from '#contracts/overview.ts'
import type { Database } from '#db/database.ts'

const noticeMs = 90 * 24 * 60 * 60_000
const most = 20

/** Through these nobody will be able to sign in soon, unless their identity provider gets a new certificate. */
export async function listExpiringConnections(
  db: Database,
  environment: EnvironmentId,
  now: Date,
): Promise<ExpiringConnection[]> {
  const rows = await db.kysely
    .selectFrom('connections')
    .select(['id', 'name', 'idp_certificates_expire_at'])
    .where('environment_id', '=', environment)
    .where('idp_certificates_expire_at', '<', new Date(now.getTime() + noticeMs))
    .orderBy('idp_certificates_expire_at')
    .limit(most)
    .$narrowType<{ idp_certificates_expire_at: Date }>() // NULL is not below anything
    .execute()
  return rows.map(({ id, name, idp_certificates_expire_at: end }) => ({
    object: 'expiring_connection',
    id,
    name,
    expires_at: end.toISOString(),
  }))
}
