import { ok, refused, type Result } from '../result.ts'
import { escapeAttribute, escapeText } from '../xml/escape.ts'
import { explainXml, metadataRules, parseXml, type XmlElement, type XmlProblem } from '../xml/parse.ts'
import { attributeOf, childNamed, childrenNamed, describe, elementsOf, isNamed, textOf } from '../xml/read.ts'
import { dsigNamespace, keyTypeOf } from '../xmldsig/algorithms.ts'
import { type ReadCertificate, readCertificate } from './certificate.ts'
import { parseInstant } from './instant.ts'
import { metadataNamespace, postBinding, protocolNamespace, redirectBinding, unspecifiedNameId } from './names.ts'

export interface ServiceProviderMetadataOptions {
  readonly entityId: string
  readonly acsUrl: string
  /** Base64 DER; two while one is being replaced. */
  readonly signingCertificates: readonly string[]
  /** Only where encryption is on: AD FS starts to encrypt as soon as it sees one. */
  readonly encryptionCertificates: readonly string[]
  readonly wantAssertionsSigned: true
  readonly authnRequestsSigned: boolean
}

/** @see SAML metadata §2.4.4 */
export function serviceProviderMetadata(options: ServiceProviderMetadataOptions): string {
  const { entityId, acsUrl, signingCertificates, encryptionCertificates, authnRequestsSigned } = options
  return entityDescriptor(
    entityId,
    `<md:SPSSODescriptor AuthnRequestsSigned="${authnRequestsSigned}" WantAssertionsSigned="true" ` +
      `protocolSupportEnumeration="${protocolNamespace}">` +
      signingCertificates.map((certificate) => keyDescriptor('signing', certificate)).join('') +
      encryptionCertificates.map((certificate) => keyDescriptor('encryption', certificate)).join('') +
      `<md:NameIDFormat>${unspecifiedNameId}</md:NameIDFormat>` +
      `<md:AssertionConsumerService Binding="${postBinding}" Location="${escapeAttribute(acsUrl)}" index="0" isDefault="true"/>` +
      `</md:SPSSODescriptor>`,
  )
}

export interface IdentityProviderMetadataOptions {
  readonly entityId: string
  readonly ssoRedirectUrl: string
  readonly ssoPostUrl: string
  readonly signingCertificates: readonly string[]
  readonly wantAuthnRequestsSigned: boolean
}

/** @see SAML metadata §2.4.3 */
export function identityProviderMetadata(options: IdentityProviderMetadataOptions): string {
  const { entityId, ssoRedirectUrl, ssoPostUrl, signingCertificates, wantAuthnRequestsSigned } = options
  return entityDescriptor(
    entityId,
    `<md:IDPSSODescriptor WantAuthnRequestsSigned="${wantAuthnRequestsSigned}" protocolSupportEnumeration="${protocolNamespace}">` +
      signingCertificates.map((certificate) => keyDescriptor('signing', certificate)).join('') +
      `<md:NameIDFormat>${unspecifiedNameId}</md:NameIDFormat>` +
      `<md:SingleSignOnService Binding="${redirectBinding}" Location="${escapeAttribute(ssoRedirectUrl)}"/>` +
      `<md:SingleSignOnService Binding="${postBinding}" Location="${escapeAttribute(ssoPostUrl)}"/>` +
      `</md:IDPSSODescriptor>`,
  )
}

function entityDescriptor(entityId: string, roles: string): string {
  return (
    `<md:EntityDescriptor xmlns:md="${metadataNamespace}" entityID="${escapeAttribute(entityId)}">` +
    `${roles}</md:EntityDescriptor>`
  )
}

function keyDescriptor(use: 'signing' | 'encryption', certificate: string): string {
  return (
    `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="${dsigNamespace}"><ds:X509Data><ds:X509Certificate>` +
    `${escapeText(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  )
}

export interface IdpMetadata {
  readonly entityId: string
  readonly ssoRedirectUrl: string | null
  readonly ssoPostUrl: string | null
  /** Base64 DER without white space, in document order, each once; expired ones too. */
  readonly signingCertificates: readonly string[]
  readonly wantsSignedRequests: boolean
  readonly validUntil: Date | null
}

export type MetadataProblem =
  | { readonly code: 'empty' }
  | { readonly code: 'not_xml_html_page'; readonly title: string | null }
  | { readonly code: 'not_xml'; readonly problem: XmlProblem }
  | { readonly code: 'not_metadata'; readonly received: string }
  | { readonly code: 'several_entities'; readonly entityIds: readonly string[] }
  | { readonly code: 'no_entity_id' }
  | { readonly code: 'is_service_provider'; readonly entityId: string }
  | { readonly code: 'not_saml2_identity_provider'; readonly entityId: string }
  | { readonly code: 'invalid_valid_until'; readonly received: string }
  | { readonly code: 'metadata_expired'; readonly validUntil: Date; readonly now: Date }
  | { readonly code: 'no_sso_url' }
  | { readonly code: 'invalid_sso_url'; readonly received: string }
  | { readonly code: 'no_signing_certificate' }
  | { readonly code: 'invalid_certificate'; readonly position: number; readonly count: number }
  | { readonly code: 'unusable_certificates'; readonly found: string }
  | { readonly code: 'all_certificates_expired'; readonly notAfter: Date; readonly now: Date }

/**
 * Reads an identity provider's metadata (SAML metadata §2). Its signature is not verified: whoever may fetch or paste it
 * is trusted, and the caller decides whether a changed entity ID is taken over.
 */
export function readIdpMetadata(text: string, now: Date): Result<IdpMetadata, MetadataProblem> {
  const xml = text.replace(/^\ufeff/, '').trim()
  if (xml === '') return refused({ code: 'empty' })
  if (/^(?:<\?xml[^<>]*>\s*)?<(?:!doctype html|html|head|body)\b/i.test(xml))
    return refused({ code: 'not_xml_html_page', title: /<title[^<>]*>([^<]{1,200})/i.exec(xml)?.[1]?.trim() ?? null })
  const parsed = parseXml(xml, metadataRules)
  if (!parsed.ok) return refused({ code: 'not_xml', problem: parsed.error })
  const chosen = chooseEntity(parsed.value)
  if (!chosen.ok) return chosen
  const { entity, role } = chosen.value
  const entityId = attributeOf(entity, 'entityID')
  if (!entityId) return refused({ code: 'no_entity_id' })

  const validity = readValidity(role, now)
  if (!validity.ok) return validity
  const urls = readUrls(role)
  if (!urls.ok) return urls
  const certificates = readCertificates(role, now)
  if (!certificates.ok) return certificates
  return ok({
    entityId,
    ...urls.value,
    signingCertificates: certificates.value,
    wantsSignedRequests: ['true', '1'].includes(attributeOf(role, 'WantAuthnRequestsSigned') ?? ''),
    validUntil: validity.value,
  })
}

/** The only identity provider in the document; other roles and other entities beside it do not matter. */
function chooseEntity(
  root: XmlElement,
): Result<{ readonly entity: XmlElement; readonly role: XmlElement }, MetadataProblem> {
  const entities = entitiesIn(root)
  if (entities.length === 0) return refused({ code: 'not_metadata', received: describe(root) })
  const found = entities.flatMap((entity) => {
    const role = childrenNamed(entity, metadataNamespace, 'IDPSSODescriptor').find(speaksSaml2)
    return role === undefined ? [] : [{ entity, role }]
  })
  const [first, second] = found
  if (first !== undefined && second === undefined) return ok(first)
  if (first !== undefined)
    return refused({
      code: 'several_entities',
      entityIds: found.map(({ entity }) => attributeOf(entity, 'entityID') ?? ''),
    })
  const provider = entities.find((entity) => childNamed(entity, metadataNamespace, 'SPSSODescriptor') !== undefined)
  const entityId = attributeOf(provider ?? entities[0] ?? root, 'entityID') ?? ''
  return refused({ code: provider === undefined ? 'not_saml2_identity_provider' : 'is_service_provider', entityId })
}

function entitiesIn(element: XmlElement): XmlElement[] {
  if (isNamed(element, metadataNamespace, 'EntityDescriptor')) return [element]
  if (!isNamed(element, metadataNamespace, 'EntitiesDescriptor')) return []
  return elementsOf(element).flatMap(entitiesIn)
}

function speaksSaml2(role: XmlElement): boolean {
  return (attributeOf(role, 'protocolSupportEnumeration') ?? '').split(/[ \t\n]+/).includes(protocolNamespace)
}

/** The earliest of those given by the role, its entity and whatever holds that. */
function readValidity(role: XmlElement, now: Date): Result<Date | null, MetadataProblem> {
  let earliest: Date | null = null
  for (let holder: XmlElement | null = role; holder !== null; holder = holder.parent) {
    const received = attributeOf(holder, 'validUntil')
    if (received === null) continue
    const validUntil = parseInstant(received)
    if (validUntil === null) return refused({ code: 'invalid_valid_until', received })
    if (validUntil <= now) return refused({ code: 'metadata_expired', validUntil, now })
    if (earliest === null || validUntil < earliest) earliest = validUntil
  }
  return ok(earliest)
}

function readUrls(role: XmlElement): Result<Pick<IdpMetadata, 'ssoRedirectUrl' | 'ssoPostUrl'>, MetadataProblem> {
  const services = childrenNamed(role, metadataNamespace, 'SingleSignOnService')
  const locationOf = (binding: string) => {
    const service = services.find((one) => attributeOf(one, 'Binding') === binding)
    return service === undefined ? null : (attributeOf(service, 'Location') ?? '')
  }
  const ssoRedirectUrl = locationOf(redirectBinding)
  const ssoPostUrl = locationOf(postBinding)
  if (ssoRedirectUrl === null && ssoPostUrl === null) return refused({ code: 'no_sso_url' })
  for (const url of [ssoRedirectUrl, ssoPostUrl])
    if (url !== null && !isHttpUrl(url)) return refused({ code: 'invalid_sso_url', received: url })
  return ok({ ssoRedirectUrl, ssoPostUrl })
}

/** A browser is sent there: `javascript:` and the like would run in our own page's form. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
}

function readCertificates(role: XmlElement, now: Date): Result<readonly string[], MetadataProblem> {
  const texts = certificateTexts(role)
  if (texts.length === 0) return refused({ code: 'no_signing_certificate' })
  const certificates: ReadCertificate[] = []
  for (const [index, text] of texts.entries()) {
    const certificate = readCertificate(text)
    if (certificate === null) return refused({ code: 'invalid_certificate', position: index + 1, count: texts.length })
    certificates.push(certificate)
  }
  if (certificates.every(({ publicKey }) => keyTypeOf(publicKey) === null))
    return refused({ code: 'unusable_certificates', found: certificates.map(describeKey).join('; ') })
  const notAfter = new Date(Math.max(...certificates.map((certificate) => certificate.notAfter.getTime())))
  if (notAfter <= now) return refused({ code: 'all_certificates_expired', notAfter, now })
  return ok([...new Set(certificates.map(({ base64 }) => base64))])
}

/** A KeyDescriptor without `use` serves for both (metadata §2.4.1.1). */
function certificateTexts(role: XmlElement): string[] {
  return childrenNamed(role, metadataNamespace, 'KeyDescriptor')
    .filter((descriptor) => (attributeOf(descriptor, 'use') ?? 'signing') === 'signing')
    .flatMap((descriptor) => childrenNamed(descriptor, dsigNamespace, 'KeyInfo'))
    .flatMap((keyInfo) => childrenNamed(keyInfo, dsigNamespace, 'X509Data'))
    .flatMap((data) => childrenNamed(data, dsigNamespace, 'X509Certificate'))
    .map((certificate) => textOf(certificate) ?? '')
}

function describeKey({ publicKey }: ReadCertificate): string {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {}
  const size = modulusLength === undefined ? namedCurve : `${modulusLength} bits`
  return [publicKey.asymmetricKeyType?.toUpperCase(), size].filter(Boolean).join(', ')
}

/** One sentence for whoever gave us the metadata: what it is, and what to bring instead. */
export function explainMetadata(problem: MetadataProblem): string {
  switch (problem.code) {
    case 'empty':
      return 'The metadata is empty; paste the whole XML document, or check the address.'
    case 'not_xml_html_page':
      return `That is a web page${problem.title === null ? '' : ` (“${problem.title}”)`}, not metadata: the address probably needs a sign-in or leads to a portal; copy the address of the metadata XML itself, or download the file and paste it.`
    case 'not_xml':
      return `The metadata is not well-formed XML: ${explainXml(problem.problem)}; download it again rather than copying it from a browser's view.`
    case 'not_metadata':
      return `The document is XML, but no SAML metadata: its root is “${problem.received}” where an EntityDescriptor is needed; look for the identity provider's federation or SAML metadata.`
    case 'several_entities':
      return `The metadata describes ${problem.entityIds.length} identity providers (${problem.entityIds.slice(0, 3).join(', ')}${problem.entityIds.length > 3 ? ', …' : ''}); bring the metadata of the one to use.`
    case 'no_entity_id':
      return 'The EntityDescriptor has no entityID, so responses could not be told apart; ask the identity provider for complete metadata.'
    case 'is_service_provider':
      return `This is the metadata of a service provider (${problem.entityId}), that is, of an application like this one; bring the identity provider's.`
    case 'not_saml2_identity_provider':
      return `The metadata of ${problem.entityId} has no SAML 2.0 identity provider role; check that SAML 2.0 is switched on there.`
    case 'invalid_valid_until':
      return `The metadata's validUntil is “${problem.received}”, which is no UTC time; download it again.`
    case 'metadata_expired':
      return `The metadata was valid until ${problem.validUntil.toISOString()}, which has passed; download the current one.`
    case 'no_sso_url':
      return 'The metadata has no single sign-on address for the redirect or POST binding; switch one of them on at the identity provider (JumpCloud calls it “Declare Redirect Endpoint”).'
    case 'invalid_sso_url':
      return `The single sign-on address “${problem.received}” is no http or https address; correct it at the identity provider.`
    case 'no_signing_certificate':
      return 'The metadata has no signing certificate, so no response could be verified; add one at the identity provider and download the metadata again.'
    case 'invalid_certificate':
      return `Signing certificate ${problem.position} of ${problem.count} is damaged and cannot be read; download the metadata again without editing it.`
    case 'unusable_certificates':
      return `No signing certificate can be used (${problem.found}): RSA needs at least 2048 bits, EC one of P-256, P-384 and P-521; create a new certificate at the identity provider.`
    case 'all_certificates_expired':
      return `Every signing certificate has expired, the last at ${problem.notAfter.toISOString()}; create a new one at the identity provider and download the metadata again.`
    default:
      return problem satisfies never
  }
}
