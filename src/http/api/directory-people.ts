import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/directory-users.ts'
import { getDirectoryUserProvisioning } from '#contracts/directory-provisioning.ts'
import * as roles from '#contracts/directory-roles.ts'
import { change } from '#db/work.ts'
import { explainRole, listGroupRoles, setGroupRoles } from '#domain/directories/group-roles.ts'
import { listGroups, listUsers, readDirectoryGroup, readDirectoryUser } from '#domain/directories/list-people.ts'
import { explainProvisioning } from '#domain/provisioning/refusals.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import type { Deps } from '../deps.ts'
import { RawJson, serve } from '../serve.ts'

export function directoryPeopleRoutes(app: FastifyInstance, deps: Deps): void {
  serve(
    app,
    deps,
    contract.listDirectoryUsers,
    async ({ query }, { environment }) => new RawJson(await listUsers(deps.db, environment, query)),
  )

  serve(app, deps, contract.getDirectoryUser, ({ params }, { environment }) =>
    readDirectoryUser(deps.db, environment, params.id),
  )

  serve(
    app,
    deps,
    contract.listDirectoryGroups,
    async ({ query }, { environment }) => new RawJson(await listGroups(deps.db, environment, query)),
  )

  serve(app, deps, contract.getDirectoryGroup, ({ params }, { environment }) =>
    readDirectoryGroup(deps.db, environment, params.id),
  )

  serve(app, deps, roles.getDirectoryUserRole, ({ params }, { environment }) =>
    explainRole(deps.db, environment, params.id),
  )

  serve(app, deps, getDirectoryUserProvisioning, ({ params }, { environment }) =>
    explainProvisioning(deps.db, environment, params.id),
  )

  serve(app, deps, roles.listGroupRoles, ({ params }, { environment }) =>
    listGroupRoles(deps.db.kysely, environment, params.organization_id),
  )

  serve(app, deps, roles.setGroupRoles, async ({ params, body }, { environment, scope }) => {
    const set = await change(deps, scope, (work) => setGroupRoles(work, params.organization_id, body))
    await settlePeople(deps, environment)
    return set
  })
}
