import type { EnvironmentId, MagicAuthId } from '#contracts/ids.ts'
import type { MagicAuth } from '#contracts/magic-auth.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { BadRequest, NotFound } from '../errors.ts'
import { queueMail } from '../mail/queue.ts'
import type { UserRow } from '../users/present.ts'
import { checkOneTimeCode, codeLifetimeMs, type CodeVerdict, newOneTimeCode, openCode } from './one-time-code.ts'
import { readSettings } from './settings.ts'
import { findOrSignUp } from './sign-up.ts'
import { isBeingGuessed } from './wrong-codes.ts'

/**
 * Makes a code that signs the person of an address in; older ones stop working. An address nobody has becomes a user, if
 * the environment lets people sign up.
 * @throws BadRequest when magic codes or sign-ups are switched off.
 */
export async function createMagicAuth(
  work: Work,
  secrets: Secrets,
  email: string,
  invitation?: string,
): Promise<MagicAuth> {
  const settings = await readSettings(work.tx, work.environment)
  if (!settings.methods.magic_auth)
    throw new BadRequest('Signing in by codes is switched off.', 'authentication_method_not_allowed')
  const user = await findOrSignUp(work, settings, email, invitation)
  const id = newId('magicAuth', work.now)
  const code = newOneTimeCode()
  await work.tx
    .updateTable('magic_auths')
    .set({ expires_at: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .execute()
  const row = await work.tx
    .insertInto('magic_auths')
    .values({
      environment_id: work.environment,
      id,
      user_id: user.id,
      email: user.email,
      code: secrets.seal(code, context(id)),
      expires_at: new Date(work.now.getTime() + codeLifetimeMs),
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  const { code: _secret, ...shown } = present(row, code)
  work.emit('magic_auth.created', shown, null)
  return present(row, code)
}

/** As `createMagicAuth`, and mails the code. */
export async function sendMagicAuth(
  work: Work,
  secrets: Secrets,
  email: string,
  locale: string | null = null,
  invitation?: string,
): Promise<MagicAuth> {
  const made = await createMagicAuth(work, secrets, email, invitation)
  await queueMail(work, secrets, 'magic_auth', {
    to: made.email,
    locale,
    values: { code: made.code, minutes: codeLifetimeMs / 60_000 },
  })
  return made
}

/** Checks a code against the person's latest. A wrong one is counted, so the verdict must be committed. */
export async function checkMagicAuth(
  work: Work,
  secrets: Secrets,
  user: Pick<UserRow, 'id' | 'email'>,
  code: string,
): Promise<CodeVerdict> {
  const row = await work.tx
    .selectFrom('magic_auths')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  // A code that went to a former address says nothing about who reads the present one.
  if (!row || row.email !== user.email) return 'incorrect'
  if (await isBeingGuessed(work, 'magic_auths', user.id)) return 'too_many_attempts'
  const verdict = checkOneTimeCode(row, code, secrets, context(row.id), work.now)
  if (verdict === 'right' || verdict === 'incorrect')
    await work.tx
      .updateTable('magic_auths')
      .set((eb) => ({
        ...(verdict === 'right' ? { used_at: work.now } : { wrong_attempts: eb('wrong_attempts', '+', 1) }),
        updated_at: work.now,
      }))
      .where('environment_id', '=', work.environment)
      .where('id', '=', row.id)
      .execute()
  return verdict
}

/** @throws NotFound */
export async function readMagicAuth(
  { kysely }: Database,
  secrets: Secrets,
  environment: EnvironmentId,
  id: MagicAuthId,
): Promise<MagicAuth> {
  const row = await kysely
    .selectFrom('magic_auths')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  const code = row && openCode(secrets, row.code, context(row.id))
  if (!row || code === undefined) throw new NotFound('MagicAuth', id)
  return present(row, code)
}

function present(
  row: Pick<MagicAuth, 'id' | 'user_id' | 'email'> & {
    readonly expires_at: Date
    readonly created_at: Date
    readonly updated_at: Date
  },
  code: string,
): MagicAuth {
  return {
    object: 'magic_auth',
    id: row.id,
    user_id: row.user_id,
    email: row.email,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    code,
  }
}

function context(id: MagicAuthId): string {
  return `magic_auths.code:${id}`
}
