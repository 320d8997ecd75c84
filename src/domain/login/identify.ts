import type { UserId } from '#contracts/ids.ts'
import type { Profile } from '#contracts/sso.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { markEmailVerified } from '../authentication/email-verification.ts'
import { readOrganizationSettings } from '../authentication/settings.ts'
import { activateMembership } from '../memberships/create.ts'
import { createUser } from '../users/create.ts'
import { decideLinking } from '../users/linking.ts'
import type { UserRow } from '../users/present.ts'
import { readLinkingSituation } from './linking-facts.ts'
import type { IdentityLink } from './state.ts'

export interface Identified {
  readonly user: UserRow
  /** Whether whoever vouches for the person vouches for the inbox, too. */
  readonly emailProven: boolean
  /** Not linked yet: the inbox has to be shown first. */
  readonly link: IdentityLink | null
}

/**
 * Finds the person an identity provider means, or makes one, as `decideLinking` says.
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
  const { facts, linked, holder } = await readLinkingSituation(work.tx, work.environment, {
    ...trust,
    organization,
    email: profile.email,
    idpId: profile.idp_id,
  })
  const linking = decideLinking(facts)
  if (linking.becomes === 'nobody') return undefined
  const { emailProven, links } = linking
  const user =
    linked ??
    holder ??
    (await createUser(work, {
      email: profile.email,
      email_verified: emailProven,
      first_name: profile.first_name,
      last_name: profile.last_name,
    }))
  if (organization !== null && linking.joins) await joinByDomain(work, user.id, organization)
  if (links !== 'now') return { user, emailProven, link: links === 'before' ? null : link }
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

/** People of its own domain are members by signing in, unless the organization wants to say so itself. */
async function joinByDomain(work: Work, user: UserId, organization: NonNullable<Profile['organization_id']>) {
  const settings = await readOrganizationSettings(work.tx, work.environment, organization)
  if (settings.jit_membership ?? true) await activateMembership(work, { user, organization, reopen: false })
}
