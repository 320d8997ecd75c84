import { type RawBuilder, sql } from 'kysely'
import type { ConfiguredConnection, Connection, ConnectionType } from '#contracts/connections.ts'
import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { searchedByName, searchPage } from '#db/search.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { type ConnectionDomainRow, presentConfigured, presentConnection } from './present.ts'

export interface ConnectionQuery extends PageQuery {
  readonly connection_type?: ConnectionType
  readonly domain?: string
  readonly organization_id?: string
  readonly search?: string
}

/** Connections with the verified domains of their organization as one JSON column. */
function connections(reader: Database['kysely'] | Work['tx'], environment: EnvironmentId) {
  return reader
    .selectFrom('connections as c')
    .selectAll('c')
    .select(
      sql<
        ConnectionDomainRow[]
      >`(select coalesce(json_agg(json_build_object('id', d.id, 'domain', d.domain) order by d.id), '[]')
        from organization_domains d where d.environment_id = c.environment_id and d.organization_id = c.organization_id
        and d.state in ('verified', 'legacy_verified'))`.as('domains'),
    )
    .select(
      sql<{ oauth_client_id: string; scopes: string[] } | null>`(select json_build_object('oauth_client_id',
        o.oauth_client_id, 'scopes', o.scopes) from connection_oidc_clients o
        where o.environment_id = c.environment_id and o.connection_id = c.id)`.as('oidc'),
    )
    .where('c.environment_id', '=', environment)
}

export type ConnectionWithDomains = Awaited<ReturnType<ReturnType<typeof connections>['executeTakeFirstOrThrow']>>

/** @param lock keeps others from changing the row until the transaction ends. */
export async function readConnectionRow(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  id: ConnectionId,
  lock?: 'lock',
): Promise<ConnectionWithDomains> {
  const row = await connections(reader, environment)
    .where('c.id', '=', id)
    .$if(lock === 'lock', (query) => query.forUpdate('c'))
    .executeTakeFirst()
  if (!row) throw new NotFound('Connection', id)
  return row
}

export async function readConnection(
  db: Database,
  environment: EnvironmentId,
  id: ConnectionId,
  baseUrl: string,
): Promise<ConfiguredConnection> {
  const row = await readConnectionRow(db.kysely, environment, id)
  return presentConfigured(row, row.domains, baseUrl)
}

export async function listConnections(
  db: Database,
  environment: EnvironmentId,
  query: ConnectionQuery,
): Promise<Page<Connection>> {
  const { connection_type: type, domain, organization_id: organization, search } = query
  const { rows, list_metadata } = await readPage(query, (bounds) => {
    const { newerThan, olderThan, direction, limit } = bounds
    const fetch = (condition: RawBuilder<boolean> = sql`true`) =>
      connections(db.kysely, environment)
        .$if(newerThan !== undefined, (list) => list.where('c.id', '>', newerThan as ConnectionId)) // any text is a cursor
        .$if(olderThan !== undefined, (list) => list.where('c.id', '<', olderThan as ConnectionId))
        .$if(type !== undefined, (list) => list.where('c.connection_type', '=', type ?? 'Pending'))
        .$if(organization !== undefined, (list) => list.where('c.organization_id', '=', organization as OrganizationId))
        .where(condition)
        .$if(domain !== undefined, (list) =>
          list.where((eb) =>
            eb.exists(
              eb
                .selectFrom('organization_domains as d')
                .select('d.id')
                .whereRef('d.environment_id', '=', 'c.environment_id')
                .whereRef('d.organization_id', '=', 'c.organization_id')
                .where('d.domain', '=', domain?.toLowerCase() ?? ''),
            ),
          ),
        )
        .orderBy('c.id', direction)
        .limit(limit)
        .execute()
    return search === undefined
      ? fetch()
      : searchPage(bounds, { ...searchedByName('connections', 'c', environment, search), fetch })
  })
  return { object: 'list', data: rows.map((row) => presentConnection(row, row.domains)), list_metadata }
}
