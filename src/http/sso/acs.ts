import type { FastifyInstance, FastifyReply } from 'fastify'
import { finishSaml } from '#domain/sso/finish-saml.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { sendRefused, sendTooManyFailures, sendUnknownConnection, sendUnreadableResponse } from '../pages/sign-in.ts'
import { clientOf } from './browser.ts'
import { FailureLimit } from './failure-limit.ts'

const bodyLimitBytes = 1024 * 1024
const maxFailuresPerMinute = 60

/** POST /sso/saml/acs/{key}: the browser brings the identity provider's answer (SAML bindings §3.5). */
export function acsRoute(app: FastifyInstance, deps: Deps): void {
  const limit = new FailureLimit(maxFailuresPerMinute, deps.clock)
  app.post<{ Params: { key: string } }>('/sso/saml/acs/:key', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { key } = checkText(request.params)
    const who = `${key} ${request.ip}`
    const wait = limit.secondsToWait(who)
    if (wait > 0) return sendTooManyFailures(reply, wait)

    const form = request.body
    if (!(form instanceof URLSearchParams))
      return sendUnreadableResponse(reply, 415, 'The answer must be posted as a form.')
    const [samlResponse, ...others] = form.getAll('SAMLResponse')
    if (samlResponse === undefined || others.length > 0)
      return sendUnreadableResponse(reply, 400, 'The answer must carry exactly one SAMLResponse.')
    const relayState = form.get('RelayState')
    const post = {
      externalKey: key,
      samlResponse,
      relayState: relayState === null || relayState === '' ? undefined : relayState,
    }
    const finish = await finishSaml(deps, post, clientOf(request))
    if (finish.kind !== 'redirect') limit.count(who)
    switch (finish.kind) {
      case 'redirect':
        return reply.redirect(finish.location, 302)
      case 'unknown_connection':
        return sendUnknownConnection(reply)
      case 'unreadable':
        return sendUnreadableResponse(reply, 400, finish.message)
      case 'refused':
        return sendRefused(reply, finish.reference, finish.backTo)
      default:
        return finish satisfies never
    }
  })

  app.get('/sso/saml/acs/:key', (_request, reply): FastifyReply =>
    sendUnreadableResponse(
      reply.header('allow', 'POST'),
      405,
      'This address takes answers of identity providers, posted as a form. It is not a page to visit.',
    ),
  )
}
