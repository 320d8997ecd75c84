import { sql } from 'kysely'
import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'

const windowMs = 60 * 60_000

/**
 * Each code has few guesses, but another code is to be had. Of what anybody can ask for by knowing an address an hour has
 * more, so that a stranger cannot easily keep its owner from their codes.
 */
const maxWrongPerHour = { magic_auths: 60, email_verifications: 20 } as const

/**
 * Whether so many wrong codes of this person were tried lately that no further one is looked at. The latest code is
 * locked by the caller, so that guesses at the same time are counted one after the other.
 */
export async function isBeingGuessed(work: Work, codes: keyof typeof maxWrongPerHour, user: UserId): Promise<boolean> {
  const { wrong } = await work.tx
    .selectFrom(codes)
    .select(sql<number>`coalesce(sum(wrong_attempts), 0)::integer`.as('wrong'))
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('created_at', '>', new Date(work.now.getTime() - windowMs))
    .executeTakeFirstOrThrow()
  return wrong >= maxWrongPerHour[codes]
}
