import type { EnvironmentId, SsoSessionId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import { oidcClientColumns, type OidcClientRow, providerColumns, type ProviderRow } from './upstream.ts'

/** A sign-in that left for an OAuth server, and what it left through as that is now. */
export interface AttemptRow {
  readonly id: SsoSessionId
  readonly environment_id: EnvironmentId
  readonly redirect_uri: string
  readonly app_state: string | null
  readonly state: 'started' | 'succeeded' | 'failed' | 'timed_out'
  readonly expires_at: Date
  readonly browser_hash: Buffer
  /** The connection's, when it was one. */
  readonly external_key: string | null
  readonly oidc: OidcClientRow | null
  readonly provider: ProviderRow | null
}

export const findAttempt = prepared<[Buffer], AttemptRow>(
  'oauth-attempt',
  `select s.id, s.environment_id, s.redirect_uri, s.app_state, s.state, s.expires_at, s.browser_hash, c.external_key,
     (select row_to_json(o) from (select ${oidcClientColumns} from connection_oidc_clients o
        where o.environment_id = s.environment_id and o.connection_id = s.connection_id) o) as oidc,
     (select row_to_json(p) from (select ${providerColumns} from oauth_providers p
        where p.environment_id = s.environment_id and p.id = s.connection_id) p) as provider
   from sso_sessions s
   left join connections c on c.environment_id = s.environment_id and c.id = s.connection_id
   where s.relay_hash = $1 and s.browser_hash is not null`,
)
