import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, childNamed, childrenNamed, elementsOf, textOf } from '../xml/read.ts'
import type { Check, Expected } from './check.ts'
import { parseInstant } from './instant.ts'
import { assertionNamespace, bearerMethod } from './names.ts'
import type { Rejection } from './rejection.ts'

export interface AssertionFacts {
  readonly assertion: XmlElement
  /** How many signatures were verified over the assertion or the response around it. */
  readonly signatures: number
  readonly expected: Expected
  /** Those not yet ruled out: each check takes away, because one that passes everything is enough (core §2.4.1.1). */
  confirmations: readonly XmlElement[]
}

/** About the assertion, whose bytes are the signed ones by now. */
export const assertionChecks: readonly Check<AssertionFacts>[] = [
  { name: 'signed', run: checkSigned },
  { name: 'assertion_version', run: checkAssertionVersion },
  { name: 'assertion_instant', run: checkAssertionInstant },
  { name: 'issuer', run: checkIssuer },
  { name: 'name_id', run: checkNameId },
  { name: 'bearer', run: checkBearer },
  { name: 'recipient', run: checkRecipient },
  { name: 'confirmation_end', run: checkConfirmationEnd },
  { name: 'confirmation_expiry', run: checkConfirmationExpiry },
  { name: 'confirmation_start', run: checkConfirmationStart },
  { name: 'confirmation_request', run: checkConfirmationRequest },
  { name: 'conditions', run: checkConditions },
  { name: 'known_conditions', run: checkKnownConditions },
  { name: 'not_before', run: checkNotBefore },
  { name: 'not_on_or_after', run: checkNotOnOrAfter },
  { name: 'audience_present', run: checkAudiencePresent },
  { name: 'audience', run: checkAudience },
  { name: 'authn_statement', run: checkAuthnStatement },
  { name: 'session_end', run: checkSessionEnd },
]

function checkSigned({ signatures }: AssertionFacts): Rejection | undefined {
  return signatures === 0 ? { code: 'not_signed' } : undefined
}

function checkAssertionVersion({ assertion }: AssertionFacts): Rejection | undefined {
  const received = attributeOf(assertion, 'Version')
  return received === '2.0' ? undefined : { code: 'wrong_assertion_version', received }
}

function checkAssertionInstant({ assertion }: AssertionFacts): Rejection | undefined {
  const received = attributeOf(assertion, 'IssueInstant')
  return parseInstant(received ?? '') === null ? { code: 'invalid_assertion_instant', received } : undefined
}

function checkIssuer({ assertion, expected }: AssertionFacts): Rejection | undefined {
  const received = childText(assertion, 'Issuer') ?? ''
  if (received === expected.idpEntityId) return undefined
  return { code: 'wrong_issuer', received, expected: expected.idpEntityId }
}

function checkNameId({ assertion }: AssertionFacts): Rejection | undefined {
  const subject = childNamed(assertion, assertionNamespace, 'Subject')
  const nameId = subject && childText(subject, 'NameID')
  return nameId ? undefined : { code: 'no_name_id' }
}

function checkBearer(facts: AssertionFacts): Rejection | undefined {
  const received = facts.confirmations.map((confirmation) => attributeOf(confirmation, 'Method') ?? '')
  return keep(facts, (confirmation) => attributeOf(confirmation, 'Method') === bearerMethod, {
    code: 'no_bearer_confirmation',
    received,
  })
}

function checkRecipient(facts: AssertionFacts): Rejection | undefined {
  const received = facts.confirmations.map((confirmation) => dataOf(confirmation, 'Recipient'))
  const expected = facts.expected.acsUrl
  return keep(facts, (confirmation) => dataOf(confirmation, 'Recipient') === expected, {
    code: 'wrong_recipient',
    received,
    expected,
  })
}

function checkConfirmationEnd(facts: AssertionFacts): Rejection | undefined {
  const received = facts.confirmations.map((confirmation) => dataOf(confirmation, 'NotOnOrAfter'))[0] ?? null
  return keep(facts, (confirmation) => confirmationEnd(confirmation) !== null, {
    code: 'confirmation_without_end',
    received,
  })
}

function checkConfirmationExpiry(facts: AssertionFacts): Rejection | undefined {
  const notOnOrAfter = facts.confirmations.map((confirmation) => dataOf(confirmation, 'NotOnOrAfter'))[0] ?? ''
  return keep(facts, (confirmation) => !hasPassed(confirmationEnd(confirmation), facts.expected), {
    code: 'confirmation_expired',
    notOnOrAfter,
    now: facts.expected.now,
  })
}

function checkConfirmationStart(facts: AssertionFacts): Rejection | undefined {
  const starts = facts.confirmations.map((confirmation) => dataOf(confirmation, 'NotBefore'))
  return keep(facts, (confirmation) => hasBegun(dataOf(confirmation, 'NotBefore'), facts.expected), {
    code: 'confirmation_too_early',
    notBefore: starts.find((start) => start !== null) ?? '',
    now: facts.expected.now,
  })
}

function checkConfirmationRequest(facts: AssertionFacts): Rejection | undefined {
  const received = facts.confirmations.map((confirmation) => dataOf(confirmation, 'InResponseTo'))[0] ?? null
  const expected = facts.expected.requestId
  return keep(facts, (confirmation) => dataOf(confirmation, 'InResponseTo') === expected, {
    code: 'wrong_confirmation_request',
    received,
    expected,
  })
}

function keep(
  facts: AssertionFacts,
  passes: (confirmation: XmlElement) => boolean,
  otherwise: Rejection,
): Rejection | undefined {
  facts.confirmations = facts.confirmations.filter(passes)
  return facts.confirmations.length === 0 ? otherwise : undefined
}

function dataOf(confirmation: XmlElement, name: string): string | null {
  const data = childNamed(confirmation, assertionNamespace, 'SubjectConfirmationData')
  return data === undefined ? null : attributeOf(data, name)
}

function confirmationEnd(confirmation: XmlElement): Date | null {
  return parseInstant(dataOf(confirmation, 'NotOnOrAfter') ?? '')
}

/** The latest moment at which one of them could still be used. */
export function latestEnd(confirmations: readonly XmlElement[]): Date | null {
  const ends = confirmations.map(confirmationEnd).filter((end) => end !== null)
  return ends.length === 0 ? null : new Date(Math.max(...ends.map((end) => end.getTime())))
}

function checkConditions({ assertion }: AssertionFacts): Rejection | undefined {
  return conditionsOf(assertion) === undefined ? { code: 'no_conditions' } : undefined
}

function checkKnownConditions({ assertion }: AssertionFacts): Rejection | undefined {
  const unknown = conditionElements(assertion).find(
    ({ namespace, localName }) =>
      namespace !== assertionNamespace ||
      !['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'].includes(localName),
  )
  return unknown === undefined ? undefined : { code: 'unknown_condition', received: unknown.localName }
}

function checkNotBefore({ assertion, expected }: AssertionFacts): Rejection | undefined {
  const notBefore = conditionTime(assertion, 'NotBefore')
  if (hasBegun(notBefore, expected)) return undefined
  return { code: 'too_early', notBefore: notBefore ?? '', now: expected.now }
}

function checkNotOnOrAfter({ assertion, expected }: AssertionFacts): Rejection | undefined {
  const notOnOrAfter = conditionTime(assertion, 'NotOnOrAfter')
  if (notOnOrAfter === null || !hasPassed(parseInstant(notOnOrAfter), expected)) return undefined
  return { code: 'expired', notOnOrAfter, now: expected.now }
}

function checkAudiencePresent({ assertion, expected }: AssertionFacts): Rejection | undefined {
  return audiencesOf(assertion).length === 0 ? { code: 'no_audience', expected: expected.spEntityId } : undefined
}

/** Any one of the audiences of a restriction is enough, but every restriction has to be met. */
function checkAudience({ assertion, expected }: AssertionFacts): Rejection | undefined {
  const received = audiencesOf(assertion).find((audiences) => !audiences.includes(expected.spEntityId))
  return received === undefined ? undefined : { code: 'wrong_audience', received, expected: expected.spEntityId }
}

function checkAuthnStatement({ assertion }: AssertionFacts): Rejection | undefined {
  return authnStatements(assertion).length === 0 ? { code: 'no_authn_statement' } : undefined
}

function checkSessionEnd({ assertion, expected }: AssertionFacts): Rejection | undefined {
  for (const statement of authnStatements(assertion)) {
    const sessionNotOnOrAfter = attributeOf(statement, 'SessionNotOnOrAfter')
    if (sessionNotOnOrAfter !== null && hasPassed(parseInstant(sessionNotOnOrAfter), expected))
      return { code: 'session_expired', sessionNotOnOrAfter, now: expected.now }
  }
  return undefined
}

/** A time that cannot be read has passed. */
function hasPassed(end: Date | null, { now, clockSkewSeconds }: Expected): boolean {
  return end === null || now.getTime() >= end.getTime() + clockSkewSeconds * 1000
}

/** No start has begun; one that cannot be read has not. */
function hasBegun(start: string | null, { now, clockSkewSeconds }: Expected): boolean {
  if (start === null) return true
  const instant = parseInstant(start)
  return instant !== null && instant.getTime() <= now.getTime() + clockSkewSeconds * 1000
}

function conditionsOf(assertion: XmlElement): XmlElement | undefined {
  return childNamed(assertion, assertionNamespace, 'Conditions')
}

function conditionElements(assertion: XmlElement): XmlElement[] {
  const conditions = conditionsOf(assertion)
  return conditions === undefined ? [] : elementsOf(conditions)
}

export function conditionTime(assertion: XmlElement, name: 'NotBefore' | 'NotOnOrAfter'): string | null {
  const conditions = conditionsOf(assertion)
  return conditions === undefined ? null : attributeOf(conditions, name)
}

function audiencesOf(assertion: XmlElement): string[][] {
  const conditions = conditionsOf(assertion)
  const restrictions = conditions ? childrenNamed(conditions, assertionNamespace, 'AudienceRestriction') : []
  return restrictions.map((restriction) =>
    childrenNamed(restriction, assertionNamespace, 'Audience').map((audience) => textOf(audience) ?? ''),
  )
}

export function authnStatements(assertion: XmlElement): XmlElement[] {
  return childrenNamed(assertion, assertionNamespace, 'AuthnStatement')
}

export function childText(element: XmlElement, localName: string): string | null {
  const child = childNamed(element, assertionNamespace, localName)
  return child === undefined ? null : textOf(child)
}
