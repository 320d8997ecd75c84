import type { FastifyRequest } from 'fastify'
import type { Client } from '#domain/sso/attempts.ts'

/** Whose browser this is, for the attempt's record. Behind a proxy the address is the proxy's unless it is trusted. */
export function clientOf(request: FastifyRequest): Client {
  return { ipAddress: request.ip, userAgent: request.headers['user-agent'] ?? null }
}
