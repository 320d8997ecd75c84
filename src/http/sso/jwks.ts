import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { getJwks } from '#contracts/sso.ts'
import { readEnvironmentByClient } from '#domain/environments/create.ts'
import { publishedKeys, type SigningKey } from '#domain/environments/signing-keys.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { publicRoute } from '../rate-limit.ts'

/** GET /sso/jwks/{client_id}: a plain 200 with the keys; jose follows no redirect here. */
export function jwksRoute(app: FastifyInstance, deps: Deps): void {
  app.get<{ Params: { client_id: string } }>(
    getJwks.path.replace('{client_id}', ':client_id'),
    publicRoute,
    async (request, reply) => {
      const environment = await readEnvironmentByClient(deps.db, checkText(request.params).client_id)
      const keys = await deps.signingKeys.get(environment.id, 'jwt')
      return (
        reply
          .header('cache-control', 'public, max-age=300')
          // Public keys are for everybody, pages included.
          .header('access-control-allow-origin', '*')
          .type('application/json; charset=utf-8')
          .send(JSON.stringify({ keys: publishedKeys(keys, deps.clock()).map(jwk) }))
      )
    },
  )
}

function jwk({ id, algorithm, publicKey, certificate }: SigningKey) {
  return {
    // kty with n and e, or crv with x and y (RFC 7518 §6).
    ...publicKey.export({ format: 'jwk' }),
    use: 'sig',
    alg: algorithm,
    kid: id,
    x5c: [certificate],
    'x5t#S256': createHash('sha256').update(Buffer.from(certificate, 'base64')).digest('base64url'),
  }
}
