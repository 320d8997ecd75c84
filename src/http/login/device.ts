import type { FastifyInstance } from 'fastify'
import { devicePath } from '#domain/authentication/device.ts'
import { newBrowserSecret, readBrowserSecret } from '#domain/login/browser.ts'
import { startDeviceLogin } from '#domain/login/device.ts'
import type { Deps } from '../deps.ts'
import { isFetchedAhead } from '../fetched-ahead.ts'
import { checkText } from '../input.ts'
import { sendUnknownClient } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { cookieNames, loginCookies, sessionCookie } from './cookies.ts'
import { stepPath } from './visit.ts'

/** RFC 8628 §3.3: where a device sends its owner, with the code or without. The rest are steps of the login box. */
export function deviceLoginRoute(app: FastifyInstance, deps: Deps): void {
  const cookies = loginCookies(deps.baseUrl)

  app.get(devicePath, publicRoute, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    if (isFetchedAhead(request)) return reply.status(204).send()
    const query = queryOf(request)
    const asked = checkText(Object.fromEntries(query))
    const browser = readBrowserSecret(cookies.read(request, cookieNames.browser)) ?? newBrowserSecret()
    const start = await startDeviceLogin(deps, asked, {
      browser,
      hostedSession: (environment) => readBrowserSecret(cookies.read(request, sessionCookie(environment))),
      query: query.toString(),
    })
    if (!start) return sendUnknownClient(reply, asked['client_id'])
    const { login, next } = start
    if (next.kind !== 'step') throw new Error('A sign-in that ends at a device does not leave.')
    cookies.write(reply, cookieNames.browser, browser)
    return reply.redirect(stepPath(login, next.step), 302)
  })
}
