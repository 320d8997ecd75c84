import { scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { HashKind } from './hash-kind.ts'
import { integer, type PhcHash, readPhc, writePhc } from './phc.ts'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)
const maxBytes = 256 * 1024 * 1024

/**
 * `$scrypt$ln=15,r=8,p=1$salt$hash`, as passlib and PHC libraries write it, or with `n=32768` instead of the logarithm,
 * `v=1` and the length `kl` of the hash.
 * @see RFC 7914
 */
export const scryptKind: HashKind = {
  owns: (stored) => stored.startsWith('$scrypt$'),
  read(text) {
    const phc = readPhc(text)
    return phc && costsOf(phc) ? writePhc(phc) : undefined
  },
  async verify(stored, password) {
    const phc = readPhc(stored)
    const costs = phc && costsOf(phc)
    if (!costs) return false
    return timingSafeEqual(phc.hash, await deriveScrypt(password, phc.salt, phc.hash.length, costs))
  },
}

export interface ScryptCosts {
  /** The cost N itself, a power of two. */
  readonly N: number
  readonly r: number
  readonly p: number
}

export function deriveScrypt(password: string, salt: Buffer, length: number, costs: ScryptCosts): Promise<Buffer> {
  return derive(password, salt, length, { ...costs, maxmem: 2 * maxBytes })
}

/** Whether checking a password takes no more than a server can spare. */
export function isAffordable({ N, r, p }: ScryptCosts): boolean {
  return N * r * 128 <= maxBytes && N * r * p <= 2 ** 23
}

function costsOf({ id, version, parameters, salt, hash }: PhcHash): ScryptCosts | undefined {
  if (id !== 'scrypt' || (version ?? 1) !== 1 || salt.length > 256 || hash.length < 16 || hash.length > 256)
    return undefined
  const log = integer(parameters, ['ln'], { min: 1, max: 24 })
  const N = log === undefined ? integer(parameters, ['n', 'N'], { min: 2, max: 2 ** 24 }) : 2 ** log
  const r = integer(parameters, ['r'], { min: 1, max: 64, otherwise: 8 })
  const p = integer(parameters, ['p'], { min: 1, max: 64, otherwise: 1 })
  const length = integer(parameters, ['kl', 'l'], { min: 1, max: 256, otherwise: hash.length })
  if (N === undefined || !Number.isInteger(Math.log2(N)) || !r || !p || length !== hash.length) return undefined
  return isAffordable({ N, r, p }) ? { N, r, p } : undefined
}
