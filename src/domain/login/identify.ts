import type { UserId } from '#contracts/ids.ts'
import type { Profile } from '#contracts/sso.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { markEmailVerified } from '../authentication/email-verification.ts'
import { readOrganizationSettings } from '../authentication/settings.ts'
import { dropUnprovenPassword } from '../authentication/unproven-password.ts'
import { activateMembership } from '../memberships/create.ts'
import { createUser } from '../users/create.ts'
import { findUserByEmail, readUser } from '../users/read.ts'
import type { UserRow } from '../users/present.ts'
import type { IdentityLink } from './state.ts'

export interface Identified {
  readonly user: UserRow
  /** Whether whoever vouches for the person vouches for the inbox, too. */
  readonly emailProven: boolean
  /** Not linked yet: the inbox has to be shown first. */
  readonly link: IdentityLink | null
}

/**
 * Finds the person an identity provider means, or makes one. An identity that was linked before is theirs for good;
 * otherwise the address decides, which takes an organization vouching for its own verified domain, or the inbox.
 * @returns undefined where nobody may be made an account.
 */
export async function identify(
  work: Work,
  profile: Profile,
  trust: { readonly provider: string; readonly vouchesForEmail: boolean; readonly maySignUp: boolean },
): Promise<Identified | undefined> {
  const link: IdentityLink = {
    kind: profile.organization_id === null ? 'oauth' : 'sso',
    provider: trust.provider,
    idpId: profile.idp_id,
    profileId: profile.id,
  }
  const { organization_id: organization } = profile
  const emailProven =
    trust.vouchesForEmail || (organization !== null && (await ownsDomain(work, organization, profile.email)))
  const linked = await findLinked(work, link)
  const known = linked ?? (await findUserByEmail(work.tx, work.environment, profile.email))
  if (!known && !trust.maySignUp && !(organization !== null && emailProven)) return undefined
  const user =
    known ??
    (await createUser(work, {
      email: profile.email,
      email_verified: emailProven,
      first_name: profile.first_name,
      last_name: profile.last_name,
    }))
  // The vouching is about the address the provider named, which need not be the user's any more.
  const isAboutUser = emailProven && user.email === profile.email.toLowerCase()
  if (organization !== null && isAboutUser) await joinByDomain(work, user.id, organization)
  if (linked) return { user, emailProven: isAboutUser, link: null }
  if (!emailProven) return { user, emailProven: false, link }
  await dropUnprovenPassword(work, user)
  await linkIdentity(work, user.id, link)
  return { user: await markEmailVerified(work, user), emailProven: true, link: null }
}

export async function linkIdentity(work: Work, user: UserId, link: IdentityLink): Promise<void> {
  await work.tx
    .insertInto('user_identities')
    .values({
      environment_id: work.environment,
      id: newId('userIdentity', work.now),
      user_id: user,
      kind: link.kind,
      provider: link.provider,
      idp_id: link.idpId,
      profile_id: link.profileId as `prof_${string}` | null, // of a profile
      created_at: work.now,
      updated_at: work.now,
    })
    .onConflict((conflict) => conflict.columns(['environment_id', 'provider', 'idp_id']).doNothing())
    .execute()
}

async function findLinked(work: Work, { provider, idpId }: IdentityLink): Promise<UserRow | undefined> {
  const row = await work.tx
    .selectFrom('user_identities')
    .select('user_id')
    .where('environment_id', '=', work.environment)
    .where('provider', '=', provider)
    .where('idp_id', '=', idpId)
    .executeTakeFirst()
  return row && readUser(work.tx, work.environment, row.user_id)
}

async function ownsDomain(work: Work, organization: NonNullable<Profile['organization_id']>, email: string) {
  const row = await work.tx
    .selectFrom('organization_domains')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', organization)
    .where('domain', '=', email.slice(email.lastIndexOf('@') + 1).toLowerCase())
    .where('state', 'in', ['verified', 'legacy_verified'])
    .executeTakeFirst()
  return row !== undefined
}

/** People of its own domain are members by signing in, unless the organization wants to say so itself. */
async function joinByDomain(work: Work, user: UserId, organization: NonNullable<Profile['organization_id']>) {
  const settings = await readOrganizationSettings(work.tx, work.environment, organization)
  if (settings.jit_membership ?? true) await activateMembership(work, { user, organization, reopen: false })
}
