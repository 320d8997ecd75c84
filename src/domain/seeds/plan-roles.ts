import type { PermissionCreate, PermissionUpdate } from '#contracts/permissions.ts'
import type { RoleCreate, RoleUpdate } from '#contracts/roles.ts'
import { nearest } from '../nearest.ts'
import type { PlanStep, SeedPlan, SeedState, StoredPermission } from './plan.ts'
import type { Seed } from './seed-file.ts'
import type { SeedPermission, SeedRole } from './seed-roles.ts'

export type RoleAction =
  | { readonly do: 'create permission'; readonly input: PermissionCreate }
  | { readonly do: 'update permission'; readonly slug: string; readonly change: PermissionUpdate }
  | { readonly do: 'create role'; readonly input: RoleCreate; readonly permissions: readonly string[] }
  | {
      readonly do: 'update role'
      readonly slug: string
      readonly change: RoleUpdate
      readonly permissions?: readonly string[]
    }

type Detail = PlanStep['details'][number]

/** Roles and permissions of the environment, found by slug. A role's list of permissions is the whole list. */
export function planRoles(seed: Pick<Seed, 'permissions' | 'roles'>, state: SeedState): SeedPlan {
  const problems = [...findRepeated('permission', seed.permissions), ...findRepeated('role', seed.roles)]
  const known = [...state.permissions, ...seed.permissions].map(({ slug }) => slug)
  for (const { line, permissions = [] } of seed.roles)
    for (const slug of permissions) if (!known.includes(slug)) problems.push(unknown(line, 'permission', slug, known))
  const steps = [
    ...seed.permissions.map((permission) => planPermission(permission, state.permissions)),
    ...seed.roles.map((role) => planRole(role, state.roles)),
  ]
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

function planRole(wanted: SeedRole, stored: SeedState['roles']): PlanStep {
  const { line: _line, slug, permissions, ...fields } = wanted
  const what = `role ${slug}`
  const found = stored.find((one) => one.slug === slug)
  const [had, wants] = [found?.permissions ?? [], permissions ?? found?.permissions ?? []]
  const gains = wants
    .filter((one) => !had.includes(one))
    .map((one) => ({ mark: '+', text: `permission ${one}` }) as const)
  const losses = had
    .filter((one) => !wants.includes(one))
    .map((one) => ({ mark: '-', text: `permission ${one}` }) as const)
  if (!found) {
    const action = { do: 'create role', input: { name: slug, slug, ...fields }, permissions: wants } as const
    return { mark: '+', what, details: gains, action }
  }
  const details = [...findChanges(fields, found), ...gains, ...losses]
  if (details.length === 0) return { mark: '=', what, details }
  const allows = gains.length + losses.length > 0 ? { permissions: wants } : {}
  return { mark: '~', what, details, action: { do: 'update role', slug, change: fields, ...allows } }
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
