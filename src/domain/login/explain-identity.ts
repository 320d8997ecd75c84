import type { IdentityExplanation, IdentityReason } from '#contracts/identity-explanations.ts'
import type { ConnectionId, EnvironmentId, OrganizationId } from '#contracts/ids.ts'
import type { Database } from '#db/database.ts'
import { readOrganizationSettings, readSettings } from '../authentication/settings.ts'
import { maySignUp } from '../authentication/sign-up.ts'
import { NotFound } from '../errors.ts'
import { identityProvider } from '../oauth/upstream.ts'
import { decideLinking, type LinkingFacts } from '../users/linking.ts'
import { presentUser, type UserRow } from '../users/present.ts'
import { readLinkingSituation } from './linking-facts.ts'

interface IdentityQuestion {
  readonly email: string
  readonly connection_id: string
  readonly idp_id?: string
  readonly email_verified?: boolean
}

/** What `identify` would do, without doing it. @throws NotFound for an unknown connection. */
export async function explainIdentity(
  { kysely }: Database,
  environment: EnvironmentId,
  { email, connection_id: connection, idp_id: idpId, email_verified: verified = false }: IdentityQuestion,
): Promise<IdentityExplanation> {
  const source = await readSource(kysely, environment, connection)
  const { organization } = source
  const settings = await readSettings(kysely, environment)
  const { facts, linked, holder } = await readLinkingSituation(kysely, environment, {
    ...source,
    email,
    idpId: idpId ?? null,
    vouchesForEmail: organization === null && verified,
    maySignUp: await maySignUp(kysely, environment, settings, email),
  })
  const linking = decideLinking(facts)
  const asked = { object: 'identity_explanation', email, connection_id: connection } as const
  if (linking.becomes === 'nobody')
    return {
      ...asked,
      becomes: 'nobody',
      user: null,
      links: 'never',
      email_proven: false,
      joins_organization: false,
      removes_unproven_password: false,
      reasons: reasonsOf(facts, false),
    }
  const user = linked ?? holder
  const removes = linking.becomes === 'holder' && user !== undefined && (await isUnproven(kysely, environment, user))
  return {
    ...asked,
    becomes: linking.becomes === 'holder' ? 'existing_user' : linking.becomes,
    user: user ? presentUser(user) : null,
    links: linking.links,
    email_proven: linking.emailProven,
    joins_organization:
      organization !== null &&
      linking.joins &&
      ((await readOrganizationSettings(kysely, environment, organization)).jit_membership ?? true),
    removes_unproven_password: removes,
    reasons: reasonsOf(facts, removes),
  }
}

type Reader = Database['kysely']

async function readSource(
  reader: Reader,
  environment: EnvironmentId,
  id: string,
): Promise<{ readonly provider: string; readonly organization: OrganizationId | null }> {
  const connection = await reader
    .selectFrom('connections')
    .select(['realm as provider', 'organization_id as organization'])
    .where('environment_id', '=', environment)
    .where('id', '=', id as ConnectionId) // an id of anything else is not found
    .executeTakeFirst()
  if (connection) return connection
  const social = await reader
    .selectFrom('oauth_providers')
    .select(['provider', 'issuer'])
    .where('environment_id', '=', environment)
    .where('id', '=', id as ConnectionId)
    .executeTakeFirst()
  if (!social) throw new NotFound('Connection', id)
  return { provider: identityProvider(social), organization: null }
}

async function isUnproven(
  reader: Reader,
  environment: EnvironmentId,
  { id, email_verified: verified }: UserRow,
): Promise<boolean> {
  if (verified) return false
  const row = await reader
    .selectFrom('users as u')
    .leftJoin('user_passwords as p', (join) =>
      join.onRef('p.environment_id', '=', 'u.environment_id').onRef('p.user_id', '=', 'u.id'),
    )
    .select(['u.moved', 'p.self_chosen'])
    .where('u.environment_id', '=', environment)
    .where('u.id', '=', id)
    .executeTakeFirst()
  return row !== undefined && (row.moved || row.self_chosen === true)
}

const messages: Record<IdentityReason['code'], string> = {
  identity_linked: 'The account at the identity provider was linked to this user before, which settles who it is.',
  address_changed: 'The user has another address by now: what is said of this one proves nothing of theirs.',
  address_held: 'A user has this address.',
  address_free: 'Nobody has this address.',
  organization_vouches: 'The organization of the connection has verified the domain of the address.',
  provider_vouches: 'The provider says that it has verified the address.',
  nobody_vouches: 'Nobody vouches for the address, so a code that goes to the inbox decides.',
  sign_up_closed: 'Sign-ups are closed for this address, and no organization vouches for it.',
  password_unproven: 'Whoever set the account up never showed this inbox: what they set up goes.',
}

function reasonsOf({ linked, held, voucher, maySignUp: open }: LinkingFacts, removes: boolean): IdentityReason[] {
  const codes: IdentityReason['code'][] =
    linked === null ? [held ? 'address_held' : 'address_free'] : ['identity_linked']
  if (linked === 'other_address') codes.push('address_changed')
  if (linked === null && !held && !open && voucher !== 'organization') codes.push('sign_up_closed')
  else if (voucher !== null) codes.push(voucher === 'organization' ? 'organization_vouches' : 'provider_vouches')
  else if (linked === null) codes.push('nobody_vouches')
  if (removes) codes.push('password_unproven')
  return codes.map((code) => ({ code, message: messages[code] }))
}
