import type { EnvironmentId } from '#contracts/ids.ts'
import type { SigningKey, SigningKeys } from '#contracts/signing-keys.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'

/** The published keys for access tokens, newest first. Reads no private key. */
export async function listSigningKeys(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  now: Date,
): Promise<SigningKeys> {
  const rows = await reader
    .selectFrom('signing_keys')
    .select(['id', 'algorithm', 'signs_from', 'retired_at', 'published_until', 'created_at'])
    .where('environment_id', '=', environment)
    .where('purpose', '=', 'jwt')
    .where((eb) => eb.or([eb('published_until', 'is', null), eb('published_until', '>', now)]))
    .orderBy('id', 'desc')
    .execute()
  return {
    object: 'list',
    data: rows.map((row) => ({
      object: 'signing_key',
      id: row.id,
      algorithm: row.algorithm,
      state: stateOf(row, now),
      signs_from: row.signs_from?.toISOString() ?? null,
      retires_at: row.retired_at?.toISOString() ?? null,
      published_until: row.published_until?.toISOString() ?? null,
      created_at: row.created_at.toISOString(),
    })),
  }
}

function stateOf(
  { signs_from: signsFrom, retired_at: retiredAt }: { signs_from: Date | null; retired_at: Date | null },
  now: Date,
): SigningKey['state'] {
  if (retiredAt !== null && retiredAt <= now) return 'retired'
  return signsFrom !== null && signsFrom > now ? 'upcoming' : 'active'
}
