import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { EnvironmentId } from '#contracts/ids.ts'
import { isRegisteredOrigin } from '#domain/redirects/origins.ts'
import type { Deps } from '../deps.ts'
import { publicRoute } from '../rate-limit.ts'

const preflightSeconds = 600

/** Answers a browser that asks whether a page may send JSON here. Pages of origins nobody registered may not. */
export function preflightRoute(app: FastifyInstance, deps: Pick<Deps, 'db'>, path: string): void {
  app.options(path, publicRoute, async (request, reply) => {
    const { origin } = request.headers
    reply.header('vary', 'Origin')
    if (origin !== undefined && (await isRegisteredOrigin(deps.db, origin, null)))
      reply.headers({
        ...allowed(origin),
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type, authorization, user-agent',
        'access-control-max-age': preflightSeconds,
      })
    return reply.status(204).send()
  })
}

/**
 * Lets a page read the answer if its origin is registered with the tenant the answer is about.
 * @returns the origin, if it is one of those.
 */
export async function allowOrigin(
  deps: Pick<Deps, 'db'>,
  request: FastifyRequest,
  reply: FastifyReply,
  environment: EnvironmentId,
): Promise<string | undefined> {
  const { origin } = request.headers
  reply.header('vary', 'Origin')
  if (origin === undefined || !(await isRegisteredOrigin(deps.db, origin, environment))) return undefined
  reply.headers(allowed(origin))
  return origin
}

function allowed(origin: string) {
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
}
