import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { nearestRegistered } from './resolve.ts'
import { checkRedirect, type EnvironmentKind, matchRedirect } from './rules.ts'

export interface RedirectTest {
  readonly object: 'redirect_test'
  readonly uri: string
  readonly matches: string | null
  readonly nearest: string | null
  readonly refusal: string | null
}

/** Whether the sign-in doors would send somebody there, as they decide it. */
export async function testRedirect(
  db: Database,
  environment: EnvironmentId,
  kind: EnvironmentKind,
  uri: string,
): Promise<RedirectTest> {
  const rows = await db.kysely
    .selectFrom('redirect_uris')
    .select('uri')
    .where('environment_id', '=', environment)
    .orderBy('id')
    .execute()
  const registered = rows.map((row) => row.uri)
  const matches = registered.find((candidate) => matchRedirect(candidate, uri)) ?? null
  if (matches !== null) return { object: 'redirect_test', uri, matches, nearest: null, refusal: null }
  const verdict = checkRedirect(uri, { kind, wildcard: true, query: false })
  return {
    object: 'redirect_test',
    uri,
    matches,
    nearest: nearestRegistered(uri, registered) ?? null,
    refusal: verdict.ok ? null : `It ${verdict.error.message}.`,
  }
}
