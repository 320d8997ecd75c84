import type { timelineSteps } from '#contracts/sign-in-attempts.ts'
import type { EventData } from '#contracts/events.ts'
import type { ConnectionId, OrganizationId, SsoSessionId } from '#contracts/ids.ts'

/** Where a request came from. */
export interface Client {
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** One line of an attempt's timeline; facts differ by step. */
export interface TimelineEntry {
  readonly at: string
  readonly step: (typeof timelineSteps)[number]
  readonly [fact: string]: unknown
}

/** Why an attempt failed, in words for the administrator. `code` is stable. */
export interface AttemptError {
  readonly code: string
  readonly message: string
}

export interface Attempt {
  readonly id: SsoSessionId
  readonly organizationId: OrganizationId | null
  readonly connectionId: ConnectionId | null
}

const maxUserAgentLength = 512

/** The part all `authentication.sso_*` payloads share. */
export function attemptEvent({ id, organizationId, connectionId }: Attempt, client: Client) {
  return {
    type: 'sso',
    ip_address: client.ipAddress,
    user_agent: client.userAgent?.slice(0, maxUserAgentLength) ?? null,
    user_id: null,
    sso: { organization_id: organizationId, connection_id: connectionId, session_id: id },
  } satisfies Omit<EventData<'authentication.sso_started'>, 'status' | 'email'>
}
