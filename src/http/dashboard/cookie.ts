import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readCookie } from '../cookies.ts'

/** What the browser keeps. `__Host-` binds it to this origin's host over https; over http that prefix is refused. */
function cookieName(baseUrl: string): string {
  const { protocol, port } = new URL(baseUrl)
  // Cookies do not know ports: two servers on one machine would sign each other out.
  return protocol === 'https:' ? '__Host-gatehouse_dashboard' : `gatehouse_dashboard_${port || '80'}`
}

export function sessionTokenOf(request: FastifyRequest, baseUrl: string): string | undefined {
  return readCookie(request, cookieName(baseUrl)) || undefined
}

export function setSessionCookie(reply: FastifyReply, baseUrl: string, token: string): void {
  sendCookie(reply, baseUrl, token, '')
}

export function clearSessionCookie(reply: FastifyReply, baseUrl: string): void {
  sendCookie(reply, baseUrl, '', '; Max-Age=0')
}

function sendCookie(reply: FastifyReply, baseUrl: string, value: string, more: string): void {
  const secure = baseUrl.startsWith('https:') ? '; Secure' : ''
  reply.header('set-cookie', `${cookieName(baseUrl)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}${more}`)
}

/** What a page must say besides the cookie, which browsers add by themselves. It follows from the session. */
export function csrfTokenFor(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('gatehouse dashboard csrf').digest('base64url')
}

export function isCsrfToken(given: unknown, sessionToken: string): boolean {
  const expected = Buffer.from(csrfTokenFor(sessionToken))
  const found = Buffer.from(typeof given === 'string' ? given : '')
  return found.length === expected.length && timingSafeEqual(found, expected)
}
