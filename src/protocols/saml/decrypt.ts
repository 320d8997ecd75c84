import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto'
import { ok, refused, type Result } from '../result.ts'
import type { XmlElement } from '../xml/parse.ts'
import { attributeOf, bytesOf, childNamed, childrenNamed, describe, elementsOf, isNamed } from '../xml/read.ts'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import { encryption11Namespace, encryptionNamespace } from './names.ts'
import { type KeyTransport, type OaepHash, removeOaep } from './oaep.ts'

export interface ContentCipher {
  readonly cipher: 'aes-128-cbc' | 'aes-256-cbc' | 'aes-128-gcm' | 'aes-256-gcm'
  readonly keyBytes: number
  readonly ivBytes: number
  readonly tagBytes: number
}

/** XML Encryption 1.1 §5.2. CBC has no integrity of its own, which is why a signature is wanted besides. */
export const contentCiphers: ReadonlyMap<string, ContentCipher> = new Map([
  [`${encryptionNamespace}aes128-cbc`, { cipher: 'aes-128-cbc', keyBytes: 16, ivBytes: 16, tagBytes: 0 }],
  [`${encryptionNamespace}aes256-cbc`, { cipher: 'aes-256-cbc', keyBytes: 32, ivBytes: 16, tagBytes: 0 }],
  [`${encryption11Namespace}aes128-gcm`, { cipher: 'aes-128-gcm', keyBytes: 16, ivBytes: 12, tagBytes: 16 }],
  [`${encryption11Namespace}aes256-gcm`, { cipher: 'aes-256-gcm', keyBytes: 32, ivBytes: 12, tagBytes: 16 }],
])

export const oaepMgf1p = `${encryptionNamespace}rsa-oaep-mgf1p`
export const oaep11 = `${encryption11Namespace}rsa-oaep`

const oaepDigests: ReadonlyMap<string, OaepHash> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'sha256'],
])
const oaepMasks: ReadonlyMap<string, OaepHash> = new Map([
  [`${encryption11Namespace}mgf1sha1`, 'sha1'],
  [`${encryption11Namespace}mgf1sha256`, 'sha256'],
])

interface WrappedKey {
  readonly transport: KeyTransport
  readonly bytes: Buffer
}

export interface EncryptedAssertion {
  readonly cipher: ContentCipher
  readonly keys: readonly WrappedKey[]
  readonly bytes: Buffer
}

/** Each key costs a private RSA operation, so a message may not bring any number of them. */
const maximumWrappedKeys = 4

const elementType = `${encryptionNamespace}Element`

/**
 * Reads `saml:EncryptedAssertion`, whose form is known to be right: one EncryptedData, and EncryptedKeys inside its
 * KeyInfo or beside it. No reference is followed, neither to other elements nor to addresses. The error says what was
 * found instead.
 */
export function readEncrypted(element: XmlElement): Result<EncryptedAssertion, string> {
  // The grammar has seen to it that EncryptedData comes first.
  const [data, ...beside] = elementsOf(element) as [XmlElement, ...XmlElement[]]
  const type = attributeOf(data, 'Type') ?? elementType
  if (type !== elementType) return refused(`the type "${type}"`)
  const algorithm = algorithmOf(data)
  const cipher = contentCiphers.get(algorithm)
  if (cipher === undefined) return refused(`the content cipher "${algorithm}"`)
  const bytes = cipherValue(data)
  if (bytes === null) return refused('a CipherValue that is not base64')

  const keyInfo = childNamed(data, dsigNamespace, 'KeyInfo')
  const inside = keyInfo === undefined ? [] : childrenNamed(keyInfo, encryptionNamespace, 'EncryptedKey')
  const encryptedKeys = [...inside, ...beside]
  if (encryptedKeys.length === 0) return refused('no EncryptedKey')
  if (encryptedKeys.length > maximumWrappedKeys) return refused(`${encryptedKeys.length} EncryptedKeys`)
  const keys: WrappedKey[] = []
  for (const encryptedKey of encryptedKeys) {
    const transport = readTransport(encryptedKey)
    if (!transport.ok) return transport
    const wrapped = cipherValue(encryptedKey)
    if (wrapped === null) return refused('a CipherValue that is not base64')
    keys.push({ transport: transport.value, bytes: wrapped })
  }
  return ok({ cipher, keys, bytes })
}

/** XML Encryption 1.1 §5.5.2: the older identifier always masks with SHA-1, whatever its digest. */
function readTransport(encryptedKey: XmlElement): Result<KeyTransport, string> {
  const method = childNamed(encryptedKey, encryptionNamespace, 'EncryptionMethod')
  const algorithm = algorithmOf(encryptedKey)
  if (method === undefined || (algorithm !== oaepMgf1p && algorithm !== oaep11))
    return refused(`the key transport "${algorithm}"`)
  let digest: OaepHash | undefined = 'sha1'
  let mask: OaepHash | undefined = 'sha1'
  for (const parameter of elementsOf(method)) {
    const value = attributeOf(parameter, 'Algorithm') ?? ''
    if (isNamed(parameter, dsigNamespace, 'DigestMethod')) digest = oaepDigests.get(value)
    else if (algorithm === oaep11 && isNamed(parameter, encryption11Namespace, 'MGF')) mask = oaepMasks.get(value)
    else return refused(`${describe(parameter)} as a parameter of the key transport`)
    if (digest === undefined || mask === undefined) return refused(`"${value}" in the key transport`)
  }
  return ok({ digest, mask })
}

function algorithmOf(element: XmlElement): string {
  const method = childNamed(element, encryptionNamespace, 'EncryptionMethod')
  return (method && attributeOf(method, 'Algorithm')) ?? ''
}

function cipherValue(element: XmlElement): Buffer | null {
  const data = childNamed(element, encryptionNamespace, 'CipherData')
  const value = data && childNamed(data, encryptionNamespace, 'CipherValue')
  return value === undefined ? null : bytesOf(value)
}

/**
 * Tries every key. Undefined for every kind of failure: whoever can tell a bad padding from a bad key decrypts other
 * people's assertions.
 */
export function decrypt(encrypted: EncryptedAssertion, keys: readonly KeyObject[]): Buffer | undefined {
  for (const key of keys) {
    for (const wrapped of encrypted.keys) {
      const contentKey = unwrap(wrapped, key)
      const plain = contentKey && decipher(encrypted, contentKey)
      if (plain !== undefined) return plain
    }
  }
  return undefined
}

function unwrap({ transport, bytes }: WrappedKey, key: KeyObject): Buffer | undefined {
  try {
    if (transport.digest === transport.mask)
      return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport.digest }, bytes)
    return removeOaep(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, bytes), transport)
  } catch {
    return undefined
  }
}

function decipher({ cipher, bytes }: EncryptedAssertion, key: Buffer): Buffer | undefined {
  if (key.length !== cipher.keyBytes) return undefined
  const iv = bytes.subarray(0, cipher.ivBytes)
  const body = bytes.subarray(cipher.ivBytes, bytes.length - cipher.tagBytes)
  try {
    if (cipher.cipher === 'aes-128-gcm' || cipher.cipher === 'aes-256-gcm') {
      // A tag of any other length than sixteen bytes can be guessed.
      const decipher = createDecipheriv(cipher.cipher, key, iv, { authTagLength: cipher.tagBytes })
      decipher.setAuthTag(bytes.subarray(bytes.length - cipher.tagBytes))
      return Buffer.concat([decipher.update(body), decipher.final()])
    }
    const decipher = createDecipheriv(cipher.cipher, key, iv).setAutoPadding(false)
    return removePadding(Buffer.concat([decipher.update(body), decipher.final()]))
  } catch {
    return undefined
  }
}

/** XML Encryption §5.2.1: only the last byte of the padding has a meaning, so OpenSSL's own check would be too strict. */
function removePadding(padded: Buffer): Buffer | undefined {
  const length = padded.at(-1) ?? 0
  return length >= 1 && length <= 16 ? padded.subarray(0, padded.length - length) : undefined
}
