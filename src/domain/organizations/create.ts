import type { OrganizationId } from '#contracts/ids.ts'
import type { Organization, OrganizationCreate, OrganizationUpdate } from '#contracts/organizations.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, Conflict, violatedConstraint } from '../errors.ts'
import { claimDomain, type DomainClaim, lockDomains } from './domains.ts'
import { changeMetadata } from './metadata.ts'
import { presentInEvent } from './present.ts'
import { readOrganization } from './read.ts'

/** @param id pinned by seeds; a fresh one otherwise. */
export async function createOrganization(
  work: Work,
  input: OrganizationCreate,
  id: OrganizationId = newId('organization', work.now),
): Promise<Organization> {
  const claims = domainClaims(input) ?? []
  if (claims.length > 0) await lockDomains(work)
  await work.tx
    .insertInto('organizations')
    .values({
      environment_id: work.environment,
      id,
      name: input.name,
      external_id: input.external_id ?? null,
      metadata: JSON.stringify(changeMetadata({}, input.metadata ?? {})),
      allow_profiles_outside_organization: input.allow_profiles_outside_organization ?? false,
      created_at: work.now,
      updated_at: work.now,
    })
    .execute()
    .catch(explainDuplicate)
  for (const { domain, claim } of claims) await claimDomain(work, id, domain, claim)
  const organization = await readOrganization(work.tx, work.environment, id)
  work.emit('organization.created', presentInEvent(organization), id)
  return organization
}

/** `domains` is the oldest spelling: those were taken on trust. Undefined when the request names neither. */
export function domainClaims(
  input: Pick<OrganizationUpdate, 'domains' | 'domain_data'>,
): { domain: string; claim: DomainClaim }[] | undefined {
  if (input.domain_data) return input.domain_data.map(({ domain, state }) => ({ domain, claim: state }))
  return input.domains?.map((domain) => ({ domain, claim: 'legacy_verified' }))
}

/** Turns the unique constraints of an organization into the vendor's codes. */
export function explainDuplicate(error: unknown): never {
  switch (violatedConstraint(error)) {
    case 'organizations_environment_id_external_id_key':
      throw new BadRequest('Another Organization has this external id.', 'external_id_already_used')
    case 'organizations_environment_id_stripe_customer_id_key':
      throw new BadRequest('Another Organization has this Stripe customer id.', 'stripe_customer_id_already_used')
    case 'organizations_pkey':
      throw new Conflict('An Organization with this id already exists.')
    default:
      throw error
  }
}
