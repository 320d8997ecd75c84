import type { DirectoryGroup } from '#contracts/directory-users.ts'
import type { DirectoryGroupId, EnvironmentId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import type { JsonObject } from '#protocols/scim/json.ts'

/** A group as the door answers it. */
export interface StoredGroup {
  readonly id: DirectoryGroupId
  /** Without members, which are rows of their own. */
  readonly resource: JsonObject
  readonly version: number
  readonly createdAt: Date
  readonly modifiedAt: Date
}

export interface GroupRow {
  readonly id: DirectoryGroupId
  readonly idp_id: string
  readonly resource: JsonObject
  readonly presented: string
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

const groupColumns = 'id, idp_id, resource, presented, version, created_at, updated_at'

export const findGroup = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3`,
)
export const lockGroup = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group-lock',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3 for no key update`,
)

/** Also against a role that is given to the group at this moment. */
export const lockWholeGroup = prepared<[EnvironmentId, string, string], GroupRow>(
  'directory-group-lock-whole',
  `select ${groupColumns} from directory_groups where environment_id = $1 and directory_id = $2 and id = $3 for update`,
)

export function readPresentedGroup(row: Pick<GroupRow, 'presented'>): DirectoryGroup {
  return JSON.parse(row.presented) as DirectoryGroup // this room wrote it
}
