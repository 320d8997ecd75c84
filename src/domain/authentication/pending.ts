import { randomBytes } from 'node:crypto'
import type { AuthenticationFactorId, EmailVerificationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { BadRequest } from '../errors.ts'
import { readUser } from '../users/read.ts'
import type { UserRow } from '../users/present.ts'
import type { SignInFacts } from './facts.ts'

const lifetimeMs = 10 * 60_000
/** Over all codes a sign-in is asked for; each code has its own, lower limit. */
const maxWrongAttempts = 20

/** What is asked for next. A token is good for that and for nothing that comes after it. */
export type Awaited =
  | { readonly step: 'email_verification'; readonly verification: EmailVerificationId }
  | { readonly step: 'mfa'; readonly factors: readonly AuthenticationFactorId[] }
  | { readonly step: 'organization' }
  /** Another way in is needed; the token only says who it was about. */
  | { readonly step: 'none' }

export interface Pending {
  readonly hash: Buffer
  readonly user: UserRow
  readonly facts: SignInFacts
  readonly awaited: Awaited
}

/** Remembers an interrupted sign-in. @returns the token that continues it. */
export async function createPending(work: Work, user: UserRow, facts: SignInFacts, awaited: Awaited): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  await work.tx
    .insertInto('pending_authentications')
    .values({
      hash: hashSecret(token),
      environment_id: work.environment,
      user_id: user.id,
      facts: JSON.stringify({ facts, awaited }),
      expires_at: new Date(work.now.getTime() + lifetimeMs),
      created_at: work.now,
    })
    .execute()
  return token
}

/**
 * Reads what a token stands for, and keeps others from using it until the transaction ends.
 * @throws BadRequest for a token that is unknown, used, too old, of another client, worn out, or meant for another step.
 */
export async function holdPending(work: Work, token: string, step: Awaited['step'] | 'any'): Promise<Pending> {
  const row = await work.tx
    .selectFrom('pending_authentications')
    .selectAll()
    .where('hash', '=', hashSecret(token))
    .where('environment_id', '=', work.environment)
    .where('used_at', 'is', null)
    .where('expires_at', '>', work.now)
    .where('wrong_attempts', '<', maxWrongAttempts)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw invalidPending()
  const { facts, awaited } = row.facts as { facts: SignInFacts; awaited: Awaited } // written above only
  if (step !== 'any' && awaited.step !== step) throw invalidPending()
  return { hash: row.hash, user: await readUser(work.tx, work.environment, row.user_id), facts, awaited }
}

export async function countWrongAttempt(work: Work, { hash }: Pending): Promise<void> {
  await work.tx
    .updateTable('pending_authentications')
    .set((eb) => ({ wrong_attempts: eb('wrong_attempts', '+', 1) }))
    .where('hash', '=', hash)
    .execute()
}

/** The token has done what it was for. */
export async function usePending(work: Work, { hash }: Pending): Promise<void> {
  await work.tx.updateTable('pending_authentications').set({ used_at: work.now }).where('hash', '=', hash).execute()
}

function invalidPending(): BadRequest {
  return new BadRequest(
    'The pending authentication token is invalid or has expired.',
    'invalid_pending_authentication_token',
  )
}
