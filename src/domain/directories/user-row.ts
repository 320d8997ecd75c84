import type { DirectoryUser } from '#contracts/directory-users.ts'
import type { DirectoryUserId, EnvironmentId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import type { JsonObject } from '#protocols/scim/json.ts'
import { groupsOf, type Reference } from './references.ts'

export interface UserRow {
  readonly id: DirectoryUserId
  readonly idp_id: string
  readonly external_id: string | null
  readonly user_name: string
  readonly active: boolean
  readonly visible: boolean
  readonly complete: boolean
  readonly resource: JsonObject
  readonly presented: string
  readonly role_slug: string
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
  /** Where the person was read with their groups. */
  readonly groups?: readonly Reference[]
}

const userColumns =
  'id, idp_id, external_id, user_name, active, visible, complete, resource, presented, role_slug, version, created_at, updated_at'

export const userColumnsOfU = userColumns
  .split(', ')
  .map((column) => `u.${column}`)
  .join(', ')

/** Ids are looked for inside the directory: one of another tenant does not exist. */
export const findUser = prepared<[EnvironmentId, string, string], UserRow>(
  'directory-user',
  `select ${userColumnsOfU}, ${groupsOf('u')} from directory_users u
   where u.environment_id = $1 and u.directory_id = $2 and u.id = $3`,
)

export const lockUser = prepared<[EnvironmentId, string, string], UserRow>(
  'directory-user-lock',
  `select ${userColumns} from directory_users where environment_id = $1 and directory_id = $2 and id = $3 for update`,
)

export const findUserByName = prepared<[EnvironmentId, string, string], UserRow>(
  'directory-user-by-name',
  `select ${userColumns} from directory_users where environment_id = $1 and directory_id = $2 and user_name_key = $3`,
)

export function readPresented(row: Pick<UserRow, 'presented'>): DirectoryUser {
  return JSON.parse(row.presented) as DirectoryUser // this room wrote it
}
