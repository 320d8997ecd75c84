import type { MembershipStatus } from '#contracts/memberships.ts'

/** What is known of one person of a directory, when something of theirs changed. */
export interface ProvisioningFacts {
  /** Null for somebody the directory no longer has, or never showed. */
  readonly person: {
    readonly active: boolean
    readonly email: string | null
    /** The address's domain is a verified one of the directory's organization. */
    readonly ownDomain: boolean
  } | null
  /** The membership that follows this person. */
  readonly followed: { readonly status: MembershipStatus; readonly managed: boolean } | null
  /** Whoever has the person's address. */
  readonly user: 'none' | 'exists'
  /** Their membership of the organization, when it follows nobody or somebody else. */
  readonly other: { readonly status: MembershipStatus; readonly followsAnother: boolean } | null
}

/** What becomes of user and membership. */
export type ProvisioningStep =
  | { readonly do: 'nothing' }
  /** Somebody who is gone, or deactivated. */
  | { readonly do: 'deactivate' }
  /** They had not arrived yet: the membership goes. */
  | { readonly do: 'withdraw' }
  /** Keep what the directory manages as the directory has it. */
  | { readonly do: 'follow'; readonly names: boolean; readonly activate: boolean }
  /** A membership that is there begins to follow the directory. */
  | { readonly do: 'adopt'; readonly names: boolean; readonly activate: boolean }
  | {
      readonly do: 'join'
      readonly user: 'create' | 'use'
      readonly names: boolean
      readonly status: 'active' | 'pending'
    }

/**
 * The rules. An organization's word about addresses of its own domains is proof; about others it is none: a guest has to
 * accept an invitation before anything is theirs, and their name stays their own.
 */
export function planProvisioning({ person, followed, user, other }: ProvisioningFacts): ProvisioningStep {
  if (!person?.active) {
    if (!followed || followed.status === 'inactive') return { do: 'nothing' }
    return { do: followed.status === 'pending' ? 'withdraw' : 'deactivate' }
  }
  if (followed) return { do: 'follow', names: followed.managed, activate: followed.status === 'inactive' }
  if (person.email === null) return { do: 'nothing' }
  const { ownDomain } = person
  if (other)
    return other.followsAnother
      ? { do: 'nothing' }
      : { do: 'adopt', names: ownDomain, activate: other.status !== 'active' && ownDomain }
  return {
    do: 'join',
    user: user === 'none' ? 'create' : 'use',
    names: ownDomain && user === 'exists',
    status: ownDomain ? 'active' : 'pending',
  }
}
