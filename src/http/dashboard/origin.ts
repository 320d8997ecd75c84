import type { FastifyRequest } from 'fastify'
import { Forbidden } from '#domain/errors.ts'

export interface OriginRules {
  /** Where browsers reach us. */
  readonly baseUrl: string
  readonly development: boolean
}

const loopbackHost = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i
const loopbackAddress = /^(?:127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/

/**
 * Refuses what another site may have sent. Reads must not come from another site's page; writes must prove that they
 * come from ours, by an Origin or by Fetch Metadata.
 * @throws Forbidden `cross_origin`, `host_not_ours`
 */
export function requireOwnOrigin(request: FastifyRequest, rules: OriginRules, { isWrite }: { isWrite: boolean }): void {
  requireOwnHost(request, rules)
  const site = request.headers['sec-fetch-site']
  // Browsers write null for a form of a page that sends no referrer, as ours are; where from is in the other header.
  const origin = request.headers.origin === 'null' && site === 'same-origin' ? undefined : request.headers.origin
  // `none` is the address bar: nobody's page, so it may look, but it cannot have sent a form.
  const isOwnSite = site === 'same-origin' || (site === 'none' && !isWrite)
  const isForeign = (site !== undefined && !isOwnSite) || (origin !== undefined && !isOwn(origin, request, rules))
  const isProven = origin !== undefined || site !== undefined
  if (isForeign || (isWrite && !isProven))
    throw new Forbidden('The dashboard answers its own pages only, not other sites.', 'cross_origin')
}

/**
 * Whether the request was made on this machine, to this machine: then in development its user needs no password. A
 * foreign name that was made to point here (DNS rebinding) is not enough, nor is a tunnel that ends here.
 */
export function isFromThisMachine(request: FastifyRequest, { development }: OriginRules): boolean {
  const { headers } = request
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'].some((name) => headers[name] !== undefined)
  return (
    development &&
    !isForwarded &&
    loopbackHost.test(headers.host ?? '') &&
    loopbackAddress.test(request.socket.remoteAddress ?? '')
  )
}

/** A site whose name points to this machine is same-origin with itself: only its name in `Host` tells it apart. */
function requireOwnHost(request: FastifyRequest, { baseUrl, development }: OriginRules): void {
  const host = request.headers.host ?? ''
  // In production a proxy stands in front and may set Host as it likes; cookies are bound to the name in the browser.
  if (!development || loopbackHost.test(host) || host === new URL(baseUrl).host) return
  throw new Forbidden(`The dashboard is not served as ${host}. Open ${baseUrl}/dashboard.`, 'host_not_ours')
}

function isOwn(origin: string, request: FastifyRequest, { baseUrl, development }: OriginRules): boolean {
  if (origin === new URL(baseUrl).origin) return true
  const host = request.headers.host ?? ''
  return development && loopbackHost.test(host) && origin === `http://${host}`
}
