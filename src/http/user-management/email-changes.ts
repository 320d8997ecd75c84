import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/email-changes.ts'
import { change } from '#db/work.ts'
import { confirmEmailChange, refuseEmailChange, sendEmailChange } from '#domain/users/email-change.ts'
import { presentUser } from '#domain/users/present.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function emailChangeRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.sendEmailChange, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => sendEmailChange(work, deps.secrets, params.id, body.new_email)),
  )

  serve(app, deps, contract.confirmEmailChange, async ({ params, body }, { scope }) => {
    // Wrong codes are counted, so the verdict is committed before it is refused; then nothing is remembered for a repeat.
    const { idempotency: _later, ...counting } = scope
    const { verdict, user } = await change(deps, counting, (work) =>
      confirmEmailChange(work, deps.secrets, params.id, body.code),
    )
    if (verdict !== 'right') refuseEmailChange(verdict)
    return { object: 'email_change_confirmation' as const, user: presentUser(user) }
  })
}
