import type pg from 'pg'
import type { DirectoryState, DirectoryType } from '#contracts/directories.ts'
import type { DirectoryId, DirectoryTokenId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { change, type ChangeDeps } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { type EffectiveAttributeMap, effectiveAttributeMap } from './attribute-map.ts'
import { presentActivated } from './present.ts'
import { readDirectoryRow } from './read.ts'

/** The directory an identity provider's token opens, with what every request to it needs to know. */
export interface ScimDirectory {
  readonly environment: EnvironmentId
  readonly id: DirectoryId
  readonly organizationId: OrganizationId
  readonly externalKey: string
  readonly type: DirectoryType
  readonly state: DirectoryState
  readonly attributeMap: EffectiveAttributeMap
  readonly keepInactive: boolean
  /** Whether a group awaits members that have not arrived. */
  readonly awaitsMembers: boolean
}

const columns = `d.environment_id as environment, d.id, d.organization_id as "organizationId", d.external_key as "externalKey",
     d.type, d.state, ${effectiveAttributeMap} as "attributeMap", e.keep_inactive_directory_users as "keepInactive",
     exists (select from directory_awaited_members a
       where a.environment_id = d.environment_id and a.directory_id = d.id) as "awaitsMembers"`

const find = prepared<[string, Buffer, Date], OpenDirectory>(
  'scim-directory',
  `select ${columns}, t.id as "tokenId"
   from directories d
   join directory_tokens t on t.environment_id = d.environment_id and t.directory_id = d.id
   join environments e on e.id = d.environment_id
   where d.external_key = $1 and t.hash = $2 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $3)`,
)

const findById = prepared<[EnvironmentId, DirectoryId], ScimDirectory>(
  'scim-directory-by-id',
  `select ${columns} from directories d join environments e on e.id = d.environment_id
   where d.environment_id = $1 and d.id = $2`,
)

/** For changes that come from our side. @returns undefined when it is gone. */
export async function directoryById(
  on: pg.Pool | pg.ClientBase,
  environment: EnvironmentId,
  id: DirectoryId,
): Promise<ScimDirectory | undefined> {
  return (await findById(on, environment, id))[0]
}

/** A directory, and the token that opened it. */
export interface OpenDirectory extends ScimDirectory {
  readonly tokenId: DirectoryTokenId
}

/**
 * Opens a directory with a bearer token. The first time it works the directory is linked and `dsync.activated` announced.
 * @returns undefined for a wrong token, which is indistinguishable from an unknown directory.
 */
export async function openDirectory(
  deps: ChangeDeps,
  externalKey: string,
  token: string,
): Promise<OpenDirectory | undefined> {
  const [directory] = await find(deps.db.lookUps, externalKey, hashSecret(token), deps.clock())
  if (directory?.state === 'unlinked') await link(deps, directory)
  return directory
}

async function link(deps: ChangeDeps, { environment, id, organizationId }: ScimDirectory): Promise<void> {
  await change(deps, { environment }, async (work) => {
    const { numUpdatedRows } = await work.tx
      .updateTable('directories')
      .set({ state: 'linked', updated_at: work.now })
      .where('environment_id', '=', environment)
      .where('id', '=', id)
      .where('state', '=', 'unlinked')
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return
    work.emit('dsync.activated', presentActivated(await readDirectoryRow(work.tx, environment, id)), organizationId)
  })
}

export interface TokenUse {
  readonly environment: EnvironmentId
  readonly directory: DirectoryId
  readonly id: DirectoryTokenId
  readonly at: Date
  readonly client: string | null
}

/** Notes which tokens were used when, and that their directories were called: for everything since the last call. */
export async function recordTokenUse(db: Database, uses: readonly TokenUse[]): Promise<void> {
  await db.pool.query(
    `with used as (
       select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) as u (environment_id, directory_id, id, at, client)
     ), tokens as (
       update directory_tokens t set last_used_at = greatest(t.last_used_at, u.at), last_used_by = u.client
       from used u where t.environment_id = u.environment_id and t.id = u.id)
     update directories d set last_request_at = greatest(d.last_request_at, u.at)
     from (select environment_id, directory_id, max(at) as at from used group by 1, 2) u
     where d.environment_id = u.environment_id and d.id = u.directory_id`,
    [
      uses.map((use) => use.environment),
      uses.map((use) => use.directory),
      uses.map((use) => use.id),
      uses.map((use) => use.at),
      uses.map((use) => use.client),
    ],
  )
}
