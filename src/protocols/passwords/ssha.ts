import { createHash, timingSafeEqual } from 'node:crypto'
import type { HashKind } from './hash-kind.ts'
import { readBase64, readPhc, writePhc } from './phc.ts'

/**
 * LDAP's salted digests: `{SSHA}` or `{SSHA256}`, then Base64 of the digest of password and salt, followed by the salt.
 * Where the salt came first when the digest was made, the position says so.
 * @see https://datatracker.ietf.org/doc/html/draft-stroeder-hashed-userpassword-values
 */
export const sshaKind = kindOf('sha1', /^\{SSHA\}(.+)$/i, 20)
export const ssha256Kind = kindOf('sha256', /^\{SSHA-?256\}(.+)$/i, 32)

function kindOf(digest: 'sha1' | 'sha256', shape: RegExp, digestBytes: number): HashKind {
  const id = `salted-${digest}`
  return {
    owns: (stored) => stored.startsWith(`$${id}$`),
    read(text, position = 'suffix') {
      const bytes = readBase64(shape.exec(text)?.[1] ?? '?')
      // Without a salt it is an unsalted digest, which is found in tables.
      if (!bytes || bytes.length <= digestBytes || bytes.length > digestBytes + 256) return undefined
      const parameters = new Map([['s', position]])
      const [hash, salt] = [bytes.subarray(0, digestBytes), bytes.subarray(digestBytes)]
      return writePhc({ id, version: undefined, parameters, salt, hash })
    },
    verify(stored, password) {
      const phc = readPhc(stored)
      if (!phc || phc.hash.length !== digestBytes) return Promise.resolve(false)
      const parts = [Buffer.from(password, 'utf8'), phc.salt]
      const input = Buffer.concat(phc.parameters.get('s') === 'prefix' ? parts.toReversed() : parts)
      return Promise.resolve(timingSafeEqual(phc.hash, createHash(digest).update(input).digest()))
    },
  }
}
