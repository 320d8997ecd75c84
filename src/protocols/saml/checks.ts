import type { KeyObject } from 'node:crypto'
import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, childNamed, childrenNamed, elementsOf, textOf } from '../xml/read.ts'
import { digestAlgorithms, dsigNamespace, signatureAlgorithms } from '../xmldsig/algorithms.ts'
import {
  digestMatches,
  refersToParent,
  type Signature,
  signer,
  usableKeys,
  type VerificationKey,
} from '../xmldsig/verify.ts'
import { parseInstant } from './instant.ts'
import { assertionNamespace, bearerMethod, protocolNamespace, statusSuccess } from './names.ts'
import type { CheckName, Rejection } from './rejection.ts'

/** What the connection knows, and when it is. */
export interface Expected {
  readonly idpEntityId: string
  /** Every stored signing certificate of the connection. None means that nothing can be verified. */
  readonly keys: readonly VerificationKey[]
  readonly spEntityId: string
  readonly acsUrl: string
  /** The AuthnRequest this must answer; null when the response is unsolicited. */
  readonly requestId: string | null
  readonly now: Date
  readonly clockSkewSeconds: number
  readonly requireSignedResponse: boolean
  readonly allowSha1: boolean
  /** Empty when the connection does not take encrypted assertions. */
  readonly decryptionKeys: readonly KeyObject[]
}

/** One rule, removable by itself: scripts/remove-checks.ts does so, and some test must notice. */
export interface Check<Facts> {
  readonly name: CheckName
  readonly run: (facts: Facts) => Rejection | undefined
}

export function firstRejection<Facts>(checks: readonly Check<Facts>[], facts: Facts): Rejection | undefined {
  for (const check of checks) {
    const rejection = check.run(facts)
    if (rejection !== undefined) return rejection
  }
  return undefined
}

export interface MessageFacts {
  readonly root: XmlElement
  readonly expected: Expected
}

/** About the response as a whole. Nothing here is signed yet, so these can only refuse. */
export const messageChecks: readonly Check<MessageFacts>[] = [
  { name: 'version', run: checkVersion },
  { name: 'status', run: checkStatus },
  { name: 'issue_instant', run: checkIssueInstant },
  { name: 'one_assertion', run: checkOneAssertion },
  { name: 'destination', run: checkDestination },
  { name: 'destination_present', run: checkDestinationPresent },
  { name: 'response_issuer', run: checkResponseIssuer },
  { name: 'in_response_to', run: checkInResponseTo },
  { name: 'response_signed', run: checkResponseSigned },
]

function checkVersion({ root }: MessageFacts): Rejection | undefined {
  const received = attributeOf(root, 'Version')
  return received === '2.0' ? undefined : { code: 'wrong_version', received }
}

function checkStatus({ root }: MessageFacts): Rejection | undefined {
  const status = childNamed(root, protocolNamespace, 'Status')
  const top = status && childNamed(status, protocolNamespace, 'StatusCode')
  const statusCode = (top && attributeOf(top, 'Value')) ?? ''
  if (statusCode === statusSuccess) return undefined
  const second = top && childNamed(top, protocolNamespace, 'StatusCode')
  const message = status && childNamed(status, protocolNamespace, 'StatusMessage')
  return {
    code: 'idp_status',
    statusCode,
    subStatusCode: (second && attributeOf(second, 'Value')) ?? null,
    statusMessage: (message && textOf(message)) ?? null,
  }
}

function checkIssueInstant({ root }: MessageFacts): Rejection | undefined {
  const received = attributeOf(root, 'IssueInstant')
  return parseInstant(received ?? '') === null ? { code: 'invalid_issue_instant', received } : undefined
}

function checkOneAssertion({ root }: MessageFacts): Rejection | undefined {
  const received = assertionsIn(root).length
  if (received === 0) return { code: 'no_assertion' }
  return received === 1 ? undefined : { code: 'several_assertions', received }
}

function checkDestination({ root, expected }: MessageFacts): Rejection | undefined {
  const received = attributeOf(root, 'Destination')
  if (received === null || received === expected.acsUrl) return undefined
  return { code: 'wrong_destination', received, expected: expected.acsUrl }
}

function checkDestinationPresent({ root, expected }: MessageFacts): Rejection | undefined {
  if (!isSigned(root) || attributeOf(root, 'Destination') !== null) return undefined
  return { code: 'no_destination', expected: expected.acsUrl }
}

function checkResponseIssuer({ root, expected }: MessageFacts): Rejection | undefined {
  const issuer = childNamed(root, assertionNamespace, 'Issuer')
  const received = issuer && (textOf(issuer) ?? '')
  if (received === undefined || received === expected.idpEntityId) return undefined
  return { code: 'wrong_response_issuer', received, expected: expected.idpEntityId }
}

function checkInResponseTo({ root, expected }: MessageFacts): Rejection | undefined {
  const received = attributeOf(root, 'InResponseTo')
  if (received === expected.requestId) return undefined
  if (expected.requestId === null) return { code: 'unknown_request', received: received ?? '' }
  return { code: 'wrong_request', received, expected: expected.requestId }
}

function checkResponseSigned({ root, expected }: MessageFacts): Rejection | undefined {
  return expected.requireSignedResponse && !isSigned(root) ? { code: 'response_not_signed' } : undefined
}

export function assertionsIn(root: XmlElement): XmlElement[] {
  return elementsOf(root).filter(
    ({ namespace, localName }) =>
      namespace === assertionNamespace && (localName === 'Assertion' || localName === 'EncryptedAssertion'),
  )
}

function isSigned(element: XmlElement): boolean {
  return childNamed(element, dsigNamespace, 'Signature') !== undefined
}

export interface SignatureFacts {
  readonly signature: Signature
  readonly expected: Expected
}

/** About each signature there is: one that does not verify is never merely left aside. */
export const signatureChecks: readonly Check<SignatureFacts>[] = [
  { name: 'signature_reference', run: checkReference },
  { name: 'signature_algorithm', run: checkSignatureAlgorithm },
  { name: 'digest_algorithm', run: checkDigestAlgorithm },
  { name: 'sha1', run: checkSha1 },
  { name: 'certificate', run: checkCertificate },
  { name: 'certificate_type', run: checkCertificateType },
  { name: 'signature', run: checkSignatureValue },
  { name: 'digest', run: checkDigest },
]

function checkReference({ signature }: SignatureFacts): Rejection | undefined {
  if (refersToParent(signature)) return undefined
  return {
    code: 'signature_reference',
    received: signature.referenceUri,
    expected: attributeOf(signature.signed, 'ID'),
  }
}

function checkSignatureAlgorithm({ signature }: SignatureFacts): Rejection | undefined {
  const received = signature.signatureAlgorithm
  return signatureAlgorithms.has(received) ? undefined : { code: 'signature_algorithm', received }
}

function checkDigestAlgorithm({ signature }: SignatureFacts): Rejection | undefined {
  const received = signature.digestAlgorithm
  return digestAlgorithms.has(received) ? undefined : { code: 'digest_algorithm', received }
}

function checkSha1({ signature, expected }: SignatureFacts): Rejection | undefined {
  if (expected.allowSha1) return undefined
  if (signatureAlgorithms.get(signature.signatureAlgorithm)?.legacy)
    return { code: 'sha1', received: signature.signatureAlgorithm }
  if (digestAlgorithms.get(signature.digestAlgorithm)?.legacy)
    return { code: 'sha1', received: signature.digestAlgorithm }
  return undefined
}

function checkCertificate({ expected }: SignatureFacts): Rejection | undefined {
  return expected.keys.length === 0 ? { code: 'no_certificate' } : undefined
}

function checkCertificateType({ signature, expected }: SignatureFacts): Rejection | undefined {
  if (usableKeys(signature, expected.keys).length > 0) return undefined
  return { code: 'unusable_certificates', algorithm: signature.signatureAlgorithm }
}

function checkSignatureValue({ signature, expected }: SignatureFacts): Rejection | undefined {
  if (signer(signature, usableKeys(signature, expected.keys)) !== undefined) return undefined
  return {
    code: 'wrong_signature',
    where: signature.signed.localName,
    expected: expected.keys.map(({ fingerprint }) => fingerprint),
  }
}

function checkDigest({ signature }: SignatureFacts): Rejection | undefined {
  return digestMatches(signature) ? undefined : { code: 'wrong_digest', where: signature.signed.localName }
}

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
  return keep(
    facts,
    (confirmation) =>
      attributeOf(confirmation, 'Method') === bearerMethod &&
      childNamed(confirmation, assertionNamespace, 'SubjectConfirmationData') !== undefined,
    { code: 'no_bearer_confirmation', received },
  )
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
  const { now } = facts.expected
  const latest = latestEnd(facts.confirmations)
  return keep(facts, (confirmation) => !hasPassed(confirmationEnd(confirmation), facts.expected), {
    code: 'confirmation_expired',
    notOnOrAfter: latest ?? now,
    now,
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
