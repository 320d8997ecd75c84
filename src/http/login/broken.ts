import type { FastifyReply, FastifyRequest } from 'fastify'
import { plainBrand } from '#domain/branding/brand.ts'
import { chooseLocale, sayIn } from '#domain/locales/say.ts'
import { sendScreen } from './frame.ts'
import { problemScreen } from './screens/problem.ts'

/** Whether somebody looks at what is answered. Programs and scripts of pages ask for JSON, or for anything. */
export function isFromBrowser(request: FastifyRequest): boolean {
  return /\btext\/html\b/.test(request.headers.accept ?? '')
}

/** A page for what is our fault. Nothing can be read for it: the default look, in the language of the browser. */
export function sendBroken(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  const locale = chooseLocale(undefined, request.headers['accept-language'], 'en')
  const say = sayIn(locale)
  const screen = problemScreen(
    { say },
    { heading: say('brokenTitle'), text: say('brokenText'), reference: request.id, status },
  )
  return sendScreen(reply.header('cache-control', 'no-store'), { brand: plainBrand, locale }, screen)
}
