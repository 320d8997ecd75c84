import type { FastifyInstance } from 'fastify'
import { listOrganizationSummaries } from '#contracts/organization-summaries.ts'
import * as contract from '#contracts/overview.ts'
import { findPlaces } from '#contracts/places.ts'
import { change } from '#db/work.ts'
import { makeEnvironment } from '#domain/environments/create.ts'
import { renameEnvironment } from '#domain/environments/update.ts'
import { listOrganizationSummaries as readSummaries } from '#domain/organizations/summaries.ts'
import { listExpiringConnections } from '#domain/overview/expiring-connections.ts'
import { findPlaces as readPlaces } from '#domain/overview/find-places.ts'
import { readOverview } from '#domain/overview/overview.ts'
import { searchEverything } from '#domain/overview/search.ts'
import { listRejected } from '#domain/redirects/rejected.ts'
import { testRedirect } from '#domain/redirects/test-redirect.ts'
import { readDefaultRole } from '#domain/roles/default-role.ts'
import type { Deps } from '../deps.ts'
import { serve, serveInstallation } from '../serve.ts'

export function overviewRoutes(app: FastifyInstance, deps: Deps): void {
  const { db } = deps

  serve(app, deps, contract.getOverview, async (_input, { environment }) => ({
    object: 'overview' as const,
    steps: await readOverview(db, environment),
  }))

  serve(app, deps, contract.listExpiringConnections, async (_input, { environment }) => ({
    object: 'list' as const,
    data: await listExpiringConnections(db, environment, deps.clock()),
  }))

  serve(app, deps, listOrganizationSummaries, ({ query }, { environment }) => readSummaries(db, environment, query))

  serve(app, deps, contract.searchEverything, async ({ query }, { environment }) => ({
    object: 'list' as const,
    data: await searchEverything(db, environment, query.q),
  }))

  serve(app, deps, contract.testRedirect, ({ query }, { environment, kind }) =>
    testRedirect(db, environment, kind, query.uri),
  )

  serve(app, deps, contract.listRejectedRedirects, async (_input, { environment }) => ({
    object: 'list' as const,
    data: await listRejected(db, environment),
  }))

  serve(app, deps, contract.getDefaultRole, async (_input, { environment }) => ({
    object: 'default_role' as const,
    slug: await readDefaultRole(db, environment),
  }))

  serve(app, deps, contract.renameEnvironment, ({ body }, { scope }) =>
    change(deps, scope, (work) => renameEnvironment(work, body.name.trim())),
  )

  serveInstallation(app, deps, findPlaces, async ({ query }, { role }) => ({
    object: 'list' as const,
    data: await readPlaces(db, query.id, role),
  }))

  serveInstallation(app, deps, contract.makeEnvironment, ({ body }) =>
    makeEnvironment(deps, { name: body.name.trim(), kind: body.kind }),
  )
}
