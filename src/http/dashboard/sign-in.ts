import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { DashboardUserId } from '#contracts/ids.ts'
import { endDashboardSession, startDashboardSession } from '#domain/dashboard/sessions.ts'
import { acceptInvitation, signInToDashboard } from '#domain/dashboard/sign-in.ts'
import { readInvitation } from '#domain/dashboard/users.ts'
import { type Limit, tryUnder } from '#domain/tallies/tally.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { sendDashboardSignIn, sendInvitation, sendUnknownInvitation } from '../pages/dashboard-sign-in.ts'
import { sendTooManyFailures } from '../pages/sign-in.ts'
import { publicRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'
import { clientOf } from '../sso/browser.ts'
import { sessionTokenOf, setSessionCookie } from './cookie.ts'
import { requireOwnOrigin } from './origin.ts'

const windowMs = 60_000
/** From one address, whoever is tried; and of one account, wherever from. */
const ofAddress = { most: 20, atOnce: 20 }
const ofAccount = { most: 5, atOnce: 5 }

/** Pages by which people sign in to the dashboard: plain forms, which work without scripts. */
export function dashboardSignInRoutes(app: FastifyInstance, deps: Deps): void {
  app.get('/dashboard/sign-in', (_request, reply) => sendDashboardSignIn(reply, 200))

  app.post('/dashboard/sign-in', publicRoute, async (request, reply) => {
    // A page of somebody else's must not sign people in as somebody else.
    requireOwnOrigin(request, deps, { isWrite: true })
    const { email = '', password = '', code = '' } = formOf(request)
    const account = { name: ['dashboard account', email.trim().toLowerCase()], ...ofAccount } as const
    const tried = await tryUnder(
      deps,
      [byAddress(request), account],
      windowMs,
      () => signInToDashboard(deps, { email, password, code }),
      { answer: (user) => user === undefined },
    )
    if (tried.kind === 'wait') return sendTooManyFailures(reply, tried.seconds)
    if (tried.answer !== undefined) return welcome(deps, request, reply, tried.answer)
    return sendDashboardSignIn(reply, 401, email.slice(0, 254), 'E-mail, password and code do not belong together.')
  })

  app.get('/dashboard/invitation', publicRoute, async (request, reply) => {
    const token = checkText(queryOf(request).get('token') ?? '')
    const invitation = await readInvitation(deps.db, token, deps.clock())
    return invitation ? sendInvitation(reply, 200, { ...invitation, token }) : sendUnknownInvitation(reply)
  })

  app.post('/dashboard/invitation', publicRoute, async (request, reply) => {
    requireOwnOrigin(request, deps, { isWrite: true })
    const { token = '', password = '', code = '' } = formOf(request)
    const tried = await tryUnder(
      deps,
      [byAddress(request)],
      windowMs,
      () => acceptInvitation(deps, token, { password, code }),
      { answer: ({ kind }) => kind !== 'accepted' },
    )
    if (tried.kind === 'wait') return sendTooManyFailures(reply, tried.seconds)
    const acceptance = tried.answer
    switch (acceptance.kind) {
      case 'accepted':
        return welcome(deps, request, reply, acceptance.userId)
      case 'unknown':
        return sendUnknownInvitation(reply)
      case 'refused': {
        const invitation = await readInvitation(deps.db, token, deps.clock())
        if (!invitation) return sendUnknownInvitation(reply)
        return sendInvitation(reply, 422, { ...invitation, token }, acceptance.message)
      }
      default:
        return acceptance satisfies never
    }
  })
}

function byAddress({ ip }: FastifyRequest): Limit {
  return { name: ['dashboard address', ip], ...ofAddress }
}

/** A session of their own; whatever session the browser had ends. */
async function welcome(
  { db, clock, baseUrl }: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  user: DashboardUserId,
): Promise<FastifyReply> {
  const before = sessionTokenOf(request, baseUrl)
  if (before !== undefined) await endDashboardSession(db, before)
  setSessionCookie(reply, baseUrl, await startDashboardSession(db, user, clientOf(request), clock()))
  return reply.header('cache-control', 'no-store').redirect('/dashboard', 303)
}

function formOf(request: FastifyRequest): Partial<Record<string, string>> {
  return request.body instanceof URLSearchParams ? checkText(Object.fromEntries(request.body)) : {}
}
