import type { Organization, OrganizationCreate, OrganizationUpdate } from '#contracts/organizations.ts'
import type {
  ApiKeyId,
  ConnectionId,
  LogoutUriId,
  OrganizationId,
  OrganizationMembershipId,
  RedirectUriId,
  UserId,
} from '#contracts/ids.ts'
import type { MembershipStatus } from '#contracts/memberships.ts'
import type { User } from '#contracts/users.ts'
import type { ConnectionChange } from '../connections/configure.ts'
import { planConnections } from './plan-connections.ts'
import { type MemberAction, planMembers } from './plan-members.ts'
import { planOrganizations } from './plan-organizations.ts'
import { planRest } from './plan-rest.ts'
import { planOrganizationRoles, planRoles, type RoleAction } from './plan-roles.ts'
import { planUsers, type UserAction } from './plan-users.ts'
import { planWebhooks, type StoredWebhookEndpoint, type WebhookAction } from './plan-webhooks.ts'
import type { Seed, SeedConnection } from './seed-file.ts'

/** What an environment has of the things a seed speaks of. */
export interface SeedState {
  readonly permissions: readonly StoredPermission[]
  /** Those of the environment. */
  readonly roles: readonly StoredRole[]
  /** Those that the organizations below have besides. */
  readonly organizationRoles: readonly (StoredRole & { readonly organization_id: OrganizationId })[]
  /** Those whose id, external id or address stands in the seed. */
  readonly users: readonly StoredUser[]
  /** Those of these users in the organizations below. */
  readonly memberships: readonly {
    readonly id: OrganizationMembershipId
    readonly user_id: UserId
    readonly organization_id: OrganizationId
    readonly status: MembershipStatus
    readonly roles: readonly string[]
  }[]
  /** Those of the addresses that the seed invites which are open or were accepted. */
  readonly invitations: readonly {
    readonly email: string
    readonly organization_id: OrganizationId | null
    readonly role: string | null
    readonly state: 'pending' | 'accepted'
  }[]
  /** Those whose id, external id or name stands in the seed. */
  readonly organizations: readonly Organization[]
  /** Those of these organizations, and those whose id stands in the seed. */
  readonly connections: readonly StoredConnection[]
  readonly apiKeys: readonly {
    readonly id: ApiKeyId
    readonly name: string
    readonly hash: Buffer
    readonly usable: boolean
  }[]
  readonly redirectUris: readonly StoredUri<RedirectUriId>[]
  readonly logoutUris: readonly StoredUri<LogoutUriId>[]
  readonly corsOrigins: readonly string[]
  readonly homepageUrl: string | null
  /** Those whose URL stands in the seed. */
  readonly webhookEndpoints: readonly StoredWebhookEndpoint[]
  readonly jwtTemplate: string | null
}

export interface StoredPermission {
  readonly slug: string
  readonly name: string
  readonly description: string | null
}

export interface StoredRole extends StoredPermission {
  readonly permissions: readonly string[]
}

export type StoredUser = Pick<
  User,
  'id' | 'email' | 'email_verified' | 'first_name' | 'last_name' | 'name' | 'external_id' | 'metadata'
> & { readonly hasPassword: boolean }

export interface StoredUri<Id> {
  readonly id: Id
  readonly uri: string
  readonly isDefault: boolean
}

export interface StoredConnection {
  readonly id: ConnectionId
  readonly organization_id: OrganizationId
  readonly connection_type: string
  readonly name: string
  readonly state: string
  readonly idp_metadata_url: string | null
  readonly idp_entity_id: string | null
  readonly idp_sso_redirect_url: string | null
  readonly idp_certificates: readonly string[]
  readonly attribute_map: unknown
  readonly options: unknown
}

/** An organization that exists, or the one that the step with this index of the seed makes. */
export type OrganizationRef = { readonly id: OrganizationId } | { readonly made: number }

/** What has to be done for one line of the plan. */
export type SeedAction =
  | RoleAction
  | UserAction
  | MemberAction
  | WebhookAction
  | {
      readonly do: 'create organization'
      readonly index: number
      readonly id?: OrganizationId
      readonly input: OrganizationCreate
    }
  | { readonly do: 'update organization'; readonly id: OrganizationId; readonly input: OrganizationUpdate }
  | { readonly do: 'create connection'; readonly organization: OrganizationRef; readonly connection: SeedConnection }
  | {
      readonly do: 'configure connection'
      readonly id: ConnectionId
      readonly change: ConnectionChange
      readonly idpFrom?: SeedConnection
    }
  | { readonly do: 'create api key'; readonly name: string; readonly value?: string }
  | {
      readonly do: 'create uri'
      readonly family: 'redirect' | 'logout'
      readonly uri: string
      readonly default: boolean
    }
  | {
      readonly do: 'make uri default'
      readonly family: 'redirect' | 'logout'
      readonly id: RedirectUriId | LogoutUriId
    }
  | { readonly do: 'create origin'; readonly origin: string }
  | { readonly do: 'set homepage'; readonly url: string }
  | { readonly do: 'set jwt template'; readonly content: string }

/** One thing the seed describes: to be made, to be changed, or as it should be. */
export interface PlanStep {
  readonly mark: '+' | '~' | '='
  /** Such as `organization Acme`. */
  readonly what: string
  readonly details: readonly { readonly mark: '+' | '~' | '-'; readonly text: string }[]
  readonly action?: SeedAction
}

export interface SeedPlan {
  readonly steps: readonly PlanStep[]
  /** Why it cannot be carried out; then nothing is. */
  readonly problems: readonly string[]
}

/**
 * Compares what a seed describes with what there is. Things are found by id, then external id, then name; what the seed
 * does not mention is left alone, but a list of domains is taken for the whole list.
 */
export function planSeed(seed: Seed, state: SeedState): SeedPlan {
  const organizations = planOrganizations(seed.organizations, state.organizations)
  const users = planUsers(seed.users, state.users)
  const plans = [
    planRoles(seed, state),
    organizations,
    planOrganizationRoles(seed, state, organizations),
    users,
    planConnections(seed.connections, state, organizations.refs),
    planMembers(seed, state, organizations, users),
    planRest(seed, state),
    planWebhooks(seed.webhookEndpoints, state.webhookEndpoints),
  ]
  return { steps: plans.flatMap(({ steps }) => steps), problems: plans.flatMap(({ problems }) => problems) }
}
