import type { EnvironmentId, OrganizationId, SessionId, UserId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { readCircumstances } from '../authentication/circumstances.ts'
import { notAMember, refuseHopeless, type SignInOutcome } from '../authentication/complete.ts'
import { conclude } from '../authentication/conclude.ts'
import { defaultSettings } from '../authentication/settings.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { OAuthError } from '../errors.ts'
import { readUser } from '../users/read.ts'
import type { SessionClaims } from './access-token.ts'
import { newRefreshToken } from './issue.ts'
import { revokeSessions } from './revoke.ts'

/** Tabs of one browser refresh with the same token at about the same moment, and answers get lost on the way. */
const graceSeconds = 30

type Row = {
  readonly outcome: 'ok' | 'check' | 'invalid' | 'ended' | 'expired' | 'reused' | 'not_a_member'
  readonly session_id: SessionId
  readonly user_id: UserId
  readonly current_organization: OrganizationId | null
  readonly issued_at: Date
  readonly sealed: string | null
} & SessionClaims

const refresh = prepared<
  [EnvironmentId, Buffer, OrganizationId | null, boolean, Buffer, string, number, number, string, Date],
  Row
>(
  'refresh-session',
  `select r.*, c.* from refresh_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) r
   left join lateral session_claims($1, r.session_id) c on r.outcome = 'ok'`,
)

export interface Refresh {
  readonly token: string
  /** Another organization to go to. */
  readonly organization: OrganizationId | null
}

/**
 * Exchanges a refresh token for its successor and an access token: one round trip, unless rules changed since the last
 * time or the organization does; then the decision of the sign-in is made again first.
 * @throws OAuthError `invalid_grant` when the session is over. One whose token comes back late is ended: of the two who
 *   have it, one is a thief.
 */
export async function refreshSession(
  deps: ChangeDeps & { readonly secrets: Secrets },
  environment: EnvironmentId,
  { token, organization }: Refresh,
): Promise<SignInOutcome> {
  const hash = hashSecret(token)
  const successor = newRefreshToken()
  const context = answerContext(hash)
  const exchange = async (approved: boolean) => {
    const [row] = await refresh(
      deps.db.pool,
      environment,
      hash,
      organization,
      approved,
      hashSecret(successor),
      deps.secrets.seal(successor, context),
      defaultSettings.session.inactivity_seconds,
      defaultSettings.session.maximum_seconds,
      `${graceSeconds} seconds`,
      deps.clock(),
    )
    if (!row) throw new Error('refresh_session returned no row')
    return row
  }

  let row = await exchange(false)
  if (row.outcome === 'check') {
    const interrupted = await decideAgain(deps, environment, row, organization)
    if (interrupted) return interrupted
    row = await exchange(true)
  }
  switch (row.outcome) {
    case 'ok':
      return {
        kind: 'signed_in',
        session: {
          environment,
          id: row.session_id,
          refreshToken: row.sealed === null ? successor : deps.secrets.open(row.sealed, context),
          claims: row,
          issuedAt: row.issued_at,
        },
        oauthTokens: null,
      }
    case 'reused':
      await change(deps, { environment }, (work) => revokeSessions(work, { session: row.session_id }, 'reused'))
      throw new OAuthError('invalid_grant', 'Refresh token already exchanged.')
    case 'not_a_member':
      // To stay where one was is no wish that could be refused: that session is over.
      if (organization !== null && organization !== row.current_organization) throw notAMember(organization)
      throw new OAuthError('invalid_grant', 'The user is no longer an active member of the organization.')
    case 'ended':
    case 'expired':
      throw new OAuthError('invalid_grant', 'Session has already ended.')
    case 'invalid':
      throw new OAuthError('invalid_grant', 'Invalid refresh token.')
    case 'check':
      throw new Error('an approved refresh was not carried out')
    default:
      return row.outcome satisfies never
  }
}

/** @returns what is asked for before the session may go on; undefined when nothing. */
async function decideAgain(
  { db }: ChangeDeps,
  environment: EnvironmentId,
  { session_id: id, user_id, current_organization: current }: Row,
  wanted: OrganizationId | null,
): Promise<SignInOutcome | undefined> {
  const [user, circumstances, session] = await Promise.all([
    readUser(db.kysely, environment, user_id),
    readCircumstances(db.kysely, environment, user_id),
    db.kysely
      .selectFrom('sessions as s')
      .leftJoin('connections as c', (join) =>
        join.onRef('c.environment_id', '=', 's.environment_id').onRef('c.id', '=', 's.connection_id'),
      )
      .select(['s.auth_method', 's.mfa', 's.connection_id', 'c.organization_id as connection_organization'])
      .where('s.environment_id', '=', environment)
      .where('s.id', '=', id)
      .executeTakeFirstOrThrow(),
  ])
  const { connection_id: connection, connection_organization: vouching } = session
  const conclusion = conclude(
    {
      user,
      method: session.auth_method,
      organization: wanted ?? current,
      connection: connection !== null && vouching !== null ? { id: connection, organization: vouching } : null,
      mfa: session.mfa,
      emailProven: true,
    },
    circumstances,
    'refresh',
  )
  if (conclusion.kind === 'done') return undefined
  const moves = wanted !== null && wanted !== current
  if (!moves && (conclusion.kind === 'method_not_allowed' || conclusion.kind === 'not_a_member'))
    throw new OAuthError('invalid_grant', 'The session is no longer allowed. Sign in again.')
  const interrupt = refuseHopeless(conclusion)
  if (interrupt.kind === 'email_verification_required') throw new Error('a refresh does not ask for an inbox proof')
  return { kind: 'interrupted', interrupt, pendingToken: null, user }
}

/** What a successor is sealed for: the token it follows, known by its hash. */
function answerContext(hash: Buffer): string {
  return `refresh_tokens.answer:${hash.toString('base64url')}`
}
