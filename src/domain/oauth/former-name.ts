import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { OAuthPerson } from './person.ts'
import { providerRealm, type Upstream } from './upstream.ts'

/** Apple tells a name at the first sign-in and never again: a profile keeps the one it has. */
export async function withFormerName(
  { kysely }: Database,
  environment: EnvironmentId,
  upstream: Upstream,
  person: OAuthPerson,
): Promise<OAuthPerson> {
  if (person.firstName !== null || person.lastName !== null) return person
  const former = await kysely
    .selectFrom('profiles')
    .select(['first_name as firstName', 'last_name as lastName'])
    .where('environment_id', '=', environment)
    .where('realm', '=', providerRealm(upstream))
    .where('idp_id', '=', person.idpId)
    .executeTakeFirst()
  return { ...person, ...former }
}
