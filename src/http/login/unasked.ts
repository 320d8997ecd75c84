import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConnectionId } from '#contracts/ids.ts'
import type { Next } from '#domain/login/advance.ts'
import { newBrowserSecret, readBrowserSecret } from '#domain/login/browser.ts'
import { agree, consentLifetimeMs, startUnasked } from '#domain/login/unasked.ts'
import type { Client } from '#domain/sso/attempts.ts'
import { unaskedPath } from '#domain/sso/unasked.ts'
import type { Deps } from '../deps.ts'
import { isFetchedAhead } from '../fetched-ahead.ts'
import { checkText } from '../input.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { clientOf } from '../sso/browser.ts'
import { cookieNames, type LoginCookies } from './cookies.ts'
import { follow } from './follow.ts'
import { orWait, sendStranger, type Visit } from './visit.ts'

/** Where the browser goes once an identity provider's answer holds that nobody asked for. */
export function unaskedRoute(app: FastifyInstance, deps: Deps, cookies: LoginCookies): void {
  app.get(unaskedPath, publicRoute, async (request: FastifyRequest, reply): Promise<FastifyReply> => {
    reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    if (isFetchedAhead(request)) return reply.status(204).send()
    const code = checkText(queryOf(request).get('code') ?? '')
    const browser = readBrowserSecret(cookies.read(request, cookieNames.browser)) ?? newBrowserSecret()
    const consent = (connection: ConnectionId) => readBrowserSecret(cookies.read(request, consentCookie(connection)))
    return orWait(reply, request, async () => {
      const started = await startUnasked(deps, code, { browser, consent }, clientOf(request))
      if (!started) return sendStranger(reply, request)
      cookies.write(reply, cookieNames.browser, browser)
      return follow(cookies, started.login, started.next, reply, 302)
    })
  })
}

/** The form that says so; the browser remembers it. */
export async function submitConsent(
  deps: Deps,
  cookies: LoginCookies,
  { login }: Visit,
  client: Client,
  reply: FastifyReply,
): Promise<Next> {
  const { unasked } = login.state
  if (!unasked || login.state.step !== 'consent') return { kind: 'step', step: login.state.step }
  const { next, consent } = await agree(deps, login, client)
  cookies.write(reply, consentCookie(unasked.profile.connection_id), consent, consentLifetimeMs / 1000)
  return next
}

function consentCookie(connection: ConnectionId): string {
  return `consent_${connection.slice(-12).toLowerCase()}`
}
