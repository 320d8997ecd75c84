import type { EmailVerification } from '#contracts/email-verifications.ts'
import type { EmailVerificationId, EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { NotFound } from '../errors.ts'
import { queueMail } from '../mail/queue.ts'
import { presentUser, type UserRow } from '../users/present.ts'
import { holdUser } from '../users/read.ts'
import type { ShownWith } from './facts.ts'
import { checkOneTimeCode, codeLifetimeMs, type CodeVerdict, newOneTimeCode, openCode } from './one-time-code.ts'
import { clearMoved, clearUnproven, settlePassword } from './unproven.ts'
import { isBeingGuessed } from './wrong-codes.ts'

/** Mails a code that proves the inbox. Older codes of the person stop working. */
export async function sendEmailVerification(
  work: Work,
  secrets: Secrets,
  user: UserRow,
): Promise<{ id: EmailVerificationId; code: string }> {
  const id = newId('emailVerification', work.now)
  const code = newOneTimeCode()
  // The person first, then what hangs on them: some who come here have locked the person already.
  await holdUser(work, user.id)
  await work.tx
    .updateTable('email_verifications')
    .set({ expires_at: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .where('purpose', '=', 'verify')
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .execute()
  const row = await work.tx
    .insertInto('email_verifications')
    .values({
      environment_id: work.environment,
      id,
      user_id: user.id,
      email: user.email,
      purpose: 'verify',
      code: secrets.seal(code, context(id)),
      expires_at: new Date(work.now.getTime() + codeLifetimeMs),
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await queueMail(work, secrets, 'email_verification', {
    to: user.email,
    locale: user.locale,
    values: { code, minutes: codeLifetimeMs / 60_000 },
  })
  const { code: _secret, ...shown } = present(row, code)
  work.emit('email_verification.created', shown, null)
  return { id, code }
}

/**
 * Checks a code against one verification, or against the person's latest. The right code makes the address verified, as
 * long as it is still theirs; a wrong one is counted, so the verdict must be committed.
 * @param along as `markEmailVerified` takes it.
 */
export async function confirmEmail(
  work: Work,
  secrets: Secrets,
  user: UserRow,
  code: string,
  along: ShownWith,
  verification?: EmailVerificationId,
): Promise<{ readonly verdict: CodeVerdict; readonly user: UserRow }> {
  const row = await work.tx
    .selectFrom('email_verifications')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user.id)
    .where('purpose', '=', 'verify')
    .$if(verification !== undefined, (one) => one.where('id', '=', verification ?? ('' as EmailVerificationId)))
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  // A code that went to a former address proves nothing about the present one.
  if (!row || row.email !== user.email) return { verdict: 'incorrect', user }
  if (await isBeingGuessed(work, 'email_verifications', user.id)) return { verdict: 'too_many_attempts', user }
  const verdict = checkOneTimeCode(row, code, secrets, context(row.id), work.now)
  if (verdict === 'incorrect')
    await work.tx
      .updateTable('email_verifications')
      .set((eb) => ({ wrong_attempts: eb('wrong_attempts', '+', 1), updated_at: work.now }))
      .where('environment_id', '=', work.environment)
      .where('id', '=', row.id)
      .execute()
  if (verdict !== 'right') return { verdict, user }
  await work.tx
    .updateTable('email_verifications')
    .set({ used_at: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .execute()
  return { verdict, user: await markEmailVerified(work, user, along) }
}

/**
 * The person has shown that the inbox is theirs. A password that somebody chose at sign-up stays only if it was shown
 * along with the inbox: otherwise it is a stranger's for all that is known. And so is the whole account where its address
 * has become this one since, unless some way into it was shown along.
 */
export async function markEmailVerified(work: Work, user: UserRow, along: ShownWith = 'nothing'): Promise<UserRow> {
  if (user.email_verified) return user
  // Locks the user first: who signs in by the password at this moment is either seen below, or sees this.
  const { moved } = await work.tx
    .selectFrom('users')
    .select('moved')
    .where('environment_id', '=', work.environment)
    .where('id', '=', user.id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
  await work.tx
    .updateTable('users')
    .set({ email_verified: true, moved: false, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', user.id)
    .execute()
  if (along === 'password') await settlePassword(work, user.id)
  else await clearUnproven(work, user.id)
  if (moved && along === 'nothing') await clearMoved(work, user.id)
  const verified = { ...user, email_verified: true, updated_at: work.now }
  work.emit('user.updated', presentUser(verified), null)
  return verified
}

/** With its code, as long as the code works. @throws NotFound */
export async function readEmailVerification(
  { kysely }: Database,
  secrets: Secrets,
  environment: EnvironmentId,
  id: EmailVerificationId,
): Promise<EmailVerification> {
  const row = await kysely
    .selectFrom('email_verifications')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .executeTakeFirst()
  const code = row && openCode(secrets, row.code, context(row.id))
  if (!row || code === undefined) throw new NotFound('Email Verification', id)
  return present(row, code)
}

function present(
  row: Pick<EmailVerification, 'id' | 'user_id' | 'email'> & {
    readonly expires_at: Date
    readonly created_at: Date
    readonly updated_at: Date
  },
  code: string,
): EmailVerification {
  return {
    object: 'email_verification',
    id: row.id,
    user_id: row.user_id,
    email: row.email,
    expires_at: row.expires_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    code,
  }
}

function context(id: EmailVerificationId): string {
  return `email_verifications.code:${id}`
}
