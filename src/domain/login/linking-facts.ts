import type { EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import type { LinkingFacts } from '../users/linking.ts'
import type { UserRow } from '../users/present.ts'
import { addressKey } from '../users/address.ts'
import { findUserByEmail, readUser } from '../users/read.ts'

type Reader = Database['kysely'] | Work['tx']

/** What an identity provider says of somebody, as far as it decides who they are here. */
interface ClaimedIdentity {
  readonly email: string
  /** A connection's realm, or the name of a social provider. */
  readonly provider: string
  /** What the provider calls them; null where that is not asked. */
  readonly idpId: string | null
  /** Of the connection; null for social providers. */
  readonly organization: OrganizationId | null
  /** Whether the provider itself made sure of the address. */
  readonly vouchesForEmail: boolean
  readonly maySignUp: boolean
}

interface LinkingSituation {
  readonly facts: LinkingFacts
  readonly linked: UserRow | undefined
  readonly holder: UserRow | undefined
}

export async function readLinkingSituation(
  reader: Reader,
  environment: EnvironmentId,
  claimed: ClaimedIdentity,
): Promise<LinkingSituation> {
  const { email, organization, maySignUp } = claimed
  const linked = await findLinked(reader, environment, claimed)
  const holder = linked?.email === addressKey(email) ? linked : await findUserByEmail(reader, environment, email)
  const ownDomain = organization !== null && (await ownsDomain(reader, environment, organization, email))
  return {
    facts: {
      linked: linked === undefined ? null : linked === holder ? 'same_address' : 'other_address',
      held: holder !== undefined,
      voucher: ownDomain ? 'organization' : claimed.vouchesForEmail ? 'provider' : null,
      ofOrganization: organization !== null,
      maySignUp,
    },
    linked,
    holder,
  }
}

async function findLinked(
  reader: Reader,
  environment: EnvironmentId,
  { provider, idpId }: ClaimedIdentity,
): Promise<UserRow | undefined> {
  if (idpId === null) return undefined
  const row = await reader
    .selectFrom('user_identities')
    .select('user_id')
    .where('environment_id', '=', environment)
    .where('provider', '=', provider)
    .where('idp_id', '=', idpId)
    .executeTakeFirst()
  return row && readUser(reader, environment, row.user_id)
}

async function ownsDomain(reader: Reader, environment: EnvironmentId, organization: OrganizationId, email: string) {
  const row = await reader
    .selectFrom('organization_domains')
    .select('id')
    .where('environment_id', '=', environment)
    .where('organization_id', '=', organization)
    .where('domain', '=', email.slice(email.lastIndexOf('@') + 1).toLowerCase())
    .where('state', 'in', ['verified', 'legacy_verified'])
    .executeTakeFirst()
  return row !== undefined
}
