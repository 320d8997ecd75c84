import type { FastifyInstance, FastifyRequest } from 'fastify'
import { exchangeSsoCode, type TokenRequest, TokenRequest as TokenRequestSchema } from '#contracts/sso.ts'
import { exchangeCode } from '#domain/sso/code.ts'
import { bearerOf, productOf } from '../callers.ts'
import type { Deps } from '../deps.ts'
import { checkBody } from '../input.ts'
import { publicOauthRoute } from '../rate-limit.ts'
import { queryOf } from '../server.ts'

/** POST /sso/token: form from the SDKs, JSON and query from other clients of the vendor. Exactly 200, or OAuth's 400. */
export function tokenRoute(app: FastifyInstance, deps: Deps): void {
  app.post(exchangeSsoCode.path, publicOauthRoute, async (request, reply) => {
    // RFC 6749 §5.1.
    reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    const fields = checkBody(TokenRequestSchema, fieldsOf(request)) as TokenRequest // optional text throughout, just checked
    const secret = fields.client_secret ?? bearerOf(request)
    const now = deps.clock()
    const { response, keyUse } = await exchangeCode(
      deps,
      { ...fields, ...(secret !== undefined && { client_secret: secret }) },
      now,
    )
    if (keyUse) deps.keyUses.note({ ...keyUse, at: now, client: productOf(request) })
    return reply.status(200).type('application/json; charset=utf-8').send(JSON.stringify(response))
  })
}

/** The body wins over the query, and empty values count as absent. */
function fieldsOf(request: FastifyRequest): unknown {
  const { body } = request
  const query = Object.fromEntries([...queryOf(request)].filter(([, value]) => value !== ''))
  if (body instanceof URLSearchParams)
    return { ...query, ...Object.fromEntries([...body].filter(([, value]) => value !== '')) }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...query, ...body }
  return body ?? query
}
