import type { UserId } from '#contracts/ids.ts'
import type { UserUpdate } from '#contracts/users.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, violatedConstraint } from '../errors.ts'
import { addressKey } from './address.ts'
import { canonicalLocale } from './locale.ts'
import { changeUserMetadata } from './metadata.ts'
import { presentUser, type UserRow, userColumns } from './present.ts'
import { lockUser } from './read.ts'

/** What can be changed of a user, besides their password. */
export interface UserChange extends Omit<
  UserUpdate,
  'password' | 'password_hash' | 'password_hash_type' | 'password_salt_position'
> {
  readonly profile_picture_url?: string | null
}

/**
 * Fields left out keep their value. A new address has to be proven again, unless the change says that it was: until then
 * nobody knows whether whoever has the account has the address, too. A change
 * that changes nothing emits nothing.
 * @throws BadRequest `email_not_available`, `external_id_already_used`, `invalid_locale` or `invalid_metadata`.
 */
export async function updateUser(work: Work, id: UserId, change: UserChange): Promise<UserRow> {
  const before = await lockUser(work, id)
  const email = change.email === undefined ? before.email : addressKey(change.email)
  const metadata = before.metadata as Record<string, string> // written by this room only
  const next = {
    email,
    email_verified: change.email_verified ?? (email === before.email && before.email_verified),
    first_name: change.first_name === undefined ? before.first_name : change.first_name,
    last_name: change.last_name === undefined ? before.last_name : change.last_name,
    name: change.name === undefined ? before.name : change.name,
    profile_picture_url:
      change.profile_picture_url === undefined ? before.profile_picture_url : change.profile_picture_url,
    locale: change.locale === undefined ? before.locale : canonicalLocale(change.locale),
    external_id: change.external_id === undefined ? before.external_id : change.external_id,
    metadata: JSON.stringify(change.metadata === undefined ? metadata : changeUserMetadata(metadata, change.metadata)),
  }
  const current = { ...before, metadata: JSON.stringify(metadata) }
  if (Object.entries(next).every(([field, value]) => current[field as keyof typeof next] === value)) return before

  const row = await work.tx
    .updateTable('users')
    .set({
      ...next,
      ...(email === before.email ? next.email_verified && { moved: false } : { moved: !next.email_verified }),
      updated_at: work.now,
    })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .returning(userColumns)
    .executeTakeFirstOrThrow()
    .catch(explainDuplicate)
  work.emit('user.updated', presentUser(row), null)
  return row
}

function explainDuplicate(error: unknown): never {
  switch (violatedConstraint(error)) {
    case 'users_environment_id_email_key':
      throw new BadRequest('This email is not available.', 'email_not_available')
    case 'users_environment_id_external_id_key':
      throw new BadRequest('Another User has this external id.', 'external_id_already_used')
    default:
      throw error
  }
}
