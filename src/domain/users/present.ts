import type { UserId } from '#contracts/ids.ts'
import type { User } from '#contracts/users.ts'

export interface UserRow {
  readonly id: UserId
  readonly email: string
  readonly email_verified: boolean
  readonly first_name: string | null
  readonly last_name: string | null
  readonly name: string | null
  readonly profile_picture_url: string | null
  readonly locale: string | null
  readonly external_id: string | null
  readonly metadata: unknown
  readonly last_sign_in_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** The columns of a user that anything outside the database is told. */
export const userColumns = [
  'id',
  'email',
  'email_verified',
  'first_name',
  'last_name',
  'name',
  'profile_picture_url',
  'locale',
  'external_id',
  'metadata',
  'last_sign_in_at',
  'created_at',
  'updated_at',
] as const satisfies (keyof UserRow)[]

export function presentUser(row: UserRow): User {
  return {
    object: 'user',
    id: row.id,
    email: row.email,
    email_verified: row.email_verified,
    first_name: row.first_name,
    last_name: row.last_name,
    name: row.name,
    profile_picture_url: row.profile_picture_url,
    locale: row.locale,
    external_id: row.external_id,
    metadata: row.metadata as User['metadata'], // written by this room only, always a map of strings
    last_sign_in_at: row.last_sign_in_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
