import { randomBytes } from 'node:crypto'
import type { EnvironmentId, PasswordResetId, UserId } from '#contracts/ids.ts'
import type { PasswordReset } from '#contracts/password-resets.ts'
import type { User } from '#contracts/users.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import { change, type ChangeDeps, type Scope, type Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { Forbidden, NotFound } from '../errors.ts'
import { queueMail } from '../mail/queue.ts'
import { preparePassword, setPassword } from '../users/passwords.ts'
import { presentUser } from '../users/present.ts'
import { findUserByEmail, lockUser, readUser } from '../users/read.ts'
import { markEmailVerified } from './email-verification.ts'
import { openCode } from './one-time-code.ts'
import { readSettings } from './settings.ts'
import { endSignIns, shutOut } from './shut-out.ts'

const lifetimeMs = 15 * 60_000

/** Where the hosted pages take a token. */
export const resetPath = '/authkit/reset-password'

export interface ResetDeps {
  readonly secrets: Secrets
  readonly baseUrl: string
}

/**
 * A token that lets whoever reads the person's mail choose a new password; older ones stop working.
 * @throws NotFound for an address nobody has: pages that strangers see must not say so.
 */
export async function createPasswordReset(work: Work, deps: ResetDeps, email: string): Promise<PasswordReset> {
  await requirePasswords(work.tx, work.environment)
  const user = await findUserByEmail(work.tx, work.environment, email)
  if (!user) throw new NotFound('User', email)
  const id = newId('passwordReset', work.now)
  const token = randomBytes(24).toString('base64url')
  await endResets(work, user.id)
  const row = await work.tx
    .insertInto('password_resets')
    .values({
      environment_id: work.environment,
      id,
      user_id: user.id,
      email: user.email,
      token_hash: hashSecret(token),
      token: deps.secrets.seal(token, context(id)),
      expires_at: new Date(work.now.getTime() + lifetimeMs),
      created_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  work.emit('password_reset.created', presentEvent(row), null)
  return present(row, token, deps.baseUrl)
}

/** As `createPasswordReset`, and mails the link. @param page what the link leads to; the hosted page unless told. */
export async function sendPasswordReset(work: Work, deps: ResetDeps, email: string, page?: string): Promise<void> {
  const made = await createPasswordReset(work, deps, email)
  const url = new URL(page ?? `${deps.baseUrl}${resetPath}`)
  url.searchParams.set('token', made.password_reset_token)
  const { locale } = await readUser(work.tx, work.environment, made.user_id)
  const values = { url: url.href, minutes: lifetimeMs / 60_000 }
  await queueMail(work, deps.secrets, 'password_reset', { to: made.email, locale, values })
}

/**
 * Sets the new password. The token came by mail, so the address is proven with it; whoever came in as this person before
 * is shut out, passkeys included, and they are told by mail. Second factors stay: mail is no way around them.
 * @throws NotFound for a token that does not work, and BadRequest for a weak password, after which the token still works.
 */
export async function confirmPasswordReset(
  deps: ChangeDeps & ResetDeps,
  scope: Scope,
  token: string,
  newPassword: string,
): Promise<{ user: User }> {
  const { kysely } = deps.db
  const { environment } = scope
  await requirePasswords(kysely, environment)
  const policy = (await readSettings(kysely, environment)).password
  const found = await findReset(kysely, environment, token, deps.clock())
  // Hashing takes long: before the transaction.
  const password = await preparePassword(
    deps.db,
    environment,
    await readUser(kysely, environment, found),
    newPassword,
    policy,
  )
  return change(deps, scope, async (work) => {
    // A sign-in locks what it stands on and then the user: in the same order, or each would wait for the other.
    await endSignIns(work, found)
    const user = await lockUser(work, found)
    const { numUpdatedRows } = await work.tx
      .updateTable('password_resets')
      .set({ used_at: work.now })
      .where('environment_id', '=', environment)
      .where('token_hash', '=', hashSecret(token))
      .where('used_at', 'is', null)
      .where('expires_at', '>', work.now)
      // A token that went to a former address opens nothing any more.
      .where('email', '=', user.email)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw unknownToken(token)
    // Before the new password is stored: one that a stranger chose goes with its history.
    const verified = await markEmailVerified(work, user)
    await setPassword(work, user.id, { ...password, selfChosen: false }, policy)
    await endResets(work, user.id)
    // Who came in before the lock, too.
    await shutOut(work, user.id)
    const row = await work.tx
      .selectFrom('password_resets')
      .selectAll()
      .where('token_hash', '=', hashSecret(token))
      .where('environment_id', '=', environment)
      .executeTakeFirstOrThrow()
    work.emit('password_reset.succeeded', presentEvent(row), null)
    await queueMail(work, deps.secrets, 'password_changed', { to: user.email, locale: user.locale, values: {} })
    return { user: presentUser(verified) }
  })
}

/** @throws NotFound */
export async function readPasswordReset(
  { kysely }: Database,
  deps: ResetDeps,
  environment: EnvironmentId,
  id: PasswordResetId,
): Promise<PasswordReset> {
  const row = await kysely
    .selectFrom('password_resets')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  const token = row && openCode(deps.secrets, row.token, context(row.id))
  if (!row || token === undefined) throw new NotFound('Password Reset', id)
  return present(row, token, deps.baseUrl)
}

async function findReset(
  reader: Database['kysely'],
  environment: EnvironmentId,
  token: string,
  now: Date,
): Promise<UserId> {
  const row = await reader
    .selectFrom('password_resets')
    .select('user_id')
    .where('token_hash', '=', hashSecret(token))
    .where('environment_id', '=', environment)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  if (!row) throw unknownToken(token)
  return row.user_id
}

async function endResets(work: Work, user: UserId): Promise<void> {
  await work.tx
    .updateTable('password_resets')
    .set({ expires_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .execute()
}

async function requirePasswords(reader: Database['kysely'] | Work['tx'], environment: EnvironmentId): Promise<void> {
  if (!(await readSettings(reader, environment)).methods.password)
    throw new Forbidden('Signing in by password is switched off.', 'email_password_auth_disabled')
}

function unknownToken(token: string): NotFound {
  return new NotFound('Password Reset Token', token.slice(0, 100), 'password_reset_token_not_found')
}

type Row = Pick<PasswordReset, 'id' | 'user_id' | 'email'> & { readonly expires_at: Date; readonly created_at: Date }

function presentEvent(row: Row) {
  return {
    object: 'password_reset' as const,
    id: row.id,
    user_id: row.user_id,
    email: row.email,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
  }
}

function present(row: Row, token: string, baseUrl: string): PasswordReset {
  return {
    ...presentEvent(row),
    password_reset_token: token,
    password_reset_url: `${baseUrl}${resetPath}?token=${token}`,
  }
}

function context(id: PasswordResetId): string {
  return `password_resets.token:${id}`
}

/** Whose password a link of ours is about to change. */
export interface ResetOwner {
  readonly environment: EnvironmentId
  readonly email: string
}

/** By the token alone, as the hosted page has it. @returns undefined when it does not work, or not any more. */
export async function findResetOwner({ kysely }: Database, token: string, now: Date): Promise<ResetOwner | undefined> {
  return kysely
    .selectFrom('password_resets')
    .select(['environment_id as environment', 'email'])
    .where('token_hash', '=', hashSecret(token))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst()
}
