import { sql } from 'kysely'
import type { EnvironmentId, UserId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { Circumstances, OrganizationPolicy } from './conclude.ts'
import { withDefaults } from './settings.ts'

type Reader = Database['kysely'] | Work['tx']

interface Row {
  readonly settings: unknown
  readonly memberships: OrganizationPolicy[]
  readonly domain_owner: OrganizationPolicy | null
  readonly factors: Circumstances['factors']
}

/** Everything `conclude` wants to know about a person's surroundings: one statement. */
export async function readCircumstances(
  reader: Reader,
  environment: EnvironmentId,
  user: UserId,
): Promise<Circumstances> {
  const policy = sql`o.id, o.name, coalesce(s.settings, '{}') as settings,
    coalesce((select json_agg(c.id order by c.id) from connections c
      where c.environment_id = o.environment_id and c.organization_id = o.id and c.state = 'active'), '[]') as connections`
  const withSettings = sql`left join organization_authentication_settings s
    on s.environment_id = o.environment_id and s.organization_id = o.id`
  const { rows } = await sql<Row>`
    select
      (select settings from authentication_settings where environment_id = ${environment}) as settings,
      coalesce((select json_agg(p order by p.name, p.id) from (
        select ${policy} from organization_memberships m
        join organizations o on o.environment_id = m.environment_id and o.id = m.organization_id
        ${withSettings}
        where m.environment_id = ${environment} and m.user_id = ${user} and m.status = 'active') p), '[]') as memberships,
      (select row_to_json(p) from (
        select ${policy} from users u
        join organization_domains d on d.environment_id = u.environment_id and d.domain = split_part(u.email, '@', 2)
          and d.state in ('verified', 'legacy_verified')
        join organizations o on o.environment_id = d.environment_id and o.id = d.organization_id
        ${withSettings}
        where u.environment_id = ${environment} and u.id = ${user}) p) as domain_owner,
      coalesce((select json_agg(json_build_object('id', f.id, 'type', f.type) order by f.id)
        from authentication_factors f
        where f.environment_id = ${environment} and f.user_id = ${user} and f.verified_at is not null), '[]') as factors
  `.execute(reader)
  const [row] = rows
  if (!row) throw new Error('a select without a table returned no row')
  return {
    settings: withDefaults(row.settings),
    memberships: row.memberships,
    domainOwner: row.domain_owner,
    factors: row.factors,
  }
}
