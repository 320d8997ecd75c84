import { argon2Kind, isCurrentArgon2 } from './argon2.ts'
import { bcryptKind } from './bcrypt.ts'
import { firebaseScryptKind } from './firebase-scrypt.ts'
import type { HashKind } from './hash-kind.ts'
import { pbkdf2Kind } from './pbkdf2.ts'
import { scryptKind } from './scrypt.ts'
import { ssha256Kind, sshaKind } from './ssha.ts'

/** By the names of the API. */
const kinds = {
  argon2: argon2Kind,
  bcrypt: bcryptKind,
  'firebase-scrypt': firebaseScryptKind,
  scrypt: scryptKind,
  pbkdf2: pbkdf2Kind,
  ssha: sshaKind,
  ssha256: ssha256Kind,
} as const satisfies Record<string, HashKind>

export type ForeignHashType = keyof typeof kinds

/**
 * The form in which a hash from elsewhere is kept.
 * @param saltPosition where the salt stood when a salted digest was made; other kinds have no choice.
 * @returns undefined for what is no hash of that kind, or too costly to check.
 */
export function readForeignHash(
  type: ForeignHashType,
  text: string,
  saltPosition?: 'prefix' | 'suffix',
): string | undefined {
  return kinds[type].read(text.trim(), saltPosition)
}

/** Whether the password is the one a stored hash was made of. A form nobody knows opens to no password. */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  const kind = Object.values(kinds).find((one) => one.owns(stored))
  return kind !== undefined && (await kind.verify(stored, password))
}

/** Whether a stored hash is worth making anew once the password is known. */
export function isOutdated(stored: string): boolean {
  return !isCurrentArgon2(stored)
}
