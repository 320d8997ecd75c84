import { explainXml, type XmlProblem } from '../xml/parse.ts'
import { statusSuccess } from './names.ts'

/** Why a response was refused, with the facts. Texts from the message are the sender's: escape them before showing. */
export type Rejection =
  | { readonly code: 'not_base64' }
  | { readonly code: 'too_large'; readonly received: number; readonly limit: number }
  | { readonly code: 'not_utf8' }
  | { readonly code: 'not_xml'; readonly problem: XmlProblem }
  | { readonly code: 'not_a_response'; readonly received: string }
  | { readonly code: 'unexpected_content'; readonly where: string; readonly found: string }
  | { readonly code: 'invalid_id'; readonly element: string; readonly received: string | null }
  | { readonly code: 'duplicate_id'; readonly received: string }
  | { readonly code: 'wrong_version'; readonly received: string | null }
  | {
      readonly code: 'idp_status'
      readonly statusCode: string
      readonly subStatusCode: string | null
      readonly statusMessage: string | null
    }
  | { readonly code: 'invalid_issue_instant'; readonly received: string | null }
  | { readonly code: 'no_assertion' }
  | { readonly code: 'several_assertions'; readonly received: number }
  | { readonly code: 'wrong_destination'; readonly received: string; readonly expected: string }
  | { readonly code: 'no_destination'; readonly expected: string }
  | { readonly code: 'wrong_response_issuer'; readonly received: string; readonly expected: string }
  | { readonly code: 'unknown_request'; readonly received: string }
  | { readonly code: 'wrong_request'; readonly received: string | null; readonly expected: string }
  | { readonly code: 'response_not_signed' }
  | { readonly code: 'signature_form'; readonly where: string; readonly found: string }
  | { readonly code: 'signature_reference'; readonly received: string | null; readonly expected: string | null }
  | { readonly code: 'signature_algorithm'; readonly received: string }
  | { readonly code: 'digest_algorithm'; readonly received: string }
  | { readonly code: 'sha1'; readonly received: string }
  | { readonly code: 'no_certificate' }
  | { readonly code: 'unusable_certificates'; readonly algorithm: string }
  | { readonly code: 'wrong_signature'; readonly where: string; readonly expected: readonly string[] }
  | { readonly code: 'wrong_digest'; readonly where: string }
  | { readonly code: 'encryption_form'; readonly found: string }
  | { readonly code: 'no_decryption_key' }
  | { readonly code: 'cannot_decrypt' }
  | { readonly code: 'not_signed' }
  | { readonly code: 'wrong_assertion_version'; readonly received: string | null }
  | { readonly code: 'invalid_assertion_instant'; readonly received: string | null }
  | { readonly code: 'wrong_issuer'; readonly received: string; readonly expected: string }
  | { readonly code: 'no_name_id' }
  | { readonly code: 'no_bearer_confirmation'; readonly received: readonly string[] }
  | { readonly code: 'wrong_recipient'; readonly received: readonly (string | null)[]; readonly expected: string }
  | { readonly code: 'confirmation_without_end'; readonly received: string | null }
  | { readonly code: 'confirmation_expired'; readonly notOnOrAfter: string; readonly now: Date }
  | { readonly code: 'confirmation_too_early'; readonly notBefore: string; readonly now: Date }
  | {
      readonly code: 'wrong_confirmation_request'
      readonly received: string | null
      readonly expected: string | null
    }
  | { readonly code: 'no_conditions' }
  | { readonly code: 'unknown_condition'; readonly received: string }
  | { readonly code: 'too_early'; readonly notBefore: string; readonly now: Date }
  | { readonly code: 'expired'; readonly notOnOrAfter: string; readonly now: Date }
  | { readonly code: 'no_audience'; readonly expected: string }
  | { readonly code: 'wrong_audience'; readonly received: readonly string[]; readonly expected: string }
  | { readonly code: 'no_authn_statement' }
  | { readonly code: 'session_expired'; readonly sessionNotOnOrAfter: string; readonly now: Date }

export type RejectionCode = Rejection['code']

const longestFact = 500
const mostFacts = 10

/** What a stranger wrote is kept, but not half a megabyte of it: rejections are stored. */
export function withinBounds(rejection: Rejection): Rejection {
  const entries = Object.entries(rejection).map(([name, value]) => [name, shorten(value)])
  // Every fact keeps its type; only texts and lists become shorter.
  return Object.fromEntries(entries) as Rejection
}

function shorten(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, mostFacts).map(shorten)
  return typeof value === 'string' && value.length > longestFact ? `${value.slice(0, longestFact)}…` : value
}

/**
 * Every check of a response, in the order they run; the name is what a timeline shows. An encrypted assertion passes
 * those of shape, ids and signatures once more, after decryption.
 */
export const responseChecks = [
  { name: 'encoding', clause: 'SAML bindings §3.5.4' },
  { name: 'size', clause: 'a limit of this server' },
  { name: 'xml', clause: 'XML 1.0 §2.1, Namespaces in XML 1.0 §7' },
  { name: 'message', clause: 'SAML profiles §4.1.4.2' },
  { name: 'shape', clause: 'SAML core §2, §3, §5.4.1' },
  { name: 'ids', clause: 'SAML core §1.3.4' },
  { name: 'version', clause: 'SAML core §3.2.2' },
  { name: 'status', clause: 'SAML core §3.2.2.1' },
  { name: 'issue_instant', clause: 'SAML core §1.3.3, §3.2.2' },
  { name: 'one_assertion', clause: 'SAML profiles §4.1.4.2' },
  { name: 'destination', clause: 'SAML core §3.2.2' },
  { name: 'destination_present', clause: 'SAML bindings §3.5.5.2' },
  { name: 'response_issuer', clause: 'SAML profiles §4.1.4.2' },
  { name: 'in_response_to', clause: 'SAML core §3.2.2, profiles §4.1.4.3' },
  { name: 'response_signed', clause: 'the connection requires it' },
  { name: 'signature_form', clause: 'SAML core §5.4' },
  { name: 'signature_reference', clause: 'SAML core §5.4.2' },
  { name: 'signature_algorithm', clause: 'XML Signature 1.1 §6.4' },
  { name: 'digest_algorithm', clause: 'XML Signature 1.1 §6.2' },
  { name: 'sha1', clause: 'RFC 9231 §3.3' },
  { name: 'certificate', clause: 'SAML core §5.4.5' },
  { name: 'certificate_type', clause: 'XML Signature 1.1 §6.4' },
  { name: 'signature', clause: 'XML Signature §3.2.2' },
  { name: 'digest', clause: 'XML Signature §3.2.1' },
  { name: 'encryption', clause: 'XML Encryption 1.1 §5' },
  { name: 'decryption', clause: 'SAML core §6' },
  { name: 'signed', clause: 'SAML profiles §4.1.3.5' },
  { name: 'assertion_version', clause: 'SAML core §2.3.3' },
  { name: 'assertion_instant', clause: 'SAML core §1.3.3, §2.3.3' },
  { name: 'issuer', clause: 'SAML core §2.3.3, profiles §4.1.4.2' },
  { name: 'name_id', clause: 'SAML core §2.4.1' },
  { name: 'bearer', clause: 'SAML profiles §4.1.4.2' },
  { name: 'recipient', clause: 'SAML profiles §4.1.4.3' },
  { name: 'confirmation_end', clause: 'SAML profiles §4.1.4.2' },
  { name: 'confirmation_expiry', clause: 'SAML profiles §4.1.4.3' },
  { name: 'confirmation_start', clause: 'SAML core §2.4.1.2' },
  { name: 'confirmation_request', clause: 'SAML profiles §4.1.4.3' },
  { name: 'conditions', clause: 'SAML profiles §4.1.4.2' },
  { name: 'known_conditions', clause: 'SAML core §2.5.1' },
  { name: 'not_before', clause: 'SAML core §2.5.1.2' },
  { name: 'not_on_or_after', clause: 'SAML core §2.5.1.2' },
  { name: 'audience_present', clause: 'SAML profiles §4.1.4.2' },
  { name: 'audience', clause: 'SAML core §2.5.1.4' },
  { name: 'authn_statement', clause: 'SAML profiles §4.1.4.2' },
  { name: 'session_end', clause: 'SAML core §2.7.2' },
] as const satisfies readonly { readonly name: string; readonly clause: string }[]

export type CheckName = (typeof responseChecks)[number]['name']

export function checkOf(rejection: Rejection): CheckName {
  return checkOfCode[rejection.code]
}

const checkOfCode: Readonly<Record<RejectionCode, CheckName>> = {
  not_base64: 'encoding',
  not_utf8: 'encoding',
  too_large: 'size',
  not_xml: 'xml',
  not_a_response: 'message',
  unexpected_content: 'shape',
  invalid_id: 'ids',
  duplicate_id: 'ids',
  wrong_version: 'version',
  idp_status: 'status',
  invalid_issue_instant: 'issue_instant',
  no_assertion: 'one_assertion',
  several_assertions: 'one_assertion',
  wrong_destination: 'destination',
  no_destination: 'destination_present',
  wrong_response_issuer: 'response_issuer',
  unknown_request: 'in_response_to',
  wrong_request: 'in_response_to',
  response_not_signed: 'response_signed',
  signature_form: 'signature_form',
  signature_reference: 'signature_reference',
  signature_algorithm: 'signature_algorithm',
  digest_algorithm: 'digest_algorithm',
  sha1: 'sha1',
  no_certificate: 'certificate',
  unusable_certificates: 'certificate_type',
  wrong_signature: 'signature',
  wrong_digest: 'digest',
  encryption_form: 'encryption',
  no_decryption_key: 'decryption',
  cannot_decrypt: 'decryption',
  not_signed: 'signed',
  wrong_assertion_version: 'assertion_version',
  invalid_assertion_instant: 'assertion_instant',
  wrong_issuer: 'issuer',
  no_name_id: 'name_id',
  no_bearer_confirmation: 'bearer',
  wrong_recipient: 'recipient',
  confirmation_without_end: 'confirmation_end',
  confirmation_expired: 'confirmation_expiry',
  confirmation_too_early: 'confirmation_start',
  wrong_confirmation_request: 'confirmation_request',
  no_conditions: 'conditions',
  unknown_condition: 'known_conditions',
  too_early: 'not_before',
  expired: 'not_on_or_after',
  no_audience: 'audience_present',
  wrong_audience: 'audience',
  no_authn_statement: 'authn_statement',
  session_expired: 'session_end',
}

/** What was found, what was wanted, what to do next; for the connection's admin, never for whoever signs in. */
export function explain(rejection: Rejection): string {
  switch (rejection.code) {
    case 'not_base64':
      return 'SAMLResponse is not base64. Something between the identity provider and this server changed the form; ask for a new sign-in and look at proxies that rewrite bodies.'
    case 'too_large':
      return `The response is ${rejection.received} bytes long; the limit is ${rejection.limit}. Reduce the attributes the identity provider sends, most often the groups.`
    case 'not_utf8':
      return 'The response is not UTF-8. Set the identity provider to send UTF-8.'
    case 'not_xml':
      return `The response is not XML as SAML uses it: ${explainXml(rejection.problem)}. Nothing was read from it; if this identity provider really sends such messages, its vendor has to change that.`
    case 'not_a_response':
      return `A SAML Response was expected, but the message is ${quote(rejection.received)}. Check which address the identity provider uses as the Assertion Consumer Service URL.`
    case 'unexpected_content':
      return `At ${rejection.where} the message has ${rejection.found}, unlike any sign-in response. Look for a customisation of the message at the identity provider; if there is none, treat it as an attack.`
    case 'invalid_id':
      return `The ${rejection.element} has ${rejection.received === null ? 'no ID' : `the ID ${quote(rejection.received)}, which is not an XML name of at most 256 characters`}. The identity provider has to send one.`
    case 'duplicate_id':
      return `Two elements have the ID ${quote(rejection.received)}. That is how signatures are moved onto other content: treat it as an attack.`
    case 'wrong_version':
      return `The response is of SAML version ${quote(rejection.received)}; only "2.0" is accepted. Choose SAML 2.0 at the identity provider.`
    case 'idp_status':
      return explainStatus(rejection)
    case 'invalid_issue_instant':
      return `The response's IssueInstant is ${quote(rejection.received)}; a UTC time such as "2026-01-31T12:00:00Z" is required.`
    case 'no_assertion':
      return 'The response reports success but has no assertion. Check at the identity provider that the application is set up for sign-in through the POST binding.'
    case 'several_assertions':
      return `The response has ${rejection.received} assertions; exactly one is accepted. Set the identity provider to send one.`
    case 'wrong_destination':
      return `The response was made for ${quote(rejection.received)}; this connection receives at ${quote(rejection.expected)}. Copy that Assertion Consumer Service URL into the identity provider, letter by letter.`
    case 'no_destination':
      return `The response is signed but names no Destination, which SAML requires. Set the identity provider's Destination to ${quote(rejection.expected)}, or let it sign only the assertion.`
    case 'wrong_response_issuer':
      return `The response comes from ${quote(rejection.received)}; this connection expects ${quote(rejection.expected)}. Compare the identity provider's entity ID with the connection's.`
    case 'unknown_request':
      return `The response answers the request ${quote(rejection.received)}, which is unknown here: it was answered before, is too old, or was made by somebody else. Start the sign-in again.`
    case 'wrong_request':
      return rejection.received === null
        ? `The response answers no request, but a sign-in is waiting for the answer to ${quote(rejection.expected)}. Start the sign-in again; if it recurs, the identity provider leaves out InResponseTo.`
        : `The response answers the request ${quote(rejection.received)}, but the sign-in that is waiting made ${quote(rejection.expected)}. Start again in one browser tab.`
    case 'response_not_signed':
      return 'The response itself is not signed, and this connection requires it. Switch response signing on at the identity provider, or the requirement off here.'
    case 'signature_form':
      return `The signature of the ${rejection.where} has a form that is not accepted: ${rejection.found}. Set the identity provider to an enveloped signature with exclusive canonicalisation.`
    case 'signature_reference':
      return `The signature refers to ${quote(rejection.received)}, but stands in the element with the ID ${quote(rejection.expected)}. No identity provider sends that: treat it as an attack.`
    case 'signature_algorithm':
      return `The signature algorithm is ${quote(rejection.received)}, which is not accepted. Choose RSA-SHA256 at the identity provider.`
    case 'digest_algorithm':
      return `The digest algorithm is ${quote(rejection.received)}, which is not accepted. Choose SHA-256 at the identity provider.`
    case 'sha1':
      return `The signature uses SHA-1 (${quote(rejection.received)}), which can be forged. Choose SHA-256 at the identity provider; SHA-1 can be allowed for this connection while you do.`
    case 'no_certificate':
      return 'This connection has no signing certificate, so nothing can be verified. Add the identity provider’s certificate or its metadata.'
    case 'unusable_certificates':
      return `None of the connection's certificates can be used with ${quote(rejection.algorithm)}: RSA needs at least 2048 bits, EC one of P-256, P-384 and P-521. Add the certificate the identity provider signs with now.`
    case 'wrong_signature':
      return `The signature of the ${rejection.where} was not made with a certificate of this connection (${rejection.expected.join(', ')}). If the identity provider has a new certificate, load its metadata again or add the certificate; otherwise treat it as a forgery.`
    case 'wrong_digest':
      return `The ${rejection.where} was changed after it was signed. Look for something between the identity provider and this server that rewrites the message; otherwise treat it as a forgery.`
    case 'encryption_form':
      return `The encrypted assertion has ${rejection.found}, which is not accepted. Choose AES-256-GCM or AES-256-CBC with RSA-OAEP at the identity provider.`
    case 'no_decryption_key':
      return 'The assertion is encrypted, but encryption is off for this connection. Switch it on here, or off at the identity provider.'
    case 'cannot_decrypt':
      return 'The assertion cannot be decrypted. Give the identity provider the current encryption certificate from this connection’s metadata.'
    case 'not_signed':
      return 'Neither the response nor the assertion is signed. Switch assertion signing on at the identity provider.'
    case 'wrong_assertion_version':
      return `The assertion is of SAML version ${quote(rejection.received)}; only "2.0" is accepted. Choose SAML 2.0 at the identity provider.`
    case 'invalid_assertion_instant':
      return `The assertion's IssueInstant is ${quote(rejection.received)}; a UTC time such as "2026-01-31T12:00:00Z" is required.`
    case 'wrong_issuer':
      return `The assertion was issued by ${quote(rejection.received)}; this connection expects ${quote(rejection.expected)}. Compare the identity provider's entity ID with the connection's.`
    case 'no_name_id':
      return 'The assertion does not say who signed in: it has no NameID. Choose a NameID for the application at the identity provider.'
    case 'no_bearer_confirmation':
      return `The assertion may not be used by whoever brings it: its confirmation methods are ${list(rejection.received)}, and "bearer" is needed. Set the application up for web browser single sign-on.`
    case 'wrong_recipient':
      return `The assertion is for the recipient ${list(rejection.received)}; this connection receives at ${quote(rejection.expected)}. Copy that Assertion Consumer Service URL into the identity provider, letter by letter.`
    case 'confirmation_without_end':
      return `The subject confirmation's NotOnOrAfter is ${quote(rejection.received)}, so the assertion could be used for ever. The identity provider has to send a UTC time.`
    case 'confirmation_expired':
      return `The assertion could be delivered until ${quote(rejection.notOnOrAfter)}; it is ${rejection.now.toISOString()} here. Sign in again; if it recurs, compare the two clocks.`
    case 'confirmation_too_early':
      return `The assertion may not be delivered before ${quote(rejection.notBefore)}; it is ${rejection.now.toISOString()} here. Compare the two clocks.`
    case 'wrong_confirmation_request':
      return rejection.expected === null
        ? `The assertion answers the request ${quote(rejection.received)}, which is unknown here. Start the sign-in again.`
        : `The assertion answers ${rejection.received === null ? 'no request' : `the request ${quote(rejection.received)}`}, but the sign-in that is waiting made ${quote(rejection.expected)}. Start the sign-in again.`
    case 'no_conditions':
      return 'The assertion has no Conditions, so nothing says whom it is for. Check the application’s settings at the identity provider.'
    case 'unknown_condition':
      return `The assertion is only valid under the condition ${quote(rejection.received)}, which is not known here. Switch it off at the identity provider.`
    case 'too_early':
      return `The assertion is not valid before ${quote(rejection.notBefore)}; it is ${rejection.now.toISOString()} here. Compare the two clocks.`
    case 'expired':
      return `The assertion was valid until ${quote(rejection.notOnOrAfter)}; it is ${rejection.now.toISOString()} here. Sign in again; if it recurs, compare the two clocks.`
    case 'no_audience':
      return `The assertion names no audience. Set the audience (entity ID) to ${quote(rejection.expected)} at the identity provider.`
    case 'wrong_audience':
      return `The assertion is for the audience ${list(rejection.received)}; this connection is ${quote(rejection.expected)}. Copy that entity ID into the identity provider's audience field.`
    case 'no_authn_statement':
      return 'The assertion does not say that somebody signed in: it has no AuthnStatement. Set the application up for web browser single sign-on.'
    case 'session_expired':
      return `The session at the identity provider ended at ${quote(rejection.sessionNotOnOrAfter)}; it is ${rejection.now.toISOString()} here. Sign in at the identity provider again.`
    default:
      return rejection satisfies never
  }
}

function explainStatus(status: Extract<Rejection, { code: 'idp_status' }>): string {
  const { statusCode, subStatusCode, statusMessage } = status
  const said = statusMessage === null || statusMessage === '' ? '' : ` and says ${quote(statusMessage)}`
  const code = shortStatus(subStatusCode ?? statusCode)
  return `The identity provider refused the sign-in with ${code}${said}; ${quote(statusSuccess)} was needed. ${nextStep(code)}`
}

function shortStatus(status: string): string {
  return status.replace('urn:oasis:names:tc:SAML:2.0:status:', '')
}

/** SAML core §3.2.2.2, where an admin can do something about it. */
function nextStep(code: string): string {
  switch (code) {
    case 'AuthnFailed':
      return 'The user could not sign in there; look at its sign-in log.'
    case 'RequestDenied':
      return 'Check that the user is assigned to the application there.'
    case 'InvalidNameIDPolicy':
      return 'Check the NameID format of the application there.'
    case 'NoPassive':
      return 'The user has to sign in visibly first.'
    case 'Requester':
      return 'It does not accept our request: compare the entity ID, the Assertion Consumer Service URL and the signing certificate.'
    default:
      return 'Look at its sign-in log for the reason.'
  }
}

/** Quotation marks show a stray space, which is the usual difference between two values that look the same. */
function quote(text: string | null): string {
  if (text === null) return 'missing'
  return `"${text}"`
}

function list(texts: readonly (string | null)[]): string {
  return texts.length === 0 ? 'missing' : texts.map(quote).join(', ')
}
