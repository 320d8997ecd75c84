import { createBrowserRouter, type RouteObject } from 'react-router'
import { Crashed } from './shell/crashed.tsx'
import { Gate } from './shell/gate.tsx'
import { Shell } from './shell/shell.tsx'
import { Waiting } from './shell/waiting.tsx'
import { UnknownPage } from './shell/unknown-page.tsx'

/** Each page is fetched when somebody goes there. */
const pages: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import('./pages/overview/overview-page.tsx')).OverviewPage }) },
  {
    path: 'organizations',
    lazy: async () => ({ Component: (await import('./pages/organizations/organizations-page.tsx')).OrganizationsPage }),
  },
  {
    path: 'organizations/:id',
    lazy: async () => ({ Component: (await import('./pages/organizations/organization-page.tsx')).OrganizationPage }),
  },
  {
    path: 'connections/:id',
    lazy: async () => ({ Component: (await import('./pages/connections/connection-page.tsx')).ConnectionPage }),
  },
  {
    path: 'sign-in-attempts/:id',
    lazy: async () => ({ Component: (await import('./pages/attempts/attempt-page.tsx')).AttemptPage }),
  },
  {
    path: 'directories/:id',
    lazy: async () => ({ Component: (await import('./pages/directories/directory-page.tsx')).DirectoryPage }),
  },
  {
    path: 'directory-users/:id',
    lazy: async () => ({ Component: (await import('./pages/directories/user-page.tsx')).DirectoryUserPage }),
  },
  {
    path: 'directory-groups/:id',
    lazy: async () => ({ Component: (await import('./pages/directories/group-page.tsx')).DirectoryGroupPage }),
  },
  {
    path: 'redirects',
    lazy: async () => ({ Component: (await import('./pages/redirects/redirects-page.tsx')).RedirectsPage }),
  },
  {
    path: 'api-keys',
    lazy: async () => ({ Component: (await import('./pages/api-keys/api-keys-page.tsx')).ApiKeysPage }),
  },
  { path: 'events', lazy: async () => ({ Component: (await import('./pages/events/events-page.tsx')).EventsPage }) },
  {
    path: 'webhooks',
    lazy: async () => ({ Component: (await import('./pages/webhooks/webhooks-page.tsx')).WebhooksPage }),
  },
  {
    path: 'webhooks/:id',
    lazy: async () => ({ Component: (await import('./pages/webhooks/webhook-page.tsx')).WebhookPage }),
  },
  {
    path: 'log-streams',
    lazy: async () => ({ Component: (await import('./pages/log-streams/log-streams-page.tsx')).LogStreamsPage }),
  },
  {
    path: 'log-streams/:id',
    lazy: async () => ({ Component: (await import('./pages/log-streams/log-stream-page.tsx')).LogStreamPage }),
  },
  {
    path: 'settings',
    lazy: async () => ({ Component: (await import('./pages/settings/settings-page.tsx')).SettingsPage }),
  },
  {
    path: 'test-sso',
    lazy: async () => ({ Component: (await import('./pages/test-sso/test-sso-page.tsx')).TestSsoPage }),
  },
  { path: 'users', lazy: async () => ({ Component: (await import('./pages/users/users-page.tsx')).UsersPage }) },
  { path: 'users/:id', lazy: async () => ({ Component: (await import('./pages/users/user-page.tsx')).UserPage }) },
  {
    path: 'invitations',
    lazy: async () => ({ Component: (await import('./pages/invitations/invitations-page.tsx')).InvitationsPage }),
  },
  { path: 'roles', lazy: async () => ({ Component: (await import('./pages/roles/roles-page.tsx')).RolesPage }) },
  {
    path: 'branding',
    lazy: async () => ({ Component: (await import('./pages/branding/branding-page.tsx')).BrandingPage }),
  },
  {
    path: 'environments',
    lazy: async () => ({ Component: (await import('./pages/environments/environments-page.tsx')).EnvironmentsPage }),
  },
  { path: 'team', lazy: async () => ({ Component: (await import('./pages/team/team-page.tsx')).TeamPage }) },
  { path: 'audit', lazy: async () => ({ Component: (await import('./pages/audit/audit-page.tsx')).AuditPage }) },
  { path: 'emails', lazy: async () => ({ Component: (await import('./pages/mailbox/mailbox-page.tsx')).MailboxPage }) },
  {
    path: 'authentication',
    lazy: async () => ({
      Component: (await import('./pages/authentication/authentication-page.tsx')).AuthenticationPage,
    }),
  },
  {
    path: 'requests',
    lazy: async () => ({ Component: (await import('./pages/requests/requests-page.tsx')).RequestsPage }),
  },
  {
    path: 'insights',
    lazy: async () => ({ Component: (await import('./pages/insights/insights-page.tsx')).InsightsPage }),
  },
  { path: 'alerts', lazy: async () => ({ Component: (await import('./pages/alerts/alerts-page.tsx')).AlertsPage }) },
  { path: '*', Component: UnknownPage },
]

export const router = createBrowserRouter(
  [
    {
      path: '/',
      Component: Gate,
      HydrateFallback: Waiting,
      ErrorBoundary: Crashed,
      children: [
        {
          path: ':environment',
          Component: Shell,
          children: [{ ErrorBoundary: Crashed, children: pages }],
        },
      ],
    },
  ],
  { basename: '/dashboard' },
)
