import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/password-resets.ts'
import { change } from '#db/work.ts'
import * as resets from '#domain/authentication/password-reset.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function passwordResetRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.createPasswordReset, ({ body }, { scope }) =>
    change(deps, scope, (work) => resets.createPasswordReset(work, deps, body.email)),
  )

  serve(app, deps, contract.sendPasswordReset, ({ body }, { scope }) =>
    change(deps, scope, (work) => resets.sendPasswordReset(work, deps, body.email, body.password_reset_url)),
  )

  serve(app, deps, contract.getPasswordReset, ({ params }, { environment }) =>
    resets.readPasswordReset(deps.db, deps, environment, params.id),
  )

  serve(app, deps, contract.confirmPasswordReset, ({ body }, { scope }) =>
    resets.confirmPasswordReset(deps, scope, body.token, body.new_password),
  )
}
