import type { AttributeMap, ConnectionOptions, ConnectionType } from '#contracts/connections.ts'
import type { EnvironmentId, OrganizationId, SsoSessionId } from '#contracts/ids.ts'
import { prepared } from '#db/database.ts'
import type { ConnectionDomainRow, ConnectionRow } from '../connections/present.ts'

/** The connection an identity provider posted to, with all that is needed to judge the response. */
export interface Target extends ConnectionRow {
  readonly environment_id: EnvironmentId
  readonly connection_type: ConnectionType
  readonly attribute_map: AttributeMap
  readonly options: Partial<ConnectionOptions>
  /** Verified domains of the organization. */
  readonly domains: readonly ConnectionDomainRow[]
  readonly allow_profiles_outside_organization: boolean
  /** Where the application starts sign-ins with AuthKit; null where it has none. */
  readonly sign_in_endpoint: string | null
  readonly redirects: readonly { readonly uri: string; readonly is_default: boolean }[]
  /** The login the RelayState names, and the one InResponseTo names. They must be the same one. */
  readonly by_relay_state: LoginRow | null
  readonly by_request: LoginRow | null
}

export interface LoginRow {
  readonly id: SsoSessionId
  readonly environment_id: EnvironmentId
  readonly organization_id: OrganizationId
  readonly connection_id: string
  readonly request_id: string
  readonly redirect_uri: string
  readonly app_state: string | null
  readonly state: 'started' | 'succeeded' | 'failed' | 'timed_out'
  readonly expires_at: string
}

const loginColumns =
  'id, environment_id, organization_id, connection_id, request_id, redirect_uri, app_state, state, expires_at'

/** One round trip for everything about a response, before anything in it is believed. */
export const findTarget = prepared<[string, Buffer | null, string | null], Target>(
  'sso-target',
  `select c.*, o.allow_profiles_outside_organization,
     (select coalesce(json_agg(json_build_object('id', d.id, 'domain', d.domain) order by d.id), '[]')
      from organization_domains d where d.environment_id = c.environment_id and d.organization_id = c.organization_id
      and d.state in ('verified', 'legacy_verified')) as domains,
     (select coalesce(json_agg(json_build_object('uri', r.uri, 'is_default', r.is_default)), '[]')
      from redirect_uris r where r.environment_id = c.environment_id) as redirects,
     (select a.settings ->> 'sign_in_endpoint' from authentication_settings a
      where a.environment_id = c.environment_id) as sign_in_endpoint,
     (select row_to_json(s) from (select ${loginColumns} from sso_sessions where relay_hash = $2) s) as by_relay_state,
     (select row_to_json(s) from (select ${loginColumns} from sso_sessions where request_id = $3) s) as by_request
   from connections c
   join organizations o on o.environment_id = c.environment_id and o.id = c.organization_id
   where c.external_key = $1`,
)
