import type { EnvironmentId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { optionsOf, type ServiceProvider, serviceProvider } from './present.ts'

export interface PublishedServiceProvider extends ServiceProvider {
  readonly environment: EnvironmentId
  readonly signsRequests: boolean
  readonly wantEncryptedAssertions: boolean
}

/** What the metadata of a connection says about us. @returns undefined for a key that is no connection's. */
export async function readServiceProvider(
  db: Database,
  externalKey: string,
  baseUrl: string,
): Promise<PublishedServiceProvider | undefined> {
  const row = await db.kysely
    .selectFrom('connections')
    .select(['environment_id', 'external_key', 'options', 'idp_wants_signed_requests'])
    .where('external_key', '=', externalKey)
    .executeTakeFirst()
  if (!row) return undefined
  const options = optionsOf(row)
  return {
    ...serviceProvider(baseUrl, row.external_key, options),
    environment: row.environment_id,
    signsRequests: options.sign_authn_requests || row.idp_wants_signed_requests,
    wantEncryptedAssertions: options.want_encrypted_assertions,
  }
}
