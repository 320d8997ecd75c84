import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/dashboard-users.ts'
import { listAuditEntries } from '#domain/dashboard/read-audit.ts'
import {
  changeDashboardRole,
  inviteDashboardUser,
  listDashboardUsers,
  removeDashboardUser,
} from '#domain/dashboard/users.ts'
import type { Deps } from '../deps.ts'
import { serve, serveInstallation } from '../serve.ts'

export function dashboardUserRoutes(app: FastifyInstance, deps: Deps): void {
  const { db, clock, baseUrl } = deps

  serveInstallation(app, deps, contract.listDashboardUsers, async () => ({
    object: 'list' as const,
    data: await listDashboardUsers(db),
  }))

  serveInstallation(app, deps, contract.inviteDashboardUser, ({ body }) =>
    inviteDashboardUser(db, body, baseUrl, clock()),
  )

  serveInstallation(app, deps, contract.changeDashboardUser, ({ params, body }) =>
    changeDashboardRole(db, params.id, body.role, clock()),
  )

  serveInstallation(app, deps, contract.removeDashboardUser, ({ params }) => removeDashboardUser(db, params.id))

  serve(app, deps, contract.listAuditEntries, ({ query }, { environment }) => listAuditEntries(db, environment, query))

  serveInstallation(app, deps, contract.listInstallationAuditEntries, ({ query }) =>
    listAuditEntries(db, undefined, query),
  )
}
