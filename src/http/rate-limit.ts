import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, RouteShorthandOptions } from 'fastify'

const windowMs = 60_000

/** Limits routes that anybody may call, by address. Routes ask for it with `publicRoute`. Register before the routes. */
export async function limitPublicRoutes(app: FastifyInstance, maxPerMinute: number): Promise<void> {
  await app.register(rateLimit, {
    global: false,
    max: maxPerMinute,
    timeWindow: windowMs,
    errorResponseBuilder: (_request, { ttl }) =>
      Object.assign(new Error(`Too many requests from your address. Try again in ${Math.ceil(ttl / 1000)} seconds.`), {
        statusCode: 429,
        code: 'too_many_requests',
      }),
  })
}

/** Options of a route that needs no key and costs a database round trip. */
export const publicRoute = { config: { rateLimit: {} } } satisfies RouteShorthandOptions

/** The same, for clients that speak OAuth. */
export const publicOauthRoute = { config: { rateLimit: {}, failsAsOauth: true } } satisfies RouteShorthandOptions
