import type { EnvironmentId, SessionId, UserId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import { closeHostedSessions } from '../login/hosted-session.ts'
import { chooseRedirect, type RegisteredRedirect } from '../redirects/resolve.ts'
import { revokeSessions } from './revoke.ts'

const find = prepared<
  [string],
  {
    environment_id: EnvironmentId
    user_id: UserId
    homepage_url: string | null
    logout_uris: RegisteredRedirect[]
  }
>(
  'session-logout',
  `select s.environment_id, s.user_id, e.homepage_url,
     coalesce((select json_agg(json_build_object('uri', l.uri, 'is_default', l.is_default)) from logout_uris l
       where l.environment_id = s.environment_id), '[]') as logout_uris
   from sessions s join environments e on e.id = s.environment_id where s.id = $1 limit 1`,
)

export interface SignedOut {
  readonly environment: EnvironmentId
  readonly user: UserId
  /** Where the browser goes: as asked, if registered; else the default, the homepage, or nowhere in particular. */
  readonly location: string | null
}

/**
 * Ends a session that its browser wants to leave. Ids of sessions cannot be guessed and ending one twice is nothing new.
 * @returns undefined for a session nobody ever had.
 */
export async function signOut(
  deps: ChangeDeps & { readonly db: Database },
  id: string,
  returnTo: string | undefined,
): Promise<SignedOut | undefined> {
  const [found] = await find(deps.db.pool, id)
  if (!found) return undefined
  const { environment_id: environment, user_id: user, homepage_url: homepage, logout_uris: registered } = found
  await change(deps, { environment }, async (work) => {
    await revokeSessions(work, { session: id as SessionId }, 'signed_out') // it was just found by it
    await closeHostedSessions(work, user)
  })
  const location =
    (returnTo !== undefined && chooseRedirect(registered, returnTo)) ||
    chooseRedirect(registered, undefined) ||
    homepage
  return { environment, user, location }
}
