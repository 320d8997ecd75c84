import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/sessions.ts'
import { change } from '#db/work.ts'
import { listUserSessions } from '#domain/sessions/read.ts'
import { revokeSession } from '#domain/sessions/revoke.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function sessionRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listUserSessions, ({ params, query }, { environment }) =>
    listUserSessions(deps.db, environment, params.id, query, deps.clock()),
  )

  serve(app, deps, contract.revokeSession, ({ body }, { scope }) =>
    change(deps, scope, (work) => revokeSession(work, body.session_id)),
  )
}
