import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/permissions.ts'
import { change } from '#db/work.ts'
import {
  createPermission,
  listPermissions,
  readPermission,
  removePermission,
  updatePermission,
} from '#domain/roles/permissions.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function permissionRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listPermissions, ({ query }, { environment }) =>
    listPermissions(deps.db, environment, query),
  )

  serve(app, deps, contract.createPermission, ({ body }, { scope }) =>
    change(deps, scope, (work) => createPermission(work, body)),
  )

  serve(app, deps, contract.getPermission, ({ params }, { environment }) =>
    readPermission(deps.db, environment, params.slug),
  )

  serve(app, deps, contract.updatePermission, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => updatePermission(work, params.slug, body)),
  )

  serve(app, deps, contract.deletePermission, ({ params }, { scope }) =>
    change(deps, scope, (work) => removePermission(work, params.slug)),
  )
}
