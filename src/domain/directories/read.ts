import { type RawBuilder, sql } from 'kysely'
import type { ConfiguredDirectory, Directory } from '#contracts/directories.ts'
import type { DirectoryId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { searchedByName, searchPage } from '#db/search.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { type DirectoryRow, presentConfigured, presentDirectory } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

export interface DirectoryQuery extends PageQuery {
  readonly organization_id?: string
  readonly search?: string
  readonly domain?: string
}

function directories(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('directories as d')
    .selectAll('d')
    .select([
      sql<number>`(select count(*) from directory_users u where u.environment_id = d.environment_id
        and u.directory_id = d.id and u.visible and u.active)`.as('active_users'),
      sql<number>`(select count(*) from directory_users u where u.environment_id = d.environment_id
        and u.directory_id = d.id and u.visible and not u.active)`.as('inactive_users'),
      sql<number>`(select count(*) from directory_groups g where g.environment_id = d.environment_id
        and g.directory_id = d.id)`.as('groups'),
      sql<DirectoryRow['domains']>`(select coalesce(json_agg(json_build_object('id', o.id, 'domain', o.domain)
        order by o.id), '[]') from organization_domains o where o.environment_id = d.environment_id
        and o.organization_id = d.organization_id and o.state in ('verified', 'legacy_verified'))`.as('domains'),
    ])
    .where('d.environment_id', '=', environment)
}

export async function readDirectoryRow(
  reader: Reader,
  environment: EnvironmentId,
  id: DirectoryId,
  lock?: 'lock',
): Promise<DirectoryRow> {
  const row = await directories(reader, environment)
    .where('d.id', '=', id)
    .$if(lock === 'lock', (query) => query.forUpdate('d'))
    .executeTakeFirst()
  if (!row) throw new NotFound('Directory', id)
  return row
}

export async function readDirectory(
  db: Database,
  environment: EnvironmentId,
  id: DirectoryId,
  baseUrl: string,
): Promise<ConfiguredDirectory> {
  return presentConfigured(await readDirectoryRow(db.kysely, environment, id), baseUrl)
}

export async function listDirectories(
  db: Database,
  environment: EnvironmentId,
  query: DirectoryQuery,
): Promise<Page<Directory>> {
  const { organization_id: organization, search, domain } = query
  const { rows, list_metadata } = await readPage(query, (bounds) => {
    const { newerThan, olderThan, direction, limit } = bounds
    const fetch = (condition: RawBuilder<boolean> = sql`true`) =>
      directories(db.kysely, environment)
        .$if(newerThan !== undefined, (list) => list.where('d.id', '>', newerThan as DirectoryId)) // any text is a cursor
        .$if(olderThan !== undefined, (list) => list.where('d.id', '<', olderThan as DirectoryId))
        .$if(organization !== undefined, (list) => list.where('d.organization_id', '=', organization as OrganizationId))
        .where(condition)
        .$if(domain !== undefined, (list) =>
          list.where((eb) =>
            eb.exists(
              eb
                .selectFrom('organization_domains as o')
                .select('o.id')
                .whereRef('o.environment_id', '=', 'd.environment_id')
                .whereRef('o.organization_id', '=', 'd.organization_id')
                .where('o.domain', '=', domain?.toLowerCase() ?? ''),
            ),
          ),
        )
        .orderBy('d.id', direction)
        .limit(limit)
        .execute()
    return search === undefined
      ? fetch()
      : searchPage(bounds, { ...searchedByName('directories', 'd', environment, search), fetch })
  })
  return { object: 'list', data: rows.map(presentDirectory), list_metadata }
}
