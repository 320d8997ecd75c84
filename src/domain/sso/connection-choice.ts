import type { ConnectionOptions, ConnectionState, ConnectionType } from '#contracts/connections.ts'
import type { SsoErrorCode } from '#contracts/errors.ts'
import type { ConnectionId, OrganizationId } from '#contracts/ids.ts'
import { ok, refused, type Result } from '#protocols/result.ts'

/** A connection as the start of a sign-in needs it. */
export interface Candidate {
  readonly id: ConnectionId
  readonly organization_id: OrganizationId
  readonly external_key: string
  readonly connection_type: ConnectionType
  readonly state: ConnectionState
  readonly idp_entity_id: string | null
  readonly idp_sso_redirect_url: string | null
  readonly idp_sso_post_url: string | null
  readonly idp_wants_signed_requests: boolean
  readonly options: Partial<ConnectionOptions>
}

export interface Selector {
  readonly connection?: string | undefined
  readonly organization?: string | undefined
  readonly domain?: string | undefined
  readonly provider?: string | undefined
}

export interface SelectorProblem {
  readonly error: SsoErrorCode
  readonly description: string
}

/**
 * Settles which connection signs this person in. The words reach the application's developer, on the redirect.
 * @param providerReady whether the provider that is named is set up and switched on.
 */
export function chooseConnection(
  selector: Selector,
  found: readonly Candidate[],
  providerReady = false,
): Result<Candidate | 'provider', SelectorProblem> {
  const named = Object.entries(selector).filter(([, value]) => value !== undefined)
  if (named.length !== 1)
    return problem(
      'invalid_connection_selector',
      `Give exactly one of connection, organization or provider; ${named.length === 0 ? 'none' : named.map(([name]) => name).join(' and ')} was given.`,
    )
  if (selector.provider !== undefined)
    return providerReady
      ? ok('provider')
      : problem(
          'connection_strategy_invalid',
          `Signing in with the provider ${selector.provider} is not set up in this environment. Use connection or organization.`,
        )
  if (selector.connection !== undefined)
    return usable(found[0], `Connection '${selector.connection}'`, 'connection_invalid')
  const whose =
    selector.organization === undefined
      ? `The organization that owns the domain '${selector.domain}'`
      : `Organization '${selector.organization}'`
  return chooseAmong(found, whose)
}

function chooseAmong(found: readonly Candidate[], whose: string): Result<Candidate, SelectorProblem> {
  const active = found.filter((connection) => connection.state === 'active')
  if (active.length > 1)
    return problem(
      'ambiguous_connection_selector',
      `${whose} has ${active.length} active connections. Name one with the connection parameter.`,
    )
  if (active[0]) return ok(active[0])
  const waiting = found.filter((connection) => connection.state === 'validating')
  if (waiting.length > 1)
    return problem(
      'ambiguous_connection_selector',
      `${whose} has ${waiting.length} connections waiting for a first sign-in. Name one with the connection parameter.`,
    )
  return usable(waiting[0] ?? found[0], whose, 'organization_invalid')
}

function usable(
  connection: Candidate | undefined,
  subject: string,
  otherwise: 'connection_invalid' | 'organization_invalid',
): Result<Candidate, SelectorProblem> {
  if (!connection)
    return problem(
      otherwise,
      otherwise === 'connection_invalid'
        ? `${subject} does not exist in this environment.`
        : `${subject} does not exist in this environment or has no connection.`,
    )
  if (connection.idp_entity_id === null)
    return problem(
      'connection_unlinked',
      `${subject} has no identity provider configured yet. Save its metadata first.`,
    )
  if (connection.state !== 'active' && connection.state !== 'validating')
    return problem('connection_invalid', `${subject} is switched off (its connection is ${connection.state}).`)
  return ok(connection)
}

function problem(error: SsoErrorCode, description: string): Result<never, SelectorProblem> {
  return refused({ error, description })
}
