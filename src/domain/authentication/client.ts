import type { ApiKeyId, EnvironmentId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { OAuthError } from '../errors.ts'

/** The application that asks. */
export interface OauthClient {
  readonly environment: EnvironmentId
  readonly id: string
  /** The API key it showed; without one it is a browser or a device that anybody may hold. */
  readonly apiKey: ApiKeyId | null
}

const find = prepared<
  [string, Buffer | null, Date],
  { id: EnvironmentId; key_id: ApiKeyId | null; key_environment: EnvironmentId | null }
>(
  'oauth-client',
  `select e.id, k.id as key_id, k.environment_id as key_environment
   from environments e
   left join api_keys k on k.hash = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)
   where e.client_id = $1`,
)

/**
 * RFC 6749 §2.3, with the API key as the client's secret.
 * @param wrongSecret what to throw for a key that does not work; what doors answer depends on where it stood.
 * @throws OAuthError `invalid_client`, or `unauthorized_client` for a key of another environment.
 */
export async function identifyClient(
  db: Database,
  clientId: string | undefined,
  secret: string | undefined,
  now: Date,
  wrongSecret: () => Error = invalidClient,
): Promise<OauthClient> {
  const [row] =
    clientId === undefined
      ? []
      : await find(db.lookUps, clientId, secret === undefined ? null : hashSecret(secret), now)
  if (!row || clientId === undefined) throw invalidClient()
  if (secret !== undefined && row.key_id === null) throw wrongSecret()
  if (row.key_environment !== null && row.key_environment !== row.id)
    throw new OAuthError('unauthorized_client', 'The API key belongs to another environment than the client.')
  return { environment: row.id, id: clientId, apiKey: row.key_id }
}

/** Grants that prove nothing but what a person knows are for applications that prove who they are. */
export function requireSecret({ apiKey }: OauthClient): void {
  if (apiKey === null) throw invalidClient()
}

export function invalidClient(): OAuthError {
  return new OAuthError('invalid_client', 'Invalid client ID or secret.')
}
