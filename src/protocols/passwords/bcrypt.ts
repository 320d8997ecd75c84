import { compare } from 'bcryptjs'
import type { HashKind } from './hash-kind.ts'

/** Cost 15 takes seconds; past it, checking a password stops the server. */
const shape = /^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/

/** Like every bcrypt, it reads the first 72 bytes of a password. */
export const bcryptKind: HashKind = {
  owns: (stored) => shape.test(stored),
  read: (text) => (shape.test(text) ? text : undefined),
  verify: (stored, password) => compare(password, stored),
}
