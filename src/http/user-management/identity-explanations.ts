import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/identity-explanations.ts'
import { explainIdentity } from '#domain/login/explain-identity.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function identityExplanationRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.explainIdentity, ({ query }, { environment }) =>
    explainIdentity(deps.db, environment, query),
  )
}
