import { type RawBuilder, sql } from 'kysely'
import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page, PageQuery } from '#contracts/list.ts'
import type { Organization } from '#contracts/organizations.ts'
import type { Database } from '#db/database.ts'
import { readPage } from '#db/page.ts'
import { containing, searchPage } from '#db/search.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { type DomainRow, presentOrganization } from './present.ts'

type Reader = Database['kysely'] | Work['tx']

export interface OrganizationQuery extends PageQuery {
  readonly domains?: readonly string[]
  readonly search?: string
}

/** The domains of an organization ride along as one JSON column: a page of organizations is one round trip. */
function organizations(reader: Reader, environment: EnvironmentId) {
  return reader
    .selectFrom('organizations as o')
    .selectAll('o')
    .select(
      sql<JsonDomain[]>`(select coalesce(json_agg(d order by d.id), '[]') from organization_domains d
        where d.environment_id = o.environment_id and d.organization_id = o.id)`.as('domains'),
    )
    .where('o.environment_id', '=', environment)
}

/** A domain row that went through JSON: its times are text. */
type JsonDomain = Omit<DomainRow, 'created_at' | 'updated_at'> & {
  readonly created_at: string
  readonly updated_at: string
}

type Row = Awaited<ReturnType<ReturnType<typeof organizations>['executeTakeFirstOrThrow']>>

function present(row: Row): Organization {
  return presentOrganization(
    row,
    row.domains.map((domain) => ({
      ...domain,
      created_at: new Date(domain.created_at),
      updated_at: new Date(domain.updated_at),
    })),
  )
}

export async function readOrganization(
  reader: Reader,
  environment: EnvironmentId,
  id: OrganizationId,
): Promise<Organization> {
  const row = await organizations(reader, environment).where('o.id', '=', id).executeTakeFirst()
  if (!row) throw new NotFound('Organization', id)
  return present(row)
}

/** Reads an organization that something is about to be made for: nobody can delete it until the transaction ends. */
export async function holdOrganization(work: Work, id: OrganizationId): Promise<Organization> {
  const row = await organizations(work.tx, work.environment).where('o.id', '=', id).forKeyShare('o').executeTakeFirst()
  if (!row) throw new NotFound('Organization', id)
  return present(row)
}

export async function readOrganizationByExternalId(
  db: Database,
  environment: EnvironmentId,
  externalId: string,
): Promise<Organization> {
  const row = await organizations(db.kysely, environment).where('o.external_id', '=', externalId).executeTakeFirst()
  if (!row) throw new NotFound('Organization', externalId)
  return present(row)
}

export async function listOrganizations(
  db: Database,
  environment: EnvironmentId,
  query: OrganizationQuery,
): Promise<Page<Organization>> {
  const { domains, search } = query
  const { rows, list_metadata } = await readPage(query, (bounds) => {
    const { newerThan, olderThan, direction, limit } = bounds
    const fetch = (condition: RawBuilder<boolean> = sql`true`) =>
      organizations(db.kysely, environment)
        .$if(newerThan !== undefined, (list) => list.where('o.id', '>', newerThan as OrganizationId)) // any text is a cursor
        .$if(olderThan !== undefined, (list) => list.where('o.id', '<', olderThan as OrganizationId))
        .$if(domains !== undefined, (list) =>
          // In, not exists: the planner starts from the few rows of the domain and not from all organizations.
          list.where('o.id', 'in', (eb) =>
            eb
              .selectFrom('organization_domains as d')
              .select('d.organization_id')
              .where('d.environment_id', '=', environment)
              .where('d.domain', 'in', domains?.length ? domains.map((domain) => domain.toLowerCase()) : ['']),
          ),
        )
        .where(condition)
        .orderBy('o.id', direction)
        .limit(limit)
        .execute()
    return search === undefined ? fetch() : searchPage(bounds, { ...searched(environment, search), fetch })
  })
  return { object: 'list', data: rows.map(present), list_metadata }
}

/** Part of the name or of a domain, or the whole id or external id. */
function searched(environment: EnvironmentId, search: string) {
  const pattern = containing(search)
  return {
    table: 'organizations',
    alias: 'o',
    environment,
    // An aggregate, because the planner turns exists into a look at all domains where it expects many rows.
    matches: sql`(o.name ilike ${pattern} or o.id = ${search} or o.external_id = ${search} or (
      select bool_or(d.domain ilike ${pattern}) from organization_domains d
      where d.environment_id = o.environment_id and d.organization_id = o.id))`,
    found: sql`select id from organizations where environment_id = ${environment} and name ilike ${pattern}
      union all
      select id from organizations where environment_id = ${environment} and id = ${search}
      union all
      select id from organizations where environment_id = ${environment} and external_id = ${search}
      union all
      select organization_id from organization_domains
      where environment_id = ${environment} and domain ilike ${pattern}`,
  } as const
}
