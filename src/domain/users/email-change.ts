import type { EmailChange } from '#contracts/email-changes.ts'
import type { EmailVerificationId, UserId } from '#contracts/ids.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { checkOneTimeCode, codeLifetimeMs, type CodeVerdict, newOneTimeCode } from '../authentication/one-time-code.ts'
import { isBeingGuessed } from '../authentication/wrong-codes.ts'
import { BadRequest, Busy, Conflict } from '../errors.ts'
import { queueMail } from '../mail/queue.ts'
import { addressKey } from './address.ts'
import { presentUser, type UserRow } from './present.ts'
import { findUserByEmail, lockUser } from './read.ts'
import { updateUser } from './update.ts'

/**
 * Mails a code to the address that somebody wants to have; codes for other addresses stop working.
 * @throws NotFound; Conflict when the address is theirs already or somebody else's, or a directory says what it is.
 */
export async function sendEmailChange(work: Work, secrets: Secrets, id: UserId, address: string): Promise<EmailChange> {
  const user = await lockUser(work, id)
  const email = addressKey(address)
  if (email === user.email) throw new Conflict('The user has this address.', 'email_change_not_needed')
  await requireOwnAddress(work, user)
  if (await findUserByEmail(work.tx, work.environment, email)) throw notAvailable()
  await cancelEmailChange(work, id)
  const verification = newId('emailVerification', work.now)
  const code = newOneTimeCode()
  const expiresAt = new Date(work.now.getTime() + codeLifetimeMs)
  await work.tx
    .insertInto('email_verifications')
    .values({
      environment_id: work.environment,
      id: verification,
      user_id: id,
      email,
      purpose: 'change',
      code: secrets.seal(code, context(verification)),
      expires_at: expiresAt,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
  await queueMail(work, secrets, 'email_change', {
    to: email,
    locale: user.locale,
    values: { code, minutes: codeLifetimeMs / 60_000 },
  })
  return {
    object: 'email_change',
    user: presentUser(user),
    new_email: email,
    expires_at: expiresAt.toISOString(),
    created_at: work.now.toISOString(),
  }
}

/** A code that waits stops working. */
export async function cancelEmailChange(work: Work, id: UserId): Promise<void> {
  await work.tx
    .updateTable('email_verifications')
    .set({ expires_at: work.now, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', id)
    .where('purpose', '=', 'change')
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .execute()
}

export type EmailChangeVerdict = CodeVerdict | 'none_pending'

/**
 * Changes the address when the code is right. A wrong one is counted, so the verdict must be committed.
 * @throws NotFound; Conflict when somebody else has got the address meanwhile.
 */
export async function confirmEmailChange(
  work: Work,
  secrets: Secrets,
  id: UserId,
  code: string,
): Promise<{ readonly verdict: EmailChangeVerdict; readonly user: UserRow }> {
  const user = await lockUser(work, id)
  const row = await work.tx
    .selectFrom('email_verifications')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', id)
    .where('purpose', '=', 'change')
    .orderBy('id', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst()
  if (!row) return { verdict: 'none_pending', user }
  if (await isBeingGuessed(work, 'email_verifications', id)) return { verdict: 'too_many_attempts', user }
  const verdict = checkOneTimeCode(row, code, secrets, context(row.id), work.now)
  if (verdict === 'incorrect' || verdict === 'right')
    await work.tx
      .updateTable('email_verifications')
      .set((eb) =>
        verdict === 'right'
          ? { used_at: work.now, updated_at: work.now }
          : { wrong_attempts: eb('wrong_attempts', '+', 1), updated_at: work.now },
      )
      .where('environment_id', '=', work.environment)
      .where('id', '=', row.id)
      .execute()
  if (verdict !== 'right') return { verdict, user }
  await requireOwnAddress(work, user)
  try {
    return { verdict, user: await updateUser(work, id, { email: row.email, email_verified: true }) }
  } catch (error) {
    throw error instanceof BadRequest && error.code === 'email_not_available' ? notAvailable() : error
  }
}

/** Says why an address was not changed. */
export function refuseEmailChange(verdict: Exclude<EmailChangeVerdict, 'right'>): never {
  switch (verdict) {
    case 'none_pending':
      throw new Conflict('No change of address is under way.', 'no_pending_email_change')
    case 'incorrect':
      throw new BadRequest('The code is not right.', 'email_change_code_incorrect')
    case 'expired':
      throw new BadRequest('The code has expired. Send a new one.', 'email_change_code_expired')
    case 'used':
      throw new Conflict('The code was used before.', 'email_change_code_previously_used')
    case 'too_many_attempts':
      throw new Busy('Too many wrong codes. Send a new one, or try again later.', 'email_change_too_many_attempts', 60)
    default:
      verdict satisfies never
      throw new Error('a verdict without a sentence')
  }
}

/** What a directory says of its people is not theirs to change. */
async function requireOwnAddress(work: Work, { id }: UserRow): Promise<void> {
  const managed = await work.tx
    .selectFrom('organization_memberships')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', id)
    .where('directory_user_id', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  if (managed)
    throw new Conflict(
      'The directory of the user’s organization says what their address is.',
      'email_change_not_allowed',
    )
}

function notAvailable(): Conflict {
  return new Conflict('This email is not available.', 'email_not_available')
}

/** Not what codes that prove an address are sealed for: one cannot stand in for the other. */
function context(id: EmailVerificationId): string {
  return `email_verifications.change_code:${id}`
}
