import { randomBytes } from 'node:crypto'
import type { ProfileId } from '#contracts/ids.ts'
import { type Database, prepared } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { NotFound } from '../errors.ts'

const tokenLifetimeMs = 10 * 60_000

/** A one-time address that ends the SSO session of a profile when a browser opens it. */
export async function authorizeLogout(
  work: Work,
  profile: ProfileId,
  baseUrl: string,
): Promise<{ logout_url: string; logout_token: string }> {
  const known = await work.tx
    .selectFrom('profiles')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', profile)
    .executeTakeFirst()
  if (!known) throw new NotFound('Profile', profile)
  const token = randomBytes(24).toString('base64url')
  await work.tx
    .insertInto('sso_logout_tokens')
    .values({
      hash: hashSecret(token),
      environment_id: work.environment,
      profile_id: profile,
      expires_at: new Date(work.now.getTime() + tokenLifetimeMs),
    })
    .execute()
  return { logout_url: `${baseUrl}/sso/logout?token=${token}`, logout_token: token }
}

const finish = prepared<[Buffer, Date], { location: string | null }>(
  'sso-logout',
  `with used as (delete from sso_logout_tokens where hash = $1 returning environment_id, profile_id, expires_at),
     ended as (delete from sso_access_tokens t using used
       where used.expires_at > $2 and t.environment_id = used.environment_id and t.profile_id = used.profile_id)
   select coalesce(
     (select l.uri from logout_uris l where l.environment_id = used.environment_id and l.is_default), e.homepage_url) as location
   from used join environments e on e.id = used.environment_id where used.expires_at > $2`,
)

/**
 * Uses a logout token up and revokes the profile's access tokens.
 * @returns where the browser goes next, null for nowhere in particular; undefined for a token that does not work.
 */
export async function finishLogout(
  db: Database,
  token: string,
  now: Date,
): Promise<{ location: string | null } | undefined> {
  const [row] = await finish(db.pool, hashSecret(token), now)
  return row
}
