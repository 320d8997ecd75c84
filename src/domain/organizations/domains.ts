import { randomBytes } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { EnvironmentId, OrganizationDomainId, OrganizationId } from '#contracts/ids.ts'
import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Database } from '#db/database.ts'
import { newId } from '#db/new-id.ts'
import type { Work } from '#db/work.ts'
import { BadRequest, Conflict, Invalid, NotFound, violatedConstraint } from '../errors.ts'
import { refuseConsumerDomain } from './consumer-domains.ts'
import { type DomainRow, presentDomain } from './present.ts'
import { holdOrganization } from './read.ts'

/** How a domain enters: to be proven by DNS, vouched for by whoever holds the API key, or by the oldest API. */
export type DomainClaim = 'pending' | 'verified' | 'legacy_verified'

/** Looks up TXT records; a missing name is an empty list, any other failure throws. */
export type ResolveTxt = (name: string) => Promise<string[][]>

/**
 * The form domains are kept and compared in: lower-case ASCII, IDNA applied, no trailing dot.
 * @throws Invalid when it cannot be the domain of an e-mail address.
 */
export function normalizeDomain(domain: string): string {
  const ascii = domainToASCII(domain.trim().replace(/\.$/, ''))
  const labels = ascii.split('.')
  const valid =
    ascii.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  if (!valid)
    throw new Invalid([
      { field: 'domain', code: 'invalid_domain', message: `'${domain}' is not a domain name such as example.com.` },
    ])
  return ascii
}

/**
 * Lets nobody else change who has which domain in this environment until the transaction ends. Rivals lock each other's
 * rows, so without one lock that all take first they would meet in a deadlock.
 */
export async function lockDomains(work: Work): Promise<void> {
  await work.tx
    .selectFrom('environments')
    .select('id')
    .where('id', '=', work.environment)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Adds a domain that is to be proven by DNS. */
export async function addDomain(work: Work, organization: OrganizationId, domain: string): Promise<OrganizationDomain> {
  await lockDomains(work)
  await holdOrganization(work, organization)
  return claimDomain(work, organization, domain, 'pending')
}

/** Adds a domain to an organization, after lockDomains. One that is verified elsewhere is refused, and one of everybody's. */
export async function claimDomain(
  work: Work,
  organization: OrganizationId,
  domain: string,
  claim: DomainClaim,
): Promise<OrganizationDomain> {
  const name = normalizeDomain(domain)
  refuseConsumerDomain(name)
  const taken = await work.tx
    .selectFrom('organization_domains')
    .select('organization_id')
    .where('environment_id', '=', work.environment)
    .where('domain', '=', name)
    .where((eb) =>
      eb.or([eb('organization_id', '=', organization), eb('state', 'in', ['verified', 'legacy_verified'])]),
    )
    .executeTakeFirst()
  if (taken) throw alreadyExists(name)

  const row = await work.tx
    .insertInto('organization_domains')
    .values({
      environment_id: work.environment,
      id: newId('organizationDomain', work.now),
      organization_id: organization,
      domain: name,
      state: claim,
      ...(claim === 'pending'
        ? {
            verification_strategy: 'dns',
            verification_token: randomToken(),
            verification_prefix: `gatehouse-${randomToken(6)}`,
          }
        : { verification_strategy: 'manual' }),
      created_at: work.now,
      updated_at: work.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error)) throw alreadyExists(name)
      throw error
    })
  const created = presentDomain(row)
  work.emit('organization_domain.created', created, organization)
  if (isVerified(row)) await refuseRivals(work, row)
  return created
}

/**
 * Looks for the TXT record and settles the claim when it is there. Without it the domain stays pending: DNS takes time.
 * The look-up happens before the transaction, so that no row is locked while somebody's name server thinks.
 */
export async function lookForProof(
  db: Database,
  environment: EnvironmentId,
  id: OrganizationDomainId,
  resolveTxt: ResolveTxt,
): Promise<boolean> {
  const row = await readRow(db.kysely, environment, id)
  if (isVerified(row)) throw alreadyVerified(row.domain)
  return hasProof(row, resolveTxt)
}

/** Records what the look-up found. */
export async function verifyDomain(work: Work, id: OrganizationDomainId, proven: boolean): Promise<OrganizationDomain> {
  await lockDomains(work)
  const row = await readRow(work.tx, work.environment, id, 'lock')
  if (isVerified(row)) throw alreadyVerified(row.domain)
  if (!proven) return presentDomain(row)
  const verified = await setState(work, row, 'verified')
  work.emit('organization_domain.verified', verified, row.organization_id)
  await refuseRivals(work, row)
  return verified
}

export async function readDomain(
  db: Database,
  environment: EnvironmentId,
  id: OrganizationDomainId,
): Promise<OrganizationDomain> {
  return presentDomain(await readRow(db.kysely, environment, id))
}

export async function removeDomain(work: Work, id: OrganizationDomainId): Promise<void> {
  const row = await work.tx
    .deleteFrom('organization_domains')
    .where('environment_id', '=', work.environment)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (!row) throw new NotFound('Organization Domain', id)
  work.emit('organization_domain.deleted', presentDomain(row), row.organization_id)
}

/** Makes the set of domains exactly this, after lockDomains; domains that stay keep their id. Returns whether anything changed. */
export async function replaceDomains(
  work: Work,
  organization: OrganizationId,
  wanted: readonly { readonly domain: string; readonly claim: DomainClaim }[],
): Promise<boolean> {
  const claims = new Map(wanted.map(({ domain, claim }) => [normalizeDomain(domain), claim]))
  const current = await work.tx
    .selectFrom('organization_domains')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('organization_id', '=', organization)
    .forUpdate()
    .execute()
  let changed = false
  for (const row of current) {
    const claim = claims.get(row.domain)
    claims.delete(row.domain)
    if (claim === undefined) await removeDomain(work, row.id)
    else if (claim === 'pending' || isVerified(row)) continue
    else work.emit('organization_domain.verified', await vouchFor(work, row, claim), organization)
    changed = true
  }
  for (const [domain, claim] of claims) await claimDomain(work, organization, domain, claim)
  return changed || claims.size > 0
}

/** Ends a claim nobody proved in time. */
export async function expireClaim(work: Work, id: OrganizationDomainId): Promise<void> {
  const row = await readRow(work.tx, work.environment, id, 'lock')
  if (row.state !== 'pending') return
  const failed = await setState(work, row, 'failed')
  work.emit(
    'organization_domain.verification_failed',
    { reason: 'domain_verification_period_expired', organization_domain: failed },
    row.organization_id,
  )
}

/** The record may stand on the domain itself or on the prefix in front of it. */
async function hasProof(row: DomainRow, resolveTxt: ResolveTxt): Promise<boolean> {
  const token = row.verification_token
  if (token === null) return false
  const names =
    row.verification_prefix === null ? [row.domain] : [`${row.verification_prefix}.${row.domain}`, row.domain]
  const answers = await Promise.all(names.map((name) => resolveTxt(name).catch(() => [])))
  return answers.flat().some((chunks) => chunks.join('').trim() === token)
}

/** Another organization's open claim on a domain that now has an owner cannot succeed any more. */
async function refuseRivals(work: Work, winner: DomainRow): Promise<void> {
  const rivals = await work.tx
    .selectFrom('organization_domains')
    .selectAll()
    .where('environment_id', '=', work.environment)
    .where('domain', '=', winner.domain)
    .where('state', '=', 'pending')
    .forUpdate()
    .execute()
  for (const rival of rivals) {
    const failed = await setState(work, rival, 'failed')
    work.emit(
      'organization_domain.verification_failed',
      { reason: 'domain_verified_by_other_organization', organization_domain: failed },
      rival.organization_id,
    )
  }
}

async function vouchFor(
  work: Work,
  row: DomainRow,
  claim: 'verified' | 'legacy_verified',
): Promise<OrganizationDomain> {
  const verified = await setState(work, { ...row, verification_strategy: 'manual' }, claim)
  await refuseRivals(work, row)
  return verified
}

async function setState(work: Work, row: DomainRow, state: DomainRow['state']): Promise<OrganizationDomain> {
  const updated = await work.tx
    .updateTable('organization_domains')
    .set({ state, verification_strategy: row.verification_strategy, updated_at: work.now })
    .where('environment_id', '=', work.environment)
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (violatedConstraint(error)) throw alreadyExists(row.domain)
      throw error
    })
  return presentDomain(updated)
}

async function readRow(
  reader: Database['kysely'] | Work['tx'],
  environment: EnvironmentId,
  id: OrganizationDomainId,
  lock?: 'lock',
): Promise<DomainRow> {
  const row = await reader
    .selectFrom('organization_domains')
    .selectAll()
    .where('environment_id', '=', environment)
    .where('id', '=', id)
    .$if(lock === 'lock', (query) => query.forUpdate())
    .executeTakeFirst()
  if (!row) throw new NotFound('Organization Domain', id)
  return row
}

function isVerified(row: DomainRow): boolean {
  return row.state === 'verified' || row.state === 'legacy_verified'
}

function alreadyExists(domain: string): Conflict {
  return new Conflict(`An Organization with the domain ${domain} already exists.`, 'domain_already_exists')
}

function alreadyVerified(domain: string): BadRequest {
  return new BadRequest(`The domain ${domain} is verified already.`, 'domain_already_verified')
}

function randomToken(bytes = 18): string {
  return randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, '0').toLowerCase()
}
