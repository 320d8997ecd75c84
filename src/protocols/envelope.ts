import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
const shape = /^v1\.([A-Za-z0-9_-]{8})\.([A-Za-z0-9_-]+)$/

export class EncryptionKeyInvalid extends Error {
  override readonly name = 'EncryptionKeyInvalid'
}

/** A sealed value that cannot be opened. The message never holds any of its content. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken'
  readonly code: 'malformed' | 'unknown_key' | 'tampered'

  constructor(code: SealBroken['code'], message: string) {
    super(message)
    this.code = code
  }
}

interface Key {
  readonly id: string
  readonly secret: KeyObject
}

/**
 * The keys that protect what the database must not hold in the clear: AES-256-GCM, a fresh nonce each time.
 * The first key seals; all of them open, so a new key goes in front and the old one stays until everything is sealed
 * again.
 */
export class Secrets {
  readonly #keys: readonly [Key, ...Key[]]

  /** @param keys 32 bytes each, newest first. */
  constructor(keys: readonly Buffer[]) {
    const [newest, ...older] = keys.map(keyOf)
    if (!newest) throw new EncryptionKeyInvalid('At least one encryption key is needed.')
    this.#keys = [newest, ...older]
  }

  /**
   * @param context names the place the value belongs to, such as `signing_keys.sealed_private_key:key_01…`. It is
   *   authenticated, not stored: a sealed value copied to another row or column does not open there.
   */
  seal(plaintext: string, context: string): string {
    const [{ id, secret }] = this.#keys
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, secret, nonce, { authTagLength: tagBytes })
    cipher.setAAD(Buffer.from(context, 'utf8'))
    const sealed = Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `v1.${id}.${sealed.toString('base64url')}`
  }

  /** @throws SealBroken when the value is not ours, its key is not here, or it or its context was changed. */
  open(sealed: string, context: string): string {
    const [, id, payload] = shape.exec(sealed) ?? []
    const bytes = Buffer.from(payload ?? '', 'base64url')
    if (id === undefined || bytes.length < nonceBytes + tagBytes)
      throw new SealBroken('malformed', `${context} is not a sealed value.`)
    const key = this.#keys.find((candidate) => candidate.id === id)
    if (!key)
      throw new SealBroken(
        'unknown_key',
        `${context} was sealed with the encryption key ${id}, which is not among the keys given (${this.keyIds.join(', ')}).`,
      )
    // A tag length must be demanded: without it GCM accepts a truncated tag, which can be guessed.
    const decipher = createDecipheriv(algorithm, key.secret, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context, 'utf8'))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const body = bytes.subarray(nonceBytes, -tagBytes)
    try {
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    } catch {
      throw new SealBroken('tampered', `${context} was changed after it was sealed, or belongs somewhere else.`)
    }
  }

  /** Whether the value was sealed with the key that seals now; when not, it waits to be sealed again. */
  isCurrent(sealed: string): boolean {
    return shape.exec(sealed)?.[1] === this.#keys[0].id
  }

  /** Names of the keys, newest first: fit for messages, useless for opening anything. */
  get keyIds(): string[] {
    return this.#keys.map((key) => key.id)
  }
}

/**
 * Reads keys as operators write them: 32 bytes each in base64, base64url or hex, newest first, commas between.
 * @throws EncryptionKeyInvalid saying which key is wrong and how to make a good one; never quoting it.
 */
export function parseEncryptionKeys(text: string): Buffer[] {
  const keys = text.split(',').map((part, index, parts) => {
    const which = parts.length === 1 ? 'The encryption key' : `Encryption key ${index + 1} of ${parts.length}`
    return decodeKey(part.trim(), which)
  })
  if (new Set(keys.map((key) => key.toString('hex'))).size < keys.length)
    throw new EncryptionKeyInvalid('The same encryption key is listed twice.')
  return keys
}

/** A key as `parseEncryptionKeys` reads it. */
export function newEncryptionKey(): string {
  return randomBytes(keyBytes).toString('base64')
}

/** Thirty-two random bytes have about thirty different values; fewer than sixteen do not happen by chance. */
const fewestDistinctBytes = 16

function decodeKey(text: string, which: string): Buffer {
  const advice = 'Make one with: openssl rand -base64 32'
  const key = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
      ? Buffer.from(text, 'base64')
      : undefined
  if (!key) throw new EncryptionKeyInvalid(`${which} is neither base64 nor hex. ${advice}`)
  if (key.length !== keyBytes)
    throw new EncryptionKeyInvalid(`${which} has ${key.length} bytes; it must have ${keyBytes}. ${advice}`)
  if (new Set(key).size < fewestDistinctBytes)
    throw new EncryptionKeyInvalid(`${which} is not random: its bytes repeat. ${advice}`)
  return key
}

function keyOf(bytes: Buffer): Key {
  if (bytes.length !== keyBytes)
    throw new EncryptionKeyInvalid(`An encryption key must have ${keyBytes} bytes; this one has ${bytes.length}.`)
  const id = createHash('sha256').update('gatehouse encryption key').update(bytes).digest('base64url').slice(0, 8)
  return { id, secret: createSecretKey(bytes) }
}
