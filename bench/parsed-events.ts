import type { FastifyInstance } from 'fastify'
import { listEvents } from '#contracts/events.ts'
import { readEvents } from '#domain/events/read.ts'
import type { Deps } from '#http/deps.ts'
import { serve } from '#http/serve.ts'

export const parsedEventsPath = '/bench/parsed-events'

/** The log as it would be served if events were objects on their way: the same page, parsed and written again. */
export function parsedEventRoute(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, { ...listEvents, path: parsedEventsPath }, async ({ query }, { environment }) =>
    JSON.parse(await readEvents(deps.db, environment, query)),
  )
}
