import type { UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { removeMemberships } from '../memberships/remove.ts'
import { revokeSessions } from '../sessions/revoke.ts'
import { presentUser } from './present.ts'
import { lockUser } from './read.ts'

/** Takes memberships, each with its event, and everything the user signs in with; the user's own event is the last. */
export async function removeUser(work: Work, id: UserId): Promise<void> {
  const user = await lockUser(work, id)
  await revokeSessions(work, { user: id })
  await removeMemberships(work, { user: id })
  await work.tx.deleteFrom('users').where('environment_id', '=', work.environment).where('id', '=', id).execute()
  work.emit('user.deleted', presentUser(user), null)
}
