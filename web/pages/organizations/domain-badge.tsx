import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import { StateBadge } from '../../ui/state-badge.tsx'

/** A domain in the colour of its state, and in words for those who do not see it. */
export function DomainBadge({ domain }: { readonly domain: Pick<OrganizationDomain, 'domain' | 'state'> }) {
  const isVerified = domain.state === 'verified' || domain.state === 'legacy_verified'
  return <StateBadge state={domain.state} text={isVerified ? domain.domain : `${domain.domain} (${domain.state})`} />
}
