import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { HostedLogin } from './state.ts'

/** Where a person may begin anew: the page that starts sign-ins, the homepage, or whatever the code would have gone to. */
export async function applicationUrl(db: Database, { environment, request }: HostedLogin): Promise<string> {
  return (await startUrl(db, environment)) ?? originOf(request.redirectUri)
}

/** The same without a sign-in that says more: a mail's link, for instance. */
export async function startUrl(db: Database, environment: EnvironmentId): Promise<string | undefined> {
  const row = await startPages(db, environment)
  const settings = (row?.settings ?? {}) as { sign_in_endpoint?: string | null } // the settings' own room wrote it
  const uri = settings.sign_in_endpoint ?? row?.homepage_url ?? row?.redirect_uri
  return uri == null ? undefined : uri === row?.redirect_uri ? originOf(uri) : uri
}

function startPages(db: Database, environment: EnvironmentId) {
  return db.kysely
    .selectFrom('environments as e')
    .leftJoin('authentication_settings as a', 'a.environment_id', 'e.id')
    .leftJoin('redirect_uris as r', (join) => join.onRef('r.environment_id', '=', 'e.id').on('r.is_default', '=', true))
    .select(['e.homepage_url', 'a.settings', 'r.uri as redirect_uri'])
    .where('e.id', '=', environment)
    .executeTakeFirst()
}

/** Of an app of the device itself there is only the address it registered. */
function originOf(redirectUri: string): string {
  const { origin } = new URL(redirectUri)
  return origin === 'null' ? redirectUri : origin
}
