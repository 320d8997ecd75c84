import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/magic-auth.ts'
import { change } from '#db/work.ts'
import { createMagicAuth, readMagicAuth, sendMagicAuth } from '#domain/authentication/magic-auth.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function magicAuthRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.createMagicAuth, ({ body }, { scope }) =>
    change(deps, scope, (work) => createMagicAuth(work, deps.secrets, body.email, body.invitation_token)),
  )

  serve(app, deps, contract.sendMagicAuth, ({ body }, { scope }) =>
    change(deps, scope, async (work) => {
      await sendMagicAuth(work, deps.secrets, body.email, null, body.invitation_token)
    }),
  )

  serve(app, deps, contract.getMagicAuth, ({ params }, { environment }) =>
    readMagicAuth(deps.db, deps.secrets, environment, params.id),
  )
}
