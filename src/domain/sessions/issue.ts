import { randomBytes } from 'node:crypto'
import type { AuthenticationSettings } from '#contracts/authentication-settings.ts'
import type { AuthenticateResponse, AuthenticationMethod, Impersonator } from '#contracts/authentication.ts'
import type { ConnectionId, EnvironmentId, OrganizationId, SessionId, UserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import {
  presentSignIn,
  readSessionClaims,
  type SessionClaims,
  signAccessToken,
  templateClaims,
  type TokenDeps,
} from './access-token.ts'
import { presentSession } from './present.ts'

/** Nobody should be somebody else for longer. */
const impersonationSeconds = 60 * 60

export interface NewSession {
  readonly user: UserId
  readonly organization: OrganizationId | null
  readonly method: AuthenticationMethod
  readonly connection: ConnectionId | null
  readonly mfa: boolean
  readonly impersonator: Impersonator | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** A session with all that its access token says; the token is signed after the commit, see `answerSignIn`. */
export interface IssuedSession {
  readonly environment: EnvironmentId
  readonly id: SessionId
  readonly refreshToken: string
  readonly claims: SessionClaims
  readonly issuedAt: Date
}

/** Starts a session and announces it. */
export async function issueSession(
  work: Work,
  { session: lifetimes }: Pick<AuthenticationSettings, 'session'>,
  input: NewSession,
): Promise<IssuedSession> {
  const { now, environment } = work
  const seconds = input.impersonator
    ? Math.min(impersonationSeconds, lifetimes.maximum_seconds)
    : Math.min(lifetimes.inactivity_seconds, lifetimes.maximum_seconds)
  const row = await work.tx
    .insertInto('sessions')
    .values({
      environment_id: environment,
      id: newId('session', now),
      user_id: input.user,
      organization_id: input.organization,
      auth_method: input.method,
      connection_id: input.connection,
      mfa: input.mfa,
      impersonator_email: input.impersonator?.email ?? null,
      impersonator_reason: input.impersonator?.reason ?? null,
      ip_address: input.ipAddress,
      user_agent: input.userAgent?.slice(0, 1000) ?? null,
      authenticated_at: now,
      expires_at: new Date(now.getTime() + seconds * 1000),
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const refreshToken = newRefreshToken()
  await work.tx
    .insertInto('refresh_tokens')
    .values({
      hash: hashSecret(refreshToken),
      environment_id: environment,
      session_id: row.id,
      created_at: now,
      expires_at: new Date(now.getTime() + lifetimes.maximum_seconds * 1000),
    })
    .execute()
  // An impersonator is not them. `updated_at` is left alone: it tells when the person changed.
  if (!input.impersonator)
    await work.tx
      .updateTable('users')
      .set({ last_sign_in_at: now })
      .where('environment_id', '=', environment)
      .where('id', '=', input.user)
      .execute()
  work.emit('session.created', presentSession(row, now), row.organization_id)
  const claims = await readSessionClaims(work.tx, environment, row.id)
  // A session whose token cannot be made must not stay behind.
  templateClaims(claims)
  return { environment, id: row.id, refreshToken, claims, issuedAt: now }
}

/** Signs what the application gets. Call it after the commit: a token of a session that never was must not exist. */
export async function answerSignIn(
  deps: TokenDeps,
  { environment, refreshToken, claims, issuedAt }: IssuedSession,
): Promise<AuthenticateResponse> {
  const accessToken = await signAccessToken(deps, environment, claims, hashSecret(refreshToken), issuedAt)
  return presentSignIn(claims, accessToken, refreshToken)
}

export function newRefreshToken(): string {
  return randomBytes(24).toString('base64url')
}
