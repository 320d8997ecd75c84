import type { EnvironmentId, SessionId, UserId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Session } from '#contracts/sessions.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { readUser } from '../users/read.ts'
import { presentSession } from './present.ts'

/** @throws NotFound for an unknown user. */
export async function listUserSessions(
  db: Database,
  environment: EnvironmentId,
  user: UserId,
  query: PageQuery,
  now: Date,
): Promise<Page<Session>> {
  await readUser(db.kysely, environment, user)
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('sessions')
      .selectAll()
      .where('environment_id', '=', environment)
      .where('user_id', '=', user)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as SessionId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as SessionId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map((row) => presentSession(row, now)), list_metadata }
}
