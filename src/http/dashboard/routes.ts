import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { dashboardPages } from './front-end.ts'
import { liveRoutes } from './live.ts'
import { overviewRoutes } from './overview.ts'
import { requestLogRoutes } from './request-logs.ts'
import { sessionRoutes } from './session.ts'
import { dashboardSignInRoutes } from './sign-in.ts'
import { dashboardUserRoutes } from './users.ts'
import { signInAttemptRoutes } from './sign-in-attempts.ts'

/** The dashboard: its pages, and what they alone may call. */
export function dashboardRoutes(app: FastifyInstance, deps: Deps): void {
  dashboardPages(app)
  for (const routes of [
    sessionRoutes,
    liveRoutes,
    signInAttemptRoutes,
    requestLogRoutes,
    overviewRoutes,
    dashboardUserRoutes,
    dashboardSignInRoutes,
  ])
    routes(app, deps)
}
