import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/sign-in-attempts.ts'
import { listAttempts, readAttempt } from '#domain/sso/read-attempts.ts'
import { replayResponse, revealResponse } from '#domain/sso/replay.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function signInAttemptRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listSignInAttempts, ({ query }, { environment }) =>
    listAttempts(deps.db, environment, query),
  )

  serve(app, deps, contract.getSignInAttempt, ({ params }, { environment }) =>
    readAttempt(deps.db, environment, params.id),
  )

  serve(app, deps, contract.revealRefusedResponse, ({ params }, { environment }) =>
    revealResponse(deps, environment, params.id),
  )

  serve(app, deps, contract.replayRefusedResponse, ({ params }, { environment }) =>
    replayResponse(deps, environment, params.id),
  )
}
