import type { OrganizationDomain } from '#contracts/organization-domains.ts'
import type { Organization } from '#contracts/organizations.ts'
import { Invalid } from '../errors.ts'
import { refuseConsumerDomain } from '../organizations/consumer-domains.ts'
import { normalizeDomain } from '../organizations/domains.ts'
import type { OrganizationRef, PlanStep } from './plan.ts'
import type { SeedDomain, SeedOrganization } from './seed-file.ts'

export interface OrganizationsPlan {
  readonly steps: readonly PlanStep[]
  readonly problems: readonly string[]
  /** Those of the seed, in its order. */
  readonly own: readonly OrganizationRef[]
  /** Finds an organization of the seed or of the environment by id, external id or name. */
  readonly refs: (name: string) => OrganizationRef | 'several' | undefined
}

export function planOrganizations(
  wanted: readonly SeedOrganization[],
  stored: readonly Organization[],
): OrganizationsPlan {
  const steps: PlanStep[] = []
  const problems: string[] = []
  const refs: { readonly names: readonly (string | null | undefined)[]; readonly ref: OrganizationRef }[] = []
  const taken = new Map<string, number>()
  for (const [index, given] of wanted.entries()) {
    const organization = withPlainDomains(given, problems)
    const found = find(organization, stored, problems)
    const earlier = [organization.id, organization.external_id, found?.id].filter((key) => key !== undefined)
    for (const key of earlier) {
      const line = taken.get(key)
      if (line !== undefined && line !== organization.line)
        problems.push(`line ${organization.line}: describes the same organization as line ${line} (${key}).`)
      taken.set(key, organization.line)
    }
    const ref: OrganizationRef = found ? { id: found.id } : { made: index }
    refs.push({ names: [organization.id, organization.external_id, organization.name, found?.id], ref })
    steps.push(found ? change(organization, found) : create(organization, index))
  }
  const own = refs.map(({ ref }) => ref)
  const known = new Set(refs.map(({ ref }) => ('id' in ref ? ref.id : '')))
  for (const { id, external_id, name } of stored)
    if (!known.has(id)) refs.push({ names: [id, external_id, name], ref: { id } })
  return { steps, problems, own, refs: (name) => resolve(name, refs) }
}

function resolve(
  name: string,
  refs: readonly { readonly names: readonly (string | null | undefined)[]; readonly ref: OrganizationRef }[],
): OrganizationRef | 'several' | undefined {
  const matches = refs.filter(({ names }) => names.includes(name))
  return matches.length > 1 ? 'several' : matches[0]?.ref
}

function find(wanted: SeedOrganization, stored: readonly Organization[], problems: string[]): Organization | undefined {
  const byId = stored.find(({ id }) => id === wanted.id)
  const byExternalId =
    wanted.external_id === undefined ? undefined : stored.find(({ external_id }) => external_id === wanted.external_id)
  if (byExternalId && wanted.id !== undefined && byExternalId.id !== wanted.id)
    problems.push(
      `line ${wanted.line}: the external id "${wanted.external_id}" belongs to ${byExternalId.id}, and ids cannot be changed.`,
    )
  if (byId || byExternalId || wanted.id !== undefined) return byId ?? byExternalId
  // Somebody else may have the same name; one with another external id surely is somebody else.
  const byName = stored.filter(
    ({ name, external_id }) => name === wanted.name && (wanted.external_id === undefined || external_id === null),
  )
  if (byName.length > 1)
    problems.push(
      `line ${wanted.line}: ${byName.length} organizations are named "${wanted.name}". Say which by id or external_id.`,
    )
  return byName[0]
}

function create(
  { line: _line, id, domains, memberships: _members, ...fields }: SeedOrganization,
  index: number,
): PlanStep {
  const input = { ...fields, ...(domains && { domain_data: [...domains] }) }
  return {
    mark: '+',
    what: `organization ${fields.name}`,
    details: (domains ?? []).map(({ domain, state }) => ({ mark: '+', text: `domain ${domain} (${state})` })),
    action: { do: 'create organization', index, ...(id && { id }), input },
  }
}

function change(wanted: SeedOrganization, found: Organization): PlanStep {
  const { line: _line, id: _id, domains, memberships: _members, metadata = {}, ...fields } = wanted
  const details: PlanStep['details'][number][] = []
  for (const [name, value] of Object.entries(fields)) {
    const before = found[name as keyof typeof fields] // the fields of a seed are fields of an organization
    if (before !== value) details.push({ mark: '~', text: `${name} ${show(before)} -> ${show(value)}` })
  }
  for (const [key, value] of Object.entries(metadata))
    if (found.metadata[key] !== value)
      details.push({ mark: '~', text: `metadata ${key} ${show(found.metadata[key])} -> ${show(value)}` })
  details.push(...domainChanges(domains, found.domains))
  const what = `organization ${wanted.name} (${found.id})`
  if (details.length === 0) return { mark: '=', what, details }
  const input = { ...fields, metadata, ...(domains && { domain_data: [...domains] }) }
  return { mark: '~', what, details, action: { do: 'update organization', id: found.id, input } }
}

function domainChanges(
  wanted: readonly SeedDomain[] | undefined,
  found: readonly OrganizationDomain[],
): PlanStep['details'][number][] {
  if (!wanted) return []
  const states = new Map(found.map(({ domain, state }) => [domain, state]))
  const added = wanted.filter(({ domain }) => !states.has(domain))
  const vouched = wanted.filter(({ domain, state }) => state === 'verified' && isOpen(states.get(domain)))
  const removed = found.filter(({ domain }) => !wanted.some((one) => one.domain === domain))
  return [
    ...added.map(({ domain, state }) => ({ mark: '+' as const, text: `domain ${domain} (${state})` })),
    ...vouched.map(({ domain }) => ({
      mark: '~' as const,
      text: `domain ${domain} ${states.get(domain)} -> verified`,
    })),
    ...removed.map(({ domain }) => ({ mark: '-' as const, text: `domain ${domain}` })),
  ]
}

function isOpen(state: OrganizationDomain['state'] | undefined): boolean {
  return state !== undefined && state !== 'verified' && state !== 'legacy_verified'
}

/** Domains in the form they are kept in, so that EXAMPLE.com is not news to example.com. */
function withPlainDomains(organization: SeedOrganization, problems: string[]): SeedOrganization {
  if (!organization.domains) return organization
  const domains = organization.domains.flatMap(({ domain, state }) => {
    try {
      const name = normalizeDomain(domain)
      refuseConsumerDomain(name)
      return [{ domain: name, state }]
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      problems.push(`line ${organization.line}: ${error.errors[0]?.message ?? error.message}`)
      return []
    }
  })
  return { ...organization, domains }
}

function show(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : JSON.stringify(value)
}
