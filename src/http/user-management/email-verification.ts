import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/email-verifications.ts'
import { change } from '#db/work.ts'
import {
  confirmEmail,
  readEmailVerification,
  sendEmailVerification,
} from '#domain/authentication/email-verification.ts'
import { refuseEmailCode } from '#domain/authentication/refuse-code.ts'
import { BadRequest } from '#domain/errors.ts'
import { presentUser } from '#domain/users/present.ts'
import { lockUser } from '#domain/users/read.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function emailVerificationRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getEmailVerification, ({ params }, { environment }) =>
    readEmailVerification(deps.db, deps.secrets, environment, params.id),
  )

  serve(app, deps, contract.sendUserEmailVerification, ({ params }, { scope }) =>
    change(deps, scope, async (work) => {
      const user = await lockUser(work, params.id)
      if (user.email_verified) throw new BadRequest('The email address is verified already.', 'email_already_verified')
      await sendEmailVerification(work, deps.secrets, user)
      return { user: presentUser(user) }
    }),
  )

  serve(app, deps, contract.confirmUserEmailVerification, async ({ params, body }, { scope }) => {
    // Wrong codes are counted, so the verdict is committed before it is refused; then nothing is remembered for a repeat.
    const { idempotency: _later, ...counting } = scope
    const { verdict, user } = await change(deps, counting, async (work) => {
      const holder = await lockUser(work, params.id)
      if (holder.email_verified)
        throw new BadRequest('The email address is verified already.', 'email_previously_verified')
      // The application says whose code it is: somebody who is signed in there, as a rule by the password.
      return confirmEmail(work, deps.secrets, holder, body.code, 'password')
    })
    if (verdict !== 'right') refuseEmailCode(verdict)
    return { user: presentUser(user) }
  })
}
