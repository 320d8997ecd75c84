import type { EnvironmentId } from '#contracts/ids.ts'
import type { Homepage } from '#contracts/redirects.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { requireAllowed } from './refuse.ts'
import { checkRedirect, type EnvironmentKind } from './rules.ts'

export async function readHomepage(db: Database, environment: EnvironmentId): Promise<Homepage> {
  const { homepage_url: url } = await db.kysely
    .selectFrom('environments')
    .select('homepage_url')
    .where('id', '=', environment)
    .executeTakeFirstOrThrow()
  return { object: 'homepage_url', url }
}

/** @param url null takes the homepage away. */
export async function setHomepage(work: Work, kind: EnvironmentKind, url: string | null): Promise<Homepage> {
  if (url !== null) requireAllowed('url', url, checkRedirect(url, { kind, wildcard: false, query: true }))
  await work.tx
    .updateTable('environments')
    .set({ homepage_url: url, updated_at: work.now })
    .where('id', '=', work.environment)
    .where('homepage_url', 'is distinct from', url)
    .execute()
  return { object: 'homepage_url', url }
}
