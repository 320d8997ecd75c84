import type { FastifyInstance } from 'fastify'
import { AuthorizeQuery, authorizeSso } from '#contracts/sso.ts'
import { startLogin } from '#domain/sso/start-login.ts'
import type { Deps } from '../deps.ts'
import { isFetchedAhead } from '../fetched-ahead.ts'
import { checkQuery } from '../input.ts'
import { sendPostBinding, sendUnknownClient, sendUnregisteredRedirect } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { keepBrowserSecret } from './browser-secret.ts'
import { clientOf } from './browser.ts'

/** GET /sso/authorize: a browser arrives, sent by the application; no API key, the client id says whose it is. */
export function authorizeRoute(app: FastifyInstance, deps: Deps): void {
  app.get(authorizeSso.path, publicRoute, async (request, reply) => {
    if (isFetchedAhead(request)) return reply.header('cache-control', 'no-store').status(204).send()
    // Every field of this query is optional text, which is what the check establishes.
    const query = checkQuery(AuthorizeQuery, queryOf(request)) as AuthorizeQuery
    const start = await startLogin(deps, query, clientOf(request))
    switch (start.kind) {
      case 'redirect':
        if (start.cookie) keepBrowserSecret(reply, deps.baseUrl, start.cookie)
        return reply.header('cache-control', 'no-store').redirect(start.location, 302)
      case 'post':
        return sendPostBinding(reply, start.destination, start.fields)
      case 'unknown_client':
        return sendUnknownClient(reply, start.clientId)
      case 'unregistered_redirect':
        if (start.received !== undefined) deps.rejectedRedirects.note(start.environment, start.received, deps.clock())
        return sendUnregisteredRedirect(reply, start)
      default:
        return start satisfies never
    }
  })
}
