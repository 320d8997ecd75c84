import type { OrganizationMembershipId } from '#contracts/ids.ts'
import type { OrganizationRef, PlanStep, SeedPlan, SeedState } from './plan.ts'
import type { OrganizationsPlan } from './plan-organizations.ts'
import { unknown } from './plan-roles.ts'
import type { UserRef, UsersPlan } from './plan-users.ts'
import type { Seed } from './seed-file.ts'
import type { SeedInvitation, SeedMembership } from './seed-people.ts'

export type MemberAction =
  | {
      readonly do: 'create membership'
      readonly user: UserRef
      readonly organization: OrganizationRef
      readonly roles?: readonly string[]
      readonly status: 'active' | 'inactive' | 'pending'
    }
  | {
      readonly do: 'change membership'
      readonly id: OrganizationMembershipId
      readonly user: UserRef
      readonly organization: OrganizationRef
      readonly roles?: readonly string[]
      readonly status?: 'active' | 'inactive'
    }
  | { readonly do: 'send invitation'; readonly invitation: SeedInvitation; readonly organization?: OrganizationRef }

/** Who belongs where, and who is invited: after the plans of those it speaks of. */
export function planMembers(
  seed: Seed,
  state: SeedState,
  organizations: OrganizationsPlan,
  users: UsersPlan,
): SeedPlan {
  return new MembersPlanner(seed, state, organizations, users).plan()
}

class MembersPlanner {
  readonly #seed: Seed
  readonly #state: SeedState
  readonly #organizations: OrganizationsPlan
  readonly #users: UsersPlan
  readonly #problems: string[] = []
  /** Where the file says of whom that they belong to what, or are invited to it. */
  readonly #said = new Map<string, { readonly line: number; readonly kind: 'member' | 'waiting' | 'invited' }>()

  constructor(seed: Seed, state: SeedState, organizations: OrganizationsPlan, users: UsersPlan) {
    this.#seed = seed
    this.#state = state
    this.#organizations = organizations
    this.#users = users
  }

  plan(): SeedPlan {
    const steps = [
      ...this.#seed.organizations.flatMap(({ name, memberships = [] }, index) => {
        const organization = this.#organizations.own[index]
        return organization ? memberships.map((one) => this.#planMembership(one, organization, name)) : []
      }),
      ...this.#seed.invitations.map((invitation) => this.#planInvitation(invitation)),
    ]
    return { steps: steps.filter((step) => step !== undefined), problems: this.#problems }
  }

  #planMembership(wanted: SeedMembership, organization: OrganizationRef, name: string): PlanStep | undefined {
    const { line, email, roles, status } = wanted
    const user = this.#users.refs.get(email)
    if (!user) this.#problems.push(unknown(line, 'user', email, [...this.#users.refs.keys()]))
    this.#checkRoles(line, roles ?? [], organization)
    this.#say(email, organization, line, status === 'pending' || status === 'inactive' ? 'waiting' : 'member')
    if (!user) return undefined
    const what = `membership of ${email} in ${name}`
    const found = this.#findMembership(user, organization)
    const given = roles && { roles }
    if (!found) {
      const details = (roles ?? []).map((role) => ({ mark: '+' as const, text: `role ${role}` }))
      return {
        mark: '+',
        what,
        details,
        action: { do: 'create membership', user, organization, ...given, status: status ?? 'active' },
      }
    }
    const details: PlanStep['details'][number][] = []
    const isOther = new Set(roles).symmetricDifference(new Set(found.roles)).size > 0
    if (roles && isOther) details.push({ mark: '~', text: `roles ${found.roles.join(', ')} -> ${roles.join(', ')}` })
    // Whoever was to wait has been let in meanwhile, or turned away: that is for the environment to know.
    const to = status === undefined || status === 'pending' || status === found.status ? undefined : status
    if (to) details.push({ mark: '~', text: `status ${found.status} -> ${to}` })
    if (to === 'inactive' && found.status === 'pending')
      this.#problems.push(`line ${line}: the membership waits for its invitation; revoke that, then it can go.`)
    if (details.length === 0) return { mark: '=', what, details }
    const action = { do: 'change membership', id: found.id, user, organization, ...given, ...(to && { status: to }) }
    return { mark: '~', what, details, action: action as MemberAction } // `do` widens in an object that is put together
  }

  #planInvitation(wanted: SeedInvitation): PlanStep | undefined {
    const { line, email, role, organization: name } = wanted
    const organization = name === undefined ? undefined : this.#organizations.refs(name)
    if (name !== undefined && organization === undefined)
      this.#problems.push(`line ${line}: there is no organization "${name}".`)
    if (organization === 'several')
      this.#problems.push(`line ${line}: several organizations are called "${name}". Say which by id.`)
    if (organization === 'several' || (name !== undefined && !organization)) return undefined
    if (organization && role !== undefined) this.#checkRoles(line, [role], organization)
    this.#say(email, organization, line, 'invited')
    const what = `invitation of ${email}${name === undefined ? '' : ` to ${name}`}`
    if (this.#isThere(wanted, organization)) return { mark: '=', what, details: [] }
    const details = role === undefined ? [] : [{ mark: '+' as const, text: `role ${role}` }]
    const action = { do: 'send invitation', invitation: wanted, ...(organization && { organization }) } as const
    return { mark: '+', what, details, action }
  }

  /** Invited already, or arrived. */
  #isThere({ line, email, role }: SeedInvitation, organization: OrganizationRef | undefined): boolean {
    if (organization && 'made' in organization) return false
    const id = organization?.id ?? null
    const found = this.#state.invitations.find((one) => one.email === email && one.organization_id === id)
    if (found?.state === 'pending' && role !== undefined && found.role !== role)
      this.#problems.push(
        `line ${line}: ${email} was invited as ${found.role ?? 'whatever is the default'}, which cannot be changed to ${role}. Revoke the invitation first.`,
      )
    if (found) return true
    const user = this.#users.refs.get(email)
    if (!user || !('id' in user)) return false
    return organization ? this.#findMembership(user, organization)?.status === 'active' : true
  }

  #findMembership(user: UserRef, organization: OrganizationRef): SeedState['memberships'][number] | undefined {
    if (!('id' in user && 'id' in organization)) return undefined
    return this.#state.memberships.find((one) => one.user_id === user.id && one.organization_id === organization.id)
  }

  #checkRoles(line: number, roles: readonly string[], organization: OrganizationRef): void {
    const own = this.#state.organizationRoles.filter(
      (role) => 'id' in organization && role.organization_id === organization.id,
    )
    const described = this.#seed.roles.filter(
      ({ organization: name }) => name === undefined || isSame(this.#organizations.refs(name), organization),
    )
    const known = [...this.#state.roles, ...described, ...own].map(({ slug }) => slug)
    for (const role of roles) if (!known.includes(role)) this.#problems.push(unknown(line, 'role', role, known))
  }

  /** Nobody is invited to where they are. */
  #say(
    email: string,
    organization: OrganizationRef | undefined,
    line: number,
    kind: 'member' | 'waiting' | 'invited',
  ): void {
    const key = `${email} ${JSON.stringify(organization ?? null)}`
    const before = this.#said.get(key)
    this.#said.set(key, { line, kind })
    const isWaiting = before?.kind === 'waiting' && kind === 'invited'
    if (before && !isWaiting)
      this.#problems.push(`line ${line}: line ${before.line} says of ${email} that they are there or invited already.`)
    const user = organization === undefined && this.#seed.users.find((one) => one.email === email)
    if (user) this.#problems.push(`line ${line}: ${email} is a user on line ${user.line}, and need not be invited.`)
  }
}

function isSame(found: OrganizationRef | 'several' | undefined, organization: OrganizationRef): boolean {
  return JSON.stringify(found) === JSON.stringify(organization)
}
