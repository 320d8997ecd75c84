import type { CorsOriginId, EnvironmentId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { CorsOrigin } from '#contracts/redirects.ts'
import { type Database, prepared } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { Conflict, NotFound, violatedConstraint } from '../errors.ts'
import { requireAllowed } from './refuse.ts'
import { checkOrigin, type EnvironmentKind } from './rules.ts'

export async function listOrigins(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
): Promise<Page<CorsOrigin>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('cors_origins')
      .selectAll()
      .where('environment_id', '=', environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as CorsOriginId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as CorsOriginId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(present), list_metadata }
}

export async function createOrigin(work: Work, kind: EnvironmentKind, origin: string): Promise<CorsOrigin> {
  requireAllowed('origin', origin, checkOrigin(origin, kind))
  const row = await work.tx
    .insertInto('cors_origins')
    .values({
      environment_id: work.environment,
      id: newId('corsOrigin', work.now),
      origin,
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error) === 'cors_origins_environment_id_origin_key')
        throw new Conflict('CORS origin already exists.', 'duplicate_cors_origin')
      throw error
    })
  return present(row)
}

export async function removeOrigin(work: Work, id: CorsOriginId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('cors_origins')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('CORS Origin', id)
}

function present(row: { id: CorsOriginId; origin: string; created_at: Date; updated_at: Date }): CorsOrigin {
  return {
    object: 'cors_origin',
    id: row.id,
    origin: row.origin,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const registered = prepared<[string, EnvironmentId | null], { registered: boolean }>(
  'cors-origin-registered',
  `select exists (select from cors_origins where origin = $1 and ($2::text is null or environment_id = $2)) as registered`,
)

/** Whether pages of an origin may read answers. @param environment null asks for any: a preflight names no tenant. */
export async function isRegisteredOrigin(
  { pool }: Database,
  origin: string,
  environment: EnvironmentId | null,
): Promise<boolean> {
  const [row] = await registered(pool, origin, environment)
  return row?.registered === true
}
