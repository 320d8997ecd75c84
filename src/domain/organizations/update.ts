import type { OrganizationId } from '#contracts/ids.ts'
import type { Organization, OrganizationUpdate } from '#contracts/organizations.ts'
import type { Work } from '#db/work.ts'
import { NotFound } from '../errors.ts'
import { domainClaims, explainDuplicate } from './create.ts'
import { lockDomains, replaceDomains } from './domains.ts'
import { changeMetadata } from './metadata.ts'
import { presentInEvent } from './present.ts'
import { readOrganization } from './read.ts'

/** Fields left out keep their value; given domains replace the set. A request that changes nothing emits nothing. */
export async function updateOrganization(
  work: Work,
  id: OrganizationId,
  input: OrganizationUpdate,
): Promise<Organization> {
  const claims = domainClaims(input)
  if (claims !== undefined) await lockDomains(work)
  await lock(work, id)
  const before = await readOrganization(work.tx, work.environment, id)
  const domainsChanged = claims !== undefined && (await replaceDomains(work, id, claims))

  const next = {
    name: input.name ?? before.name,
    external_id: input.external_id === undefined ? before.external_id : input.external_id,
    stripe_customer_id:
      input.stripe_customer_id === undefined ? (before.stripe_customer_id ?? null) : input.stripe_customer_id,
    metadata: JSON.stringify(
      input.metadata === undefined ? before.metadata : changeMetadata(before.metadata, input.metadata),
    ),
    allow_profiles_outside_organization:
      input.allow_profiles_outside_organization ?? before.allow_profiles_outside_organization,
  }
  const unchanged =
    !domainsChanged &&
    next.name === before.name &&
    next.external_id === before.external_id &&
    next.stripe_customer_id === (before.stripe_customer_id ?? null) &&
    next.metadata === JSON.stringify(before.metadata) &&
    next.allow_profiles_outside_organization === before.allow_profiles_outside_organization
  if (unchanged) return before

  await work.tx
    .updateTable('organizations')
    .set({ ...next, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .execute()
    .catch(explainDuplicate)
  const after = await readOrganization(work.tx, work.environment, id)
  work.emit('organization.updated', presentInEvent(after), id)
  return after
}

async function lock(work: Work, id: OrganizationId): Promise<void> {
  const row = await work.tx
    .selectFrom('organizations')
    .select('id')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new NotFound('Organization', id)
}
