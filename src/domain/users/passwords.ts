import type { EnvironmentId, UserId } from '#contracts/ids.ts'
import type { UserCreate } from '#contracts/users.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { isOutdated, readForeignHash } from '#protocols/passwords/stored-hash.ts'
import { BadRequest } from '../errors.ts'
import { atEvenPace } from '../even-pace.ts'
import { addressKey } from './address.ts'
import { type PasswordOwner, type PasswordPolicy, passwordProblems } from './password-rules.ts'
import { hashPassword, matchesHash } from './password-work.ts'
import { type UserRow, userColumns } from './present.ts'
import { lockUser } from './read.ts'

/** A password that was found good enough, hashed and ready to be stored; see `setPassword`. */
export interface PreparedPassword {
  readonly hash: string
  /** By somebody signing up, who may be anybody until the inbox is shown; left out, it is as the former one was. */
  readonly selfChosen?: boolean
}

/** Whom a new password is for. */
export interface NewOwner extends PasswordOwner {
  /** Of somebody who exists, whose former passwords may not come back. */
  readonly id?: UserId
}

/**
 * Checks a new password against the rules and hashes it: before the transaction that stores it, for it takes long.
 * @throws BadRequest `password_strength_error` naming every broken rule.
 */
export async function preparePassword(
  db: Database,
  environment: EnvironmentId,
  owner: NewOwner,
  password: string,
  policy: PasswordPolicy,
): Promise<PreparedPassword> {
  const problems = await passwordProblems(password, owner, policy)
  if (problems.length === 0 && owner.id !== undefined && (await wasUsed(db, environment, owner.id, password, policy)))
    problems.push({ code: 'password_used_before', message: 'The password was used before.' })
  if (problems.length > 0)
    throw new BadRequest('The password does not meet the requirements.', 'password_strength_error', problems)
  return { hash: await hashPassword(password) }
}

/**
 * Stores a password that was prepared; the former one is remembered as far as the policy wants. One that replaces what
 * somebody chose at sign-up is no better than that: whoever signed up may have asked for it.
 */
export async function setPassword(
  work: Work,
  user: UserId,
  { hash, selfChosen }: PreparedPassword,
  policy: PasswordPolicy,
): Promise<void> {
  const previous = await work.tx
    .selectFrom('user_passwords')
    .select(['hash', 'history', 'self_chosen'])
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .forUpdate()
    .executeTakeFirst()
  const values = {
    hash,
    history: previous ? [previous.hash, ...previous.history].slice(0, policy.history) : [],
    self_chosen: selfChosen ?? previous?.self_chosen ?? false,
    updated_at: work.now,
  }
  await work.tx
    .insertInto('user_passwords')
    .values({ environment_id: work.environment, user_id: user, ...values })
    .onConflict((conflict) => conflict.columns(['environment_id', 'user_id']).doUpdateSet(values))
    .execute()
}

export interface CheckedPassword {
  /** Undefined when nobody has the address. */
  readonly user: UserRow | undefined
  /** What the password was found to match; undefined when it matches nothing. */
  readonly hash: string | undefined
}

interface PasswordDeps {
  readonly db: Database
  readonly clock: () => Date
}

/**
 * Whether this is the password of whoever has the address. Takes as long when nobody has it or they have no password:
 * time must not tell who exists. A wrong one is answered on the beat, since a hash from elsewhere has costs of its own.
 */
export function checkPassword(
  deps: PasswordDeps,
  environment: EnvironmentId,
  email: string,
  password: string,
): Promise<CheckedPassword> {
  return atEvenPace(
    () => matchPassword(deps, environment, email, password),
    ({ hash }) => hash === undefined,
  )
}

/** A hash from elsewhere, or of former costs, is replaced when it turns out right. */
async function matchPassword(
  deps: PasswordDeps,
  environment: EnvironmentId,
  email: string,
  password: string,
): Promise<CheckedPassword> {
  const { db, clock } = deps
  const found = await db.kysely
    .selectFrom('users as u')
    .leftJoin('user_passwords as p', (join) =>
      join.onRef('p.environment_id', '=', 'u.environment_id').onRef('p.user_id', '=', 'u.id'),
    )
    .select(userColumns.map((column) => `u.${column}` as const))
    .select('p.hash')
    .where('u.environment_id', '=', environment)
    .where('u.email', '=', addressKey(email))
    .executeTakeFirst()
  const { hash = null, ...user } = found ?? {}
  const right = (await matchesHash(hash ?? nobodysHash, password)) && hash !== null
  if (!right) return { user: found && (user as UserRow), hash: undefined } // what is left of the row are the user's columns
  if (!isOutdated(hash)) return { user: user as UserRow, hash }
  const renewed = await hashPassword(password)
  // Compared as well as found: a password that was changed meanwhile stays.
  const { numUpdatedRows } = await db.kysely
    .updateTable('user_passwords')
    .set({ hash: renewed, updated_at: clock() })
    .where('environment_id', '=', environment)
    .where('user_id', '=', (user as UserRow).id) // somebody has this hash
    .where('hash', '=', hash)
    .executeTakeFirst()
  // Renewed by another sign-in at once, or changed: what is there now decides.
  return numUpdatedRows === 1n
    ? { user: user as UserRow, hash: renewed }
    : matchPassword(deps, environment, email, password)
}

/**
 * Whose password it is, if it still is: one that was found right outside of the transaction may have been changed, or
 * done away with, before it began. The user is locked.
 */
export async function lockPasswordHolder(work: Work, { user, hash }: CheckedPassword): Promise<UserRow | undefined> {
  if (!user || hash === undefined) return undefined
  const holder = await lockUser(work, user.id)
  const current = await work.tx
    .selectFrom('user_passwords')
    .select('hash')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .executeTakeFirst()
  return current?.hash === hash ? holder : undefined
}

/**
 * A hash that was made elsewhere, ready to be stored.
 * @throws BadRequest `invalid_password_hash`
 */
export function adoptPassword(
  input: Required<Pick<UserCreate, 'password_hash' | 'password_hash_type'>> &
    Pick<UserCreate, 'password_salt_position'>,
): PreparedPassword {
  const { password_hash: text, password_hash_type: type, password_salt_position: position } = input
  const hash = readForeignHash(type, text, position)
  if (hash === undefined)
    throw new BadRequest(
      `The password hash is no ${type} hash that can be checked: its form or its costs are not supported.`,
      'invalid_password_hash',
    )
  return { hash }
}

/** Of a password that nobody knows, with the costs of new hashes. */
const nobodysHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHkgLg$kcuvJ1ePXm2fNHZEWj7+G3gLkHuWnjWZ5Y5nNbbUsCg'

async function wasUsed(
  db: Database,
  environment: EnvironmentId,
  user: UserId,
  password: string,
  { history }: PasswordPolicy,
): Promise<boolean> {
  if (history === 0) return false
  const row = await db.kysely
    .selectFrom('user_passwords')
    .select(['hash', 'history'])
    .where('environment_id', '=', environment)
    .where('user_id', '=', user)
    .executeTakeFirst()
  for (const hash of row ? [row.hash, ...row.history].slice(0, history) : [])
    if (await matchesHash(hash, password)) return true
  return false
}
