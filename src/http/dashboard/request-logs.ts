import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/request-logs.ts'
import { listApiRequests } from '#domain/request-logs/api-log.ts'
import { listApiFailures } from '#domain/request-logs/failures.ts'
import { listScimRequests, readScimRequest } from '#domain/request-logs/read-scim.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function requestLogRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listScimRequests, ({ query }, { environment }) =>
    listScimRequests(deps.db, environment, query),
  )

  serve(app, deps, contract.getScimRequest, ({ params }, { environment }) =>
    readScimRequest(deps.db, environment, params.id),
  )

  serve(app, deps, contract.listApiRequests, ({ query }, { environment }) =>
    listApiRequests(deps.db, environment, query),
  )

  serve(app, deps, contract.listApiFailures, async (_input, { environment }) => ({
    object: 'list' as const,
    data: await listApiFailures(deps.db, environment),
  }))
}
