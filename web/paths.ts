import { usePlace } from './api/environment.tsx'

/** Every page of an environment, by name. Filters and open drawers live in the query, so that a link is a view. */
export function pathsOf(environment: string) {
  const at = (path: string) => `/${environment}/${path}`
  return {
    overview: at(''),
    organizations: at('organizations'),
    organization: (id: string) => at(`organizations/${id}`),
    connection: (id: string) => at(`connections/${id}`),
    attempt: (id: string) => at(`sign-in-attempts/${id}`),
    directory: (id: string) => at(`directories/${id}`),
    scimRequest: (directory: string, id: string) =>
      at(`directories/${directory}?${new URLSearchParams({ tab: 'requests', request: id })}`),
    directoryUser: (id: string) => at(`directory-users/${id}`),
    directoryGroup: (id: string) => at(`directory-groups/${id}`),
    users: at('users'),
    user: (id: string) => at(`users/${id}`),
    invitations: at('invitations'),
    roles: at('roles'),
    branding: at('branding'),
    environments: at('environments'),
    team: at('team'),
    audit: at('audit'),
    installationAudit: at('audit?of=installation'),
    emails: at('emails'),
    authentication: at('authentication'),
    testSso: at('test-sso'),
    events: at('events'),
    event: (id: string) => at(`events?open=${encodeURIComponent(id)}`),
    webhooks: at('webhooks'),
    webhook: (id: string) => at(`webhooks/${id}`),
    logStreams: at('log-streams'),
    logStream: (id: string) => at(`log-streams/${id}`),
    insights: at('insights'),
    alerts: at('alerts'),
    requests: at('requests'),
    request: (requestId: string) => at(`requests?id=${encodeURIComponent(requestId)}`),
    redirects: at('redirects'),
    apiKeys: at('api-keys'),
    settings: at('settings'),
  }
}

export type Paths = ReturnType<typeof pathsOf>

export function usePaths(): Paths {
  return pathsOf(usePlace().environment.id)
}

/** The page of whatever has this id, or nothing for ids that have none. */
export function pathOfId(paths: Paths, id: string): string | undefined {
  const pages: readonly (readonly [string, (id: string) => string])[] = [
    ['org_domain_', () => paths.organizations],
    ['org_', paths.organization],
    ['conn_', paths.connection],
    ['sso_session_', paths.attempt],
    ['directory_user_', paths.directoryUser],
    ['directory_group_', paths.directoryGroup],
    ['directory_token_', () => paths.organizations],
    ['directory_', paths.directory],
    ['user_', paths.user],
    ['invitation_', () => paths.invitations],
    ['role_', () => paths.roles],
    ['perm_', () => paths.roles],
    ['environment_', () => paths.environments],
    ['event_', paths.event],
    ['we_', paths.webhook],
    ['log_stream_', paths.logStream],
    ['alert_rule_', () => paths.alerts],
    ['redir_', () => paths.redirects],
    ['logout_uri_', () => paths.redirects],
    ['cors_origin_', () => paths.redirects],
    ['api_key_', () => paths.apiKeys],
    ['client_', () => paths.apiKeys],
    ['test_sso_run_', () => paths.testSso],
    ['mail_', () => paths.emails],
    ['dashboard_user_', () => paths.team],
  ]
  return pages.find(([prefix]) => id.startsWith(prefix))?.[1](id)
}
