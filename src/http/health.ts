import type { FastifyInstance } from 'fastify'
import type { Database } from '#db/database.ts'
import { type Migration, pendingMigrations } from '#db/migrate.ts'

/** `/healthz`: the process answers. `/readyz`: it can do its work; otherwise 503 with the reason. */
export function healthRoutes(app: FastifyInstance, db: Database, migrations: readonly Migration[]): void {
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }))
  app.get('/readyz', async (request, reply) => {
    try {
      const pending = await pendingMigrations(db.pool, migrations)
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
