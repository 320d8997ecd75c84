import { argon2, type Argon2Algorithm, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { HashKind } from './hash-kind.ts'
import { integer, type PhcHash, readPhc, writePhc } from './phc.ts'

const derive = promisify(argon2)

interface Costs {
  readonly algorithm: Argon2Algorithm
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP's minimum for Argon2id: 19 MiB, two passes, one lane. */
const current: Costs = { algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1 }
const tagBytes = 32
const version = 19

/** RFC 9106 §3.1 with a salt of 16 bytes, away from the main thread. */
export async function hashArgon2id(password: string, salt: Buffer): Promise<string> {
  const hash = await tagOf(password, { ...current, salt, tagLength: tagBytes })
  const { algorithm, memory, passes, parallelism } = current
  const parameters = new Map([
    ['m', String(memory)],
    ['t', String(passes)],
    ['p', String(parallelism)],
  ])
  return writePhc({ id: algorithm, version, parameters, salt, hash })
}

/** Whether a stored hash was made as new ones are. */
export function isCurrentArgon2(stored: string): boolean {
  const phc = readPhc(stored)
  const costs = phc && costsOf(phc)
  return costs !== undefined && Object.entries(current).every(([name, value]) => costs[name as keyof Costs] === value)
}

export const argon2Kind: HashKind = {
  owns: (stored) => stored.startsWith('$argon2'),
  read(text) {
    const phc = readPhc(text)
    return phc && costsOf(phc) ? writePhc(phc) : undefined
  },
  async verify(stored, password) {
    const phc = readPhc(stored)
    const costs = phc && costsOf(phc)
    if (!costs) return false
    const { salt, hash } = phc
    return timingSafeEqual(hash, await tagOf(password, { ...costs, salt, tagLength: hash.length }))
  },
}

async function tagOf(
  password: string,
  { algorithm, memory, passes, parallelism, salt, tagLength }: Costs & { salt: Buffer; tagLength: number },
): Promise<Buffer> {
  return derive(algorithm, { message: password, nonce: salt, memory, passes, parallelism, tagLength })
}

/** Bounds are RFC 9106 §3.1's, and below them what a server can spare for one sign-in. */
function costsOf({ id, version: made, parameters, salt, hash }: PhcHash): Costs | undefined {
  if (id !== 'argon2i' && id !== 'argon2d' && id !== 'argon2id') return undefined
  // Version 16 computes another function; a key or associated data are not in the string.
  if (made !== version || parameters.has('keyid') || parameters.has('data')) return undefined
  const parallelism = integer(parameters, ['p'], { min: 1, max: 16 })
  const memory = parallelism && integer(parameters, ['m'], { min: 8 * parallelism, max: 262_144 })
  const passes = integer(parameters, ['t'], { min: 1, max: 32 })
  if (!parallelism || !memory || !passes) return undefined
  if (salt.length < 8 || salt.length > 256 || hash.length < 4 || hash.length > 256) return undefined
  return { algorithm: id, memory, passes, parallelism }
}
