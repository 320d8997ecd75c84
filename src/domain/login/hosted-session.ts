import { randomBytes } from 'node:crypto'
import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { EnvironmentId, HostedLoginId, UserId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { SignInFacts } from '../authentication/facts.ts'
import { hashSecret } from '../environments/api-keys.ts'

/** A browser that is signed in here: the next application need not ask. */
export interface HostedSession {
  readonly user: UserId
  readonly facts: SignInFacts
  readonly authenticatedAt: Date
  /** The sign-in it came of, where that had no application to tell. */
  readonly login: string | null
}

/**
 * @param login where it had no application to tell: the one that takes it up is told of.
 * @returns the token for the browser's cookie. A new one at every sign-in: one that was planted is worth nothing.
 */
export async function openHostedSession(
  work: Work,
  settings: Pick<AuthenticationSettings, 'session'>,
  user: UserId,
  facts: SignInFacts,
  login: HostedLoginId | null = null,
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await work.tx
    .insertInto('hosted_sessions')
    .values({
      hash: hashSecret(token),
      environment_id: work.environment,
      user_id: user,
      hosted_login_id: login,
      // Where to go, and a provider's tokens, are matters of one sign-in. And so is the inbox: by the next one the address
      // may be another.
      facts: JSON.stringify({
        ...facts,
        organization: null,
        oauthTokens: null,
        emailProven: false,
      } satisfies SignInFacts),
      authenticated_at: work.now,
      expires_at: new Date(work.now.getTime() + settings.session.maximum_seconds * 1000),
    })
    .execute()
  return token
}

const find = prepared<
  [Buffer, EnvironmentId, Date],
  {
    readonly user_id: UserId
    readonly facts: SignInFacts
    readonly authenticated_at: Date
    readonly hosted_login_id: string | null
  }
>(
  'hosted-session',
  'select user_id, facts, authenticated_at, hosted_login_id from hosted_sessions where hash = $1 and environment_id = $2 and expires_at > $3',
)

export async function findHostedSession(
  db: Database,
  environment: EnvironmentId,
  token: string | undefined,
  now: Date,
): Promise<HostedSession | undefined> {
  if (token === undefined) return undefined
  const [row] = await find(db.lookUps, hashSecret(token), environment, now)
  return (
    row && { user: row.user_id, facts: row.facts, authenticatedAt: row.authenticated_at, login: row.hosted_login_id }
  )
}

/** Whoever signs out is asked again, in every browser: the one that asks may not show its cookie. */
export async function closeHostedSessions(work: Work, user: UserId): Promise<void> {
  await work.tx
    .deleteFrom('hosted_sessions')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .execute()
}
