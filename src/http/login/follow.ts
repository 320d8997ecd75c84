import type { FastifyReply } from 'fastify'
import type { Next } from '#domain/login/advance.ts'
import type { HostedLogin } from '#domain/login/state.ts'
import { cookieNames, type LoginCookies, sessionCookie } from './cookies.ts'
import { stepPath } from './visit.ts'

const yearSeconds = 365 * 86_400

/** On to the next page, or to the application with what the browser is to remember. */
export function follow(
  cookies: LoginCookies,
  login: HostedLogin,
  next: Next,
  reply: FastifyReply,
  status: 302 | 303 = 303,
): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (next.kind === 'step') return reply.redirect(stepPath(login, next.step), status)
  cookies.write(reply, sessionCookie(login.environment), next.hostedSession)
  if (next.way !== null) cookies.write(reply, cookieNames.lastUsed, next.way, yearSeconds)
  return reply.redirect(next.location, status)
}
