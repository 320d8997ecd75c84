import type { AttemptCheck, Finding, Side } from '#contracts/sign-in-attempts.ts'
import { type CheckName, type RejectionCode, responseChecks } from '#protocols/saml/rejection.ts'

/** What a refusal leaves in the timeline. Facts are those of the rejection, as JSON has them. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly passed: readonly string[]
  readonly failed: string | null
  readonly facts: Readonly<Record<string, unknown>>
}

type OwnCode =
  | 'connection_inactive'
  | 'profile_not_allowed_outside_organization'
  | 'request_unknown'
  | 'idp_initiated_sso_disabled'
  | 'relay_state_mismatch'
  | 'already_answered'
  | 'login_expired'
  | 'no_default_redirect_uri'
  | 'replayed'
  | 'timed_out'
  | 'email_missing'
  | 'email_invalid'
  | 'idp_id_missing'

/** Who has to change something, where that is not the identity provider, which it is most often. */
const otherSides: Partial<Record<RejectionCode | OwnCode, Side>> = {
  connection_inactive: 'connection',
  profile_not_allowed_outside_organization: 'connection',
  idp_initiated_sso_disabled: 'connection',
  no_decryption_key: 'connection',
  no_certificate: 'connection',
  unusable_certificates: 'connection',
  // Its certificate changed and ours did not follow.
  wrong_signature: 'connection',
  wrong_issuer: 'connection',
  wrong_response_issuer: 'connection',
  no_default_redirect_uri: 'application',
  request_unknown: 'person',
  relay_state_mismatch: 'person',
  already_answered: 'person',
  login_expired: 'person',
  replayed: 'person',
  unknown_request: 'person',
  wrong_request: 'person',
  wrong_confirmation_request: 'person',
  session_expired: 'person',
}

/** What stood against what, for the administrator. */
export function findingOf({ code, message, failed, facts }: Refusal): Finding {
  const clause = responseChecks.find(({ name }) => name === failed)?.clause ?? null
  const side = (otherSides as Partial<Record<string, Side>>)[code] ?? 'identity_provider'
  return { code, check: failed, clause, message, ...compare(facts), side }
}

/** Every check with how it went. */
export function checksOf(passed: readonly string[], failed: string | null): AttemptCheck[] {
  return responseChecks.map(({ name, clause }) => ({
    name,
    clause,
    outcome: name === failed ? 'failed' : passed.includes(name) ? 'passed' : 'not_reached',
  }))
}

/** The checks that ran before this one; all of them when none failed. */
export function checksBefore(failed: CheckName | undefined): string[] {
  const names: string[] = responseChecks.map(({ name }) => name)
  return failed === undefined ? names : names.slice(0, names.indexOf(failed))
}

/** Rejections name their facts alike: what was expected and received, or a time and now. */
function compare(facts: Refusal['facts']): Pick<Finding, 'expected' | 'received'> {
  const { expected, received, now } = facts
  const end = facts['notOnOrAfter'] ?? facts['sessionNotOnOrAfter']
  if (end !== undefined) return { expected: [`before ${textOf(end)}`], received: [textOf(now)] }
  if (facts['notBefore'] !== undefined)
    return { expected: [`from ${textOf(facts['notBefore'])}`], received: [textOf(now)] }
  if (facts['limit'] !== undefined)
    return { expected: [`at most ${textOf(facts['limit'])}`], received: texts(received) }
  const status = [facts['statusCode'], facts['subStatusCode'], facts['statusMessage']].flatMap(texts)
  const found = [facts['found'], facts['algorithm']].flatMap(texts)
  return { expected: texts(expected), received: [...texts(received), ...found, ...status] }
}

function texts(fact: unknown): string[] {
  if (fact === undefined || fact === null) return []
  return Array.isArray(fact) ? fact.map(textOf) : [textOf(fact)]
}

function textOf(fact: unknown): string {
  return fact instanceof Date ? fact.toISOString() : typeof fact === 'string' ? fact : JSON.stringify(fact ?? null)
}
