import { sql } from 'kysely'
import type { EnvironmentId } from '#contracts/ids.ts'
import type { OrganizationMembership } from '#contracts/memberships.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'

/** What an access token says of somebody's part in an organization. */
export interface MembershipClaims {
  /** The strongest of the roles. */
  readonly role: string
  readonly roles: string[]
  /** What all of the roles allow together, each once, in order. */
  readonly permissions: string[]
}

/** One round trip. A role that is no longer there, such as one that only a directory knows, allows nothing. */
export async function claimsOf(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  { organization_id: organization, role, roles }: Pick<OrganizationMembership, 'organization_id' | 'role' | 'roles'>,
): Promise<MembershipClaims> {
  const slugs = roles.map(({ slug }) => slug)
  const { rows } = await sql<{ slug: string }>`
    select distinct p.slug from roles r
    join role_permissions rp on rp.environment_id = r.environment_id and rp.role_id = r.id
    join permissions p on p.environment_id = rp.environment_id and p.id = rp.permission_id
    where r.environment_id = ${environment} and r.slug = any (${slugs})
      and (r.organization_id is null or r.organization_id = ${organization})
    order by p.slug`.execute(reader)
  return { role: role.slug, roles: slugs, permissions: rows.map(({ slug }) => slug) }
}
