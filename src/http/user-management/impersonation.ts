import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/impersonation.ts'
import { change } from '#db/work.ts'
import { impersonate, openImpersonation } from '#domain/impersonation/impersonate.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { cookieNames, loginCookies } from '../login/cookies.ts'
import { sendLinkUsed } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { serve } from '../serve.ts'
import { queryOf } from '../server.ts'
import { clientOf } from '../sso/browser.ts'

/** For the application to send the browser on; what it keeps would otherwise answer somebody's next sign-in. */
const pendingSeconds = 60

export function impersonationRoutes(app: FastifyInstance, deps: Deps): void {
  const cookies = loginCookies(deps.baseUrl)
  serve(app, deps, contract.impersonateUser, ({ params, body }, { scope }) =>
    change(deps, scope, (work) => impersonate(work, params.id, body, deps.baseUrl)),
  )

  app.get('/user_management/impersonate', publicRoute, async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    // Mail scanners and address bars look ahead; a link that works once must not be used up by a look.
    if (/prefetch|preview/i.test(String(request.headers['sec-purpose'] ?? request.headers['purpose'] ?? '')))
      return reply.status(204).send()
    const token = checkText(queryOf(request).get('token') ?? '')
    const opened = await openImpersonation(deps, token, clientOf(request))
    if (!opened) return sendLinkUsed(reply)
    if (opened.pending !== null) cookies.write(reply, cookieNames.impersonation, opened.pending, pendingSeconds)
    return reply.redirect(opened.location, 302)
  })
}
