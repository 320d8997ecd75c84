import type { OrganizationId, SessionId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { presentSession } from './present.ts'

type Reason = 'revoked' | 'signed_out' | 'reused'

/** Which sessions: one, or all of a person's, those of theirs in one organization, or those of its members there. */
export type Which =
  | { readonly session: SessionId }
  | { readonly membersOf: OrganizationId }
  | { readonly user: UserId; readonly organization?: OrganizationId; readonly except?: SessionId }

/**
 * Ends sessions that have not ended, each with its event. Their refresh tokens stop at once; access tokens given before
 * run out by themselves.
 * @returns how many ended now.
 */
export async function revokeSessions(work: Work, which: Which, because: Reason = 'revoked'): Promise<number> {
  const rows = await work.tx
    .updateTable('sessions')
    .set({ ended_at: work.now, ended_because: because, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', work.now)
    .$call((update) => {
      if ('session' in which) return update.where('id', '=', which.session)
      if ('membersOf' in which)
        return update
          .where('organization_id', '=', which.membersOf)
          .where('user_id', 'in', (eb) =>
            eb
              .selectFrom('organization_memberships as m')
              .select('m.user_id')
              .where('m.environment_id', '=', work.environment)
              .where('m.organization_id', '=', which.membersOf),
          )
      const { user, organization, except } = which
      const ofUser = update.where('user_id', '=', user)
      const inPlace = organization === undefined ? ofUser : ofUser.where('organization_id', '=', organization)
      return except === undefined ? inPlace : inPlace.where('id', '!=', except)
    })
    .returningAll()
    .execute()
  for (const row of rows) work.emit('session.revoked', presentSession(row, work.now), row.organization_id)
  return rows.length
}

/** @throws NotFound for a session nobody ever had; one that has ended stays as it is. */
export async function revokeSession(work: Work, id: SessionId): Promise<void> {
  const known = await work.tx
    .selectFrom('sessions')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!known) throw new NotFound('Session', id)
  await revokeSessions(work, { session: id })
}
