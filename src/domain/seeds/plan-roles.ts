import type { PermissionCreate, PermissionUpdate } from '#contracts/permissions.ts'
import type { RoleCreate, RoleUpdate } from '#contracts/roles.ts'
import { nearest } from '../nearest.ts'
import type { OrganizationRef, PlanStep, SeedPlan, SeedState, StoredPermission, StoredRole } from './plan.ts'
import type { OrganizationsPlan } from './plan-organizations.ts'
import type { Seed } from './seed-file.ts'
import type { SeedPermission, SeedRole } from './seed-roles.ts'

export type RoleAction =
  | { readonly do: 'create permission'; readonly input: PermissionCreate }
  | { readonly do: 'update permission'; readonly slug: string; readonly change: PermissionUpdate }
  | {
      readonly do: 'create role'
      /** Of the environment without one. */
      readonly organization?: OrganizationRef
      readonly input: RoleCreate
      readonly permissions: readonly string[]
    }
  | {
      readonly do: 'update role'
      readonly organization?: OrganizationRef
      readonly slug: string
      readonly change: RoleUpdate
      readonly permissions?: readonly string[]
    }

type Detail = PlanStep['details'][number]

/** Roles and permissions of the environment, found by slug. A role's list of permissions is the whole list. */
export function planRoles(seed: Pick<Seed, 'permissions' | 'roles'>, state: SeedState): SeedPlan {
  const roles = seed.roles.filter(({ organization }) => organization === undefined)
  const problems = [...findRepeated('permission', seed.permissions), ...findRepeated('role', roles)]
  const known = [...state.permissions, ...seed.permissions].map(({ slug }) => slug)
  for (const { line, permissions = [] } of seed.roles)
    for (const slug of permissions) if (!known.includes(slug)) problems.push(unknown(line, 'permission', slug, known))
  const steps = [
    ...seed.permissions.map((permission) => planPermission(permission, state.permissions)),
    ...roles.map((role) => planRole(role, state.roles)),
  ]
  return { steps, problems }
}

/** Roles that belong to one organization, found by it and the slug: after the plan of the organizations. */
export function planOrganizationRoles(
  seed: Pick<Seed, 'roles'>,
  state: SeedState,
  organizations: Pick<OrganizationsPlan, 'refs'>,
): SeedPlan {
  const steps: PlanStep[] = []
  const problems: string[] = []
  const everywhere = [...state.roles, ...seed.roles.filter(({ organization }) => organization === undefined)]
  const planned: (SeedRole & { readonly of: string })[] = []
  for (const role of seed.roles) {
    const { line, slug, organization: name } = role
    if (name === undefined) continue
    const organization = organizations.refs(name)
    if (organization === undefined) problems.push(`line ${line}: there is no organization "${name}".`)
    else if (organization === 'several')
      problems.push(`line ${line}: several organizations are called "${name}". Say which by id.`)
    else {
      // Members name their roles by slug alone.
      if (everywhere.some((one) => one.slug === slug))
        problems.push(
          `line ${line}: "${slug}" is a role of the environment; one of an organization needs another slug.`,
        )
      const stored = state.organizationRoles.filter(
        (one) => 'id' in organization && one.organization_id === organization.id,
      )
      planned.push({ ...role, of: JSON.stringify(organization) })
      steps.push(planRole(role, stored, organization))
    }
  }
  for (const [, roles] of Map.groupBy(planned, ({ of }) => of)) problems.push(...findRepeated('role', roles))
  return { steps, problems }
}

/** What to say of a name that nothing has. */
export function unknown(line: number, noun: string, name: string, known: readonly string[]): string {
  const guess = nearest(name, known)
  return `line ${line}: there is no ${noun} "${name}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`
}

function findRepeated(noun: string, wanted: readonly { readonly line: number; readonly slug: string }[]): string[] {
  const lines = new Map<string, number>()
  return wanted.flatMap(({ line, slug }) => {
    const earlier = lines.get(slug)
    lines.set(slug, line)
    return earlier === undefined ? [] : [`line ${line}: the ${noun} "${slug}" stands on line ${earlier} already.`]
  })
}

function planPermission(wanted: SeedPermission, stored: readonly StoredPermission[]): PlanStep {
  const { line: _line, slug, ...fields } = wanted
  const what = `permission ${slug}`
  const found = stored.find((one) => one.slug === slug)
  if (!found) {
    const action = { do: 'create permission', input: { name: slug, slug, ...fields } } as const
    return { mark: '+', what, details: [], action }
  }
  const details = findChanges(fields, found)
  if (details.length === 0) return { mark: '=', what, details }
  return { mark: '~', what, details, action: { do: 'update permission', slug, change: fields } }
}

function planRole(wanted: SeedRole, stored: readonly StoredRole[], organization?: OrganizationRef): PlanStep {
  const { line: _line, slug, permissions, organization: name, ...fields } = wanted
  const what = name === undefined ? `role ${slug}` : `role ${slug} of ${name}`
  const owner = organization && { organization }
  const found = stored.find((one) => one.slug === slug)
  const [had, wants] = [found?.permissions ?? [], permissions ?? found?.permissions ?? []]
  const gains = wants
    .filter((one) => !had.includes(one))
    .map((one) => ({ mark: '+', text: `permission ${one}` }) as const)
  const losses = had
    .filter((one) => !wants.includes(one))
    .map((one) => ({ mark: '-', text: `permission ${one}` }) as const)
  if (!found) {
    const action = { do: 'create role', ...owner, input: { name: slug, slug, ...fields }, permissions: wants } as const
    return { mark: '+', what, details: gains, action }
  }
  const details = [...findChanges(fields, found), ...gains, ...losses]
  if (details.length === 0) return { mark: '=', what, details }
  const allows = gains.length + losses.length > 0 ? { permissions: wants } : {}
  return { mark: '~', what, details, action: { do: 'update role', ...owner, slug, change: fields, ...allows } }
}

/** A line for each field that is otherwise than described. */
export function findChanges(fields: object, found: object): Detail[] {
  const before = new Map<string, unknown>(Object.entries(found))
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    const had = before.get(name) ?? null
    if (had === value) return []
    const text = `${name} ${had === null ? 'nothing' : JSON.stringify(had)} -> ${JSON.stringify(value)}`
    return [{ mark: '~', text }]
  })
}
