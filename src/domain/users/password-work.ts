import { randomBytes } from 'node:crypto'
import { hashArgon2id } from '#protocols/passwords/argon2.ts'
import { verifyPassword } from '#protocols/passwords/stored-hash.ts'
import { Busy } from '../errors.ts'

/** libuv has four threads for this, for files and for names; one stays free. */
const running = 3
/** Some seconds of work. Whoever comes later is better told to come again than kept waiting. */
const waiting = 100

let active = 0
const queue: (() => void)[] = []

/** @throws Busy when too many are waiting already. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (active >= running) {
    if (queue.length >= waiting)
      throw new Busy('Too many passwords are being checked. Try again in a moment.', 'too_many_requests', 1)
    await new Promise<void>((resolve) => queue.push(resolve))
  } else active++
  try {
    return await work()
  } finally {
    const next = queue.shift()
    // Whoever is next takes the place over.
    if (next) next()
    else active--
  }
}

/** Takes 19 MiB and tens of milliseconds of another thread: never while a transaction is open. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hashArgon2id(password, randomBytes(16)))
}

/** As costly as the hash is. */
export function matchesHash(stored: string, password: string): Promise<boolean> {
  return inTurn(() => verifyPassword(stored, password))
}
