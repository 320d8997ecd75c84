import type { EnvironmentId, PasskeyId, UserId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Passkey } from '#contracts/passkeys.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { readUser } from '../users/read.ts'

/** @throws NotFound for an unknown user. */
export async function listUserPasskeys(
  { kysely }: Database,
  environment: EnvironmentId,
  user: UserId,
  query: PageQuery,
): Promise<Page<Passkey>> {
  await readUser(kysely, environment, user)
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    kysely
      .selectFrom('passkeys')
      .select(['id', 'user_id', 'transports', 'created_at', 'last_used_at'])
      .where('environment_id', '=', environment)
      .where('user_id', '=', user)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as PasskeyId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as PasskeyId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

function present(row: {
  readonly id: PasskeyId
  readonly user_id: UserId
  readonly transports: string[]
  readonly created_at: Date
  readonly last_used_at: Date | null
}): Passkey {
  return {
    object: 'passkey',
    id: row.id,
    user_id: row.user_id,
    transports: row.transports,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  }
}
