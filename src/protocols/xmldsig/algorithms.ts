import type { KeyObject } from 'node:crypto'

export const dsigNamespace = 'http://www.w3.org/2000/09/xmldsig#'
export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

export type KeyType = 'rsa' | 'ec'

export interface SignatureAlgorithm {
  readonly hash: Hash
  /** The type a KeyObject must have; HMAC is not in the list, so a public key is never taken for a shared secret. */
  readonly keyType: KeyType
  /** Only where a connection asks for it: SHA-1 collisions are affordable. */
  readonly legacy: boolean
}

/** XML Signature 1.1 §6.4 and RFC 9231: what we verify. An algorithm that is not here does not exist. */
export const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', { hash: 'sha256', keyType: 'rsa', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha384', { hash: 'sha384', keyType: 'rsa', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', { hash: 'sha512', keyType: 'rsa', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256', { hash: 'sha256', keyType: 'ec', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384', { hash: 'sha384', keyType: 'ec', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512', { hash: 'sha512', keyType: 'ec', legacy: false }],
  ['http://www.w3.org/2000/09/xmldsig#rsa-sha1', { hash: 'sha1', keyType: 'rsa', legacy: true }],
])

export interface DigestAlgorithm {
  readonly hash: Hash
  readonly legacy: boolean
}

/** XML Signature 1.1 §6.2. */
export const digestAlgorithms: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['http://www.w3.org/2001/04/xmlenc#sha256', { hash: 'sha256', legacy: false }],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', { hash: 'sha384', legacy: false }],
  ['http://www.w3.org/2001/04/xmlenc#sha512', { hash: 'sha512', legacy: false }],
  ['http://www.w3.org/2000/09/xmldsig#sha1', { hash: 'sha1', legacy: true }],
])

const minimumRsaBits = 2048

/** The curves of XML Signature 1.1 §6.4.3, as OpenSSL calls P-256, P-384 and P-521. */
const ellipticCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1'])

/** Asking OpenSSL costs a third of a verification, and a key never changes. */
const known = new WeakMap<KeyObject, KeyType | null>()

/** What a public key may verify: RSA from 2048 bits, EC on three curves; null for every other key, secrets included. */
export function keyTypeOf(key: KeyObject): KeyType | null {
  let type = known.get(key)
  if (type === undefined) {
    type = key.type === 'public' ? judge(key) : null
    known.set(key, type)
  }
  return type
}

function judge(key: KeyObject): KeyType | null {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa') return modulusLength >= minimumRsaBits ? 'rsa' : null
  return key.asymmetricKeyType === 'ec' && ellipticCurves.has(namedCurve) ? 'ec' : null
}
