import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/organization-domains.ts'
import { change } from '#db/work.ts'
import { addDomain, lookForProof, readDomain, removeDomain, verifyDomain } from '#domain/organizations/domains.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function organizationDomainRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.createOrganizationDomain, ({ body }, { scope }) =>
    change(deps, scope, (work) => addDomain(work, body.organization_id, body.domain)),
  )

  serve(app, deps, contract.getOrganizationDomain, ({ params }, { environment }) =>
    readDomain(deps.db, environment, params.id),
  )

  serve(app, deps, contract.verifyOrganizationDomain, async ({ params }, { environment, scope }) => {
    const proven = await lookForProof(deps.db, environment, params.id, deps.resolveTxt)
    return change(deps, scope, (work) => verifyDomain(work, params.id, proven))
  })

  serve(app, deps, contract.deleteOrganizationDomain, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeDomain(work, params.id)),
  )
}
