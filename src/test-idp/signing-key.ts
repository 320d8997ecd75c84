import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { selfSignedCertificate } from '#protocols/saml/certificate.ts'

/** A private key and the certificate metadata shows for it (base64 DER, no line breaks). */
export interface SigningKey {
  readonly key: KeyObject
  readonly certificate: string
}

const generate = promisify(generateKeyPair)
const dayMilliseconds = 24 * 60 * 60 * 1000

/** Ten years, as Okta issues them. */
export const defaultLifetimeDays = 3650

export async function createSigningKey(commonName: string, now: Date, lifetimeDays: number): Promise<SigningKey> {
  const keys = await generate('rsa', { modulusLength: 2048 })
  const certificate = await selfSignedCertificate({
    commonName,
    keys,
    // A day of slack: the other side's clock may be behind ours.
    notBefore: new Date(now.getTime() - dayMilliseconds),
    notAfter: new Date(now.getTime() + lifetimeDays * dayMilliseconds),
  })
  return { key: keys.privateKey, certificate }
}

export function privateKeyToPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** @throws Error when the certificate does not belong to the key. */
export function readSigningKey(pem: string, certificate: string): SigningKey {
  const key = createPrivateKey(pem)
  if (!certificateOf(certificate).checkPrivateKey(key)) throw new Error('The certificate is not of this private key.')
  return { key, certificate }
}

export function certificateOf(base64Der: string): X509Certificate {
  return new X509Certificate(Buffer.from(base64Der, 'base64'))
}

/** A pasted certificate, PEM or bare base64, as base64 DER; undefined when it has no RSA key of 2048 bits or more. */
export function readRsaCertificate(text: string): string | undefined {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '')
  try {
    const certificate = certificateOf(base64)
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
    const usable = asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
    return usable ? certificate.raw.toString('base64') : undefined
  } catch {
    return undefined
  }
}
