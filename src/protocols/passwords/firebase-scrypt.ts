import { createCipheriv, timingSafeEqual } from 'node:crypto'
import type { HashKind } from './hash-kind.ts'
import { readBase64 } from './phc.ts'
import { deriveScrypt, isAffordable, type ScryptCosts } from './scrypt.ts'

const fields = ['hash', 'salt', 'sk', 'ss', 'r', 'm'] as const

interface FirebaseHash extends ScryptCosts {
  readonly hash: Buffer
  readonly salt: Buffer
  /** The project's secret, which the hash is the encryption of. */
  readonly signerKey: Buffer
}

/**
 * `$firebase-scrypt$hash=…$salt=…$sk=signer key$ss=salt separator$r=rounds$m=memory cost`, all of Base64 but the numbers:
 * the parameters of a Firebase project with what its export says of a user.
 * @see https://github.com/firebase/scrypt
 */
export const firebaseScryptKind: HashKind = {
  owns: (stored) => stored.startsWith('$firebase-scrypt$'),
  read: (text) => (parse(text) ? text : undefined),
  async verify(stored, password) {
    const found = parse(stored)
    if (!found) return false
    const { hash, salt, signerKey, ...costs } = found
    const key = await deriveScrypt(password, salt, 32, costs)
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
    const expected = Buffer.concat([cipher.update(signerKey), cipher.final()])
    return expected.length === hash.length && timingSafeEqual(expected, hash)
  },
}

function parse(text: string): FirebaseHash | undefined {
  const [empty, id, ...parts] = text.split('$')
  if (empty !== '' || id !== 'firebase-scrypt' || parts.length !== fields.length) return undefined
  const values = new Map(parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
  const bytes = (name: (typeof fields)[number]) => readBase64(values.get(name) ?? '?')
  const number = (name: (typeof fields)[number]) =>
    /^\d{1,3}$/.test(values.get(name) ?? '') ? Number(values.get(name)) : Number.NaN
  const [hash, salt, signerKey, separator] = [bytes('hash'), bytes('salt'), bytes('sk'), bytes('ss')]
  const costs = { N: 2 ** number('m'), r: number('r'), p: 1 }
  if (!hash || !salt || !signerKey || !separator || signerKey.length === 0 || hash.length !== signerKey.length)
    return undefined
  if (!(costs.N >= 2) || !(costs.r >= 1) || !isAffordable(costs)) return undefined
  return { hash, salt: Buffer.concat([salt, separator]), signerKey, ...costs }
}
