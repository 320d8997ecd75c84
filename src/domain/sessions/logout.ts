import type { EnvironmentId, SessionId, UserId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { closeHostedSessions } from '../login/hosted-session.ts'
import { chooseRedirect, type RegisteredRedirect } from '../redirects/resolve.ts'
import { revokeSessions } from './revoke.ts'

const find = prepared<
  [string, Buffer[]],
  {
    environment_id: EnvironmentId
    client_id: string
    user_id: UserId
    is_held: boolean
    origins: string[]
    homepage_url: string | null
    logout_uris: RegisteredRedirect[]
  }
>(
  'session-logout',
  `select s.environment_id, e.client_id, s.user_id, e.homepage_url,
     exists (select from refresh_tokens t where t.session_id = s.id and t.hash = any($2)) as is_held,
     array(select o.origin from cors_origins o where o.environment_id = s.environment_id order by o.id) as origins,
     coalesce((select json_agg(json_build_object('uri', l.uri, 'is_default', l.is_default)) from logout_uris l
       where l.environment_id = s.environment_id), '[]') as logout_uris
   from sessions s join environments e on e.id = s.environment_id where s.id = $1 limit 1`,
)

export interface SignedOut {
  readonly environment: EnvironmentId
  readonly clientId: string
  readonly user: UserId
  /** Whether the browser held a refresh token of this very session. */
  readonly isHeld: boolean
  /** Of the application's pages. */
  readonly origins: readonly string[]
  /** Where the browser goes: as asked, if registered; else the default, the homepage, or nowhere in particular. */
  readonly location: string | null
}

/**
 * Ends a session that its browser wants to leave. Ids of sessions cannot be guessed and ending one twice is nothing new.
 * @param refreshTokens that the browser holds, of whichever sessions.
 * @returns undefined for a session nobody ever had.
 */
export async function signOut(
  deps: ChangeDeps & { readonly db: Database },
  id: string,
  returnTo: string | undefined,
  refreshTokens: readonly string[] = [],
): Promise<SignedOut | undefined> {
  const [found] = await find(deps.db.lookUps, id, refreshTokens.map(hashSecret))
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
  return { environment, clientId: found.client_id, user, isHeld: found.is_held, origins: found.origins, location }
}
