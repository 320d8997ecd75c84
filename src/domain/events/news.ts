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

/** Where everything ends that news are about. */
export interface NewsHead {
  readonly position: number
  /** The latest request to a directory; before all others when there is none. */
  readonly lastAsked: string
}

const head = prepared<[EnvironmentId], { readonly position: number | null; readonly asked: string | null }>(
  'news-head',
  `select (select max(position) from event_log where environment_id = $1) as position,
     (select max(id) from scim_requests where environment_id = $1) as asked`,
)

const heads = prepared<
  [],
  { readonly id: EnvironmentId; readonly position: number | null; readonly asked: string | null }
>(
  'news-heads',
  `select e.id, (select max(position) from event_log where environment_id = e.id) as position,
     (select max(id) from scim_requests where environment_id = e.id) as asked
   from environments e`,
)

/** The events after a position, in the order of the log, as far as they were stamped. */
export function readNews(db: Database, environment: EnvironmentId, position: number, limit: number): Promise<News[]> {
  return after(db.pool, environment, position, limit)
}

export async function newsHead(db: Database, environment: EnvironmentId): Promise<NewsHead> {
  const [row] = await head(db.pool, environment)
  return { position: row?.position ?? 0, lastAsked: row?.asked ?? '' }
}

/** The ends of all environments, as text that comes back in {@link placeFrom}. */
export async function newsPlaces(db: Database): Promise<ReadonlyMap<EnvironmentId, string>> {
  const rows = await heads(db.pool)
  return new Map(rows.map(({ id, position, asked: last }) => [id, `${position ?? 0}.${last ?? ''}`]))
}

/** @returns undefined for what was no place. */
export function placeFrom(text: string): NewsHead | undefined {
  const [, position, lastAsked] = /^(\d{1,15})\.(\w{0,100})$/.exec(text) ?? []
  return position === undefined || lastAsked === undefined ? undefined : { position: Number(position), lastAsked }
}

const asked = prepared<[EnvironmentId, string], { readonly directory_id: string; readonly last: string }>(
  'news-scim',
  'select directory_id, max(id) as last from scim_requests where environment_id = $1 and id > $2 group by directory_id',
)

/** Directories whose identity providers asked something since, as far as it was written down. */
export function readAskedDirectories(
  db: Database,
  environment: EnvironmentId,
  since: string,
): Promise<{ readonly directory_id: string; readonly last: string }[]> {
  return asked(db.pool, environment, since)
}
