import { usePaths } from '../paths.ts'

export interface NavigationLink {
  readonly text: string
  readonly to: string
  /** Typed one after the other, such as `g o`. */
  readonly keys: string
}

interface NavigationGroup {
  /** Nothing above the pages that everybody begins with. */
  readonly title?: string
  readonly links: readonly NavigationLink[]
}

export function useNavigationGroups(): readonly NavigationGroup[] {
  const paths = usePaths()
  return [
    {
      links: [
        { text: 'Overview', to: paths.overview, keys: 'g h' },
        { text: 'Organizations', to: paths.organizations, keys: 'g o' },
        { text: 'Users', to: paths.users, keys: 'g u' },
        { text: 'Invitations', to: paths.invitations, keys: 'g v' },
        { text: 'Roles', to: paths.roles, keys: 'g p' },
        { text: 'Test SSO', to: paths.testSso, keys: 'g t' },
      ],
    },
    {
      title: 'What happens',
      links: [
        { text: 'Events', to: paths.events, keys: 'g e' },
        { text: 'Insights', to: paths.insights, keys: 'g i' },
        { text: 'Alerts', to: paths.alerts, keys: 'g f' },
        { text: 'Requests', to: paths.requests, keys: 'g q' },
        { text: 'Mailbox', to: paths.emails, keys: 'g m' },
        { text: 'Webhooks', to: paths.webhooks, keys: 'g w' },
        { text: 'Log streams', to: paths.logStreams, keys: 'g l' },
      ],
    },
    {
      title: 'Configuration',
      links: [
        { text: 'Authentication', to: paths.authentication, keys: 'g a' },
        { text: 'Branding', to: paths.branding, keys: 'g b' },
        { text: 'Redirects', to: paths.redirects, keys: 'g r' },
        { text: 'API keys', to: paths.apiKeys, keys: 'g k' },
        { text: 'Settings', to: paths.settings, keys: 'g s' },
      ],
    },
    {
      title: 'Installation',
      links: [
        { text: 'Environments', to: paths.environments, keys: 'g n' },
        { text: 'Team', to: paths.team, keys: 'g y' },
        { text: 'Audit trail', to: paths.audit, keys: 'g d' },
      ],
    },
  ]
}

export function useNavigationLinks(): readonly NavigationLink[] {
  return useNavigationGroups().flatMap(({ links }) => links)
}
