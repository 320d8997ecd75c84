import type { InvitationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { BadRequest } from '../errors.ts'
import { activateMembership } from '../memberships/create.ts'
import { createUser } from '../users/create.ts'
import type { UserRow } from '../users/present.ts'
import { findUserByEmail } from '../users/read.ts'
import { type InvitationRow, presentInEvent, stateOf } from './present.ts'
import { lockInvitation, readInvitationByToken } from './read.ts'

/**
 * The invitation that somebody brings along, locked until the transaction ends.
 * @throws BadRequest `invitation_invalid` for one that is not open, or that another address was invited by: the token
 *   alone must not make anybody a member.
 */
export async function requireInvitation(work: Work, token: string, email: string): Promise<InvitationRow> {
  const found = await readInvitationByToken(work.tx, work.environment, token)
  const row = found && (await lockInvitation(work, found.id))
  if (!row || !opensFor(row, email, work.now))
    throw new BadRequest('The invitation is not valid, or no longer, or for another address.', 'invitation_invalid')
  return row
}

/** Whether an address can accept it now. */
export function opensFor(row: InvitationRow, email: string, now: Date): boolean {
  return stateOf(row, now) === 'pending' && row.email === email
}

/**
 * Accepts an open invitation, locked before, for the user who has its address: membership becomes active, also one that
 * was deactivated. Whoever brought the token has read the inbox; saying so of the user is up to the caller.
 */
export async function acceptInvitation(work: Work, invitation: InvitationRow, user: UserRow): Promise<InvitationRow> {
  const { organization_id: organization, role_slug: role } = invitation
  if (organization !== null)
    await activateMembership(work, {
      user: user.id,
      organization,
      reopen: true,
      ...(role !== null && { role_slug: role }),
    })
  return close(work, invitation, { state: 'accepted', accepted_at: work.now, accepted_user_id: user.id })
}

/**
 * Accepts for whoever has the address; a user is made when nobody has.
 * @throws NotFound; BadRequest `invite_not_pending`
 */
export async function acceptInvitationById(work: Work, id: InvitationId): Promise<InvitationRow> {
  const row = await lockInvitation(work, id)
  requirePending(row, work.now)
  const user =
    (await findUserByEmail(work.tx, work.environment, row.email)) ?? (await createUser(work, { email: row.email }))
  return acceptInvitation(work, row, user)
}

/** @throws BadRequest `invite_not_pending` */
export function requirePending(row: InvitationRow, now: Date): void {
  const state = stateOf(row, now)
  if (state !== 'pending') throw new BadRequest(`The invitation is ${state}.`, 'invite_not_pending')
}

export async function close(
  work: Work,
  { id, organization_id: organization }: InvitationRow,
  change:
    | { readonly state: 'accepted'; readonly accepted_at: Date; readonly accepted_user_id: UserRow['id'] }
    | { readonly state: 'revoked'; readonly revoked_at: Date },
): Promise<InvitationRow> {
  await work.tx
    .updateTable('invitations')
    .set({ ...change, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  const row = await lockInvitation(work, id)
  work.emit(`invitation.${change.state}`, presentInEvent(row, work.now), organization)
  return row
}
