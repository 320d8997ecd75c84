import { randomBytes } from 'node:crypto'
import type { AuthenticationChallengeId, AuthenticationFactorId, UserId } from '#contracts/ids.ts'
import type { AuthenticationChallenge, FactorEnroll } from '#contracts/mfa.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import type { Secrets } from '#protocols/envelope.ts'
import { decodeBase32, encodeBase32, matchTotp } from '#protocols/totp.ts'
import { sealContext } from '../environments/sealed-columns.ts'
import { Invalid, NotFound } from '../errors.ts'
import { lockUser } from '../users/read.ts'
import { type FactorRow, presentChallenge } from './factors.ts'

/** RFC 4226 §4: at least 128 bits, better 160. */
const secretBytes = 20
const challengeLifetimeMs = 10 * 60_000
const maxWrongAttempts = 5
/** Of a factor, over all its challenges, before it rests. */
const maxWrongInARow = 10
const restMs = 15 * 60_000

export interface NewFactor {
  readonly user: UserId | null
  readonly issuer: string
  readonly account: string
  /** Brought along in Base32; a fresh one otherwise. */
  readonly secret?: FactorEnroll['totp_secret']
}

/** Makes a second factor. It counts for sign-ins once a code of it was right. */
export async function enrollFactor(
  work: Work,
  secrets: Secrets,
  input: NewFactor,
): Promise<{ readonly row: FactorRow; readonly secret: Buffer }> {
  const secret = input.secret === undefined ? randomBytes(secretBytes) : decodeBase32(input.secret)
  if (!secret || secret.length < 10)
    throw new Invalid([{ field: 'totp_secret', code: 'totp_secret must be Base32 of at least 80 bits' }])
  const id = newId('authenticationFactor', work.now)
  const row = await work.tx
    .insertInto('authentication_factors')
    .values({
      environment_id: work.environment,
      id,
      user_id: input.user,
      type: 'totp',
      issuer: input.issuer,
      account: input.account,
      sealed_secret: secrets.seal(encodeBase32(secret), context(id)),
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { row, secret }
}

/** @throws NotFound */
export async function challengeFactor(work: Work, factor: AuthenticationFactorId): Promise<AuthenticationChallenge> {
  const known = await work.tx
    .selectFrom('authentication_factors')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', factor)
    .forKeyShare()
    .executeTakeFirst()
  if (!known) throw new NotFound('Authentication Factor', factor)
  const row = await work.tx
    .insertInto('authentication_challenges')
    .values({
      environment_id: work.environment,
      id: newId('authenticationChallenge', work.now),
      factor_id: factor,
      expires_at: new Date(work.now.getTime() + challengeLifetimeMs),
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return presentChallenge(row)
}

export type ChallengeVerdict = 'right' | 'incorrect' | 'expired' | 'used' | 'too_many_attempts'

export interface Verified {
  readonly verdict: ChallengeVerdict
  readonly challenge: AuthenticationChallenge
}

type Owned = { readonly id: AuthenticationFactorId; readonly user_id: UserId | null }

/**
 * Checks a code against a challenge. A right one is used up with its time step and proves the factor; a wrong one is
 * counted against the challenge and the factor, so the verdict must be committed.
 * @param counts which factors a code may be of; of others none is right, and nothing is done.
 * @throws NotFound
 */
export async function verifyChallenge(
  work: Work,
  secrets: Secrets,
  id: AuthenticationChallengeId,
  code: string,
  counts: (factor: Owned) => boolean = () => true,
): Promise<Verified> {
  const challenge = await work.tx
    .selectFrom('authentication_challenges')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!challenge) throw new NotFound('Authentication Challenge', id)
  // Locked: of two requests with one code, the second must see that its time step is used.
  const factor = await work.tx
    .selectFrom('authentication_factors')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('id', '=', challenge.factor_id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const shown = { challenge: presentChallenge(challenge) }
  if (!counts(factor)) return { verdict: 'incorrect', ...shown }
  if (challenge.used_at !== null) return { verdict: 'used', ...shown }
  if (challenge.expires_at <= work.now) return { verdict: 'expired', ...shown }
  const rests =
    factor.wrong_attempts >= maxWrongInARow &&
    factor.wrong_at !== null &&
    factor.wrong_at.getTime() + restMs > work.now.getTime()
  if (challenge.wrong_attempts >= maxWrongAttempts || rests) return { verdict: 'too_many_attempts', ...shown }

  const secret = decodeBase32(secrets.open(factor.sealed_secret, context(factor.id)))
  const step = secret && matchTotp(secret, code, work.now, factor.last_step)
  await work.tx
    .updateTable('authentication_challenges')
    .set((eb) => ({
      ...(step === undefined ? { wrong_attempts: eb('wrong_attempts', '+', 1) } : { used_at: work.now }),
      updated_at: work.now,
    }))
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  await work.tx
    .updateTable('authentication_factors')
    .set((eb) =>
      step === undefined
        ? { wrong_attempts: eb('wrong_attempts', '+', 1), wrong_at: work.now }
        : {
            last_step: step,
            wrong_attempts: 0,
            ...(factor.verified_at === null && { verified_at: work.now, updated_at: work.now }),
          },
    )
    .where('environment_id', '=', work.environment)
    .where('id', '=', factor.id)
    .execute()
  return { verdict: step === undefined ? 'incorrect' : 'right', ...shown }
}

/**
 * The factors that count for somebody. Until the transaction ends no other one comes to count by this way: of two that
 * are made at the same moment, the second finds the first.
 */
export async function holdProvenFactors(work: Work, user: UserId): Promise<readonly AuthenticationFactorId[]> {
  await lockUser(work, user)
  const rows = await work.tx
    .selectFrom('authentication_factors')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('verified_at', 'is not', null)
    .execute()
  return rows.map(({ id }) => id)
}

/** @throws NotFound */
export async function removeFactor(work: Work, id: AuthenticationFactorId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('authentication_factors')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Authentication Factor', id)
}

function context(id: AuthenticationFactorId): string {
  return sealContext('authentication_factors.sealed_secret', id)
}
