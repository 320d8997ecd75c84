import type { EnvironmentId } from '#contracts/ids.ts'
import type { UserCreate } from '#contracts/users.ts'
import type { Database } from '#db/database.ts'
import { BadRequest, Invalid } from '../errors.ts'
import type { PasswordPolicy } from './password-rules.ts'
import { adoptPassword, type NewOwner, type PreparedPassword, preparePassword } from './passwords.ts'

type Given = Pick<UserCreate, 'password' | 'password_hash' | 'password_hash_type' | 'password_salt_position'>

/**
 * The password of a request that makes or changes a user, ready to be stored: before the transaction, for hashing takes
 * long.
 * @param owner whom it is for; asked only when there is a password to be checked.
 * @returns undefined when the request has none.
 * @throws BadRequest for what does not fit together, and for a password or hash that cannot be taken.
 */
export async function prepareGivenPassword(
  db: Database,
  environment: EnvironmentId,
  given: Given,
  owner: () => Promise<NewOwner>,
  policy: PasswordPolicy,
): Promise<PreparedPassword | undefined> {
  const { password, password_hash: hash, password_hash_type: type, password_salt_position: position } = given
  const plain = password ?? undefined
  if (plain !== undefined && hash !== undefined)
    throw new BadRequest('Send a password or the hash of one, not both.', 'password_and_password_hash_provided')
  if (plain !== undefined && type !== undefined)
    throw new BadRequest('Send a password or the hash of one, not both.', 'password_and_password_hash_type_provided')
  if (position !== undefined && hash === undefined)
    throw new BadRequest(
      'The position of the salt is that of a hash, and there is none.',
      'password_salt_position_requires_password_hash',
    )
  if (plain !== undefined) return preparePassword(db, environment, await owner(), plain, policy)
  if (hash !== undefined && type !== undefined)
    return adoptPassword({
      password_hash: hash,
      password_hash_type: type,
      ...(position !== undefined && { password_salt_position: position }),
    })
  if (hash === undefined && type === undefined) return undefined
  const missing = hash === undefined ? 'password_hash' : 'password_hash_type'
  throw new Invalid([{ field: missing, code: `${missing} is required` }], 'invalid_request_parameters')
}
