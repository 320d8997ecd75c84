import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { HostedLogin } from './state.ts'

/** Where a person may begin anew: the page that starts sign-ins, the homepage, or whatever the code would have gone to. */
export async function applicationUrl(db: Database, { environment, request }: HostedLogin): Promise<string> {
  const row = await startPages(db, environment)
  const settings = (row?.settings ?? {}) as { sign_in_endpoint?: string | null } // the settings' own room wrote it
  return settings.sign_in_endpoint ?? row?.homepage_url ?? originOf(request.redirectUri)
}

function startPages(db: Database, environment: EnvironmentId) {
  return db.kysely
    .selectFrom('environments as e')
    .leftJoin('authentication_settings as a', 'a.environment_id', 'e.id')
    .select(['e.homepage_url', 'a.settings'])
    .where('e.id', '=', environment)
    .executeTakeFirst()
}

/** Of an app of the device itself there is only the address it registered. */
function originOf(redirectUri: string): string {
  const { origin } = new URL(redirectUri)
  return origin === 'null' ? redirectUri : origin
}
