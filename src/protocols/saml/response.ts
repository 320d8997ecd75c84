import { ok, refused, type Result } from '../result.ts'
import { parseXml, type XmlElement } from '../xml/parse.ts'
import { attributeOf, childNamed, childrenNamed, decodeUtf8, describe, isNamed, textOf } from '../xml/read.ts'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import { readSignature, signer, usableKeys } from '../xmldsig/verify.ts'
import { decodePost } from './bindings.ts'
import { assertionChecks, authnStatements, childText, conditionTime, latestEnd } from './assertion-checks.ts'
import { type Expected, firstRejection } from './check.ts'
import { decrypt, readEncrypted } from './decrypt.ts'
import { findIdProblem } from './identifiers.ts'
import { parseInstant } from './instant.ts'
import { assertionsIn, messageChecks } from './message-checks.ts'
import { assertionNamespace, protocolNamespace } from './names.ts'
import { type Rejection, withinBounds } from './rejection.ts'
import { misfit } from './shape.ts'
import { signatureChecks } from './signature-checks.ts'

export type { Expected } from './check.ts'

/** A response that was read. Anybody may have written it. */
export interface UnverifiedResponse {
  readonly id: string
  readonly inResponseTo: string | null
  readonly issuer: string | null
  readonly destination: string | null
  readonly xml: string
  readonly root: XmlElement
}

/** Who signed in, read from the very nodes whose signature was verified. */
export interface VerifiedAssertion {
  readonly responseId: string
  readonly assertionId: string
  readonly issuer: string
  readonly nameId: string
  readonly nameIdFormat: string | null
  readonly sessionIndex: string | null
  /** Attribute Name → values in order; a Map, so that `__proto__` is just a name. FriendlyName is not a key. */
  readonly attributes: ReadonlyMap<string, readonly string[]>
  /** Until when both ids must be remembered as used: NotOnOrAfter plus skew. */
  readonly replayableUntil: Date
  /** Which certificate verified it: the assertion's signature where there is one, else the response's. */
  readonly keyFingerprint: string
}

/** Decodes and reads a response; nothing in the result is trusted. Cheap: no cryptography. */
export function readResponse(samlResponseBase64: string): Result<UnverifiedResponse, Rejection> {
  return bounded(read(samlResponseBase64))
}

function read(samlResponseBase64: string): Result<UnverifiedResponse, Rejection> {
  const decoded = decodePost(samlResponseBase64)
  if (!decoded.ok) return decoded
  const xml = decoded.value
  const parsed = parseXml(xml)
  if (!parsed.ok) return refused({ code: 'not_xml', problem: parsed.error })
  const root = parsed.value
  if (!isNamed(root, protocolNamespace, 'Response'))
    return refused({ code: 'not_a_response', received: describe(root) })
  const problem = formProblem(root)
  if (problem !== undefined) return refused(problem)
  return ok({
    id: attributeOf(root, 'ID') ?? '',
    inResponseTo: attributeOf(root, 'InResponseTo'),
    issuer: childText(root, 'Issuer'),
    destination: attributeOf(root, 'Destination'),
    xml,
    root,
  })
}

/** Runs every check in the order of `responseChecks` and stops at the first that fails. */
export function verifyResponse(response: UnverifiedResponse, expected: Expected): Result<VerifiedAssertion, Rejection> {
  return bounded(verify(response, expected))
}

function bounded<T>(result: Result<T, Rejection>): Result<T, Rejection> {
  return result.ok ? result : refused(withinBounds(result.error))
}

function verify(response: UnverifiedResponse, expected: Expected): Result<VerifiedAssertion, Rejection> {
  const { root } = response
  const message = firstRejection(messageChecks, { root, expected })
  if (message !== undefined) return refused(message)
  const outer = verifySignatures(root, expected)
  if (!outer.ok) return outer
  const opened = openAssertion(root, expected)
  if (!opened.ok) return opened
  const { assertion, decrypted } = opened.value
  const inner = decrypted ? verifySignatures(assertion, expected) : ok([])
  if (!inner.ok) return inner

  const signers = [...outer.value, ...inner.value]
  const subject = childNamed(assertion, assertionNamespace, 'Subject')
  const confirmations = subject ? childrenNamed(subject, assertionNamespace, 'SubjectConfirmation') : []
  const facts = { assertion, signatures: signers.length, expected, confirmations }
  const rejection = firstRejection(assertionChecks, facts)
  if (rejection !== undefined) return refused(rejection)
  return ok(readAssertion(response, assertion, facts.confirmations, signers.at(-1) ?? '', expected))
}

/** The grammar and the IDs, for a response and for an assertion that was encrypted. */
function formProblem(root: XmlElement): Rejection | undefined {
  const shape = misfit(root)
  return shape === undefined ? findIdProblem(root) : { code: 'unexpected_content', ...shape }
}

/** The fingerprints of the keys that signed, the response's before the assertion's. */
function verifySignatures(root: XmlElement, expected: Expected): Result<string[], Rejection> {
  const signers: string[] = []
  for (const element of signaturesIn(root)) {
    const read = readSignature(element)
    if (!read.ok) return refused({ code: 'signature_form', where: element.parent?.localName ?? '', found: read.error })
    const signature = read.value
    const facts = { signature, signer: signer(signature, usableKeys(signature, expected.keys)), expected }
    const rejection = firstRejection(signatureChecks, facts)
    if (rejection !== undefined) return refused(rejection)
    signers.push(facts.signer?.fingerprint ?? '')
  }
  return ok(signers)
}

/** The grammar leaves these places only. */
function signaturesIn(root: XmlElement): XmlElement[] {
  const holders = [root, ...childrenNamed(root, assertionNamespace, 'Assertion')]
  return holders.flatMap((holder) => childrenNamed(holder, dsigNamespace, 'Signature'))
}

function openAssertion(
  root: XmlElement,
  expected: Expected,
): Result<{ readonly assertion: XmlElement; readonly decrypted: boolean }, Rejection> {
  // One of the checks before has counted them.
  const [assertion] = assertionsIn(root) as [XmlElement]
  if (assertion.localName === 'Assertion') return ok({ assertion, decrypted: false })

  const encrypted = readEncrypted(assertion)
  if (!encrypted.ok) return refused({ code: 'encryption_form', found: encrypted.error })
  if (expected.decryptionKeys.length === 0) return refused({ code: 'no_decryption_key' })
  const plain = decrypt(encrypted.value, expected.decryptionKeys)
  const parsed = plain && parseDecrypted(plain)
  // Plaintext that is no assertion is told apart from a bad padding by nobody.
  if (!parsed) return refused({ code: 'cannot_decrypt' })
  const problem = formProblem(parsed)
  return problem === undefined ? ok({ assertion: parsed, decrypted: true }) : refused(problem)
}

function parseDecrypted(plain: Buffer): XmlElement | undefined {
  const xml = decodeUtf8(plain)
  const parsed = xml === null ? undefined : parseXml(xml)
  return parsed?.ok && isNamed(parsed.value, assertionNamespace, 'Assertion') ? parsed.value : undefined
}

function readAssertion(
  response: UnverifiedResponse,
  assertion: XmlElement,
  confirmations: readonly XmlElement[],
  keyFingerprint: string,
  expected: Expected,
): VerifiedAssertion {
  const subject = childNamed(assertion, assertionNamespace, 'Subject')
  const nameId = subject && childNamed(subject, assertionNamespace, 'NameID')
  const sessions = authnStatements(assertion).map((statement) => attributeOf(statement, 'SessionIndex'))
  return {
    responseId: response.id,
    assertionId: attributeOf(assertion, 'ID') ?? '',
    issuer: childText(assertion, 'Issuer') ?? '',
    nameId: (nameId && textOf(nameId)) ?? '',
    nameIdFormat: (nameId && attributeOf(nameId, 'Format')) ?? null,
    sessionIndex: sessions.find((index) => index !== null) ?? null,
    attributes: readAttributes(assertion),
    replayableUntil: replayableUntil(assertion, confirmations, expected),
    keyFingerprint,
  }
}

/** Where a name stands twice, its values follow each other. */
function readAttributes(assertion: XmlElement): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>()
  for (const statement of childrenNamed(assertion, assertionNamespace, 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, assertionNamespace, 'Attribute')) {
      const name = attributeOf(attribute, 'Name') ?? ''
      const values = attributes.get(name) ?? []
      for (const value of childrenNamed(attribute, assertionNamespace, 'AttributeValue')) values.push(readValue(value))
      attributes.set(name, values)
    }
  }
  return attributes
}

/** Text, or the NameID that eduPersonTargetedID wraps its text in; the grammar leaves nothing else. */
function readValue(value: XmlElement): string {
  return textOf(value) ?? childText(value, 'NameID') ?? ''
}

function replayableUntil(assertion: XmlElement, confirmations: readonly XmlElement[], expected: Expected): Date {
  const confirmed = latestEnd(confirmations) ?? expected.now
  const conditions = parseInstant(conditionTime(assertion, 'NotOnOrAfter') ?? '') ?? confirmed
  const end = Math.min(confirmed.getTime(), conditions.getTime())
  return new Date(end + expected.clockSkewSeconds * 1000)
}
