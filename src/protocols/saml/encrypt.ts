import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto'
import { dsigNamespace } from '../xmldsig/algorithms.ts'
import { type ContentCipher, contentCiphers, oaep11, oaepMgf1p } from './decrypt.ts'
import { assertionNamespace, encryption11Namespace, encryptionNamespace } from './names.ts'
import { addOaep, type KeyTransport } from './oaep.ts'

export type ContentAlgorithm = 'aes128-cbc' | 'aes256-cbc' | 'aes128-gcm' | 'aes256-gcm'

export interface EncryptOptions {
  /** The service provider's, base64 DER. */
  readonly certificate: string
  readonly algorithm: ContentAlgorithm
  /** SHA-1 for both, which is what most identity providers send. */
  readonly keyTransport?: KeyTransport | undefined
  /** Where EncryptedKey stands: inside the KeyInfo of EncryptedData, or beside it as Shibboleth can be told to. */
  readonly keyPlace?: 'inside' | 'beside' | undefined
}

/** Wraps an assertion, which must declare all its own namespaces, into `EncryptedAssertion`. */
export function encryptAssertion(assertion: string, options: EncryptOptions): string {
  const uri = `${options.algorithm.endsWith('gcm') ? encryption11Namespace : encryptionNamespace}${options.algorithm}`
  const cipher = contentCiphers.get(uri)
  if (cipher === undefined) throw new RangeError(`The content cipher ${options.algorithm} is not supported.`)
  const contentKey = randomBytes(cipher.keyBytes)
  const { digest, mask } = options.keyTransport ?? { digest: 'sha1', mask: 'sha1' }
  const encryptedKey =
    `<xenc:EncryptedKey xmlns:xenc="${encryptionNamespace}">${transportMethod({ digest, mask })}` +
    `${cipherData(wrap(contentKey, options.certificate, { digest, mask }))}</xenc:EncryptedKey>`
  const inside = options.keyPlace !== 'beside'
  const keyInfo = inside ? `<ds:KeyInfo xmlns:ds="${dsigNamespace}">${encryptedKey}</ds:KeyInfo>` : ''
  return (
    `<saml:EncryptedAssertion xmlns:saml="${assertionNamespace}">` +
    `<xenc:EncryptedData xmlns:xenc="${encryptionNamespace}" Type="${encryptionNamespace}Element">` +
    `<xenc:EncryptionMethod Algorithm="${uri}"/>${keyInfo}` +
    `${cipherData(encipher(Buffer.from(assertion), contentKey, cipher))}</xenc:EncryptedData>` +
    `${inside ? '' : encryptedKey}</saml:EncryptedAssertion>`
  )
}

function transportMethod({ digest, mask }: KeyTransport): string {
  const digestUri = digest === 'sha1' ? `${dsigNamespace}sha1` : `${encryptionNamespace}sha256`
  const digestMethod = `<ds:DigestMethod xmlns:ds="${dsigNamespace}" Algorithm="${digestUri}"/>`
  return mask === 'sha1'
    ? `<xenc:EncryptionMethod Algorithm="${oaepMgf1p}">${digestMethod}</xenc:EncryptionMethod>`
    : `<xenc:EncryptionMethod Algorithm="${oaep11}">${digestMethod}` +
        `<xenc11:MGF xmlns:xenc11="${encryption11Namespace}" Algorithm="${encryption11Namespace}mgf1${mask}"/>` +
        `</xenc:EncryptionMethod>`
}

function wrap(contentKey: Buffer, certificate: string, transport: KeyTransport): Buffer {
  const key = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
  if (transport.digest === transport.mask)
    return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport.digest }, contentKey)
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, addOaep(contentKey, size, transport))
}

function encipher(plain: Buffer, key: Buffer, { cipher, ivBytes, tagBytes }: ContentCipher): Buffer {
  const iv = randomBytes(ivBytes)
  if (cipher === 'aes-128-gcm' || cipher === 'aes-256-gcm') {
    const gcm = createCipheriv(cipher, key, iv, { authTagLength: tagBytes })
    return Buffer.concat([iv, gcm.update(plain), gcm.final(), gcm.getAuthTag()])
  }
  const cbc = createCipheriv(cipher, key, iv)
  return Buffer.concat([iv, cbc.update(plain), cbc.final()])
}

function cipherData(bytes: Buffer): string {
  return `<xenc:CipherData><xenc:CipherValue>${bytes.toString('base64')}</xenc:CipherValue></xenc:CipherData>`
}
