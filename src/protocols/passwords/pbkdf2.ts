import { pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { HashKind } from './hash-kind.ts'
import { integer, type PhcHash, readPhc, writePhc } from './phc.ts'

const derive = promisify(pbkdf2)
const digests = ['sha1', 'sha256', 'sha512'] as const
type Digest = (typeof digests)[number]

/**
 * RFC 8018 §5.2. Read are `$pbkdf2-sha256$i=29000,l=32$salt$hash`, the same as `$pbkdf2$i=…,d=sha256$…`, passlib's
 * `$pbkdf2-sha256$29000$salt$hash` and Django's `pbkdf2_sha256$29000$salt$hash`; stored is the first.
 */
export const pbkdf2Kind: HashKind = {
  owns: (stored) => stored.startsWith('$pbkdf2-'),
  read(text) {
    const phc = fromDjango(text) ?? readPhc(fromPasslib(text))
    const costs = phc && costsOf(phc)
    if (!costs) return undefined
    const { digest, iterations } = costs
    return writePhc({ ...phc, id: `pbkdf2-${digest}`, parameters: new Map([['i', String(iterations)]]) })
  },
  async verify(stored, password) {
    const phc = readPhc(stored)
    const costs = phc && costsOf(phc)
    if (!costs) return false
    const { salt, hash } = phc
    return timingSafeEqual(hash, await derive(password, salt, costs.iterations, hash.length, costs.digest))
  },
}

/** passlib writes the iterations without a name, and `.` for `+`. */
function fromPasslib(text: string): string {
  const [, id, iterations, salt, hash] = /^\$(pbkdf2(?:-sha\d+)?)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(text) ?? []
  if (id === undefined) return text
  const digest = id === 'pbkdf2' ? 'pbkdf2-sha1' : id
  return `$${digest}$i=${iterations}$${salt?.replaceAll('.', '+')}$${hash?.replaceAll('.', '+')}`
}

/** Django's salt is text, not Base64. */
function fromDjango(text: string): PhcHash | undefined {
  const [, digest, iterations, salt, hash] =
    /^pbkdf2_(sha1|sha256)\$(\d+)\$([^$]+)\$([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  if (digest === undefined || iterations === undefined || salt === undefined || hash === undefined) return undefined
  return {
    id: `pbkdf2-${digest}`,
    version: undefined,
    parameters: new Map([['i', iterations]]),
    salt: Buffer.from(salt, 'utf8'),
    hash: Buffer.from(hash, 'base64'),
  }
}

function costsOf({ id, parameters, salt, hash }: PhcHash): { digest: Digest; iterations: number } | undefined {
  const named = id === 'pbkdf2' ? (parameters.get('d') ?? parameters.get('h')) : id.replace(/^pbkdf2-/, '')
  const digest = digests.find((known) => known === named?.replace('-', ''))
  const iterations = integer(parameters, ['i'], { min: 1, max: 5_000_000 })
  const length = integer(parameters, ['l', 'kl'], { min: 1, max: 256, otherwise: hash.length })
  if (!digest || !iterations || length !== hash.length || salt.length > 256) return undefined
  return hash.length >= 16 && hash.length <= 256 ? { digest, iterations } : undefined
}
