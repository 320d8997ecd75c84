import type { ConnectionCreate } from '#contracts/connections.ts'
import type { FieldError } from '#contracts/errors.ts'
import { readCertificate } from '#protocols/saml/certificate.ts'
import { explainMetadata, readIdpMetadata } from '#protocols/saml/metadata.ts'
import { Invalid } from '../errors.ts'

/** What an identity provider says about itself, however it was told to us. */
export interface IdpSettings {
  readonly entityId: string
  readonly ssoRedirectUrl: string | null
  readonly ssoPostUrl: string | null
  /** Base64 DER of every signing certificate. */
  readonly certificates: readonly string[]
  readonly wantsSignedRequests: boolean
  /** Where it came from, and can be fetched again. */
  readonly metadataUrl: string | null
}

/** A document fetched from a stranger, or the sentence why not. */
export type FetchText = (url: string) => Promise<FetchedText | FetchFailure>

export interface FetchedText {
  readonly ok: true
  readonly text: string
}

export interface FetchFailure {
  readonly ok: false
  /** Such as `timeout`, `http_status`, `private_address`. */
  readonly code: string
  /** Names the cause and what to do. */
  readonly message: string
}

type Input = Pick<
  ConnectionCreate,
  'idp_metadata_url' | 'idp_metadata_xml' | 'idp_entity_id' | 'idp_sso_url' | 'x509_certificates'
>

/**
 * Reads the identity provider's side of a connection from whichever way the caller chose: URL, XML or by hand.
 * Fetches, so it runs before the transaction.
 * @returns undefined when the request says nothing about the identity provider.
 * @throws Invalid `invalid_idp_metadata` with the field, a code and a sentence; nothing is saved then.
 */
export async function readIdpSettings(input: Input, fetchText: FetchText, now: Date): Promise<IdpSettings | undefined> {
  const byHand = input.idp_entity_id ?? input.idp_sso_url ?? input.x509_certificates
  const ways = [input.idp_metadata_url, input.idp_metadata_xml, byHand].filter((way) => way !== undefined)
  if (ways.length === 0) return undefined
  if (ways.length > 1)
    throw refusal({
      field: 'idp_metadata_url',
      code: 'ambiguous_idp_configuration',
      message: 'Give the metadata URL, the metadata XML, or the values by hand: one of them, not several.',
    })
  if (input.idp_metadata_url !== undefined) return fetchIdpSettings(input.idp_metadata_url, fetchText, now)
  if (input.idp_metadata_xml !== undefined) return parse(input.idp_metadata_xml, 'idp_metadata_xml', null, now)
  return readByHand(input)
}

/** @throws Invalid when the document cannot be had or is not the metadata of an identity provider. */
export async function fetchIdpSettings(url: string, fetchText: FetchText, now: Date): Promise<IdpSettings> {
  const fetched = await fetchText(url)
  if (!fetched.ok) throw refusal({ field: 'idp_metadata_url', code: fetched.code, message: fetched.message })
  return parse(fetched.text, 'idp_metadata_url', url, now)
}

function parse(text: string, field: string, metadataUrl: string | null, now: Date): IdpSettings {
  const metadata = readIdpMetadata(text, now)
  if (!metadata.ok) throw refusal({ field, code: metadata.error.code, message: explainMetadata(metadata.error) })
  const { entityId, ssoRedirectUrl, ssoPostUrl, signingCertificates, wantsSignedRequests } = metadata.value
  return {
    entityId,
    ssoRedirectUrl,
    ssoPostUrl,
    certificates: signingCertificates,
    wantsSignedRequests,
    metadataUrl,
  }
}

function readByHand({ idp_entity_id, idp_sso_url, x509_certificates }: Input): IdpSettings {
  const missing = Object.entries({ idp_entity_id, idp_sso_url, x509_certificates })
    .filter(([, value]) => value === undefined)
    .map(([field]) => ({
      field,
      code: `${field} is required`,
      message: `${field} is needed when configuring by hand.`,
    }))
  if (idp_entity_id === undefined || idp_sso_url === undefined || x509_certificates === undefined)
    throw new Invalid(missing, 'invalid_idp_metadata')
  if (!isHttpUrl(idp_sso_url))
    throw refusal({
      field: 'idp_sso_url',
      code: 'invalid_url',
      message: `'${idp_sso_url}' is not an http or https URL. Copy the sign-on URL from the identity provider.`,
    })
  return {
    entityId: idp_entity_id,
    ssoRedirectUrl: idp_sso_url,
    ssoPostUrl: idp_sso_url,
    certificates: x509_certificates.map(takeCertificate),
    wantsSignedRequests: false,
    metadataUrl: null,
  }
}

/** Takes PEM or bare base64, as consoles show either. */
function takeCertificate(text: string): string {
  const certificate = readCertificate(text)
  if (certificate) return certificate.base64
  throw refusal({
    field: 'x509_certificates',
    code: 'invalid_certificate',
    message: 'This is not an X.509 certificate in PEM or base64. Copy all of it, from BEGIN to END.',
  })
}

function isHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
}

function refusal(error: FieldError): Invalid {
  return new Invalid([error], 'invalid_idp_metadata')
}
