import type { SsoErrorCode } from '#contracts/errors.ts'
import type { OrganizationId, SsoSessionId } from '#contracts/ids.ts'
import { sql } from 'kysely'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { checkOf, type Rejection } from '#protocols/saml/rejection.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { attemptEvent, type Client, type TimelineEntry } from './attempts.ts'
import { checksBefore } from './finding.ts'
import type { LoginRow, Target } from './login-row.ts'

/** Why a response signs nobody in. `message` is for the administrator; the person at the browser never sees it. */
export interface Failure {
  readonly code: string
  readonly message: string
  /** Set when the application is told by redirect; otherwise the browser gets a page with a reference. */
  readonly toApp?: {
    readonly error: SsoErrorCode
    readonly description: string
    readonly extra?: Readonly<Record<string, string>>
  }
  readonly rejection?: Rejection
  /** Known only when the response held and something later did not. */
  readonly email?: string
  readonly checksPassed?: boolean
}

export interface RefusedAttempt {
  readonly target: Pick<Target, 'environment_id' | 'id'> & { readonly organization_id: OrganizationId | null }
  readonly login: Pick<LoginRow, 'id'> | undefined
  readonly client: Client
  readonly failure: Failure
  /** SAML alone: an OAuth answer is worth nothing afterwards. */
  readonly refusedResponse: string | null
  readonly received: TimelineEntry
}

/** Kept so that an administrator can examine a refused response; larger ones are not worth their space. */
const maxKeptResponse = 64 * 1024

/** Stores the attempt with its timeline and announces it. A login that succeeded before stays a success. */
export async function recordFailure(
  deps: ChangeDeps & { readonly secrets: Secrets },
  attempt: RefusedAttempt,
): Promise<SsoSessionId> {
  const { target, login, client, failure } = attempt
  return change(deps, { environment: target.environment_id }, async (work) => {
    const error = { code: failure.code, message: failure.message }
    const timeline = JSON.stringify([attempt.received, refusal(failure, work.now)])
    const updated = login && (await markFailed(login))
    const id = updated ?? newId('ssoSession', work.now)
    if (!updated)
      await work.tx
        .insertInto('sso_sessions')
        .values({
          environment_id: work.environment,
          id,
          organization_id: target.organization_id,
          connection_id: target.id,
          origin: login ? 'sp' : 'idp',
          state: 'failed',
          ip_address: client.ipAddress,
          user_agent: client.userAgent,
          email: failure.email ?? null,
          error: JSON.stringify(error),
          timeline,
          created_at: work.now,
          expires_at: work.now,
          finished_at: work.now,
        })
        .execute()
    await keepResponse(deps.secrets, work, id, attempt.refusedResponse)
    const attemptFacts = { id, organizationId: target.organization_id, connectionId: target.id }
    const { sso, ...common } = attemptEvent(attemptFacts, client)
    const verdict = { status: 'failed' as const, email: failure.email ?? null, error }
    // Only social providers belong to no organization.
    if (target.organization_id === null)
      work.emit('authentication.oauth_failed', { ...common, type: 'oauth', ...verdict }, null)
    else work.emit('authentication.sso_failed', { ...common, sso, ...verdict }, target.organization_id)
    return id

    async function markFailed(row: Pick<LoginRow, 'id'>): Promise<SsoSessionId | undefined> {
      const marked = await work.tx
        .updateTable('sso_sessions')
        .set({
          state: 'failed',
          email: failure.email ?? null,
          error: JSON.stringify(error),
          timeline: sql<string>`timeline || ${timeline}::jsonb`,
          finished_at: work.now,
        })
        .where('environment_id', '=', work.environment)
        .where('id', '=', row.id)
        .where('state', 'in', ['started', 'failed'])
        .returning('id')
        .executeTakeFirst()
      return marked?.id
    }
  })
}

/** A sign-in that is refused again keeps its latest response: that is the one its timeline ends with. */
async function keepResponse(secrets: Secrets, work: Work, id: SsoSessionId, response: string | null): Promise<void> {
  const isKept = response !== null && response.length <= maxKeptResponse
  if (!isKept) {
    await work.tx
      .deleteFrom('refused_responses')
      .where('environment_id', '=', work.environment)
      .where('session_id', '=', id)
      .execute()
    return
  }
  const sealed = secrets.seal(response, sealContext('refused_responses.sealed_response', id))
  await work.tx
    .insertInto('refused_responses')
    .values({ environment_id: work.environment, session_id: id, sealed_response: sealed, created_at: work.now })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'session_id']).doUpdateSet({ sealed_response: sealed, created_at: work.now }),
    )
    .execute()
}

/** The last line of the timeline: every check that passed, the one that did not, and the facts. */
function refusal(failure: Failure, now: Date): TimelineEntry {
  const failedCheck = failure.rejection && checkOf(failure.rejection)
  const passed = failure.checksPassed || failedCheck ? checksBefore(failedCheck) : []
  return {
    at: now.toISOString(),
    step: 'refused',
    code: failure.code,
    message: failure.message,
    passed,
    failed: failedCheck ?? null,
    facts: failure.rejection ?? null,
  }
}
