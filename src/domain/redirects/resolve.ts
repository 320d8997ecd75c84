import type { EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { nearest } from '../nearest.ts'
import { matchRedirect } from './rules.ts'

export type ResolvedRedirect =
  | { readonly ok: true; readonly uri: string }
  | {
      readonly ok: false
      /** What was asked for; undefined when nothing was and there is no default. */
      readonly received: string | undefined
      /** The registered address that looks most like it, for the person who mistyped. */
      readonly nearest: string | undefined
      readonly registered: readonly string[]
    }

const redirectsOf = prepared<[EnvironmentId], { uri: string; is_default: boolean }>(
  'redirect-uris-of-environment',
  'select uri, is_default from redirect_uris where environment_id = $1 order by is_default desc, id',
)

/** Where a sign-in may go: the address asked for if it is registered, or the default when none is asked for. */
export async function resolveRedirectUri(
  db: Database,
  environment: EnvironmentId,
  received: string | undefined,
): Promise<ResolvedRedirect> {
  const rows = await redirectsOf(db.pool, environment)
  const uri =
    received === undefined
      ? rows.find((row) => row.is_default)?.uri
      : rows.some((row) => matchRedirect(row.uri, received))
        ? received
        : undefined
  if (uri !== undefined) return { ok: true, uri }
  const registered = rows.map((row) => row.uri)
  return { ok: false, received, nearest: nearestRegistered(received ?? '', registered), registered }
}

/**
 * The registered address that looks most like what was received. Anybody can ask, and the comparison is quadratic in
 * the lengths: it looks at the beginnings of a limited number.
 */
export function nearestRegistered(received: string, registered: readonly string[]): string | undefined {
  const candidates = new Map(registered.slice(0, 100).map((uri) => [uri.slice(0, 256), uri]))
  const closest = nearest(received.slice(0, 256), [...candidates.keys()])
  return closest === undefined ? undefined : candidates.get(closest)
}
