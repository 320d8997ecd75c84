import type { ConnectionType } from '#contracts/connections.ts'
import type { ConnectionId, OrganizationId, ProfileId } from '#contracts/ids.ts'
import type { Profile } from '#contracts/sso.ts'
import { type Database, prepared } from '#db/database.ts'
import { hashSecret } from '../environments/api-keys.ts'
import { Unauthorized } from '../errors.ts'
import type { Person } from './attributes.ts'

/** The role of everybody whose organization maps no groups to roles. */
const defaultRole = { slug: 'member' }

interface ConnectionOfProfile {
  readonly id: ConnectionId
  readonly connection_type: ConnectionType
  readonly organization_id: OrganizationId | null
}

/** The profile as it is at this sign-in, as JSON. Its id is settled by the database and added when it is read. */
export function profileText(
  connection: ConnectionOfProfile,
  person: Person,
  rawAttributes: Readonly<Record<string, unknown>> = {},
): string {
  const names = [person.firstName, person.lastName].filter((name) => name !== null)
  return JSON.stringify({
    connection_id: connection.id,
    connection_type: connection.connection_type,
    organization_id: connection.organization_id,
    email: person.email,
    first_name: person.firstName,
    last_name: person.lastName,
    name: names.length > 0 ? names.join(' ') : null,
    idp_id: person.idpId,
    role: defaultRole,
    roles: [defaultRole],
    groups: [...person.groups],
    custom_attributes: person.customAttributes,
    raw_attributes: rawAttributes,
  } satisfies Omit<Profile, 'object' | 'id'>)
}

export function readProfileText(id: ProfileId, text: string): Profile {
  const rest = JSON.parse(text) as Omit<Profile, 'object' | 'id'> // profileText wrote it
  return { object: 'profile', id, ...rest }
}

const find = prepared<[Buffer, Date], { profile_id: ProfileId; profile: string }>(
  'sso-profile',
  'select profile_id, profile from sso_access_tokens where hash = $1 and expires_at > $2',
)

/** @throws Unauthorized for a token that is unknown, expired or revoked. */
export async function readProfile(db: Database, accessToken: string, now: Date): Promise<Profile> {
  const [row] = await find(db.lookUps, hashSecret(accessToken), now)
  if (!row) throw new Unauthorized()
  return readProfileText(row.profile_id, row.profile)
}
