import type { EnvironmentId, HostedLoginId, ProfileId, SsoSessionId } from '#contracts/ids.ts'
import type { Profile } from '#contracts/sso.ts'
import { type Database, prepared } from '#db/database.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { readProfileText } from './profile.ts'

/** Where the login box takes up what an identity provider began by itself. */
export const unaskedPath = '/authkit/sso/unasked'

export function unaskedUrl(baseUrl: string): string {
  return baseUrl + unaskedPath
}

interface Row {
  readonly environment: EnvironmentId
  readonly kind: 'staging' | 'production'
  readonly client_id: string
  readonly attempt: SsoSessionId
  readonly profile_id: ProfileId
  readonly profile: string
  readonly sign_in_endpoint: string | null
  readonly idp: string | null
}

const take = prepared<[Buffer, string, Date], Row>(
  'sso-take-unasked',
  `with taken as (
     update sso_codes set redeemed_at = $3
     where hash = $1 and redirect_uri = $2 and code_challenge is null and redeemed_at is null and expires_at > $3
     returning environment_id, session_id, profile_id, profile)
   select t.environment_id as environment, e.kind, e.client_id, t.session_id as attempt, t.profile_id, t.profile,
     (select a.settings ->> 'sign_in_endpoint' from authentication_settings a
      where a.environment_id = t.environment_id) as sign_in_endpoint,
     (select coalesce(c.idp_sso_redirect_url, c.idp_sso_post_url, c.idp_entity_id) from sso_sessions s
      join connections c on c.environment_id = s.environment_id and c.id = s.connection_id
      where s.environment_id = t.environment_id and s.id = t.session_id) as idp
   from taken t join environments e on e.id = t.environment_id`,
)

/** A sign-in that an identity provider began by itself. */
export interface Unasked {
  readonly environment: EnvironmentId
  readonly environmentKind: 'staging' | 'production'
  readonly clientId: string
  readonly attempt: SsoSessionId
  readonly profile: Profile
  readonly signInEndpoint: string
  /** Of the identity provider, as people know it. */
  readonly host: string
}

/** Takes its code, once. @returns undefined for one that is unknown, used or too old, or of another kind of sign-in. */
export async function takeUnasked(
  db: Database,
  code: string,
  baseUrl: string,
  now: Date,
): Promise<Unasked | undefined> {
  const [row] = await take(db.pool, hashSecret(code), unaskedUrl(baseUrl), now)
  if (!row || row.sign_in_endpoint === null) return undefined
  const idp = row.idp ?? ''
  return {
    environment: row.environment,
    environmentKind: row.kind,
    clientId: row.client_id,
    attempt: row.attempt,
    profile: readProfileText(row.profile_id, row.profile),
    signInEndpoint: row.sign_in_endpoint,
    host: URL.canParse(idp) ? new URL(idp).host || idp : idp,
  }
}

/** The attempt goes on as a sign-in of the login box. */
export async function continueAttempt(
  { kysely }: Database,
  { environment, attempt }: Unasked,
  login: HostedLoginId,
): Promise<void> {
  await kysely
    .updateTable('sso_sessions')
    .set({ app_state: login })
    .where('environment_id', '=', environment)
    .where('id', '=', attempt)
    .execute()
}
