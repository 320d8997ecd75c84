import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Page } from '#contracts/list.ts'
import { mostCountedMembers, type OrganizationSummary } from '#contracts/organization-summaries.ts'
import { type Database, prepared } from '#db/database.ts'
import { listOrganizations, type OrganizationQuery } from './read.ts'

type Facts = Pick<OrganizationSummary, 'connection' | 'directory' | 'members'> & { readonly id: OrganizationId }

const readFacts = prepared<[EnvironmentId, OrganizationId[], number], Facts>(
  'organization-summaries',
  `select o.id,
     (select json_build_object('id', c.id, 'connection_type', c.connection_type, 'state', c.state)
      from connections c where c.environment_id = $1 and c.organization_id = o.id
      order by array_position(array['active', 'validating', 'inactive'], c.state), c.id desc limit 1) as connection,
     (select json_build_object('id', d.id, 'type', d.type, 'state', d.state)
      from directories d where d.environment_id = $1 and d.organization_id = o.id
      order by array_position(array['linked', 'invalid_credentials', 'validating', 'unlinked'], d.state), d.id desc
      limit 1) as directory,
     (select count(*)::integer from (
        select from organization_memberships m
        where m.environment_id = $1 and m.organization_id = o.id and m.status = 'active' limit $3) as counted) as members
   from unnest($2::text[]) as o (id)`,
)

/** Two statements a page, however many organizations there are and however large they may be. */
export async function listOrganizationSummaries(
  db: Database,
  environment: EnvironmentId,
  query: OrganizationQuery,
): Promise<Page<OrganizationSummary>> {
  const { data, list_metadata } = await listOrganizations(db, environment, query)
  const ids = data.map(({ id }) => id)
  const facts = new Map((await readFacts(db.pool, environment, ids, mostCountedMembers)).map((row) => [row.id, row]))
  const summaries = data.map((organization): OrganizationSummary => {
    const { connection = null, directory = null, members = 0 } = facts.get(organization.id) ?? {}
    return { id: organization.id, organization, connection, directory, members }
  })
  return { object: 'list', data: summaries, list_metadata }
}
