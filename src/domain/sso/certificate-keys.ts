import { type KeyObject, X509Certificate } from 'node:crypto'

export interface CertificateKey {
  readonly key: KeyObject
  readonly fingerprint: string
}

const maxEntries = 10_000
const known = new Map<string, CertificateKey>()

/** The public key of a certificate (base64 DER). Parsing costs six times what a verification does, so keys are kept. */
export function keyOf(certificate: string): CertificateKey {
  const cached = known.get(certificate)
  if (cached) return cached
  const parsed = new X509Certificate(Buffer.from(certificate, 'base64'))
  const entry = { key: parsed.publicKey, fingerprint: parsed.fingerprint256 }
  if (known.size >= maxEntries) known.clear()
  known.set(certificate, entry)
  return entry
}
