import type { EnvironmentId } from '#contracts/ids.ts'
import type { RejectedRedirect } from '#contracts/overview.ts'
import type { Database } from '#db/database.ts'

/** What anybody can fill is small, here and in the database. */
const mostWaiting = 100
const mostKept = 50
const longestUri = 500

interface Rejected {
  readonly environment: EnvironmentId
  readonly uri: string
  readonly at: Date
  times: number
}

/** Collects addresses that were refused, so that refusing costs no statement. */
export class RejectedRedirects {
  #waiting = new Map<string, Rejected>()

  note(environment: EnvironmentId, uri: string, at: Date): void {
    const known = this.#waiting.get(`${environment} ${uri}`)
    if (known) known.times += 1
    else if (this.#waiting.size < mostWaiting && uri.length <= longestUri)
      this.#waiting.set(`${environment} ${uri}`, { environment, uri, at, times: 1 })
  }

  async flush(db: Database): Promise<void> {
    const rejected = [...this.#waiting.values()]
    this.#waiting = new Map()
    if (rejected.length > 0) await write(db, rejected)
  }
}

async function write(db: Database, rejected: readonly Rejected[]): Promise<void> {
  const rows = rejected.map(({ environment, uri, at, times }) => ({ environment_id: environment, uri, at, times }))
  await db.pool.query(
    `insert into rejected_redirects (environment_id, uri, times, last_seen_at)
     select r.environment_id, r.uri, r.times, r.at
     from json_to_recordset($1) as r (environment_id text, uri text, times integer, at timestamptz)
     join environments e on e.id = r.environment_id
     order by r.environment_id, r.uri
     on conflict (environment_id, uri) do update
     set times = least(rejected_redirects.times + excluded.times, 1000000), last_seen_at = excluded.last_seen_at`,
    [JSON.stringify(rows)],
  )
  await db.pool.query(
    `delete from rejected_redirects r using (
       select environment_id, uri, row_number() over (partition by environment_id order by last_seen_at desc, uri) as place
       from rejected_redirects where environment_id = any($1)) ranked
     where r.environment_id = ranked.environment_id and r.uri = ranked.uri and ranked.place > ${mostKept}`,
    [[...new Set(rejected.map(({ environment }) => environment))]],
  )
}

export async function listRejected(db: Database, environment: EnvironmentId): Promise<RejectedRedirect[]> {
  const rows = await db.kysely
    .selectFrom('rejected_redirects')
    .select(['uri', 'times', 'last_seen_at'])
    .where('environment_id', '=', environment)
    // Whoever registered it since is done with it.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('redirect_uris as r')
            .whereRef('r.environment_id', '=', 'rejected_redirects.environment_id')
            .whereRef('r.uri', '=', 'rejected_redirects.uri'),
        ),
      ),
    )
    .orderBy('last_seen_at', 'desc')
    .limit(mostKept)
    .execute()
  return rows.map(({ uri, times, last_seen_at }) => ({
    object: 'rejected_redirect',
    uri,
    times,
    last_seen_at: last_seen_at.toISOString(),
  }))
}
