import type { FastifyReply, FastifyRequest } from 'fastify'

/** What a browser sent, in its order. Two of one name mean that somebody planted one of them. */
export function cookiesOf({ headers }: FastifyRequest): { readonly name: string; readonly value: string }[] {
  return (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.includes('='))
    .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }))
}

/** @returns undefined also when there are two of the name. */
export function readCookie(request: FastifyRequest, name: string): string | undefined {
  const found = cookiesOf(request).filter((cookie) => cookie.name === name)
  return found.length === 1 ? found[0]?.value : undefined
}

/** Adds to the cookies that the answer sets already. */
export function addCookie(reply: FastifyReply, cookie: string): void {
  const others = reply.getHeader('set-cookie')
  reply.header('set-cookie', [...(Array.isArray(others) ? others : others === undefined ? [] : [others]), cookie])
}
