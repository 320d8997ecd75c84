import type { FastifyReply, FastifyRequest } from 'fastify'
import { type BrowserSecret, secretName } from '#domain/oauth/start.ts'

/** `__Host-` keeps other subdomains from planting one; browsers take it over https alone. */
function cookieName(baseUrl: string, name: string): string {
  return `${baseUrl.startsWith('https:') ? '__Host-' : ''}gatehouse-${name}`
}

function attributes(baseUrl: string): string {
  return `Path=/; HttpOnly; SameSite=Lax${baseUrl.startsWith('https:') ? '; Secure' : ''}`
}

export function keepBrowserSecret(reply: FastifyReply, baseUrl: string, secret: BrowserSecret): void {
  const { name, value, maxAgeSeconds } = secret
  reply.header('set-cookie', `${cookieName(baseUrl, name)}=${value}; Max-Age=${maxAgeSeconds}; ${attributes(baseUrl)}`)
}

export function browserSecret(request: FastifyRequest, baseUrl: string, name: string): string | undefined {
  const wanted = `${cookieName(baseUrl, name)}=`
  return request.headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(wanted))
    ?.slice(wanted.length)
}

/** It is good for one sign-in. */
export function forgetBrowserSecret(reply: FastifyReply, baseUrl: string, state: string): void {
  if (state === '') return
  reply.header('set-cookie', `${cookieName(baseUrl, secretName(state))}=; Max-Age=0; ${attributes(baseUrl)}`)
}
