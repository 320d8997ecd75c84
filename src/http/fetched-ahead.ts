import type { FastifyRequest } from 'fastify'

/**
 * Whether nobody has followed the link: browsers fetch some ahead, and what draws previews asks for the head alone. Neither
 * must begin a sign-in.
 */
export function isFetchedAhead({ method, headers }: FastifyRequest): boolean {
  const purpose = String(headers['sec-purpose'] ?? headers['purpose'] ?? '')
  return method === 'HEAD' || purpose.includes('prefetch') || purpose.includes('prerender')
}
