import type { OrganizationDomainId, OrganizationId } from '#contracts/ids.ts'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'

export interface OrganizationRow {
  readonly id: OrganizationId
  readonly name: string
  readonly external_id: string | null
  readonly stripe_customer_id: string | null
  readonly metadata: unknown
  readonly allow_profiles_outside_organization: boolean
  readonly created_at: Date
  readonly updated_at: Date
}

export interface DomainRow {
  readonly id: OrganizationDomainId
  readonly organization_id: OrganizationId
  readonly domain: string
  readonly state: OrganizationDomain['state']
  readonly verification_strategy: OrganizationDomain['verification_strategy']
  readonly verification_token: string | null
  readonly verification_prefix: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

export function presentDomain(row: DomainRow): OrganizationDomain {
  return {
    object: 'organization_domain',
    id: row.id,
    organization_id: row.organization_id,
    domain: row.domain,
    state: row.state,
    verification_strategy: row.verification_strategy,
    ...(row.verification_token === null ? {} : { verification_token: row.verification_token }),
    ...(row.verification_prefix === null ? {} : { verification_prefix: row.verification_prefix }),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

export function presentOrganization(row: OrganizationRow, domains: readonly DomainRow[]): Organization {
  return {
    object: 'organization',
    id: row.id,
    name: row.name,
    allow_profiles_outside_organization: row.allow_profiles_outside_organization,
    domains: domains.map(presentDomain),
    ...(row.stripe_customer_id === null ? {} : { stripe_customer_id: row.stripe_customer_id }),
    external_id: row.external_id,
    metadata: row.metadata as Organization['metadata'], // written by this room only, always a map of strings
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

/** Event payloads leave out a field the vendor never sends in events. */
export function presentInEvent(organization: Organization): Omit<Organization, 'allow_profiles_outside_organization'> {
  const { allow_profiles_outside_organization: _left, ...payload } = organization
  return payload
}
