import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { finishOauth } from '#domain/oauth/finish.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { sendRefused, sendTooManyFailures, sendUnknownSignIn } from '../pages/sign-in.ts'
import { queryOf } from '../server.ts'
import { browserSecret, forgetBrowserSecret } from './browser-secret.ts'
import { clientOf } from './browser.ts'
import { FailureLimit } from './failure-limit.ts'

const path = '/sso/oauth/callback'
const maxFailuresPerMinute = 60
const bodyLimitBytes = 64 * 1024

/** GET /sso/oauth/callback: the browser brings the answer of an OAuth server (RFC 6749 §4.1.2). */
export function oauthCallbackRoutes(app: FastifyInstance, deps: Deps): void {
  const limit = new FailureLimit(maxFailuresPerMinute, deps.clock)

  app.get(path, async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    const wait = limit.secondsToWait(request.ip)
    if (wait > 0) return sendTooManyFailures(reply, wait)
    const parameters = new URLSearchParams(checkText([...queryOf(request)]))
    const callback = { parameters, cookie: (name: string) => browserSecret(request, deps.baseUrl, name) }
    const finish = await finishOauth(deps, callback, clientOf(request))
    if (finish.kind !== 'redirect') limit.count(request.ip)
    forgetBrowserSecret(reply, deps.baseUrl, parameters.get('state') ?? '')
    switch (finish.kind) {
      case 'redirect':
        return reply.redirect(finish.location, 302)
      case 'unknown_sign_in':
        return sendUnknownSignIn(reply)
      case 'refused':
        return sendRefused(reply, finish.reference, finish.backTo)
      default:
        return finish satisfies never
    }
  })

  // Apple posts its answer (response_mode=form_post). A post from another site comes without our cookie, the navigation
  // it is turned into comes with it.
  app.post(path, { bodyLimit: bodyLimitBytes }, async (request: FastifyRequest, reply): Promise<FastifyReply> => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const names = ['state', 'code', 'error', 'error_description', 'iss', 'user']
    const parameters = new URLSearchParams([...form].filter(([name]) => names.includes(name)))
    return reply
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .redirect(`${path}?${parameters.toString()}`, 303)
  })
}
