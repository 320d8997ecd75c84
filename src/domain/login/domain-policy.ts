import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'

/** Where people of a domain have to sign in. */
export interface DomainPolicy {
  readonly organization: OrganizationId
  readonly name: string
  readonly connection: ConnectionId
}

const find = prepared<[EnvironmentId, string], DomainPolicy>(
  'login-domain-policy',
  `select o.id as organization, o.name, c.id as connection
   from organization_domains d
   join organizations o on o.environment_id = d.environment_id and o.id = d.organization_id
   join connections c on c.environment_id = o.environment_id and c.organization_id = o.id
     -- One that was never tried sends nobody away, but for the test provider's, which is there to be tried.
     and (c.state = 'active' or (c.state = 'validating' and c.connection_type = 'TestIdp'))
   left join organization_authentication_settings s on s.environment_id = o.environment_id and s.organization_id = o.id
   where d.environment_id = $1 and d.domain = $2 and d.state in ('verified', 'legacy_verified')
     and coalesce((s.settings ->> 'sso_required')::boolean, true)
   order by c.id limit 1`,
)

/** Depends on the domain alone, so it tells nothing about who exists. */
export async function findDomainPolicy(
  db: Database,
  environment: EnvironmentId,
  email: string,
): Promise<DomainPolicy | undefined> {
  const [policy] = await find(db.lookUps, environment, email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  return policy
}

/** Whose sign-in page it is. */
export async function findPolicyName(
  { kysely }: Database,
  environment: EnvironmentId,
  connection: string,
): Promise<string | null> {
  const row = await kysely
    .selectFrom('connections as c')
    .innerJoin('organizations as o', (join) =>
      join.onRef('o.environment_id', '=', 'c.environment_id').onRef('o.id', '=', 'c.organization_id'),
    )
    .select('o.name')
    .where('c.environment_id', '=', environment)
    .where('c.id', '=', connection as ConnectionId) // of a sign-in's own state
    .executeTakeFirst()
  return row?.name ?? null
}
