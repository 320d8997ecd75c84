import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, childNamed, elementsOf, textOf } from '../xml/read.ts'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import type { Check, Expected } from './check.ts'
import { parseInstant } from './instant.ts'
import { assertionNamespace, protocolNamespace, statusSuccess } from './names.ts'
import type { Rejection } from './rejection.ts'

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
