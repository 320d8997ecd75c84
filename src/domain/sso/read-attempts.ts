import type { AttemptCheck, Finding, SignInAttempt, SignInAttemptTrace } from '#contracts/sign-in-attempts.ts'
import type { ConnectionId, EnvironmentId, SsoSessionId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { NotFound } from '../errors.ts'
import type { AttemptError, TimelineEntry } from './attempts.ts'
import { checksBefore, checksOf, findingOf, type Refusal } from './finding.ts'

interface Row {
  readonly id: SsoSessionId
  readonly organization_id: SignInAttempt['organization_id']
  readonly connection_id: SignInAttempt['connection_id']
  readonly origin: SignInAttempt['origin']
  readonly state: SignInAttempt['state']
  readonly email: string | null
  readonly login_hint: string | null
  readonly error: unknown
  readonly ip_address: string | null
  readonly user_agent: string | null
  readonly created_at: Date
  readonly finished_at: Date | null
}

const columns = [
  'id',
  'organization_id',
  'connection_id',
  'origin',
  'state',
  'email',
  'login_hint',
  'error',
  'ip_address',
  'user_agent',
  'created_at',
  'finished_at',
] as const

export interface AttemptQuery extends PageQuery {
  readonly connection_id?: string
  readonly failed?: boolean
}

export async function listAttempts(
  db: Database,
  environment: EnvironmentId,
  query: AttemptQuery,
): Promise<Page<SignInAttempt>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    db.kysely
      .selectFrom('sso_sessions')
      .select(columns)
      .where('environment_id', '=', environment)
      .$if(
        query.connection_id !== undefined,
        (list) => list.where('connection_id', '=', query.connection_id as ConnectionId), // any text may be asked for
      )
      .$if(query.failed === true, (list) =>
        // The index knows errors; one that was answered well in the end has one, too.
        list.where('error', 'is not', null).where('state', 'in', ['failed', 'timed_out']),
      )
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as SsoSessionId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as SsoSessionId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  return { object: 'list', data: rows.map(presentAttempt), list_metadata }
}

export async function readAttempt(
  db: Database,
  environment: EnvironmentId,
  id: SsoSessionId,
): Promise<SignInAttemptTrace> {
  const row = await db.kysely
    .selectFrom('sso_sessions as s')
    .leftJoin('refused_responses as r', (join) =>
      join.onRef('r.environment_id', '=', 's.environment_id').onRef('r.session_id', '=', 's.id'),
    )
    .select([
      ...columns.map((column) => `s.${column}` as const),
      's.timeline',
      's.exchanged_at',
      'r.session_id as kept',
    ])
    .where('s.environment_id', '=', environment)
    .where('s.id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Sign-in attempt', id)
  const timeline = row.timeline as readonly TimelineEntry[] // only attempts write it
  return {
    ...presentAttempt(row),
    timeline: [...timeline.map(({ at, step, ...facts }) => ({ at, step, facts })), ...exchangeOf(row.exchanged_at)],
    ...judgement(timeline, row.state),
    response_kept: row.kept !== null,
  }
}

/** Stands in a column of its own: whoever exchanges a code does not rewrite the whole timeline. */
function exchangeOf(at: Date | null): SignInAttemptTrace['timeline'] {
  return at === null ? [] : [{ at: at.toISOString(), step: 'code_exchanged', facts: {} }]
}

function presentAttempt(row: Row): SignInAttempt {
  return {
    object: 'sign_in_attempt',
    id: row.id,
    organization_id: row.organization_id,
    connection_id: row.connection_id,
    origin: row.origin,
    state: row.state,
    email: row.email ?? row.login_hint,
    error: row.error as AttemptError | null, // only attempts write it
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    created_at: row.created_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
  }
}

function judgement(
  timeline: readonly TimelineEntry[],
  state: Row['state'],
): { readonly checks: AttemptCheck[]; readonly finding: Finding | null } {
  if (state === 'succeeded') return { checks: checksOf(checksBefore(undefined), null), finding: null }
  const entry = timeline.findLast(({ step }) => step === 'refused')
  if (!entry) return { checks: [], finding: null }
  // What fail-login.ts and time-out.ts write; a time-out has no checks.
  const { code, message, ...rest } = entry as unknown as Pick<Refusal, 'code' | 'message'> & Partial<Refusal>
  const { passed = [], failed = null, facts } = rest
  const came = timeline.some(({ step }) => step === 'response_received')
  return {
    checks: came ? checksOf(passed, failed) : [],
    finding: findingOf({ code, message, passed, failed, facts: facts ?? {} }),
  }
}
