import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Result } from '#protocols/result.ts'
import { answerSignIn } from './answer.ts'
import { receivePost, receiveRedirect } from './authn-request.ts'
import { hasChoice, readChoice } from './choice.ts'
import {
  answer,
  bodyOf,
  crossSiteProblem,
  type DoorDeps,
  queryOf,
  rawQueryOf,
  sendFieldErrors,
  sendProblem,
  wantsJson,
  withIdp,
} from './door.ts'
import type { Idp } from './idp.ts'
import { handOverPage } from './pages/hand-over-page.ts'
import { sendPage } from './pages/page.ts'
import { signInPage } from './pages/sign-in-page.ts'
import { admit, type Pending } from './pending.ts'
import { type Problem, problem } from './problem.ts'

/** The doors a service provider's users come through, and the forms behind them. */
export function signInRoutes(app: FastifyInstance, deps: DoorDeps): void {
  const { registry } = deps

  app.get(
    '/:slug/sso',
    withIdp(registry, (idp, request, reply) =>
      proceed(receiveRedirect(deps, idp, rawQueryOf(request)), queryOf(request), request, reply),
    ),
  )

  // The one form that comes from another site by design. What to answer may still be in the query.
  app.post(
    '/:slug/sso',
    withIdp(registry, (idp, request, reply) =>
      proceed(receivePost(deps, idp, bodyOf(request)), queryOf(request), request, reply),
    ),
  )

  app.get(
    '/:slug/launch',
    withIdp(registry, (idp, request, reply) => {
      const fields = queryOf(request)
      return proceed(launch(idp, fields), fields, request, reply)
    }),
  )

  app.post(
    '/:slug/launch',
    withIdp(registry, (idp, request, reply) => {
      const fields = bodyOf(request)
      return proceed(launch(idp, fields), fields, request, reply)
    }),
  )

  app.post(
    '/:slug/sign-in',
    withIdp(registry, (idp, request, reply) => {
      const foreign = crossSiteProblem(request)
      if (foreign) return sendProblem(request, reply, foreign)
      const fields = bodyOf(request)
      const pending = admit(deps, idp, {
        entityId: fields.get('sp') ?? '',
        acsUrl: fields.get('acs_url'),
        requestId: fields.get('request_id'),
        relayState: fields.get('relay_state') ?? undefined,
      })
      return proceed(pending, fields, request, reply)
    }),
  )

  function launch(idp: Idp, fields: URLSearchParams): Result<Pending, Problem> {
    const entityId = fields.get('sp') ?? ''
    const relayState = fields.get('relay_state') ?? undefined
    return admit(deps, idp, {
      entityId,
      acsUrl: fields.get('acs_url'),
      requestId: null,
      relayState,
      facts: [
        ['Service provider', entityId],
        ['Request', 'none: the sign-in starts here'],
        ['RelayState', relayState ?? 'none'],
      ],
    })
  }

  /** Asks who signs in, or answers at once where the fields say it already. */
  async function proceed(
    pending: Result<Pending, Problem>,
    fields: URLSearchParams,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (!pending.ok) return sendProblem(request, reply, pending.error)
    if (!hasChoice(fields))
      return wantsJson(request) ? sendProblem(request, reply, nobodyChosen) : sendPage(reply, signInPage(pending.value))
    const choice = readChoice(fields)
    if (!choice.ok) {
      const page = signInPage(pending.value, { values: fields, errors: choice.error })
      return sendFieldErrors(request, reply, page, choice.error)
    }
    const answered = await answerSignIn(deps, pending.value, choice.value)
    if (!answered.ok) return sendProblem(request, reply, answered.error)
    const { acsUrl, samlResponse, relayState } = answered.value
    return answer(request, reply, handOverPage(answered.value, choice.value.review), {
      status: 200,
      body: {
        acs_url: acsUrl,
        SAMLResponse: samlResponse,
        ...(relayState !== undefined && { RelayState: relayState }),
      },
    })
  }
}

const nobodyChosen = problem(
  422,
  'nobody_chosen',
  'The request does not say who is to sign in.',
  'Add auto=<email> to the query, and scenario=<slug> for anything but success.',
)
