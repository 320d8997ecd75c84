import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/redirects.ts'
import { change } from '#db/work.ts'
import { logoutUris, redirectUris } from '#domain/redirects/families.ts'
import { readHomepage, setHomepage } from '#domain/redirects/homepage.ts'
import { createOrigin, listOrigins, removeOrigin } from '#domain/redirects/origins.ts'
import { createUri, listUris, removeUri, updateUri } from '#domain/redirects/uris.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function redirectRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listRedirectUris, ({ query }, { environment }) =>
    listUris(deps.db, environment, redirectUris, query),
  )

  serve(app, deps, contract.createRedirectUri, ({ body }, { kind, scope }) =>
    change(deps, scope, (work) => createUri(work, redirectUris, kind, body)),
  )

  serve(app, deps, contract.updateRedirectUri, ({ params, body }, { kind, scope }) =>
    change(deps, scope, (work) => updateUri(work, redirectUris, kind, params.id, body)),
  )

  serve(app, deps, contract.deleteRedirectUri, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeUri(work, redirectUris, params.id)),
  )

  serve(app, deps, contract.listLogoutUris, ({ query }, { environment }) =>
    listUris(deps.db, environment, logoutUris, query),
  )

  serve(app, deps, contract.createLogoutUri, ({ body }, { kind, scope }) =>
    change(deps, scope, (work) => createUri(work, logoutUris, kind, body)),
  )

  serve(app, deps, contract.updateLogoutUri, ({ params, body }, { kind, scope }) =>
    change(deps, scope, (work) => updateUri(work, logoutUris, kind, params.id, body)),
  )

  serve(app, deps, contract.deleteLogoutUri, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeUri(work, logoutUris, params.id)),
  )

  serve(app, deps, contract.listCorsOrigins, ({ query }, { environment }) => listOrigins(deps.db, environment, query))

  serve(app, deps, contract.createCorsOrigin, ({ body }, { kind, scope }) =>
    change(deps, scope, (work) => createOrigin(work, kind, body.origin)),
  )

  serve(app, deps, contract.deleteCorsOrigin, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeOrigin(work, params.id)),
  )

  serve(app, deps, contract.getHomepage, (_input, { environment }) => readHomepage(deps.db, environment))

  serve(app, deps, contract.setHomepage, ({ body }, { kind, scope }) =>
    change(deps, scope, (work) => setHomepage(work, kind, body.url)),
  )
}
