import { createBrowserRouter, type RouteObject } from 'react-router'
import { Crashed } from './shell/crashed.tsx'
import { Gate } from './shell/gate.tsx'
import { Shell } from './shell/shell.tsx'
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
  { path: '*', Component: UnknownPage },
]

export const router = createBrowserRouter(
  [
    {
      path: '/',
      Component: Gate,
      ErrorBoundary: Crashed,
      children: [
        {
          path: ':environment',
          Component: Shell,
          children: [{ ErrorBoundary: Crashed, children: pages }],
        },
      ],
    },
    { path: '*', Component: Gate },
  ],
  { basename: '/dashboard' },
)
