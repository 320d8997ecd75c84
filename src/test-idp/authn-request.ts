import { ok, refused, type Result } from '#protocols/result.ts'
import { type AuthnRequest, readAuthnRequest } from '#protocols/saml/authn-request.ts'
import { decodePost, decodeRedirect } from '#protocols/saml/bindings.ts'
import { testIdpHomeUrl, testIdpSsoUrl } from './addresses.ts'
import type { DoorDeps } from './door.ts'
import type { Idp } from './idp.ts'
import { admit, type Pending } from './pending.ts'
import { type Problem, problem } from './problem.ts'
import { type RequestSignature, signatureOfQuery, signatureOfXml } from './request-signature.ts'
import type { ServiceProvider } from './service-provider.ts'
import { certificateOf } from './signing-key.ts'

interface Arrival {
  readonly binding: 'Redirect' | 'POST'
  readonly xml: string
  readonly relayState: string | undefined
  readonly signature: RequestSignature | undefined
}

/** The Redirect binding: `SAMLRequest` deflated in the query, which may hold parameters of ours besides. */
export function receiveRedirect(deps: DoorDeps, idp: Idp, rawQuery: string): Result<Pending, Problem> {
  if (!new URLSearchParams(rawQuery).has('SAMLRequest')) return refused(nothingAsked(idp))
  const decoded = decodeRedirect(rawQuery)
  if (!decoded.ok) return refused(undecodable(decoded.error.code))
  const { xml, relayState } = decoded.value
  return receive(deps, idp, { binding: 'Redirect', xml, relayState, signature: signatureOfQuery(decoded.value) })
}

/** The POST binding: `SAMLRequest` as plain base64 in a form. */
export function receivePost(deps: DoorDeps, idp: Idp, fields: URLSearchParams): Result<Pending, Problem> {
  const request = fields.get('SAMLRequest')
  if (request === null) return refused(nothingAsked(idp))
  const xml = decodePost(request)
  if (!xml.ok) return refused(undecodable(xml.error.code))
  const relayState = fields.get('RelayState') ?? undefined
  return receive(deps, idp, { binding: 'POST', xml: xml.value, relayState, signature: signatureOfXml(xml.value) })
}

function receive(deps: DoorDeps, idp: Idp, arrival: Arrival): Result<Pending, Problem> {
  const request = readAuthnRequest(arrival.xml)
  if (!request.ok)
    return refused(
      problem(
        400,
        'not_an_authn_request',
        `The SAMLRequest is not an AuthnRequest of SAML 2.0 (${request.error.code}).`,
        'Look at what the service provider sends: an ID, Version 2.0 and an Issuer are required.',
      ),
    )
  const { id, issuer, acsUrl, destination, loginHint } = request.value
  const here = testIdpSsoUrl(deps.baseUrl, idp.slug)
  // SAML core §3.2.1: a Destination has to be checked. A query is ours to add, as in `?auto=…`.
  if (destination !== null && destination.split('?', 1)[0] !== here)
    return refused(
      problem(
        400,
        'wrong_destination',
        `The request is meant for ${destination.slice(0, 200)}; this is ${here}.`,
        'Set the service provider’s sign-in URL to this one, or let it read the metadata again.',
      ),
    )
  const admitted = admit(deps, idp, {
    entityId: issuer,
    acsUrl,
    requestId: id,
    relayState: arrival.relayState,
    loginHint,
  })
  if (!admitted.ok) return admitted
  const { serviceProvider } = admitted.value
  const unproven = signatureProblem(arrival.signature, serviceProvider)
  if (unproven) return refused(unproven)
  deps.registry.remember(idp.slug, serviceProvider)
  return ok({ ...admitted.value, facts: factsOf(request.value, arrival, serviceProvider) })
}

/** A service provider whose certificate is registered proves that each request is its own. */
function signatureProblem(
  signature: RequestSignature | undefined,
  { signingCertificate }: ServiceProvider,
): Problem | undefined {
  if (signingCertificate === null) return undefined
  if (!signature)
    return problem(
      400,
      'unsigned_request',
      'The request is not signed, although a signing certificate is registered for this service provider.',
      'Let the service provider sign its requests, or register it without a signing certificate.',
    )
  if (signature.madeBy(certificateOf(signingCertificate).publicKey)) return undefined
  return problem(
    400,
    'wrong_request_signature',
    'The request’s signature was not made with the certificate registered for this service provider.',
    'Register the certificate it signs with now. Only SHA-2 signatures count.',
  )
}

const unverified = 'signed; not verified, because no signing certificate is registered'

function factsOf(request: AuthnRequest, arrival: Arrival, { signingCertificate }: ServiceProvider): Pending['facts'] {
  return [
    ['Service provider (Issuer)', request.issuer],
    ['ACS URL', request.acsUrl ?? 'not in the request'],
    ['Request ID', request.id],
    ['Binding', arrival.binding],
    [
      'Signature',
      arrival.signature === undefined ? 'not signed' : signingCertificate === null ? unverified : 'verified',
    ],
    ['ForceAuthn', request.forceAuthn ? 'yes' : 'no'],
    ['RelayState', arrival.relayState ?? 'none'],
  ]
}

function nothingAsked(idp: Idp): Problem {
  return problem(
    400,
    'no_saml_request',
    'There is no SAMLRequest.',
    'Start the sign-in at an application, or open one of the apps listed at the identity provider.',
    testIdpHomeUrl('', idp.slug),
  )
}

function undecodable(code: string): Problem {
  return problem(
    400,
    'undecodable_saml_request',
    `The SAMLRequest cannot be decoded (${code}).`,
    'The Redirect binding deflates it and encodes it in base64; the POST binding encodes it in base64 only.',
  )
}
