import type { FastifyInstance } from 'fastify'
import { getSsoProfile } from '#contracts/sso.ts'
import { Unauthorized } from '#domain/errors.ts'
import { readProfile } from '#domain/sso/profile.ts'
import { bearerOf } from '../callers.ts'
import type { Deps } from '../deps.ts'

/** GET /sso/profile: by the SSO access token. Its 401 has a body of its own on the wire. */
export function profileRoute(app: FastifyInstance, deps: Deps): void {
  app.get(getSsoProfile.path, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const token = bearerOf(request)
    try {
      if (token === undefined) throw new Unauthorized()
      return reply
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(await readProfile(deps.db, token, deps.clock())))
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error
      return reply.status(401).header('www-authenticate', 'Bearer').send({ error: 'Unauthorized' })
    }
  })
}
