import type { PasskeyId, UserId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'

/** Sessions that it opened go on. @throws NotFound, also for a passkey of somebody else. */
export async function removePasskey(work: Work, user: UserId, id: PasskeyId): Promise<void> {
  const { numDeletedRows } = await work.tx
    .deleteFrom('passkeys')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows === 0n) throw new NotFound('Passkey', id)
}

export async function removePasskeys(work: Work, user: UserId): Promise<void> {
  await work.tx
    .deleteFrom('passkeys')
    .where('environment_id', '=', work.environment)
    .where('user_id', '=', user)
    .execute()
}
