import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/events.ts'
import { readEvents } from '#domain/events/read.ts'
import type { Deps } from '../deps.ts'
import { RawJson, serve } from '../serve.ts'

export function eventRoutes(app: FastifyInstance, deps: Deps): void {
  serve(
    app,
    deps,
    contract.listEvents,
    async ({ query }, { environment }) => new RawJson(await readEvents(deps.db, environment, query)),
  )
}
