import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'

/** The sign-in page of an organization that has one. */
export interface OrganizationSso {
  readonly name: string
  readonly connection: ConnectionId
}

const find = prepared<[EnvironmentId, OrganizationId], OrganizationSso>(
  'login-organization-sso',
  `select o.name, c.id as connection from organizations o
   join connections c on c.environment_id = o.environment_id and c.organization_id = o.id and c.state = 'active'
   where o.environment_id = $1 and o.id = $2 order by c.id limit 1`,
)

/** Whether its people have to use it or may choose: those who came for this organization can go there. */
export async function findOrganizationSso(
  db: Database,
  environment: EnvironmentId,
  organization: OrganizationId,
): Promise<OrganizationSso | undefined> {
  const [sso] = await find(db.lookUps, environment, organization)
  return sso
}
