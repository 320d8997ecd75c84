import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/sso.ts'
import { change } from '#db/work.ts'
import { authorizeLogout, finishLogout } from '#domain/sso/logout.ts'
import type { Deps } from '../deps.ts'
import { sendSignedOut } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { serve } from '../serve.ts'
import { queryOf } from '../server.ts'

export function logoutRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.authorizeSsoLogout, ({ body }, { scope }) =>
    change(deps, scope, (work) => authorizeLogout(work, body.profile_id, deps.baseUrl)),
  )

  app.get(contract.ssoLogout.path, publicRoute, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const end = await finishLogout(deps.db, queryOf(request).get('token') ?? '', deps.clock())
    if (!end) return sendSignedOut(reply, 400)
    return end.location === null ? sendSignedOut(reply, 200) : reply.redirect(end.location, 302)
  })
}
