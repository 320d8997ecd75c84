import type { FastifyInstance } from 'fastify'

/**
 * `/healthz`: the process answers, and says what it is of. `/readyz`: it can do its work; otherwise 503 with the reason.
 * @param pendingMigrations asks the database what it still lacks.
 */
export function healthRoutes(app: FastifyInstance, pendingMigrations: () => Promise<string[]>): void {
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok', product: 'gatehouse' }))
  app.get('/readyz', async (request, reply) => {
    try {
      const pending = await pendingMigrations()
      if (pending.length === 0) return await reply.send({ status: 'ok' })
      return await reply
        .status(503)
        .send({ status: 'unavailable', reason: 'migrations_pending', pending: pending.length })
    } catch (error) {
      request.log.warn({ err: error }, 'not ready')
      return reply.status(503).send({ status: 'unavailable', reason: 'database_unreachable' })
    }
  })
}
