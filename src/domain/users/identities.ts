import type { EnvironmentId, UserId } from '#contracts/ids.ts'
import type { UserIdentity } from '#contracts/users.ts'
import type { Database } from '#db/database.ts'
import { readUser } from './read.ts'

/** The accounts of OAuth providers that open a user's. @throws NotFound */
export async function listUserIdentities(
  db: Database,
  environment: EnvironmentId,
  id: UserId,
): Promise<UserIdentity[]> {
  await readUser(db.kysely, environment, id)
  const rows = await db.kysely
    .selectFrom('user_identities')
    .select(['idp_id', 'provider'])
    .where('environment_id', '=', environment)
    .where('user_id', '=', id)
    .where('kind', '=', 'oauth')
    .orderBy('id')
    .execute()
  return rows.map(({ idp_id, provider }) => ({ idp_id, type: 'OAuth', provider }))
}
