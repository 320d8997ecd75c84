import type { AuthenticationMethod } from '#contracts/authentication.ts'
import type {
  AuthenticationMethods,
  AuthenticationSettings,
  OrganizationAuthenticationSettings,
} from '#contracts/authentication-settings.ts'
import type { AuthenticationFactorId, ConnectionId, OrganizationId, UserId } from '#contracts/ids.ts'

/** What a person has shown so far. */
export interface Proven {
  readonly user: { readonly id: UserId; readonly email: string; readonly email_verified: boolean }
  readonly method: AuthenticationMethod
  /** The organization the application asked for or the person chose. On a refresh, the session's. */
  readonly organization: OrganizationId | null
  /** The SSO connection that vouched. */
  readonly connection: { readonly id: ConnectionId; readonly organization: OrganizationId } | null
  /** Whether a second factor was shown. */
  readonly mfa: boolean
  /** Whether this sign-in itself showed that the inbox is theirs. */
  readonly emailProven: boolean
}

export interface OrganizationPolicy {
  readonly id: OrganizationId
  readonly name: string
  readonly settings: OrganizationAuthenticationSettings
  /** Its active connections. */
  readonly connections: readonly ConnectionId[]
}

/** What the decision depends on besides. */
export interface Circumstances {
  readonly settings: AuthenticationSettings
  /** Organizations the person is an active member of. */
  readonly memberships: readonly OrganizationPolicy[]
  /** The organization that has verified the domain of the person's address. */
  readonly domainOwner: OrganizationPolicy | null
  /** Second factors that have been proven. */
  readonly factors: readonly { readonly id: AuthenticationFactorId; readonly type: 'totp' }[]
}

export type Conclusion =
  | { readonly kind: 'done'; readonly organization: OrganizationId | null }
  | { readonly kind: 'method_not_allowed' }
  | { readonly kind: 'sso_required'; readonly connections: readonly ConnectionId[] }
  | { readonly kind: 'email_verification_required' }
  | { readonly kind: 'not_a_member'; readonly organization: OrganizationId }
  | {
      readonly kind: 'organization_selection_required'
      readonly organizations: readonly { readonly id: OrganizationId; readonly name: string }[]
    }
  | {
      readonly kind: 'organization_methods_required'
      readonly connections: readonly ConnectionId[]
      readonly methods: AuthenticationMethods
    }
  | { readonly kind: 'mfa_enrollment' }
  | { readonly kind: 'mfa_challenge'; readonly factors: Circumstances['factors'] }

/** Which switch turns a method off; the others have none. */
const switchOf: Partial<Record<AuthenticationMethod, keyof AuthenticationMethods>> = {
  Password: 'password',
  MagicAuth: 'magic_auth',
  Passkey: 'passkey',
  GoogleOAuth: 'google_oauth',
  MicrosoftOAuth: 'microsoft_oauth',
  GitHubOAuth: 'github_oauth',
  AppleOAuth: 'apple_oauth',
  ExternalAuth: 'custom_oauth',
}

/** The identity provider asks for its own second factor, a passkey is two in one, and an impersonator has the operator's. */
const needsNoFactor: ReadonlySet<AuthenticationMethod> = new Set(['SSO', 'Passkey', 'Impersonation'])

/**
 * Whether a person may come in, and if so into which organization; else the one thing that is asked for next. The same
 * rules hold for the API, the hosted pages and every refresh: a session that could not be made now does not go on.
 * @param moment a refresh asks nothing that was settled when the session began: no inbox proof, no choice of organization,
 *   no factor that is merely optional.
 */
export function conclude(
  proven: Proven,
  circumstances: Circumstances,
  moment: 'sign_in' | 'refresh' = 'sign_in',
): Conclusion {
  const { method, user } = proven
  const { settings, memberships, domainOwner } = circumstances
  if (!allows(settings.methods, method)) return { kind: 'method_not_allowed' }

  const impersonated = method === 'Impersonation'
  if (domainOwner && !impersonated && demandsSso(domainOwner) && proven.connection?.organization !== domainOwner.id)
    return { kind: 'sso_required', connections: domainOwner.connections }

  const inboxOpen = settings.email_verification_required && !user.email_verified && !proven.emailProven
  if (inboxOpen && !impersonated && moment === 'sign_in') return { kind: 'email_verification_required' }

  const place = chooseOrganization(proven, memberships, moment)
  if ('kind' in place) return place
  const { organization } = place

  const methods = { ...settings.methods, ...organization?.settings.methods }
  if (organization && !allows(methods, method))
    return { kind: 'organization_methods_required', connections: organization.connections, methods }

  const demand = organization?.settings.mfa ?? settings.mfa
  const asked = needsFactor(proven, organization)
    ? secondFactor(demand, proven, circumstances.factors, moment)
    : undefined
  return asked ?? { kind: 'done', organization: organization?.id ?? null }
}

/**
 * The identity provider of one company is no second factor to another that demands one: whoever runs it can sign in as
 * any of its people, and would be let in where they are guests.
 */
function needsFactor({ method, connection }: Proven, organization: OrganizationPolicy | null): boolean {
  if (!needsNoFactor.has(method)) return true
  const isOfAnother = organization !== null && connection?.organization !== organization.id
  return method === 'SSO' && isOfAnother && organization.settings.mfa === 'required'
}

/** Whether a way to sign in is switched on; those without a switch are. */
export function allows(methods: AuthenticationMethods, method: AuthenticationMethod): boolean {
  const name = switchOf[method]
  return name === undefined || methods[name]
}

/** On unless the organization says otherwise: who sets up SSO means its people to use it. */
function demandsSso({ connections, settings }: OrganizationPolicy): boolean {
  return connections.length > 0 && (settings.sso_required ?? true)
}

function chooseOrganization(
  proven: Proven,
  memberships: readonly OrganizationPolicy[],
  moment: 'sign_in' | 'refresh',
): { readonly organization: OrganizationPolicy | null } | Conclusion {
  const asked = proven.organization
  if (asked !== null) {
    const organization = memberships.find(({ id }) => id === asked)
    return organization ? { organization } : { kind: 'not_a_member', organization: asked }
  }
  if (moment === 'refresh') return { organization: null }
  const vouching = memberships.find(({ id }) => id === proven.connection?.organization)
  if (vouching) return { organization: vouching }
  const [only, ...others] = memberships
  if (others.length > 0)
    return { kind: 'organization_selection_required', organizations: memberships.map(({ id, name }) => ({ id, name })) }
  return { organization: only ?? null }
}

function secondFactor(
  demand: AuthenticationSettings['mfa'],
  { mfa }: Proven,
  factors: Circumstances['factors'],
  moment: 'sign_in' | 'refresh',
): Conclusion | undefined {
  if (mfa || demand === 'off') return undefined
  if (demand === 'optional' && (factors.length === 0 || moment === 'refresh')) return undefined
  return factors.length === 0 ? { kind: 'mfa_enrollment' } : { kind: 'mfa_challenge', factors }
}
