import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/roles.ts'
import { change } from '#db/work.ts'
import { createEnvironmentRole, createOrganizationRole } from '#domain/roles/create.ts'
import { orderRoles } from '#domain/roles/order.ts'
import { presentRole } from '#domain/roles/present.ts'
import {
  listEnvironmentRoles,
  listOrganizationRoles,
  readEnvironmentRole,
  readOrganizationRole,
} from '#domain/roles/read.ts'
import { removeRole } from '#domain/roles/remove.ts'
import { addRolePermission, removeRolePermission, setRolePermissions } from '#domain/roles/role-permissions.ts'
import { updateRole } from '#domain/roles/update.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function roleRoutes(app: FastifyInstance, deps: Deps): void {
  environmentRoles(app, deps)
  organizationRoles(app, deps)
}

function environmentRoles(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listEnvironmentRoles, (_input, { environment }) =>
    listEnvironmentRoles(deps.db.kysely, environment),
  )

  serve(app, deps, contract.createEnvironmentRole, ({ body }, { scope }) =>
    change(deps, scope, (work) => createEnvironmentRole(work, body)),
  )

  serve(app, deps, contract.orderEnvironmentRoles, ({ body }, { scope }) =>
    change(deps, scope, (work) => orderRoles(work, body)),
  )

  serve(app, deps, contract.getEnvironmentRole, async ({ params }, { environment }) =>
    presentRole(await readEnvironmentRole(deps.db.kysely, environment, params.slug)),
  )

  serve(app, deps, contract.updateEnvironmentRole, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateRole(work, null, params.slug, body)),
  )

  serve(app, deps, contract.deleteEnvironmentRole, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeRole(work, null, params.slug)),
  )

  serve(app, deps, contract.addEnvironmentRolePermission, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => addRolePermission(work, null, params.slug, body.slug)),
  )

  serve(app, deps, contract.setEnvironmentRolePermissions, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => setRolePermissions(work, null, params.slug, body.permissions)),
  )
}

function organizationRoles(app: FastifyInstance, deps: Deps): void {
  for (const list of [contract.listOrganizationRoles, contract.listRolesOfOrganization])
    serve(app, deps, list, ({ params }, { environment }) =>
      listOrganizationRoles(deps.db.kysely, environment, params.organization_id),
    )

  serve(app, deps, contract.createOrganizationRole, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => createOrganizationRole(work, params.organization_id, body)),
  )

  serve(app, deps, contract.getOrganizationRole, async ({ params }, { environment }) =>
    presentRole(await readOrganizationRole(deps.db.kysely, environment, params.organization_id, params.slug)),
  )

  serve(app, deps, contract.updateOrganizationRole, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updateRole(work, params.organization_id, params.slug, body)),
  )

  serve(app, deps, contract.deleteOrganizationRole, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeRole(work, params.organization_id, params.slug)),
  )

  serve(app, deps, contract.addOrganizationRolePermission, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => addRolePermission(work, params.organization_id, params.slug, body.slug)),
  )

  serve(app, deps, contract.setOrganizationRolePermissions, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => setRolePermissions(work, params.organization_id, params.slug, body.permissions)),
  )

  serve(app, deps, contract.removeOrganizationRolePermission, ({ params }, { scope }) =>
    change(deps, scope, (work) =>
      removeRolePermission(work, params.organization_id, params.slug, params.permission_slug),
    ),
  )
}
