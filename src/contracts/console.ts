import * as Type from 'typebox'
import type { Static } from 'typebox'
import { type AnyEndpoint, dashboardRoles, endpoint } from './endpoint.ts'
import { Environment } from './environments.ts'
import { DashboardUserId, EnvironmentId } from './ids.ts'
import * as summaries from './organization-summaries.ts'
import * as overview from './overview.ts'
import { findPlaces } from './places.ts'
import * as users from './dashboard-users.ts'
import * as logs from './request-logs.ts'
import * as attempts from './sign-in-attempts.ts'

const tag = 'dashboard'

/** Header in which every request that changes something repeats `csrf_token` of the session. */
export const csrfHeader = 'x-gatehouse-csrf'

/** Server-sent events of an environment, below `dashboardPath`; see the door for what they say. */
export const livePath = '/live'

/** Where the dashboard asks. What API keys may call is there too, below the environment it is about. */
export function dashboardPath(access: AnyEndpoint['access'], environment: string): string {
  return access === 'installation' ? '/dashboard/api' : `/dashboard/api/${environment}`
}

export const DashboardSession = Type.Object({
  user: Type.Object({ id: DashboardUserId, email: Type.String(), role: Type.Enum([...dashboardRoles]) }),
  csrf_token: Type.String(),
  environments: Type.Array(
    Type.Object({
      id: EnvironmentId,
      name: Environment.properties.name,
      kind: Environment.properties.kind,
      client_id: Environment.properties.client_id,
      /** Where its live stream goes on for whoever reads anything after this: `?after=`. */
      live_place: Type.String(),
    }),
  ),
  /** Where browsers and identity providers reach the server. */
  base_url: Type.String(),
  /** Signed in without asking, because this is the developer's own machine. */
  development: Type.Boolean(),
})
export type DashboardSession = Static<typeof DashboardSession>

export const getDashboardSession = endpoint({
  operationId: 'getDashboardSession',
  method: 'GET',
  path: '/session',
  summary: 'Who is signed in, and what the pages need to begin',
  tag,
  access: 'installation',
  success: { status: 200, body: DashboardSession },
  errors: { 401: ['dashboard_session_required'] },
})

export const endDashboardSession = endpoint({
  operationId: 'endDashboardSession',
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  tag,
  access: 'installation',
  forViewers: true,
  success: { status: 204 },
})

/** Operations that exist for the dashboard alone. They are no part of the public API and may change at any time. */
export const consoleEndpoints: readonly AnyEndpoint[] = [
  getDashboardSession,
  endDashboardSession,

  attempts.listSignInAttempts,
  attempts.getSignInAttempt,
  attempts.revealRefusedResponse,
  attempts.replayRefusedResponse,

  logs.listScimRequests,
  logs.getScimRequest,
  logs.listApiRequests,
  logs.listApiFailures,

  summaries.listOrganizationSummaries,

  overview.getOverview,
  overview.searchEverything,
  overview.testRedirect,
  overview.listExpiringConnections,
  overview.listRejectedRedirects,
  overview.getDefaultRole,
  overview.renameEnvironment,
  overview.makeEnvironment,

  findPlaces,

  users.listDashboardUsers,
  users.inviteDashboardUser,
  users.changeDashboardUser,
  users.removeDashboardUser,
  users.listAuditEntries,
  users.listInstallationAuditEntries,
]
