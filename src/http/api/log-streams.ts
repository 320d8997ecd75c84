import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/log-streams.ts'
import { change } from '#db/work.ts'
import { stampEvents } from '#domain/events/stamp.ts'
import { dashboardOf } from '#domain/log-streams/datadog-dashboard.ts'
import { readStatus } from '#domain/log-streams/status.ts'
import {
  createLogStream,
  listLogStreams,
  readLogStream,
  removeLogStream,
  updateLogStream,
} from '#domain/log-streams/streams.ts'
import { testLogStream } from '#domain/log-streams/test-send.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function logStreamRoutes(app: FastifyInstance, deps: Deps): void {
  const { logStreams: rules } = deps

  serve(app, deps, contract.listLogStreams, ({ query }, { environment }) => listLogStreams(deps.db, environment, query))

  serve(app, deps, contract.createLogStream, async ({ body }, { scope }) => {
    await stampEvents(deps.db)
    const stream = await change(deps, scope, (work) => createLogStream(work, body, rules))
    deps.wakeLogStreams()
    return stream
  })

  serve(app, deps, contract.getDatadogDashboard, async ({ params }, { environment }) =>
    dashboardOf(await readLogStream(deps.db, environment, params.id)),
  )

  serve(app, deps, contract.getLogStream, ({ params }, { environment }) =>
    readLogStream(deps.db, environment, params.id),
  )

  serve(app, deps, contract.updateLogStream, async ({ params, body }, { scope }) => {
    const stream = await change(deps, scope, (work) => updateLogStream(work, params.id, body, rules))
    deps.wakeLogStreams()
    return stream
  })

  serve(app, deps, contract.deleteLogStream, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeLogStream(work, params.id)),
  )

  serve(app, deps, contract.testLogStream, ({ params }, { environment }) =>
    testLogStream(deps.db, environment, params.id, rules, deps.clock()),
  )

  serve(app, deps, contract.getLogStreamStatus, ({ params }, { environment }) =>
    readStatus(deps.db, environment, params.id, deps.clock()),
  )
}
