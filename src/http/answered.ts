import type { FastifyInstance } from 'fastify'

/** One request, as far as whoever watches a server may know it: nothing of what was sent. */
export interface Answered {
  readonly requestId: string
  readonly method: string
  /** With the query, which may hold secrets. */
  readonly url: string
  readonly status: number
  readonly contentType: string
  readonly durationMs: number
}

/** Tells of every request once it is answered. To be called before the routes are made. */
export function tellAnswers(server: FastifyInstance, tell: (answered: Answered) => void): void {
  server.addHook('onResponse', async (request, reply) => {
    tell({
      requestId: request.id,
      method: request.method,
      url: request.url,
      status: reply.statusCode,
      contentType: String(reply.getHeader('content-type') ?? ''),
      durationMs: reply.elapsedTime,
    })
  })
}
