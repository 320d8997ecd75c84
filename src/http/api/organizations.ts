import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/organizations.ts'
import { change } from '#db/work.ts'
import { createOrganization } from '#domain/organizations/create.ts'
import { listOrganizations, readOrganization, readOrganizationByExternalId } from '#domain/organizations/read.ts'
import { removeOrganization } from '#domain/organizations/remove.ts'
import { updateOrganization } from '#domain/organizations/update.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function organizationRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listOrganizations, ({ query }, { environment }) =>
    listOrganizations(deps.db, environment, query),
  )

  serve(app, deps, contract.createOrganization, ({ body }, { scope }) =>
    change(deps, scope, (work) => createOrganization(work, body)),
  )

  serve(app, deps, contract.getOrganization, ({ params }, { environment }) =>
    readOrganization(deps.db.kysely, environment, params.id),
  )

  serve(app, deps, contract.getOrganizationByExternalId, ({ params }, { environment }) =>
    readOrganizationByExternalId(deps.db, environment, params.external_id),
  )

  serve(app, deps, contract.updateOrganization, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateOrganization(work, params.id, body)),
  )

  serve(app, deps, contract.deleteOrganization, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeOrganization(work, params.id)),
  )
}
