import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { readAuthnRequest } from '#protocols/saml/authn-request.ts'
import { encodePost } from '#protocols/saml/bindings.ts'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'
import { issueErrorResponse, issueResponse, type IssueOptions } from '#protocols/saml/issue.ts'
import { identityProviderMetadata } from '#protocols/saml/metadata.ts'

/** A customer's identity provider, as far as a test needs one: it signs what it is told to. */
export interface SamlIdp {
  readonly entityId: string
  readonly key: KeyObject
  readonly certificate: string
  readonly metadata: string
}

export interface SentRequest {
  readonly id: string
  readonly issuer: string
  readonly acsUrl: string
  readonly relayState: string | undefined
}

export async function createIdp(entityId = 'https://idp.test/metadata'): Promise<SamlIdp> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const certificate = await selfSignedCertificate({
    commonName: 'idp.test',
    keys,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
  })
  return {
    entityId,
    key: keys.privateKey,
    certificate,
    metadata: identityProviderMetadata({
      entityId,
      ssoRedirectUrl: 'https://idp.test/sso',
      ssoPostUrl: 'https://idp.test/sso',
      signingCertificates: [certificate],
      wantAuthnRequestsSigned: false,
    }),
  }
}

/** What the browser would bring to the identity provider by the redirect binding. */
export function readRedirect(location: string): SentRequest {
  const query = new URL(location).searchParams
  const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString()
  const request = readAuthnRequest(xml)
  if (!request.ok) throw new Error(`not an AuthnRequest: ${xml}`)
  const { id, issuer, acsUrl } = request.value
  return { id, issuer, acsUrl: acsUrl ?? '', relayState: query.get('RelayState') ?? undefined }
}

export interface Answering {
  readonly now: Date
  readonly email?: string
  readonly idpId?: string
  readonly groups?: string[]
  readonly change?: Partial<IssueOptions>
}

let made = 0

/** The form a browser posts to the ACS: a good answer to the request, but for what `change` makes of it. */
export function answer(
  idp: SamlIdp,
  request: Partial<SentRequest> & Pick<SentRequest, 'issuer' | 'acsUrl'>,
  options: Answering,
) {
  const { now, email = 'todd@example.com', idpId = '00u1a0ufowBJlzPlk357', groups = ['Engineering'] } = options
  made += 1
  const minute = 60_000
  const xml = issueResponse({
    responseId: `_response${made}`,
    assertionId: `_assertion${made}`,
    issueInstant: now,
    issuer: idp.entityId,
    destination: request.acsUrl,
    recipient: request.acsUrl,
    audience: request.issuer,
    inResponseTo: request.id ?? null,
    nameId: email,
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    notBefore: new Date(now.getTime() - minute),
    notOnOrAfter: new Date(now.getTime() + 5 * minute),
    sessionIndex: `_session${made}`,
    authnInstant: now,
    attributes: [
      { name: 'id', values: [idpId] },
      { name: 'email', values: [email] },
      { name: 'firstName', values: ['Todd'] },
      { name: 'lastName', values: ['Rundgren'] },
      { name: 'groups', values: groups },
    ],
    layout: 'okta',
    sign: { response: true, assertion: true, key: idp.key, certificate: idp.certificate },
    encrypt: null,
    ...options.change,
  })
  return formOf(xml, request.relayState)
}

/** The identity provider says no. */
export function refuse(idp: SamlIdp, request: SentRequest, now: Date, subStatusCode: string) {
  made += 1
  const xml = issueErrorResponse({
    responseId: `_response${made}`,
    issueInstant: now,
    issuer: idp.entityId,
    destination: request.acsUrl,
    inResponseTo: request.id,
    statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
    subStatusCode,
    statusMessage: 'No.',
    layout: 'okta',
    sign: null,
  })
  return formOf(xml, request.relayState)
}

export function formOf(xml: string, relayState: string | undefined): Record<string, string> {
  return { SAMLResponse: encodePost(xml), ...(relayState !== undefined && { RelayState: relayState }) }
}
