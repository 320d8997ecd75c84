import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/mfa.ts'
import { change } from '#db/work.ts'
import { listUserFactors, presentEnrolled, readFactor } from '#domain/authentication/factors.ts'
import { challengeFactor, enrollFactor, removeFactor, verifyChallenge } from '#domain/authentication/mfa.ts'
import { createRecoveryCodes } from '#domain/authentication/recovery-codes.ts'
import { refuseChallenge } from '#domain/authentication/refuse-code.ts'
import { readUser } from '#domain/users/read.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

/** What apps list a factor under when nobody says otherwise. */
const unnamed = 'Gatehouse'

export function mfaRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listUserFactors, ({ params, query }, { environment }) =>
    listUserFactors(deps.db, environment, params.id, query),
  )

  serve(app, deps, contract.enrollUserFactor, ({ params, body }, { scope }) =>
    change(deps, scope, async (work) => {
      const user = await readUser(work.tx, work.environment, params.id)
      const { row, secret } = await enrollFactor(work, deps.secrets, {
        user: user.id,
        issuer: body.totp_issuer ?? unnamed,
        account: body.totp_user ?? user.email,
        ...(body.totp_secret !== undefined && { secret: body.totp_secret }),
      })
      return {
        authentication_factor: await presentEnrolled(row, secret),
        authentication_challenge: await challengeFactor(work, row.id),
      }
    }),
  )

  serve(app, deps, contract.createRecoveryCodes, ({ params }, { scope }) =>
    change(deps, scope, async (work) => {
      const user = await readUser(work.tx, work.environment, params.id)
      return { recovery_codes: await createRecoveryCodes(work, user.id) }
    }),
  )

  serve(app, deps, contract.enrollFactor, ({ body }, { scope }) =>
    change(deps, scope, async (work) => {
      const user = body.user_id === undefined ? null : await readUser(work.tx, work.environment, body.user_id)
      const { row, secret } = await enrollFactor(work, deps.secrets, {
        user: user?.id ?? null,
        issuer: body.totp_issuer ?? unnamed,
        account: body.totp_user ?? user?.email ?? unnamed,
        ...(body.totp_secret !== undefined && { secret: body.totp_secret }),
      })
      return presentEnrolled(row, secret)
    }),
  )

  serve(app, deps, contract.getFactor, ({ params }, { environment }) => readFactor(deps.db, environment, params.id))

  serve(app, deps, contract.deleteFactor, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeFactor(work, params.id)),
  )

  serve(app, deps, contract.challengeFactor, ({ params }, { scope }) =>
    change(deps, scope, (work) => challengeFactor(work, params.id)),
  )

  serve(app, deps, contract.verifyChallenge, ({ params, body }, { scope }) =>
    change(deps, scope, async (work) => {
      const { verdict, challenge } = await verifyChallenge(work, deps.secrets, params.id, body.code)
      if (verdict !== 'right' && verdict !== 'incorrect') refuseChallenge(verdict)
      return { challenge, valid: verdict === 'right' }
    }),
  )
}
