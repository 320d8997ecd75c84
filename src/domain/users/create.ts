import type { UserId } from '#contracts/ids.ts'
import type { User, UserCreate } from '#contracts/users.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, Conflict, violatedConstraint } from '../errors.ts'
import { addressKey } from './address.ts'
import { changeUserMetadata } from './metadata.ts'
import { presentUser, type UserRow, userColumns } from './present.ts'

/** What a user is made of besides what the API takes. */
export interface NewUser extends Pick<
  UserCreate,
  'email' | 'email_verified' | 'first_name' | 'last_name' | 'name' | 'external_id' | 'metadata'
> {
  readonly profile_picture_url?: string | null
  readonly locale?: string | null
}

/**
 * @param id pinned by seeds; a fresh one otherwise.
 * @throws BadRequest `user_creation_error` naming an address or external id that somebody has.
 */
export async function createUser(work: Work, input: NewUser, id: UserId = newId('user', work.now)): Promise<UserRow> {
  const row = await work.tx
    .insertInto('users')
    .values({
      environment_id: work.environment,
      id,
      email: addressKey(input.email),
      email_verified: input.email_verified ?? false,
      first_name: input.first_name ?? null,
      last_name: input.last_name ?? null,
      name: input.name ?? null,
      profile_picture_url: input.profile_picture_url ?? null,
      locale: input.locale ?? null,
      external_id: input.external_id ?? null,
      metadata: JSON.stringify(changeUserMetadata({}, input.metadata ?? {})),
      created_at: work.now,
      updated_at: work.now,
    })
    .returning(userColumns)
    .executeTakeFirstOrThrow()
    .catch(explainDuplicate)
  work.emit('user.created', presentUser(row) satisfies User, null)
  return row
}

function explainDuplicate(error: unknown): never {
  switch (violatedConstraint(error)) {
    case 'users_environment_id_email_key':
      throw refusal({ code: 'email_not_available', message: 'This email is not available.' })
    case 'users_environment_id_external_id_key':
      throw refusal({ code: 'external_id_already_used', message: 'Another User has this external id.' })
    case 'users_pkey':
      throw new Conflict('A User with this id already exists.')
    default:
      throw error
  }
}

function refusal(reason: { readonly code: string; readonly message: string }): BadRequest {
  return new BadRequest('Could not create user.', 'user_creation_error', [reason])
}
