import { type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { decodeBase64 } from '../xml/read.ts'

export interface CertificateOptions {
  readonly commonName: string
  /** RSA or EC. */
  readonly keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  readonly notBefore: Date
  readonly notAfter: Date
}

/**
 * A self-signed X.509 v3 certificate (RFC 5280 §4.1) as base64 DER. SAML uses certificates as envelopes for keys; nobody
 * builds a chain from one, so it carries no extensions.
 */
export async function selfSignedCertificate(options: CertificateOptions): Promise<string> {
  const { commonName, keys, notBefore, notAfter } = options
  const algorithm = signatureIdentifiers[keys.privateKey.asymmetricKeyType ?? '']
  if (algorithm === undefined) throw new RangeError('A certificate needs an RSA or EC key.')
  const name = sequence(set(sequence(objectIdentifier(commonNameType), tagged(0x0c, Buffer.from(commonName)))))
  const toBeSigned = sequence(
    tagged(0xa0, integer(Buffer.of(2))),
    integer(serialNumber()),
    algorithm,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    keys.publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = sign('sha256', toBeSigned, keys.privateKey)
  return sequence(toBeSigned, algorithm, tagged(0x03, Buffer.of(0), signature)).toString('base64')
}

/** 2.5.4.3 */
const commonNameType = Buffer.of(0x55, 0x04, 0x03)
/** 1.2.840.113549.1.1.11 and 1.2.840.10045.4.3.2; RFC 4055 wants a NULL after the first, RFC 5758 nothing after the second. */
const signatureIdentifiers: Readonly<Record<string, Buffer>> = {
  rsa: sequence(
    objectIdentifier(Buffer.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b)),
    tagged(0x05, Buffer.alloc(0)),
  ),
  ec: sequence(objectIdentifier(Buffer.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))),
}

/** RFC 5280 §4.1.2.2: positive, so the first bit is 0; the second is 1, so that no leading byte can be empty. */
function serialNumber(): Buffer {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

/** RFC 5280 §4.1.2.5: two digits of the year up to 2049, four from 2050. */
function time(instant: Date): Buffer {
  const digits = instant.toISOString().replace(/\.\d+|[-:T]/g, '')
  return instant.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits))
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function set(...parts: Buffer[]): Buffer {
  return tagged(0x31, ...parts)
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function objectIdentifier(bytes: Buffer): Buffer {
  return tagged(0x06, bytes)
}

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const bytes = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(tag), bytes, content])
}

export interface ReadCertificate {
  /** DER, without white space. */
  readonly base64: string
  readonly publicKey: KeyObject
  readonly notBefore: Date
  readonly notAfter: Date
}

/**
 * Reads base64 DER as it stands in metadata or as somebody pasted it, PEM lines and white space included. Null when any
 * of it is damaged: a certificate may be well-formed and its key or dates not, which OpenSSL only says when asked.
 */
export function readCertificate(text: string): ReadCertificate | null {
  const bytes = decodeBase64(text.replace(/-----[A-Z ]+-----/g, ''))
  try {
    // Nothing at all is no certificate either.
    const { raw, publicKey, validFrom, validTo } = new X509Certificate(bytes ?? '')
    // From the texts: of a time that is none, validToDate is whatever lay in memory.
    const [notBefore, notAfter] = [new Date(validFrom), new Date(validTo)]
    if (Number.isNaN(notBefore.getTime()) || Number.isNaN(notAfter.getTime())) return null
    return { base64: raw.toString('base64'), publicKey, notBefore, notAfter }
  } catch {
    return null
  }
}
