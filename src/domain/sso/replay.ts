import type { RefusedResponse, Replay } from '#contracts/sign-in-attempts.ts'
import type { ConnectionId, EnvironmentId, SsoSessionId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { decodePost } from '#protocols/saml/bindings.ts'
import { checkOf, explain, type Rejection } from '#protocols/saml/rejection.ts'
import { readResponse } from '#protocols/saml/response.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { NotFound } from '../errors.ts'
import { type Person, readPerson } from './attributes.ts'
import { checksBefore, checksOf, findingOf } from './finding.ts'
import { findTarget, type Target } from './login-row.ts'
import { mayEnter, outsideDomains, verifyAgainst, type VerifyDeps } from './verify-response.ts'

export interface ReplayDeps extends VerifyDeps {
  readonly db: Database
  readonly secrets: Secrets
}

/** The refused response of an attempt as it arrived. It is personal data: say who looked. */
export async function revealResponse(
  { db, secrets }: ReplayDeps,
  environment: EnvironmentId,
  id: SsoSessionId,
): Promise<RefusedResponse> {
  const { response } = await readRefused(db, secrets, environment, id)
  const decoded = decodePost(response)
  return { object: 'refused_response', saml_response: response, xml: decoded.ok ? decoded.value : null }
}

/**
 * Judges the refused response of an attempt once more, by the connection as it is now and the time it arrived at. Writes
 * nothing: nobody is signed in, no assertion is used up, no event happens.
 */
export async function replayResponse(deps: ReplayDeps, environment: EnvironmentId, id: SsoSessionId): Promise<Replay> {
  const refused = await readRefused(deps.db, deps.secrets, environment, id)
  const [target] = await findTarget(deps.db.pool, refused.externalKey, null, null)
  if (!target || target.environment_id !== environment) throw new NotFound('Connection', refused.connectionId)
  const judged = { object: 'replay' as const, judged_for: refused.arrivedAt.toISOString() }
  const verdict = await judge(deps, target, refused)
  if ('person' in verdict) {
    const { idpId, email, firstName, lastName, groups } = verdict.person
    const profile = { idp_id: idpId, email, first_name: firstName, last_name: lastName, groups: [...groups] }
    return { ...judged, outcome: 'accepted', checks: checksOf(checksBefore(undefined), null), finding: null, profile }
  }
  const { rejection, code, message } = verdict
  const failed = rejection ? checkOf(rejection) : null
  // Without a rejection every check held, and something about the person or the connection did not.
  const passed = verdict.verified || rejection ? checksBefore(failed ?? undefined) : []
  return {
    ...judged,
    outcome: 'refused',
    checks: checksOf(passed, failed),
    finding: findingOf({ code, message, passed, failed, facts: { ...rejection } }),
    profile: null,
  }
}

interface Refused {
  readonly response: string
  readonly requestId: string | null
  readonly arrivedAt: Date
  readonly connectionId: ConnectionId
  readonly externalKey: string
}

interface No {
  readonly code: string
  readonly message: string
  readonly rejection?: Rejection
  readonly verified?: true
}

async function judge(deps: ReplayDeps, target: Target, refused: Refused): Promise<{ readonly person: Person } | No> {
  if (target.idp_entity_id === null || (target.state !== 'active' && target.state !== 'validating'))
    return { code: 'connection_inactive', message: `The connection is ${target.state} and does not sign anybody in.` }
  const response = readResponse(refused.response)
  if (!response.ok) return rejected(response.error)
  const { requestId, arrivedAt: now } = refused
  const verified = await verifyAgainst(deps, target, response.value, { requestId, now })
  if (!verified.ok) return rejected(verified.error)
  const person = readPerson(verified.value, target.attribute_map)
  if (!person.ok) return { ...person.error, verified: true }
  if (mayEnter(target, person.value.email)) return { person: person.value }
  return {
    code: 'profile_not_allowed_outside_organization',
    message: outsideDomains(person.value.email, target),
    verified: true,
  }
}

function rejected(rejection: Rejection): No {
  return { code: rejection.code, message: explain(rejection), rejection }
}

async function readRefused(
  db: Database,
  secrets: Secrets,
  environment: EnvironmentId,
  id: SsoSessionId,
): Promise<Refused> {
  const row = await db.kysely
    .selectFrom('refused_responses as r')
    .innerJoin('sso_sessions as s', (join) =>
      join.onRef('s.environment_id', '=', 'r.environment_id').onRef('s.id', '=', 'r.session_id'),
    )
    .innerJoin('connections as c', (join) =>
      join.onRef('c.environment_id', '=', 's.environment_id').onRef('c.id', '=', 's.connection_id'),
    )
    .select(['r.sealed_response', 'r.created_at', 's.request_id', 'c.id as connection_id', 'c.external_key'])
    .where('r.environment_id', '=', environment)
    .where('r.session_id', '=', id)
    .executeTakeFirst()
  if (!row) throw new NotFound('Refused response', id)
  return {
    response: secrets.open(row.sealed_response, sealContext('refused_responses.sealed_response', id)),
    requestId: row.request_id,
    arrivedAt: row.created_at,
    connectionId: row.connection_id,
    externalKey: row.external_key,
  }
}
