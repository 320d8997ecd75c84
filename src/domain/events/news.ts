import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'

/** What happened, for whoever watches. */
export interface News {
  readonly position: number
  readonly id: string
  readonly event: string
  readonly organization_id: OrganizationId | null
  /** The sign-in attempt it is about, where it is about one. */
  readonly attempt: string | null
}

const after = prepared<[EnvironmentId, number, number], News>(
  'news-after',
  `select l.position, e.id, l.type as event, l.organization_id,
     case when l.type like 'authentication.sso\\_%' then e.body::json -> 'data' -> 'sso' ->> 'session_id' end as attempt
   from event_log l join events e on e.seq = l.seq
   where l.environment_id = $1 and l.position > $2 order by l.position limit $3`,
)

const head = prepared<[EnvironmentId], { readonly position: number | null }>(
  'news-head',
  'select max(position) as position from event_log where environment_id = $1',
)

/** The events after a position, in the order of the log, as far as they were stamped. */
export function readNews(db: Database, environment: EnvironmentId, position: number, limit: number): Promise<News[]> {
  return after(db.pool, environment, position, limit)
}

/** Where the log of an environment ends. */
export async function newsHead(db: Database, environment: EnvironmentId): Promise<number> {
  const [row] = await head(db.pool, environment)
  return row?.position ?? 0
}
