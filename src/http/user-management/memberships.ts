import type { FastifyInstance } from 'fastify'
import type { OrganizationId, UserId } from '#contracts/ids.ts'
import * as contract from '#contracts/memberships.ts'
import { change } from '#db/work.ts'
import { createMembership } from '#domain/memberships/create.ts'
import { listMemberships, readMembership } from '#domain/memberships/read.ts'
import { removeMembership } from '#domain/memberships/remove.ts'
import { deactivateMembership, reactivateMembership, updateMembership } from '#domain/memberships/update.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function membershipRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listOrganizationMemberships, ({ query }, { environment }) =>
    listMemberships(deps.db, environment, query),
  )

  serve(app, deps, contract.createOrganizationMembership, ({ body }, { scope }) => {
    const { user_id: user, organization_id: organization, ...roles } = body
    // Any text may be asked for: what nobody has is not found.
    const of = { user: user as UserId, organization: organization as OrganizationId }
    return change(deps, scope, (work) => createMembership(work, { ...of, ...roles }))
  })

  serve(app, deps, contract.getOrganizationMembership, ({ params }, { environment }) =>
    readMembership(deps.db.kysely, environment, params.id),
  )

  serve(app, deps, contract.updateOrganizationMembership, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateMembership(work, params.id, body)),
  )

  serve(app, deps, contract.deactivateOrganizationMembership, ({ params }, { scope }) =>
    change(deps, scope, (work) => deactivateMembership(work, params.id)),
  )

  serve(app, deps, contract.reactivateOrganizationMembership, ({ params }, { scope }) =>
    change(deps, scope, (work) => reactivateMembership(work, params.id)),
  )

  serve(app, deps, contract.deleteOrganizationMembership, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeMembership(work, params.id)),
  )
}
