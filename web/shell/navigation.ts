import { usePaths } from '../paths.ts'

export interface NavigationLink {
  readonly text: string
  readonly to: string
  /** Typed one after the other, such as `g o`. */
  readonly keys: string
}

export function useNavigationLinks(): readonly NavigationLink[] {
  const paths = usePaths()
  return [
    { text: 'Overview', to: paths.overview, keys: 'g h' },
    { text: 'Organizations', to: paths.organizations, keys: 'g o' },
    { text: 'Users', to: paths.users, keys: 'g u' },
    { text: 'Test SSO', to: paths.testSso, keys: 'g t' },
    { text: 'Events', to: paths.events, keys: 'g e' },
    { text: 'Insights', to: paths.insights, keys: 'g i' },
    { text: 'Webhooks', to: paths.webhooks, keys: 'g w' },
    { text: 'Log streams', to: paths.logStreams, keys: 'g l' },
    { text: 'Mailbox', to: paths.emails, keys: 'g m' },
    { text: 'Authentication', to: paths.authentication, keys: 'g a' },
    { text: 'Requests', to: paths.requests, keys: 'g q' },
    { text: 'Redirects', to: paths.redirects, keys: 'g r' },
    { text: 'API keys', to: paths.apiKeys, keys: 'g k' },
    { text: 'Settings', to: paths.settings, keys: 'g s' },
  ]
}
