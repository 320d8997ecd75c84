import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  confirmPasswordReset,
  findResetOwner,
  type ResetOwner,
  resetPath,
} from '#domain/authentication/password-reset.ts'
import { readSettings } from '#domain/authentication/settings.ts'
import { plainBrand } from '#domain/branding/brand.ts'
import { BadRequest, Forbidden, NotFound } from '#domain/errors.ts'
import { chooseLocale, sayIn } from '#domain/locales/say.ts'
import { startUrl } from '#domain/login/application-url.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { sayWeakness } from './actions.ts'
import { sendScreen } from './frame.ts'
import type { ScreenContext } from './screens/parts.ts'
import { resetDoneScreen, resetGoneScreen, resetScreen } from './screens/reset.ts'
import { lookFor } from './visit.ts'

/**
 * Where the link in the mail leads: a new password for whoever reads it, in whatever browser. Nobody is signed in by it,
 * so that it is no way around a second factor.
 */
export function resetRoutes(app: FastifyInstance, deps: Deps): void {
  app.get(resetPath, publicRoute, async (request, reply) => {
    const token = checkText(queryOf(request).get('token') ?? '')
    const owner = await findResetOwner(deps.db, token, deps.clock())
    if (!owner) return sendGone(request, reply)
    return ask(deps, request, reply, owner, token)
  })

  app.post(resetPath, publicRoute, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
    const { token = '', password = '' } = checkText(Object.fromEntries(form))
    const owner = await findResetOwner(deps.db, token, deps.clock())
    if (!owner) return sendGone(request, reply)
    const context = await contextFor(deps, request, owner)
    try {
      await confirmPasswordReset(deps, { environment: owner.environment }, token, password)
    } catch (error) {
      if (error instanceof NotFound || error instanceof Forbidden)
        return sendScreen(reply, context.look, resetGoneScreen(context, await startUrl(deps.db, owner.environment)))
      if (!(error instanceof BadRequest)) throw error
      return ask(deps, request, reply, owner, token, error.errors?.[0]?.code ?? '')
    }
    const url = await startUrl(deps.db, owner.environment)
    return sendScreen(reply, context.look, resetDoneScreen(context, url ?? '/'))
  })
}

async function ask(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  owner: ResetOwner,
  token: string,
  weakness?: string,
): Promise<FastifyReply> {
  const context = await contextFor(deps, request, owner)
  const { password: policy } = await readSettings(deps.db.kysely, owner.environment)
  const { minimum_length: minimumLength, refuse_common: refuseCommon } = policy
  const screen = resetScreen(context, {
    email: owner.email,
    token,
    rules: { minimumLength, refuseCommon },
    fieldProblem: weakness === undefined ? undefined : sayWeakness(context.say, weakness, minimumLength),
  })
  return sendScreen(reply, context.look, screen)
}

async function contextFor(deps: Deps, request: FastifyRequest, { environment }: ResetOwner): Promise<ScreenContext> {
  const look = await lookFor(deps, environment, request, null)
  // The token that the form carries is what no other site has.
  return { look, say: sayIn(look.locale), action: () => resetPath, csrf: '' }
}

function sendGone(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const locale = chooseLocale(undefined, request.headers['accept-language'], 'en')
  return sendScreen(reply, { brand: plainBrand, locale }, resetGoneScreen({ say: sayIn(locale) }, undefined))
}
