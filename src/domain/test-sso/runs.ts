import { sql } from 'kysely'
import { decodeTime, encodeTime } from 'ulid'
import { type EnvironmentId, idPrefixes, type SsoSessionId, type TestSsoRunId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { TestSsoRun } from '#contracts/test-sso.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { NotFound } from '../errors.ts'
import { expectationOf } from './expectation.ts'
import { type FollowingAttempt, judge } from './judge.ts'

/** Whoever began and did not go on within this time began something else. */
const followedForMs = 60 * 60_000

interface RunRow {
  readonly id: TestSsoRunId
  readonly scenario: TestSsoRun['scenario']
  readonly flow: TestSsoRun['flow']
  readonly connection_id: string
  readonly url: string
  readonly redirect_uri: string
  readonly guests_allowed: boolean
  readonly created_at: Date
}

export async function readTestRun(
  db: Database,
  environment: EnvironmentId,
  id: TestSsoRunId,
  now: Date,
): Promise<TestSsoRun> {
  const row = await runs(db, environment).where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Test SSO run', id)
  return follow(db, environment, row as RunRow, now) // checked by the table
}

/** Each run of the page looks at the few attempts that came soon after it. */
export async function listTestRuns(
  db: Database,
  environment: EnvironmentId,
  query: PageQuery,
  now: Date,
): Promise<Page<TestSsoRun>> {
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    runs(db, environment)
      .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as TestSsoRunId)) // any text is a cursor
      .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as TestSsoRunId))
      .orderBy('id', direction)
      .limit(limit)
      .execute(),
  )
  const data = await Promise.all(rows.map((row) => follow(db, environment, row as RunRow, now)))
  return { object: 'list', data, list_metadata }
}

function runs(db: Database, environment: EnvironmentId) {
  return db.kysely
    .selectFrom('test_sso_runs')
    .select(['id', 'scenario', 'flow', 'connection_id', 'url', 'redirect_uri', 'guests_allowed', 'created_at'])
    .where('environment_id', '=', environment)
}

async function follow(db: Database, environment: EnvironmentId, run: RunRow, now: Date): Promise<TestSsoRun> {
  return presentTestRun(run, await findAttempt(db, environment, run), now)
}

type Found = FollowingAttempt & { readonly id: SsoSessionId }

export function presentTestRun(run: RunRow, attempt: Found | undefined, now: Date): TestSsoRun {
  const expectation = expectationOf(run.scenario, run.flow, run.guests_allowed)
  return {
    object: 'test_sso_run',
    id: run.id,
    scenario: run.scenario,
    flow: run.flow,
    url: run.url,
    redirect_uri: run.redirect_uri,
    ...judge(expectation, attempt, now),
    expected: expectation.text,
    expected_error: expectation.appError,
    email: attempt?.email ?? null,
    sign_in_attempt_id: attempt?.id ?? null,
    created_at: run.created_at.toISOString(),
  }
}

/**
 * The latest attempt that answers to the run: it carries its id as the application's state, or none of any run's, as
 * those do that began in the application itself or at the identity provider.
 */
async function findAttempt(db: Database, environment: EnvironmentId, run: RunRow): Promise<Found | undefined> {
  const { origin } = expectationOf(run.scenario, run.flow, run.guests_allowed)
  // Ids are compared with ids: those of a process go on in order even when its clock does not.
  const begun = run.id.slice(run.id.lastIndexOf('_') + 1)
  const { rows } = await sql<Found>`
    select s.id, s.state, s.email, s.error, s.created_at, s.finished_at,
      case when l.id is null then s.exchanged_at else l.exchanged_at end as exchanged_at,
      case when l.state ->> 'step' = 'failed' then 'failed' end as stopped
    from sso_sessions s
    left join hosted_logins l on l.environment_id = s.environment_id and l.id = s.app_state
    where s.environment_id = ${environment} and s.connection_id = ${run.connection_id} and s.origin = ${origin}
      and s.id > ${attemptFrom(begun)} and s.id < ${attemptFrom(encodeTime(decodeTime(begun) + followedForMs))}
      and (l.id is not null) = ${run.flow === 'authkit'}
      and (coalesce(l.request ->> 'state', s.app_state, '') = ${run.id}
        or not starts_with(coalesce(l.request ->> 'state', s.app_state, ''), ${`${idPrefixes.testSsoRun}_`}))
    order by s.id desc limit 1`.execute(db.kysely)
  return rows[0]
}

/** Where the ids of attempts go on from a moment, given as ids have it. */
function attemptFrom(moment: string): string {
  return `${idPrefixes.ssoSession}_${moment}`
}
