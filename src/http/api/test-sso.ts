import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/test-sso.ts'
import { change } from '#db/work.ts'
import { listTestRuns, readTestRun } from '#domain/test-sso/runs.ts'
import { startTestRun } from '#domain/test-sso/start.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function testSsoRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.startTestSsoRun, ({ body }, { scope }) =>
    change(deps, scope, (work) => startTestRun(work, body, deps.baseUrl)),
  )

  serve(app, deps, contract.listTestSsoRuns, ({ query }, { environment }) =>
    listTestRuns(deps.db, environment, query, deps.clock()),
  )

  serve(app, deps, contract.getTestSsoRun, ({ params }, { environment }) =>
    readTestRun(deps.db, environment, params.id, deps.clock()),
  )
}
