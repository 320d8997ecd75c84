import type { FastifyInstance } from 'fastify'
import { authorizeUser } from '#contracts/authkit.ts'
import { plainBrand } from '#domain/branding/brand.ts'
import { findInvitingClient } from '#domain/invitations/read.ts'
import { chooseLocale, sayIn } from '#domain/locales/say.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { sendScreen } from './frame.ts'
import { goneTexts, inviteGoneScreen } from './show.ts'

/**
 * Where invitations lead whose application has no page of its own that starts a sign-in: to the login box, which comes
 * back to the application at its default redirect URI.
 */
export function invitationRoute(app: FastifyInstance, deps: Deps): void {
  app.get('/authkit/invitation', publicRoute, async (request, reply) => {
    const token = checkText(queryOf(request).get('invitation_token') ?? '')
    const client = await findInvitingClient(deps.db, token)
    reply.header('cache-control', 'no-store')
    reply.header('referrer-policy', 'no-referrer')
    if (client !== undefined) {
      const query = { client_id: client, response_type: 'code', provider: 'authkit', invitation_token: token }
      return reply.redirect(`${authorizeUser.path}?${new URLSearchParams(query)}`, 302)
    }
    const locale = chooseLocale(undefined, request.headers['accept-language'], 'en')
    const screen = inviteGoneScreen({ say: sayIn(locale) }, goneTexts.unknown, undefined)
    return sendScreen(reply, { brand: plainBrand, locale }, screen)
  })
}
