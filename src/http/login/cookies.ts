import type { FastifyReply, FastifyRequest } from 'fastify'
import { addCookie, readCookie } from '../cookies.ts'

/**
 * What a browser keeps for the login box. `__Host-` binds a cookie to this host alone, so that no neighbouring site can
 * plant one; over http that prefix is refused, and the port keeps servers on one machine apart.
 */
export interface LoginCookies {
  /** @returns undefined also when there are two of the name: then somebody planted one of them. */
  read(request: FastifyRequest, name: string): string | undefined
  write(reply: FastifyReply, name: string, value: string, maxAgeSeconds?: number): void
}

export function loginCookies(baseUrl: string): LoginCookies {
  const { protocol, port } = new URL(baseUrl)
  const secure = protocol === 'https:'
  const full = (name: string) => (secure ? `__Host-gatehouse_${name}` : `gatehouse_${name}_${port || '80'}`)
  return {
    read: (request, name) => readCookie(request, full(name)),
    write(reply, name, value, maxAgeSeconds) {
      const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
      addCookie(reply, `${full(name)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${age}`)
    },
  }
}

export const cookieNames = {
  browser: 'login',
  session: 'session',
  lastUsed: 'last',
  noPasskey: 'no_passkey',
  impersonation: 'impersonation',
} as const

/** Staging and production share a host and not their people. */
export function sessionCookie(environment: string): string {
  return `${cookieNames.session}_${environment.slice(-12).toLowerCase()}`
}
