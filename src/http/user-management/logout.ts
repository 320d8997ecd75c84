import type { FastifyInstance } from 'fastify'
import { logoutSession } from '#contracts/sessions.ts'
import { signOut } from '#domain/sessions/logout.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { sendSignedOut } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { browserSessions } from './browser-session.ts'

/** GET /user_management/sessions/logout: ends the session and sends the browser on, to registered addresses only. */
export function logoutRoute(app: FastifyInstance, deps: Deps): void {
  const sessions = browserSessions(deps.baseUrl)
  app.get(logoutSession.path, publicRoute, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const query = checkText(Object.fromEntries(queryOf(request)))
    const session = query['session_id']
    if (!session) return sendSignedOut(reply, 400)
    const end = await signOut(deps, session, query['return_to'] || undefined, sessions.tokensOf(request))
    // Only who held this session: the link may come from anywhere, and another session stays as it is.
    if (end?.isHeld) sessions.forget(request, reply, { environment: end.environment, id: end.clientId }, end.origins)
    // A session that is unknown is one that is over: whoever wanted to leave has left.
    return end?.location ? reply.redirect(end.location, 302) : sendSignedOut(reply, 200)
  })
}
