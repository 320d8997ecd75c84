/** What is known when an identity provider says who somebody is. */
export interface LinkingFacts {
  /** Whose the identity has been since it was linked, and whether the address is still theirs; null before that. */
  readonly linked: 'same_address' | 'other_address' | null
  /** Whether somebody has the address. */
  readonly held: boolean
  /** Who vouches that the address is this person's. An organization does for the domains it has verified. */
  readonly voucher: 'provider' | 'organization' | null
  /** Whether the identity is of an organization's connection. */
  readonly ofOrganization: boolean
  /** Whether people may make accounts on their own. */
  readonly maySignUp: boolean
}

/** Who somebody becomes. */
export type Linking =
  | { readonly becomes: 'nobody' }
  | {
      readonly becomes: 'linked_user' | 'holder' | 'new_user'
      /** Whether the inbox of the user counts as shown. */
      readonly emailProven: boolean
      /** When the identity becomes the user's, to open the account for good. */
      readonly links: 'before' | 'now' | 'after_inbox'
      /** Whether the organization makes them a member, if it makes members of its domain's people. */
      readonly joins: boolean
    }

/**
 * The one decision about identities. An identity that was linked before is theirs for good; otherwise the address
 * decides, which takes somebody who vouches for it, or the inbox: whoever may write any address must not get its account.
 */
export function decideLinking({ linked, held, voucher, ofOrganization, maySignUp }: LinkingFacts): Linking {
  const vouched = voucher !== null
  if (linked !== null) {
    // The vouching is about the address the provider named, which need not be the user's any more.
    const emailProven = vouched && linked === 'same_address'
    return { becomes: 'linked_user', emailProven, links: 'before', joins: ofOrganization && emailProven }
  }
  // An organization says who its people are.
  if (!held && !maySignUp && voucher !== 'organization') return { becomes: 'nobody' }
  return {
    becomes: held ? 'holder' : 'new_user',
    emailProven: vouched,
    links: vouched ? 'now' : 'after_inbox',
    joins: ofOrganization && vouched,
  }
}
