import type { EnvironmentId, OrganizationId, UserId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { User } from '#contracts/users.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { addressKey } from './address.ts'
import { presentUser, type UserRow, userColumns } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

export interface UserQuery extends PageQuery {
  readonly email?: string
  readonly organization_id?: string
}

/** @throws NotFound */
export async function readUser(reader: Reader, environment: EnvironmentId, id: UserId): Promise<UserRow> {
  const row = await users(reader, environment).where('id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('User', id)
  return row
}

/** @throws NotFound */
export async function readUserByExternalId(
  reader: Reader,
  environment: EnvironmentId,
  externalId: string,
): Promise<UserRow> {
  const row = await users(reader, environment).where('external_id', '=', externalId).executeTakeFirst()
  if (!row) throw new NotFound('User', externalId)
  return row
}

/** Addresses are compared without regard to case. */
export async function findUserByEmail(
  reader: Reader,
  environment: EnvironmentId,
  email: string,
): Promise<UserRow | undefined> {
  return users(reader, environment).where('email', '=', addressKey(email)).executeTakeFirst()
}

/**
 * Reads a user to change: nobody else changes or deletes them until the transaction ends.
 * @throws NotFound
 */
export async function lockUser(work: Work, id: UserId): Promise<UserRow> {
  const row = await users(work.tx, work.environment).where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw new NotFound('User', id)
  return row
}

/**
 * Reads a user that something is about to be made for: nobody can delete them until the transaction ends.
 * @throws NotFound
 */
export async function holdUser(work: Work, id: UserId): Promise<UserRow> {
  const row = await users(work.tx, work.environment).where('id', '=', id).forKeyShare().executeTakeFirst()
  if (!row) throw new NotFound('User', id)
  return row
}

/** An organization's users are those with a membership of any status. */
export async function listUsers(db: Database, environment: EnvironmentId, query: UserQuery): Promise<Page<User>> {
  const { email, organization_id: organization } = query
  const { rows, list_metadata } = await readPage(query, ({ newerThan, olderThan, direction, limit }) =>
    organization === undefined
      ? users(db.kysely, environment)
          .$if(newerThan !== undefined, (list) => list.where('id', '>', newerThan as UserId)) // any text is a cursor
          .$if(olderThan !== undefined, (list) => list.where('id', '<', olderThan as UserId))
          .$if(email !== undefined, (list) => list.where('email', '=', addressKey(email ?? '')))
          .orderBy('id', direction)
          .limit(limit)
          .execute()
      : // Paged by the membership's user, whose index leads with the organization: a page costs a page in any company.
        db.kysely
          .selectFrom('organization_memberships as m')
          .innerJoin('users as u', (join) =>
            join.onRef('u.environment_id', '=', 'm.environment_id').onRef('u.id', '=', 'm.user_id'),
          )
          .select(userColumns.map((column) => `u.${column}` as const))
          .where('m.environment_id', '=', environment)
          .where('m.organization_id', '=', organization as OrganizationId) // any text may be asked for
          .$if(newerThan !== undefined, (list) => list.where('m.user_id', '>', newerThan as UserId))
          .$if(olderThan !== undefined, (list) => list.where('m.user_id', '<', olderThan as UserId))
          .$if(email !== undefined, (list) => list.where('u.email', '=', addressKey(email ?? '')))
          .orderBy('m.user_id', direction)
          .limit(limit)
          .execute(),
  )
  return { object: 'list', data: rows.map(presentUser), list_metadata }
}

function users(reader: Reader, environment: EnvironmentId) {
  return reader.selectFrom('users').select(userColumns).where('environment_id', '=', environment)
}
