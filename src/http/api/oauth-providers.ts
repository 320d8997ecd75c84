import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/oauth-providers.ts'
import { change } from '#db/work.ts'
import { checkIssuer, listProviders, readProvider, removeProvider, setProvider } from '#domain/oauth/providers.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function oauthProviderRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listOAuthProviders, (_input, { environment }) =>
    listProviders(deps.db, environment, deps.baseUrl),
  )

  serve(app, deps, contract.getOAuthProvider, ({ params }, { environment }) =>
    readProvider(deps.db, environment, params.name, deps.baseUrl),
  )

  serve(app, deps, contract.setOAuthProvider, async ({ params, body }, { scope }) => {
    await checkIssuer(deps.oauth, params.name, body)
    return change(deps, scope, (work) => setProvider(work, params.name, body, deps))
  })

  serve(app, deps, contract.deleteOAuthProvider, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeProvider(work, params.name)),
  )
}
