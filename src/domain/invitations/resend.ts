import type { InvitationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { BadRequest } from '../errors.ts'
import { readOrganization } from '../organizations/read.ts'
import { canonicalLocale } from '../users/locale.ts'
import { mailInvitation } from './mail.ts'
import { type InvitationKeys, type InvitationRow, presentInEvent, stateOf } from './present.ts'
import { lockInvitation } from './read.ts'

/**
 * Mails an invitation again, with the token and the end it has.
 * @param locale the language from now on; undefined leaves it.
 * @throws NotFound; BadRequest naming what became of the invitation.
 */
export async function resendInvitation(
  work: Work,
  keys: InvitationKeys,
  id: InvitationId,
  locale: string | null | undefined,
): Promise<InvitationRow> {
  const before = await lockInvitation(work, id)
  const state = stateOf(before, work.now)
  if (state !== 'pending') throw new BadRequest(`The invitation is ${state}.`, `invite_${state}`)
  await work.tx
    .updateTable('invitations')
    .set({ updated_at: work.now, ...(locale !== undefined && { locale: canonicalLocale(locale) }) })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
  const row = await lockInvitation(work, id)
  const place =
    row.organization_id === null ? null : await readOrganization(work.tx, work.environment, row.organization_id)
  await mailInvitation(work, keys, row, place?.name ?? null)
  work.emit('invitation.resent', presentInEvent(row, work.now), row.organization_id)
  return row
}
