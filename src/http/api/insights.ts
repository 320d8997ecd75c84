import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/insights.ts'
import { readInsight, toCsv } from '#domain/insights/read.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function insightRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getInsight, ({ params, query }, { environment }) =>
    readInsight(deps, environment, params.metric, query),
  )

  serve(app, deps, contract.exportInsight, async ({ params, query }, { environment }) =>
    toCsv(await readInsight(deps, environment, params.metric, query), query),
  )
}
