import { kinds, type Kind, type KindName } from './kinds.ts'
import type { ServiceProvider } from './service-provider.ts'
import type { SigningKey } from './signing-key.ts'

/** One identity provider. A snapshot: changes make a new one. */
export interface Idp {
  readonly slug: string
  readonly kind: KindName
  readonly name: string
  readonly signing: SigningKey
  /** base64 DER of the certificate before the last rotation. */
  readonly retiredCertificate: string | null
  /** The one used last comes last. */
  readonly serviceProviders: readonly ServiceProvider[]
}

/** Routes of ours that an identity provider's name would hide. */
const reservedSlugs: ReadonlySet<string> = new Set(['idps', 'scenarios'])

/** Lower-case letters, digits and dashes: safe in a URL and as a file name. */
export function isSlug(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(text) && !reservedSlugs.has(text)
}

export function kindOf(idp: Idp): Kind {
  return kinds[idp.kind]
}

/** What metadata lists, the one in use first. */
export function publishedCertificates(idp: Idp): string[] {
  const retired = kindOf(idp).publishesRetired ? idp.retiredCertificate : null
  return retired === null ? [idp.signing.certificate] : [idp.signing.certificate, retired]
}
