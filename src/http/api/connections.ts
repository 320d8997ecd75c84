import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/connections.ts'
import { change } from '#db/work.ts'
import { configureConnection } from '#domain/connections/configure.ts'
import { createConnection } from '#domain/connections/create.ts'
import { readIdpSettings } from '#domain/connections/idp-settings.ts'
import { readOidcSettings } from '#domain/connections/oidc-client.ts'
import { listConnections, readConnection } from '#domain/connections/read.ts'
import { removeConnection } from '#domain/connections/remove.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function connectionRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listConnections, ({ query }, { environment }) =>
    listConnections(deps.db, environment, query),
  )

  serve(app, deps, contract.getConnection, ({ params }, { environment }) =>
    readConnection(deps.db, environment, params.id, deps.baseUrl),
  )

  serve(app, deps, contract.createConnection, async ({ body }, { scope }) => {
    const idp = await idpOf(body)
    return change(deps, scope, (work) => createConnection(work, body, idp, deps.baseUrl, oidcOf(body)))
  })

  serve(app, deps, contract.updateConnection, async ({ params, body }, { scope }) => {
    const idp = await idpOf(body)
    return change(deps, scope, (work) => configureConnection(work, params.id, body, idp, deps.baseUrl, oidcOf(body)))
  })

  serve(app, deps, contract.deleteConnection, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeConnection(work, params.id)),
  )

  async function idpOf(body: contract.ConnectionUpdate) {
    return (
      (await readIdpSettings(body, deps.fetchText, deps.clock())) ?? (await readOidcSettings(body.oidc, deps.oauth))
    )
  }

  function oidcOf({ oidc }: contract.ConnectionUpdate) {
    return oidc && { input: oidc, secrets: deps.secrets }
  }
}
